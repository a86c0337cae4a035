/** The calls about people, sent and answered; as examples.ts. */
import { MAY, minji, reader, user } from "./example-shop.ts";
import type { Example } from "./examples.ts";

const grade = { name: "grade", type: "string", isPersonal: false, isDeclared: true };
const receipt = {
  id: "era_0196d2c57f007abc8def000000000004",
  erasedAt: MAY,
  profiles: 2,
  rows: { profiles: 2, events: 14, consents: 1 },
  signature: "q1w2e3r4t5y6u7i8o9p0aB",
};
const subscription = {
  endpoint: "https://push.example/send/8f1c2d",
  keys: {
    p256dh: "BNcRdreALRFXTkOOUHK1EtK2wtaz5Ry4YfYCA_0QTpQtUbVlUls0VJXg7A8u-Ts1XbjhazAkj7I99e8QcYP7DkM",
    auth: "tBHItJI5svbpez7KI4CCXg",
  },
};

export const PEOPLE_EXAMPLES: Record<string, Example> = {
  getUser: { path: minji, answer: user },
  putUser: {
    path: minji,
    body: { email: "minji@mail.example", traits: { grade: "gold", points: null } },
    answer: user,
  },
  eraseUser: { path: minji, answer: receipt },
  listErasures: { query: { limit: "100" }, answer: { erasures: [receipt], next: null } },
  getErasure: { path: { id: receipt.id }, answer: { ...receipt, isGenuine: true } },
  exportUser: {
    path: minji,
    answer: {
      exportedAt: "2026-05-15T02:00:00.000Z",
      tables: {
        profiles: [{ user_id: "minji", email: "minji@mail.example", first_seen_at: "2026-05-15T02:00:00.000Z" }],
      },
    },
  },
  unlinkBrowser: { path: { ...minji, ...reader }, answer: { success: true } },
  relinkBrowser: { path: { ...minji, ...reader }, answer: { success: true } },
  importConsents: {
    body: {
      consents: [
        {
          userId: "minji",
          channel: "sms",
          granted: true,
          source: "paper_form",
          proof: "form 2024-0113",
          at: "2024-05-02T10:00:00+09:00",
        },
      ],
    },
    answer: { success: true, accepted: 1, refused: [] },
  },
  listConsentDuties: {
    query: { kind: "notice", limit: "100" },
    answer: {
      duties: [
        {
          userId: "minji",
          anonymousId: null,
          email: "minji@mail.example",
          phone: null,
          locale: "ko-KR",
          kind: "notice",
          channel: "email",
          granted: true,
          saidAt: MAY,
          dueAt: MAY + 1209600000,
          isOverdue: false,
          text: "[Haneul] 2026년 5월 15일 이메일 광고 수신 동의가 처리되었습니다. 문의 02-1234-5678",
        },
      ],
      next: null,
    },
  },
  closeConsentDuties: {
    body: { duties: [{ userId: "minji", kind: "notice", channel: "email" }] },
    answer: { success: true, closed: 1 },
  },
  listAttributes: { answer: { attributes: [grade] } },
  declareAttribute: { path: { id: "grade" }, body: { type: "string" }, answer: grade },
  recordConsent: {
    body: { userId: "minji", channel: "web_push", granted: true, source: "checkout", textVersion: "2026-05" },
    answer: { success: true, recorded: true },
  },
  subscribeToPush: { body: { ...reader, subscription }, answer: { success: true, id: "ep_8Jm2VtqzPb0cXnYkR4sL" } },
  unsubscribeFromPush: {
    body: { ...reader, endpoint: subscription.endpoint },
    answer: { success: true, removed: true },
  },
  registerDevice: {
    body: { userId: "minji", token: "fcm-token-of-minjis-phone", platform: "android", appVersion: "4.2.0" },
    answer: { success: true, id: "ep_Qw9rT3uIoPaSdFgHjKlZ" },
  },
  forgetDevice: {
    body: { userId: "minji", token: "fcm-token-of-minjis-phone" },
    answer: { success: true, removed: true },
  },
};

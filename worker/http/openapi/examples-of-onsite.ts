/** The calls of on-site messages, sent and answered; as examples.ts. */

import { MAY, reader } from "./example-shop.ts";
import type { Example } from "./examples.ts";

const welcome = { id: "welcome" };
const definition = {
  format: "bottom_sheet",
  kind: "coupon",
  words: {
    ko: { title: "첫 구매 쿠폰", body: "오늘만 쓸 수 있어요.", code: "HELLO10", buttons: ["쇼핑하러 가기"] },
    en: { title: "For your first order", body: "Only today.", code: "HELLO10", buttons: ["Go shopping"] },
  },
  buttons: [{ does: "open", url: "https://shop.example/new" }],
  trigger: { kind: "exit" },
  holdoutPercent: 10,
};
const whole = {
  ...definition,
  words: {
    ko: { ...definition.words.ko, buttons: ["쇼핑하러 가기"] },
    en: { ...definition.words.en, buttons: ["Go shopping"] },
  },
  media: null,
  placement: null,
  scale: "stars",
  stores: {},
  height: 360,
  serviceWorker: "/nunchi-sw.js",
  trigger: { kind: "exit", idleSeconds: 30, back: false },
  delaySeconds: 0,
  pages: { include: [], exclude: [], where: [] },
  device: "all",
  audience: null,
  priority: 50,
  dailyCap: 1,
  totalCap: null,
  restSeconds: 604800,
  untilClicked: true,
  duringCheckout: false,
  from: null,
  until: null,
  variants: [],
  conversionSeconds: 604800,
};
const stored = {
  id: "welcome",
  name: "First order",
  state: "draft",
  version: 1,
  definition: whole,
  updatedAt: MAY,
  launchedAt: null,
};
const running = { ...stored, state: "running", launchedAt: MAY };
const rate = (value: number, low: number, high: number) => ({ value, low, high });

export const ONSITE_EXAMPLES: Record<string, Example> = {
  getOnsite: {
    query: { ...reader, url: "https://shop.example/", locale: "ko" },
    answer: {
      messages: [
        {
          moment: { kind: "exit", delaySeconds: 0, idleSeconds: 30, back: false },
          properties: {
            channel: "onsite",
            onsite_id: "welcome",
            version: 1,
            variant: "onsite/welcome:message",
            format: "bottom_sheet",
          },
          html: '<dialog part="message" class="box bottom_sheet coupon" lang="ko">…</dialog>',
        },
      ],
    },
  },
  getPushKey: {
    answer: {
      publicKey: "BEl62iUYgUivxIkv69yViEuiBIa-Ib9-SkvMeAtA3LFgDzkrxZJjSgSnfckjBJuBkr3qBUYIHBQFLXYp5Nksh8U",
    },
  },
  listOnsite: { answer: { messages: [stored] } },
  getOnsiteMessage: { path: welcome, answer: stored },
  putOnsiteMessage: { path: welcome, body: { name: "First order", definition }, answer: stored },
  deleteOnsiteMessage: { path: welcome },
  launchOnsite: { path: welcome, answer: running },
  pauseOnsite: { path: welcome, answer: { ...running, state: "paused" } },
  getOnsiteReport: {
    path: welcome,
    query: { against: "holdout" },
    answer: {
      message: running,
      measuredAt: MAY,
      dismissed: { message: 2410, holdout: 0 },
      currency: "KRW",
      result: {
        against: "holdout",
        groups: [
          {
            name: "message",
            share: 0.9,
            people: 9000,
            clicked: 1080,
            bought: 540,
            metrics: { click: rate(0.12, 0.114, 0.127), purchase: rate(0.06, 0.055, 0.065) },
            differences: { purchase: rate(0.012, 0.0, 0.023) },
            uplifts: { purchase: rate(0.25, -0.06, 0.66) },
            verdict: "unclear",
          },
          {
            name: "holdout",
            share: 0.1,
            people: 1000,
            clicked: 0,
            bought: 48,
            metrics: { click: rate(0, 0, 0.004), purchase: rate(0.048, 0.036, 0.063) },
            differences: {},
            uplifts: {},
          },
        ],
        level: 0.95,
        ratio: { chiSquare: 0, p: 1, isAlarming: false },
        switched: 12,
        isEarly: false,
      },
    },
  },
};

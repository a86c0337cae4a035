import { describe, expect, it } from "vitest";
import { CHANNELS } from "../../worker/deps.ts";
import { type Frame, form, hasOwnLabel } from "../../worker/messages/channels/form.ts";

const frame: Frame = {
  sender: { name: "눈치샵", contact: "02-1234-5678" },
  isAd: true,
  locale: "ko",
  link: "https://n.test/c/x",
  unsubscribe: "https://n.test/u/x",
};
const draft = { title: "울 코트가 기다려요", body: "지금 39,000원이에요." };

describe.each(CHANNELS)("an advertisement by %s", (channel) => {
  it("begins with the label and says who sends it and how to make it stop", () => {
    const formed = form(channel, draft, frame);
    if (!formed.ok) throw new Error(formed.reason);
    const text = channel === "sms" || channel === "kakao" ? formed.body : `${formed.title}\n${formed.body}`;
    expect(text.startsWith("(광고)")).toBe(true);
    expect(text.match(/\(광고\)/g)).toHaveLength(1);
    expect(text).toContain("눈치샵");
    expect(text).toContain("02-1234-5678");
    expect(text).toContain(channel === "web_push" ? "수신거부" : "무료수신거부 https://n.test/u/x");
  });

  it("is not cut but refused when it is too long", () => {
    expect(form(channel, { ...draft, body: "가".repeat(60_000) }, frame)).toEqual({ ok: false, reason: "too_long" });
  });

  it("says nothing of the kind when it is no advertisement", () => {
    const formed = form(channel, draft, { ...frame, isAd: false });
    expect(JSON.stringify(formed)).not.toMatch(/광고|수신거부/);
  });
});

it("a text message carries its link, counted in the carriers' bytes", () => {
  const formed = form("sms", draft, frame);
  expect(formed.ok && formed.body).toContain("\nhttps://n.test/c/x\n");
  expect(form("sms", { title: "t", body: "a".repeat(1850) }, frame).ok).toBe(true);
  expect(form("sms", { title: "t", body: "가".repeat(980) }, frame).ok).toBe(false);
});

it.each(["(광고) 세일", "( 광 고 ) 세일", "[광고]세일", "(광.고)", "【광고】", "（광고）"])(
  "knows %s as a label",
  (text) => {
    expect(hasOwnLabel(text)).toBe(true);
  },
);

it.each(["광고 없는 쇼핑", "광고(주)", "울 코트 (블랙)"])("does not take %s for one", (text) => {
  expect(hasOwnLabel(text)).toBe(false);
});

import type { OnsiteDefinition } from "../../onsite/definition.ts";

/** What a new message starts as. */
export const STARTER: OnsiteDefinition = {
  format: "modal",
  kind: "words",
  words: {
    ko: { title: "첫 구매 10% 쿠폰", body: "오늘 주문하면 바로 쓸 수 있어요.", buttons: ["쇼핑하러 가기"] },
    en: { title: "10% off your first order", body: "Only today.", buttons: ["Go shopping"] },
  },
  media: null,
  buttons: [{ does: "open", url: "/" }],
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
  restSeconds: 7 * 86_400,
  untilClicked: true,
  duringCheckout: false,
  from: null,
  until: null,
  holdoutPercent: 10,
  variants: [],
  conversionSeconds: 7 * 86_400,
};

/**
 * A request of each call and what it is answered with, all from one small shop. A test sends every one to the worker, in
 * an order in which what they name is there.
 */
import {
  abandoners,
  campaign,
  campaignAnswer,
  cartRule,
  coat,
  collected,
  definition,
  experiment,
  experimentAnswer,
  fewer,
  group,
  home,
  item,
  keys,
  MAY,
  placement,
  placementAnswer,
  preview,
  product,
  reader,
  recommendation,
  reminder,
  running,
  scarf,
  segment,
  segmentAnswer,
  site,
  time,
  token,
} from "./example-shop.ts";
import { FEED_EXAMPLES } from "./examples-of-feeds.ts";
import { ONSITE_EXAMPLES } from "./examples-of-onsite.ts";
import { PEOPLE_EXAMPLES } from "./examples-of-people.ts";
import { SURVEY_EXAMPLES } from "./examples-of-surveys.ts";

export interface Example {
  path?: Record<string, string>;
  query?: Record<string, string>;
  body?: unknown;
  /** Of the first success; what has no body has none. */
  answer?: unknown;
}

const model = {
  version: "mdl_0196d2c5-7f00-7abc-8def-000000000002",
  state: "active",
  metrics: { sessions: 18230, items: 240, model: { cases: 1200, precision20: 0.41, mrr20: 0.17 } },
  createdAt: MAY,
  promotedAt: MAY,
  revision: 0,
  refreshedAt: null,
};

/** By the operation's id. */
export const EXAMPLES: Record<string, Example> = {
  sendBatch: {
    body: {
      batch: [
        {
          type: "track",
          event: "product_added_to_cart",
          messageId: "7d1f0c1e-0001",
          timestamp: time,
          userId: "minji",
          ...reader,
          properties: { product_id: "coat-1", price: 129000, currency: "KRW", quantity: 1 },
        },
      ],
      sentAt: time,
    },
    answer: collected,
  },
  getConfig: { answer: { privacy: { gpc: "no_ads", consentMode: "off" }, verifyUsers: false } },
  getSegmentSettings: { path: { writeKey: "pk_your_public_key" } },
  getRudderConfig: {},
  track: { body: { event: "product_viewed", ...reader, properties: { product_id: "coat-1" } }, answer: collected },
  identify: {
    body: { userId: "minji", ...reader, traits: { email: "minji@mail.example", locale: "ko-KR" } },
    answer: collected,
  },
  page: { body: { name: "Home", ...reader, properties: { path: "/" } }, answer: collected },
  screen: { body: { name: "Home", userId: "minji" }, answer: collected },
  group: { body: { userId: "minji", groupId: "household-7", traits: { plan: "family" } }, answer: collected },
  alias: { body: { userId: "minji", previousId: reader.anonymousId }, answer: collected },
  importEvents: {
    body: {
      batch: [
        {
          type: "track",
          event: "product_purchased",
          messageId: "order-1001-1",
          timestamp: "2025-11-03T20:14:00+09:00",
          userId: "seojun",
          properties: { product_id: "scarf-1", price: 59000, currency: "KRW", quantity: 1, order_id: "1001" },
        },
      ],
    },
    answer: collected,
  },
  recommend: { body: { placement: "home", userId: "minji", itemId: "coat-1", count: 4 }, answer: recommendation },
  recommendAsHtml: { query: { placement: "home", ...reader, recent: "coat-1", count: "4" } },
  listPlacements: { answer: { placements: [placementAnswer] } },
  getPlacement: { path: home, answer: placementAnswer },
  putPlacement: { path: home, body: placement, answer: placementAnswer },
  deletePlacement: { path: home },
  listModels: { answer: { models: [model] } },
  activateModel: { path: { version: model.version }, answer: model },
  train: { answer: { version: "mdl_0196d2c5-7f00-7abc-8def-000000000003" } },
  ...SURVEY_EXAMPLES,
  putItems: { body: { items: [{ ...item, ...coat }, scarf] }, answer: { accepted: 2, unchanged: 0, refused: [] } },
  getItem: {
    path: item,
    answer: {
      ...item,
      ...coat,
      salePrice: 119000,
      saleStartsAt: MAY,
      saleEndsAt: MAY + 604_800_000,
      quantity: 12,
      lowStockThreshold: null,
      availability: "in_stock",
      hidden: false,
      createdAt: MAY,
      updatedAt: MAY,
    },
  },
  putItem: { path: item, body: coat, answer: { ...item, changed: true } },
  deleteItem: { path: item },
  ...PEOPLE_EXAMPLES,
  listSegments: { answer: { segments: [{ ...segmentAnswer, members: 312 }] } },
  estimateSegment: { body: { rule: cartRule }, answer: { people: 18230, members: 300, isExact: false, sampled: 800 } },
  getSegment: { path: abandoners, answer: segmentAnswer },
  putSegment: { path: abandoners, body: segment, answer: segmentAnswer },
  deleteSegment: { path: abandoners, answer: { success: true } },
  listMembers: {
    path: abandoners,
    query: { limit: "100" },
    answer: {
      members: [{ profileId: "p_4kq7x2ma_Zk3v9QpL0aXr7TgYb1Nc", userId: "minji", anonymousId: null, enteredAt: MAY }],
      next: null,
    },
  },
  listCampaigns: { answer: { campaigns: [campaignAnswer] } },
  getCampaign: {
    path: reminder,
    answer: {
      ...campaignAnswer,
      contentUrl: "https://nunchi.example.com/v1/content/cart-reminder?sig=site_4kq7x2ma.9f3kQ2…",
    },
  },
  getContent: {
    path: reminder,
    query: { sig: "site_4kq7x2ma.9f3kQ2…", user_id: "minji" },
    answer: {
      title: "울 코트가 기다려요",
      body: "캐시미어 머플러도 어울려요",
      url: product.url,
      image_url: product.image_url,
      product,
      items: [product],
      is_personal: true,
    },
  },
  listExperiments: { query: { placement: "home" }, answer: { experiments: [experimentAnswer] } },
  getExperiment: { path: fewer, answer: experimentAnswer },
  putExperiment: { path: fewer, body: experiment, answer: experimentAnswer },
  deleteExperiment: { path: fewer },
  startExperiment: { path: fewer, answer: { ...experimentAnswer, state: "running", startedAt: MAY } },
  stopExperiment: { path: fewer, answer: { ...experimentAnswer, state: "ended", startedAt: MAY, endedAt: MAY } },
  applyVariant: { path: fewer, body: { variant: "four" }, answer: placementAnswer },
  getResult: {
    path: fewer,
    query: { against: "as-it-is" },
    answer: {
      experiment: { ...experimentAnswer, state: "running", startedAt: MAY },
      measuredAt: MAY,
      currency: "KRW",
      result: {
        against: "as-it-is",
        groups: [
          { ...group, name: "as-it-is", clicked: 610, metrics: { click: { value: 0.122, low: 0.113, high: 0.131 } } },
          {
            ...group,
            name: "four",
            clicked: 702,
            metrics: { click: { value: 0.14, low: 0.131, high: 0.15 } },
            differences: { click: { value: 0.018, low: 0.005, high: 0.032 } },
            uplifts: { click: { value: 0.148, low: 0.039, high: 0.268 } },
            verdict: "better",
          },
        ],
        level: 0.95,
        ratio: { chiSquare: 0, p: 1, isAlarming: false },
        switched: 4,
        isEarly: false,
      },
    },
  },
  ...ONSITE_EXAMPLES,
  ...FEED_EXAMPLES,
  putCampaign: { path: reminder, body: campaign, answer: campaignAnswer },
  deleteCampaign: { path: reminder, answer: { success: true } },
  launchCampaign: { path: reminder, answer: running },
  pauseCampaign: { path: reminder, answer: { ...running, state: "paused" } },
  getReport: {
    path: reminder,
    answer: {
      targeted: 410,
      waiting: 12,
      eligible: 233,
      sent: 171,
      pending: 0,
      opens: 80,
      clicks: 41,
      machineOpens: 9,
      machineClicks: 2,
      conversions: 11,
      revenue: 1290000,
      currency: "KRW",
      holdout: 22,
      skipped: { excluded: 165, no_consent: 38, quiet_hours: 2 },
    },
  },
  previewCampaign: { path: reminder, query: { userId: "minji" }, answer: preview },
  previewWords: { path: reminder, query: { userId: "minji" }, body: { definition }, answer: preview },
  receiveCafe24: { answer: { status: "done", events: { accepted: 1, refused: [] } } },
  receiveShopify: { answer: { status: "ignored", detail: "unknown topic" } },
  receiveCustom: {
    query: { site: "site_4kq7x2ma" },
    answer: { status: "done", items: { accepted: 1, unchanged: 0, refused: [] } },
  },
  followLink: { path: token },
  countOpen: { path: { file: `${token.token}.gif` } },
  askUnsubscribe: { path: token },
  unsubscribe: { path: token },
  setUp: { body: { staff: { email: "owner@shop.example", password: "wonderful green teapots" }, site }, answer: keys },
  openSite: { body: { site: { ...site, name: "Haneul outlet" } }, answer: keys },
  getHealth: { answer: { ok: true } },
  sayReady: { answer: { ok: true } },
};

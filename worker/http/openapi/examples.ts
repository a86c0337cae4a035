/**
 * A request of each call and what it is answered with, all from one small shop. A test sends every one to the worker, in
 * an order in which what they name is there.
 */
export interface Example {
  path?: Record<string, string>;
  query?: Record<string, string>;
  body?: unknown;
  /** Of the first success; what has no body has none. */
  answer?: unknown;
}

const MAY = 1_778_810_400_000;
const reader = { anonymousId: "b7c1e0f4-6a1d-4f0e-9b67-0d5a4c1f2e33" };
const collected = { success: true, accepted: 1, refused: [] };
const time = "2026-05-15T11:00:00+09:00";

const coat = {
  title: "울 코트",
  titles: { en: "Wool coat" },
  description: "두 겹으로 짠 울 코트",
  url: "https://shop.example/items/coat-1",
  imageUrl: "https://shop.example/images/coat-1.webp",
  price: 129000,
  listPrice: 159000,
  currency: "KRW",
  brand: "Haneul",
  category: "Women > Coats",
  tags: ["wool", "winter"],
  groupId: "coat",
  attributes: { material: "wool", sizes: ["S", "M", "L"] },
};
const scarf = {
  id: "scarf-1",
  title: "캐시미어 머플러",
  url: "https://shop.example/items/scarf-1",
  imageUrl: "https://shop.example/images/scarf-1.webp",
  price: 59000,
};

const placementRules = { count: 8, title: { ko: "당신을 위한 추천", en: "Recommended for you" }, perBrandCap: 3 };
const placement = { name: "Home page", rules: placementRules };
const allPlacementRules = {
  ways: ["together", "similar", "popular", "new"],
  layout: "grid",
  excludePurchasedDays: 90,
  excludeViewed: true,
  filter: [],
  ...placementRules,
};
const placementAnswer = { id: "home", name: "Home page", rules: allPlacementRules, updatedAt: MAY };

const recommendation = {
  recommendationId: "rec_0196d2c5-7f00-7abc-8def-000000000001",
  placement: "home",
  title: "당신을 위한 추천",
  layout: "grid",
  items: [
    {
      id: "scarf-1",
      title: "캐시미어 머플러",
      url: "https://shop.example/items/scarf-1",
      imageUrl: "https://shop.example/images/scarf-1.webp",
      price: 59000,
      listPrice: null,
      currency: "KRW",
      brand: null,
      category: null,
      priceText: "59,000원",
      listPriceText: null,
      score: 0.8312,
      reason: "'울 코트'와 함께 본 상품",
      source: "together",
    },
  ],
  fallbackLevel: "personal",
  variant: null,
};

const show = { firstVisit: true, dormantDays: 90, delaySeconds: 2, onProductPages: false };
const tiles = {
  id: "likes",
  kind: "tiles",
  title: { ko: "마음에 드는 것을 골라 주세요", en: "Pick what you like" },
  tiles: { auto: "items", count: 12 },
  most: 5,
} as const;
const survey = { name: "First visit", definition: { show, placement: "home", questions: [tiles] } };
const surveyAnswer = { id: "taste", version: 1, ...survey, updatedAt: MAY };

const cartRule = {
  all: [
    { event: "product_added_to_cart", did: true, withinSeconds: 172800 },
    { event: "product_purchased", did: false, withinSeconds: 172800 },
  ],
};
const segment = { name: "Left something in the cart", rule: cartRule };
const segmentAnswer = { id: "cart-abandoners", ...segment, updatedAt: MAY };

const definition = {
  trigger: { kind: "event", events: ["product_added_to_cart"] },
  delaySeconds: 3600,
  exclude: { event: "product_purchased", did: true, withinSeconds: 172800 },
  channel: "web_push",
  placement: "home",
  message: {
    ko: {
      title: '{{ product_added_to_cart.0.product_name | josa: "이/가" }} 기다려요',
      body: "{{ recommendation.0.product_name }}도 어울려요",
    },
  },
  holdoutPercent: 10,
};
const campaign = { name: "Cart reminder", definition };
const campaignAnswer = {
  id: "cart-reminder",
  name: "Cart reminder",
  state: "draft",
  version: 0,
  definition: {
    ...definition,
    reentry: { kind: "every", windowSeconds: 86400 },
    audience: null,
    link: { kind: "recommended" },
    isAd: true,
    dailyCap: 1,
    conversion: { event: "product_purchased", windowSeconds: 604800 },
  },
  createdAt: MAY,
  updatedAt: MAY,
  launchedAt: null,
};
const running = { ...campaignAnswer, state: "running", version: 1, launchedAt: MAY };
const preview = {
  fit: "fits",
  verdict: { allowed: true },
  locale: "ko",
  content: {
    title: "(광고) 울 코트가 기다려요",
    body: "캐시미어 머플러도 어울려요",
    url: "https://shop.example/items/scarf-1",
    imageUrl: "https://shop.example/images/scarf-1.webp",
  },
  problem: null,
  itemId: "scarf-1",
};

const product = {
  id: "scarf-1",
  title: "캐시미어 머플러",
  url: scarf.url,
  image_url: scarf.imageUrl,
  price: 59000,
  price_text: "59,000원",
  brand: null,
  category: null,
  reason: "'울 코트'와 함께 본 상품",
};

const variants = [
  { name: "as-it-is", share: 1, rules: {} },
  { name: "four", share: 1, rules: { count: 4 } },
];
const experiment = { name: "Fewer items", definition: { placement: "home", variants } };
const experimentAnswer = {
  id: "fewer-items",
  name: "Fewer items",
  state: "draft",
  definition: {
    placement: "home",
    mode: "fixed",
    traffic: 1,
    holdout: { share: 0, shows: "popular" },
    variants,
    metric: { kind: "click", windowSeconds: 86400 },
    learning: { warmUp: 100, floor: 0.05 },
  },
  createdAt: MAY,
  updatedAt: MAY,
  startedAt: null,
  endedAt: null,
};
const group = { share: 0.5, people: 5000, bought: 90, differences: {} };

const user = {
  userId: "minji",
  anonymousId: null,
  anonymousIds: [reader.anonymousId],
  email: "minji@mail.example",
  phone: null,
  locale: "ko-KR",
  timeZone: null,
  traits: { grade: "gold" },
  consents: { web_push: { granted: true, night: false, at: MAY } },
  firstSeenAt: MAY,
  lastSeenAt: MAY,
};

const site = {
  name: "Haneul",
  origins: ["https://shop.example"],
  timeZone: "Asia/Seoul",
  locale: "ko",
  currency: "KRW",
  sender: { name: "Haneul", contact: "02-1234-5678" },
};
const keys = { siteId: "site_4kq7x2ma", publicKey: "pk_…", secretKey: "sk_…" };

const item = { id: "coat-1" };
const minji = { id: "minji" };
const home = { id: "home" };
const taste = { id: "taste" };
const abandoners = { id: "cart-abandoners" };
const reminder = { id: "cart-reminder" };
const fewer = { id: "fewer-items" };
const token = { token: "q83vEjRWeJCrze8SNFZ4kA" };

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
  listModels: {
    answer: {
      models: [
        {
          version: "mdl_0196d2c5-7f00-7abc-8def-000000000002",
          state: "active",
          metrics: { sessions: 18230, items: 240, model: { cases: 1200, precision20: 0.41, mrr20: 0.17 } },
          createdAt: MAY,
          promotedAt: MAY,
        },
      ],
    },
  },
  train: { answer: { version: "mdl_0196d2c5-7f00-7abc-8def-000000000003" } },
  listSurveys: { answer: { surveys: [surveyAnswer] } },
  getSurvey: {
    path: taste,
    query: { locale: "ko" },
    answer: {
      id: "taste",
      version: 1,
      locale: "ko",
      placement: "home",
      show,
      screen: {
        questions: [
          {
            id: "likes",
            kind: "tiles",
            title: "마음에 드는 것을 골라 주세요",
            hint: null,
            most: 5,
            tiles: [
              {
                key: "item:coat-1",
                title: "울 코트",
                imageUrl: "https://shop.example/images/coat-1.webp",
                itemId: "coat-1",
              },
              {
                key: "item:scarf-1",
                title: "캐시미어 머플러",
                imageUrl: "https://shop.example/images/scarf-1.webp",
                itemId: "scarf-1",
              },
            ],
          },
        ],
      },
      ticket: "eyJzIjoidGFzdGUi…",
    },
  },
  putSurvey: { path: taste, body: survey, answer: surveyAnswer },
  deleteSurvey: { path: taste, answer: { success: true } },
  answerSurvey: {
    path: taste,
    body: { ticket: "eyJzIjoidGFzdGUi…", ...reader, answers: [{ questionId: "likes", picked: ["item:coat-1"] }] },
    answer: { picked: 1, ignored: 0, recommendations: [{ ...recommendation, fallbackLevel: "survey" }] },
  },
  putItems: { body: { items: [{ ...item, ...coat }, scarf] }, answer: { accepted: 2, unchanged: 0, refused: [] } },
  getItem: {
    path: item,
    answer: { ...item, ...coat, availability: "in_stock", hidden: false, createdAt: MAY, updatedAt: MAY },
  },
  putItem: { path: item, body: coat, answer: { ...item, changed: true } },
  deleteItem: { path: item },
  getUser: { path: minji, answer: user },
  putUser: {
    path: minji,
    body: { email: "minji@mail.example", traits: { grade: "gold", points: null } },
    answer: user,
  },
  eraseUser: { path: minji, answer: { erasedAt: MAY, profiles: 2, rows: { profiles: 2, events: 14, consents: 1 } } },
  exportUser: {
    path: minji,
    answer: {
      exportedAt: "2026-05-15T02:00:00.000Z",
      tables: {
        profiles: [{ user_id: "minji", email: "minji@mail.example", first_seen_at: "2026-05-15T02:00:00.000Z" }],
      },
    },
  },
  recordConsent: {
    body: { userId: "minji", channel: "web_push", granted: true, source: "checkout", textVersion: "2026-05" },
    answer: { success: true, recorded: true },
  },
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
  followLink: { path: token },
  countOpen: { path: { file: `${token.token}.gif` } },
  askUnsubscribe: { path: token },
  unsubscribe: { path: token },
  setUp: { body: { staff: { email: "owner@shop.example", password: "wonderful green teapots" }, site }, answer: keys },
  openSite: { body: { site: { ...site, name: "Haneul outlet" } }, answer: keys },
  getHealth: { answer: { ok: true } },
  sayReady: { answer: { ok: true } },
};

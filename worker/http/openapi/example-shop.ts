/** The small shop that the examples speak of. */
export const MAY = 1_778_810_400_000;
export const reader = { anonymousId: "b7c1e0f4-6a1d-4f0e-9b67-0d5a4c1f2e33" };
export const collected = { success: true, accepted: 1, refused: [] };
export const time = "2026-05-15T11:00:00+09:00";

export const coat = {
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
export const scarf = {
  id: "scarf-1",
  title: "캐시미어 머플러",
  url: "https://shop.example/items/scarf-1",
  imageUrl: "https://shop.example/images/scarf-1.webp",
  price: 59000,
};

const placementRules = {
  count: 8,
  title: { ko: "당신을 위한 추천", en: "Recommended for you" },
  filter: [{ property: "price", op: "lte", value: 300000 }],
  booster: [{ when: { property: "margin", op: "gte", value: 0.3 }, by: 1.5 }],
  perBrandCap: 3,
};
export const placement = { name: "Home page", rules: placementRules };
const allPlacementRules = {
  ways: ["personalized", "similar", "trending", "new"],
  layout: "grid",
  excludePurchasedDays: 90,
  allowRebuy: true,
  excludeViewed: true,
  restAfterIgnored: 5,
  excludeItemIds: [],
  pins: [],
  diversity: 0,
  explore: 0.1,
  ...placementRules,
};
export const placementAnswer = { id: "home", name: "Home page", rules: allPlacementRules, updatedAt: MAY };

export const recommendation = {
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
      source: "personalized",
    },
  ],
  fallbackLevel: "personal",
  variant: null,
};

export const show = {
  firstVisit: true,
  dormantDays: 90,
  delaySeconds: 2,
  onProductPages: false,
  onAdLandings: false,
  holdout: 0.1,
  onlyWhereItHelps: false,
};
const tiles = {
  id: "likes",
  kind: "tiles",
  title: { ko: "마음에 드는 것을 골라 주세요", en: "Pick what you like" },
  tiles: { auto: "items", count: 12 },
  most: 5,
} as const;
export const survey = {
  name: "First visit",
  definition: { show, placement: "home", screens: 2, look: { accent: "#7c3aed" }, against: [], questions: [tiles] },
};
export const surveyAnswer = { id: "taste", version: 1, ...survey, updatedAt: MAY };

export const cartRule = {
  all: [
    { event: "product_added_to_cart", did: true, withinSeconds: 172800 },
    { event: "product_purchased", did: false, withinSeconds: 172800 },
  ],
};
export const segment = { name: "Left something in the cart", rule: cartRule };
export const segmentAnswer = { id: "cart-abandoners", ...segment, updatedAt: MAY };

export const definition = {
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
export const campaign = { name: "Cart reminder", definition };
export const campaignAnswer = {
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
export const running = { ...campaignAnswer, state: "running", version: 1, launchedAt: MAY };
export const preview = {
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

export const product = {
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
export const experiment = { name: "Fewer items", definition: { placement: "home", variants } };
export const experimentAnswer = {
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
export const group = { share: 0.5, people: 5000, bought: 90, differences: {}, uplifts: {} };

export const user = {
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

export const site = {
  name: "Haneul",
  origins: ["https://shop.example"],
  timeZone: "Asia/Seoul",
  locale: "ko",
  currency: "KRW",
  sender: { name: "Haneul", contact: "02-1234-5678" },
};
export const keys = { siteId: "site_4kq7x2ma", publicKey: "pk_…", secretKey: "sk_…" };

export const item = { id: "coat-1" };
export const minji = { id: "minji" };
export const home = { id: "home" };
export const taste = { id: "taste" };
export const abandoners = { id: "cart-abandoners" };
export const reminder = { id: "cart-reminder" };
export const fewer = { id: "fewer-items" };
export const token = { token: "q83vEjRWeJCrze8SNFZ4kA" };

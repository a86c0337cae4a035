/** What the demo shop's marketer has set up: placements, the survey, segments and a cart campaign. Shaped as the API takes them. */
const HOUR_SECONDS = 3600;
const DAY_SECONDS = 24 * HOUR_SECONDS;

const didWithin = (event: string | string[], seconds: number) => ({ event, did: true, withinSeconds: seconds });
const didNot = (event: string, seconds: number) => ({ event, did: false, withinSeconds: seconds });

export const demoPlacements = [
  {
    id: "home",
    name: "첫 화면 · 그리드",
    rules: {
      count: 12,
      layout: "grid",
      title: { ko: "당신을 위한 추천", en: "Picked for you" },
      perBrandCap: 4,
      perCategoryCap: 6,
    },
  },
  {
    id: "home-trending",
    name: "첫 화면 · 지금 인기",
    rules: {
      ways: ["trending"],
      count: 16,
      layout: "scroll",
      title: { ko: "지금 많이 찾는 상품", en: "Trending now" },
      perBrandCap: 3,
      perCategoryCap: 4,
    },
  },
  {
    id: "product",
    name: "상품 상세 · 함께 많이 본",
    rules: {
      ways: ["also_viewed", "similar"],
      count: 12,
      layout: "scroll",
      title: { ko: "함께 많이 본 상품", en: "Often viewed together" },
      titleWithItem: { ko: "'{item}'{와/과} 함께 많이 본 상품", en: "Often viewed with '{item}'" },
    },
  },
  {
    id: "cart",
    name: "장바구니 · 함께 담은",
    rules: {
      ways: ["bought_together", "also_viewed", "trending"],
      count: 8,
      layout: "scroll",
      title: { ko: "함께 담으면 좋은 상품", en: "Goes well with your cart" },
    },
  },
  {
    id: "message",
    name: "메시지에 담는 추천",
    rules: { count: 4, layout: "grid", title: { ko: "추천 상품", en: "Recommended" }, perBrandCap: 2 },
  },
];

export const demoSurvey = {
  id: "taste",
  name: "첫 방문 취향 질문",
  definition: {
    show: { firstVisit: true, dormantDays: 60 },
    placement: "home",
    questions: [
      {
        id: "kinds",
        kind: "tiles",
        title: { ko: "무엇을 보러 오셨어요?", en: "What are you here for?" },
        hint: { ko: "세 가지까지 골라 주세요.", en: "Choose up to three." },
        tiles: { auto: "categories", count: 6 },
        most: 3,
        trait: "favorite_categories",
      },
      {
        id: "picks",
        kind: "tiles",
        title: { ko: "어떤 게 마음에 드세요?", en: "What catches your eye?" },
        hint: {
          ko: "고른 상품으로 첫 화면을 바로 꾸며 드려요. 다섯 개까지 골라 주세요.",
          en: "We arrange your first page from your picks. Choose up to five.",
        },
        tiles: { auto: "items", count: 12 },
        most: 5,
      },
    ],
  },
};

export const demoSegments = [
  {
    id: "cart-abandoners",
    name: "장바구니에 담고 사지 않은 사람",
    rule: { all: [didWithin("product_added_to_cart", 2 * DAY_SECONDS), didNot("product_purchased", 2 * DAY_SECONDS)] },
  },
  {
    id: "browsing-now",
    name: "48시간 안에 상품을 본 사람",
    rule: didWithin("product_viewed", 2 * DAY_SECONDS),
  },
  {
    id: "loyal",
    name: "30일 동안 두 번 넘게 산 사람",
    rule: { event: "product_purchased", did: true, withinSeconds: 30 * DAY_SECONDS, count: { op: "gte", value: 2 } },
  },
  {
    id: "members-lapsing",
    name: "2주 동안 오지 않은 회원",
    rule: { all: [didWithin("registration_completed", 400 * DAY_SECONDS), didNot("page_viewed", 14 * DAY_SECONDS)] },
  },
];

const bought = didWithin("product_purchased", 2 * DAY_SECONDS);

export const demoCampaign = {
  id: "cart-reminder",
  name: "장바구니·관심 상품 리마인드",
  definition: {
    trigger: { kind: "event", events: ["product_added_to_cart", "product_viewed"] },
    delaySeconds: HOUR_SECONDS,
    reentry: { kind: "every", windowSeconds: DAY_SECONDS },
    audience: {
      all: [
        didWithin(["product_added_to_cart", "product_viewed"], 2 * DAY_SECONDS),
        didNot("product_purchased", 2 * DAY_SECONDS),
      ],
    },
    exclude: bought,
    channel: "web_push",
    placement: "message",
    link: { kind: "recommended" },
    message: {
      ko: {
        title:
          '{% if product_added_to_cart.0 %}{{ product_added_to_cart.0.product_name | josa: "이/가" }} 기다리고 있어요{% else %}{{ product_viewed.0.product_name }}, 다시 보러 오세요{% endif %}',
        body: '{% if product_added_to_cart.0 %}{{ product_added_to_cart.0.product_name | josa: "과/와" }} 함께 보면 좋은 {{ recommendation.0.product_name | josa: "을/를" }} 골라 두었어요. ({{ recommendation.0.product_price }}){% else %}{{ product_viewed.0.product_name | josa: "을/를" }} 보셨다면 {{ recommendation.0.product_name }}도 마음에 드실 거예요. ({{ recommendation.0.product_price }}){% endif %}',
      },
      en: {
        title:
          "{% if product_added_to_cart.0 %}{{ product_added_to_cart.0.product_name }} is waiting{% else %}Still thinking of {{ product_viewed.0.product_name }}?{% endif %}",
        body: "{% if product_added_to_cart.0 %}Goes well with it: {{ recommendation.0.product_name }}, {{ recommendation.0.product_price }}.{% else %}You may also like {{ recommendation.0.product_name }}, {{ recommendation.0.product_price }}.{% endif %}",
      },
    },
    conversion: { event: "product_purchased", windowSeconds: 7 * DAY_SECONDS },
  },
};

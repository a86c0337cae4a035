/** Examples of the calls about feeds (examples.ts). */
import { NO_COUNTS } from "../../feeds/schema.ts";
import { MAY } from "./example-shop.ts";
import type { Example } from "./examples.ts";

const input = {
  name: "Main catalog",
  url: "https://shop.example/feeds/naver.txt",
  format: "auto",
  contents: "full",
  mapping: { fields: { price: ["price_mobile", "price_pc"] }, attributes: { rating: "satisfylevel" } },
  schedule: { every: "day", hour: 4 },
};
const feed = {
  ...input,
  categorySeparator: ">",
  lowStockThreshold: null,
  safetyStopPercent: 30,
  id: "main",
  nextAt: MAY + 61_200_000,
  createdAt: MAY,
  updatedAt: MAY,
};
export const HELD_IMPORT = "imp_0196d2c57f007abc8def000000000003";
const taken = {
  id: "imp_0196d2c57f007abc8def000000000001",
  feedId: "main",
  state: "running",
  source: "pulled",
  step: "fetch",
  bytes: 0,
  format: null,
  encoding: null,
  counts: NO_COUNTS,
  refused: [],
  deadLinks: [],
  reason: null,
  missing: null,
  startedAt: MAY,
  updatedAt: MAY,
  endedAt: null,
};
const held = {
  ...taken,
  id: HELD_IMPORT,
  feedId: "outlet",
  state: "held",
  step: "sweep",
  bytes: 182_044,
  format: "naver_ep",
  encoding: "euc-kr",
  counts: { ...NO_COUNTS, records: 410, changed: 12, unchanged: 396, refused: 2 },
  refused: [{ number: 17, id: "coat-9", reason: "price: Too small: expected number to be >=0" }],
  reason: "190 of 600 items are not in the file (32 %); more than 30 % are not removed without being asked",
  missing: { items: 190, of: 600 },
  endedAt: MAY + 4_000,
};

export const FEED_EXAMPLES: Record<string, Example> = {
  listFeeds: { answer: { feeds: [feed] } },
  getFeed: { path: { id: "main" }, answer: feed },
  putFeed: { path: { id: "main" }, body: input, answer: feed },
  deleteFeed: { path: { id: "main" } },
  importFeed: { path: { id: "main" }, answer: taken },
  listImports: { path: { id: "main" }, answer: { imports: [taken] } },
  getImport: { path: { id: "outlet", importId: HELD_IMPORT }, answer: held },
  applyImport: {
    path: { id: "outlet", importId: HELD_IMPORT },
    answer: { ...held, state: "running", reason: null, endedAt: null },
  },
  listCatalogChanges: {
    query: { after: "41//", limit: "100" },
    answer: {
      changes: [
        {
          itemId: "coat-1",
          kind: "price_dropped",
          at: MAY,
          previousPrice: 159000,
          price: 129000,
          currency: "KRW",
          percent: 18.9,
          quantity: null,
        },
      ],
      cursor: "42/price_dropped/coat-1",
    },
  },
};

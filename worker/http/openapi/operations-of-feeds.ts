/** The calls about feeds, as rows of the table in operations.ts. */
import { ChangesPage, FeedId } from "../../feeds/schema.ts";
import type { Operation } from "./operations.ts";

const FEED = { tag: "Catalog", caller: "server", idIs: FeedId } as const;

// biome-ignore format: a table is read line by line
export const FEED_OPERATIONS: Operation[] = [
  { ...FEED, id: "listFeeds", method: "get", path: "/v1/feeds", summary: "List feeds", answers: { 200: "Feeds" } },
  { ...FEED, id: "getFeed", method: "get", path: "/v1/feeds/{id}", summary: "Read a feed",
    answers: { 200: "FeedAnswer" }, refusals: ["not_found"] },
  { ...FEED, id: "putFeed", method: "put", path: "/v1/feeds/{id}", summary: "Make or replace a feed",
    description: "Where the catalog comes from, and how to read it. Nothing is read until it is due, asked for, or sent.",
    body: "FeedInput", limitBytes: 64 * 1024, answers: { 200: "FeedAnswer" }, refusals: ["conflict"] },
  { ...FEED, id: "deleteFeed", method: "delete", path: "/v1/feeds/{id}", summary: "Delete a feed",
    description: "Its items stay in the shop.", answers: { 204: null }, refusals: ["not_found"] },
  { ...FEED, id: "importFeed", method: "post", path: "/v1/feeds/{id}/import", summary: "Import a feed now",
    description: "With a body, that is the file, as it is or gzipped: Google Merchant (RSS, Atom, TSV), Naver Shopping EP 3.0, CSV or JSON Lines, in UTF-8, UTF-16 or EUC-KR, at most 1 GB unpacked. Without one, the feed's address is asked. 202: it is taken; what comes of it is in the import.",
    answers: { 202: "FeedImportAnswer" }, refusals: ["bad_request", "not_found", "conflict", "too_large"] },
  { ...FEED, id: "listImports", method: "get", path: "/v1/feeds/{id}/imports", summary: "List a feed's imports",
    description: "The newest fifty, newest first.", answers: { 200: "FeedImports" }, refusals: ["not_found"] },
  { ...FEED, id: "getImport", method: "get", path: "/v1/feeds/{id}/imports/{importId}", summary: "Read an import",
    answers: { 200: "FeedImportAnswer" }, refusals: ["not_found"] },
  { ...FEED, id: "applyImport", method: "post", path: "/v1/feeds/{id}/imports/{importId}/apply",
    summary: "Remove what the safety stop held back",
    description: "Of the newest import, where its state is `held`.",
    answers: { 202: "FeedImportAnswer" }, refusals: ["not_found", "conflict"] },
  { id: "listCatalogChanges", method: "get", path: "/v1/catalog/changes", summary: "What changed about items",
    description: "Price drops, items that are back, few left, new or gone, in the order in which they happened; kept for 30 days. Read on with `cursor` as `after`: nothing is missed and nothing comes twice.",
    tag: "Catalog", caller: "server", query: ChangesPage, answers: { 200: "CatalogChanges" }, refusals: ["bad_request"] },
];

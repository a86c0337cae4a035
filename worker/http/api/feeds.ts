/** `/v1/feeds`: where the catalog comes from, and what came of it. Secret key only. */
import { readCatalogChanges } from "../../catalog/changes.ts";
import { deleteFeed, listFeeds, listImports, putFeed, requireFeed, requireImport } from "../../feeds/feeds.ts";
import { ChangesPage, type Feed, FeedId, type FeedImport, FeedInput, FILE_LIMIT_BYTES } from "../../feeds/schema.ts";
import { tooLarge } from "../../feeds/stage.ts";
import { applyHeld, pullFeed, pushFeed } from "../../feeds/start.ts";
import { Refusal } from "../../lib/errors.ts";
import { fromMinor } from "../../lib/money.ts";
import { requireServer } from "../caller.ts";
import type { HttpContext } from "../context.ts";
import { check, readJson } from "../errors.ts";

const LIMIT_BYTES = 64 * 1024;
const IMPORTS_SHOWN = 50;

function shape({ siteId: _, etag: __, lastModified: ___, ...feed }: Feed) {
  return feed;
}

export function importShape(run: FeedImport) {
  const { id, feedId, state, source, step, bytes, encoding, layout, counts, refused, deadLinks, reason } = run;
  const { startedAt, updatedAt, endedAt, sweep } = run;
  return {
    id,
    feedId,
    state,
    source,
    step,
    bytes,
    format: layout?.format ?? null,
    encoding,
    counts,
    refused,
    deadLinks,
    reason,
    missing: sweep ? { items: sweep.missing, of: sweep.owned } : null,
    startedAt,
    updatedAt,
    endedAt,
  };
}

async function feedOf(c: HttpContext): Promise<Feed> {
  const site = await requireServer(c);
  return requireFeed(c.get("deps"), site.id, c.req.param("id") ?? "");
}

export async function getFeeds(c: HttpContext): Promise<Response> {
  const site = await requireServer(c);
  return c.json({ feeds: (await listFeeds(c.get("deps"), site.id)).map(shape) });
}

export async function getFeed(c: HttpContext): Promise<Response> {
  return c.json(shape(await feedOf(c)));
}

/** `PUT /v1/feeds/{id}`: the whole definition. Nothing is read until it is due, asked for, or sent. */
export async function putFeedById(c: HttpContext): Promise<Response> {
  const site = await requireServer(c);
  const id = check(FeedId, c.req.param("id"), "the feed's id");
  const input = check(FeedInput, await readJson(c, LIMIT_BYTES), "the feed");
  return c.json(shape(await putFeed(c.get("deps"), site, id, input)));
}

export async function deleteFeedById(c: HttpContext): Promise<Response> {
  const feed = await feedOf(c);
  await deleteFeed(c.get("deps"), feed.siteId, feed.id);
  return c.body(null, 204);
}

/**
 * `POST /v1/feeds/{id}/import`: with a body, that is the file, in any format and packed or not; without one the feed's address
 * is asked. 202: the file is stored, or the question is; what comes of it is in the import.
 */
export async function postFeedImport(c: HttpContext): Promise<Response> {
  const feed = await feedOf(c);
  const { body } = c.req.raw;
  const length = Number(c.req.header("content-length") ?? 1);
  // Packed, a file is smaller than what it unpacks to.
  if (length > FILE_LIMIT_BYTES) throw new Refusal("too_large", tooLarge());
  const hasFile = body !== null && length > 0;
  const run = hasFile ? await pushFeed(c.get("deps"), feed, body) : await pullFeed(c.get("deps"), feed);
  return c.json(importShape(run), 202);
}

/** `GET /v1/feeds/{id}/imports`: the newest fifty, newest first. */
export async function getFeedImports(c: HttpContext): Promise<Response> {
  const feed = await feedOf(c);
  const runs = await listImports(c.get("deps"), feed.siteId, feed.id, IMPORTS_SHOWN);
  return c.json({ imports: runs.map(importShape) });
}

export async function getFeedImport(c: HttpContext): Promise<Response> {
  const feed = await feedOf(c);
  const run = await requireImport(c.get("deps"), feed.siteId, feed.id, c.req.param("importId") ?? "");
  return c.json(importShape(run));
}

/** `POST /v1/feeds/{id}/imports/{importId}/apply`: removes what the safety stop held back. */
export async function postFeedApply(c: HttpContext): Promise<Response> {
  const feed = await feedOf(c);
  return c.json(importShape(await applyHeld(c.get("deps"), feed, c.req.param("importId") ?? "")), 202);
}

/** `GET /v1/catalog/changes?after=&limit=`: what changed about items, in order. Prices in major units. */
export async function getCatalogChanges(c: HttpContext): Promise<Response> {
  const site = await requireServer(c);
  const { after, limit } = check(ChangesPage, c.req.query(), "the query");
  const { changes, cursor } = await readCatalogChanges(c.get("deps"), site.id, after, limit);
  const shown = changes.map(({ price, previousPrice, ...change }) => {
    const major = (amount: number | null) => (amount === null ? null : fromMinor(amount, change.currency));
    return { ...change, price: major(price), previousPrice: major(previousPrice) };
  });
  return c.json({ changes: shown, cursor });
}

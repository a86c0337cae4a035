/** Feeds as marketers and servers define them. */
import { leaveItems } from "../catalog/delete.ts";
import type { Deps } from "../deps.ts";
import { Refusal } from "../lib/errors.ts";
import { whyNotPublic } from "../lib/public-address.ts";
import { HOUR, nextLocalMinute } from "../lib/time.ts";
import type { Site } from "../sites/schema.ts";
import { headKey } from "./preview.ts";
import type { Feed, FeedImport, FeedInput } from "./schema.ts";
import { folderOf } from "./stage.ts";
import { deleteFeedRows, selectFeed, selectFeeds, selectImport, selectImports, upsertFeed } from "./store.ts";

const MOST_FEEDS = 50;

export async function listFeeds(deps: Deps, siteId: string): Promise<Feed[]> {
  return selectFeeds(deps.control, siteId);
}

/** Throws `not_found`. */
export async function requireFeed(deps: Deps, siteId: string, id: string): Promise<Feed> {
  const feed = await selectFeed(deps.control, siteId, id);
  if (!feed) throw new Refusal("not_found", "there is no such feed");
  return feed;
}

/** Refuses an address that is not public, a schedule without an address, and more than 50 feeds. */
export async function putFeed(deps: Deps, site: Site, id: string, input: FeedInput): Promise<Feed> {
  const why = input.url === null || deps.config.privateHosts ? undefined : whyNotPublic(input.url);
  const wrong = (path: string, message: string) =>
    new Refusal("bad_request", `the feed is not valid: ${path}`, { issues: [{ path, message }] });
  if (why) throw wrong("url", why);
  if (input.schedule && input.url === null) throw wrong("schedule", "what is to be pulled needs an address");
  const feeds = await listFeeds(deps, site.id);
  if (feeds.length >= MOST_FEEDS && !feeds.some((feed) => feed.id === id))
    throw new Refusal("conflict", `a site has at most ${MOST_FEEDS} feeds`);
  const { name, ...definition } = input;
  const now = deps.clock.now();
  const nextAt = nextPull(input, site, now);
  await upsertFeed(deps.control, { siteId: site.id, id, name, definition, nextAt, updatedAt: now });
  return requireFeed(deps, site.id, id);
}

/** Its items stay in the shop, and belong to no feed. */
export async function deleteFeed(deps: Deps, siteId: string, id: string): Promise<void> {
  const feed = await requireFeed(deps, siteId, id);
  await deleteFeedRows(deps.control, siteId, id);
  await leaveItems(deps, siteId, id);
  await deps.blobs.remove([headKey(feed), ...(await deps.blobs.list(folderOf({ siteId, feedId: id })))]);
}

/** Newest first. */
export async function listImports(deps: Deps, siteId: string, feedId: string, limit: number): Promise<FeedImport[]> {
  return selectImports(deps.control, siteId, feedId, limit);
}

/** Throws `not_found`. */
export async function requireImport(deps: Deps, siteId: string, feedId: string, id: string): Promise<FeedImport> {
  const run = await selectImport(deps.control, siteId, feedId, id);
  if (!run) throw new Refusal("not_found", "there is no such import");
  return run;
}

/** Epoch ms of the next pull after `now`; null: only when somebody asks. */
export function nextPull({ schedule }: Pick<FeedInput, "schedule">, site: Site, now: number): number | null {
  if (!schedule) return null;
  return schedule.every === "hour" ? now + HOUR : nextLocalMinute(now, schedule.hour * 60, site.timeZone);
}

/**
 * The job that tells a shard's people of what changed in the catalog: a bounded number of changes, one pass over everybody
 * who was there lately, in slices. Where it is stands in the shard and moves with the runs that a slice starts, so that a
 * killed worker's successor goes on from there; a run's key makes a change reach a person once, however often it is passed.
 * What is sent, and whether it is still true then, is for the send job to say.
 */
import { readCatalogChanges } from "../catalog/changes.ts";
import { listAlike, readItems } from "../catalog/read.ts";
import type { Deps, Shard } from "../deps.ts";
import { listInterests } from "../events/store.ts";
import { MINUTE, SECOND, utcDay } from "../lib/time.ts";
import { partsOf } from "../platform/db.ts";
import { walkDays } from "../profiles/store.ts";
import { listCampaigns } from "./campaigns.ts";
import type { Campaign } from "./schema.ts";
import { claimWatch, insertRuns, moveWatch, type Watch } from "./store.ts";
import { entriesFrom, type Watched, watchedOf } from "./watch.ts";

/** Changes worked on together: one pass over the people serves them all. */
const CHANGES = 500;
const PEOPLE = 1000;
/** Slices of one job; what is left goes to the next. */
const SLICES = 20;
const LEASE_MS = 5 * MINUTE;
/** Of a changed item's category or brand: interest in so many others counts, the newest first. */
const ALIKE = 2000;

/** Running campaigns of a site that a change of its catalog can start. */
export function watchesCatalog({ state, definition }: Campaign): boolean {
  return state === "running" && definition.trigger.kind === "catalog";
}

/** `people`: entries of the directory a slice. */
export async function matchChanges(deps: Deps, job: { siteId: string; shard: number }, people = PEOPLE): Promise<void> {
  const { siteId } = job;
  const shard = deps.shards.at(job.shard);
  const now = deps.clock.now();
  const campaigns = (await listCampaigns(deps, siteId)).filter(watchesCatalog);
  if (campaigns.length === 0) return;
  let watch = await claimWatch(shard.db, siteId, now, now + LEASE_MS);
  if (!watch) return;
  let isDone = false;
  for (let slice = 0; slice < SLICES && !isDone; slice++) {
    const next = await step(deps, shard, siteId, campaigns, watch, people);
    isDone = next === undefined;
    if (next) watch = next;
  }
  await moveWatch(shard.db, siteId, { ...watch, leaseUntil: 0 }).run();
  if (!isDone) await deps.queue.send([{ kind: "match-changes", siteId, shard: job.shard }]);
}

/** One slice. Answers where to go on, undefined when there is nothing more. */
async function step(
  deps: Deps,
  shard: Shard,
  siteId: string,
  campaigns: Campaign[],
  watch: Watch,
  most: number,
): Promise<Watch | undefined> {
  const now = deps.clock.now();
  // A pass that has begun keeps to its changes: what came since waits for the next, which meets everybody.
  const { changes, cursor } = await readCatalogChanges(deps, siteId, watch.cursor, watch.size || CHANGES);
  if (changes.length === 0) return undefined;
  const behind: Watch = { cursor, size: 0, place: "" };
  const items = await readItems(deps, siteId, [...new Set(changes.map(({ itemId }) => itemId))]);
  const watched = watchedOf(campaigns, changes, items, now);
  const days = daysOf(watched, now);
  const entries = days === undefined ? [] : await walkDays(shard.db, siteId, watch.place, days.since, days.until, most);
  const last = entries.at(-1);
  const next = last && entries.length === most ? { ...watch, size: changes.length, place: last.place } : behind;
  const runs = last
    ? await runsOf(
        deps,
        shard,
        siteId,
        watched,
        entries.map(({ profileId }) => profileId),
      )
    : [];
  await shard.db.batch([
    ...partsOf(runs).map((part) => insertRuns(shard.db, part)),
    moveWatch(shard.db, siteId, { ...next, leaseUntil: now + LEASE_MS }),
  ]);
  return next;
}

/** UTC days on which somebody can have shown interest; undefined when no campaign asks about any of the changes. */
function daysOf(watched: Watched[], now: number): { since: number; until: number } | undefined {
  if (watched.length === 0) return undefined;
  const seconds = Math.max(...watched.map(({ trigger }) => trigger.interest.withinSeconds));
  return { since: utcDay(now - seconds * SECOND), until: utcDay(now) };
}

async function runsOf(deps: Deps, shard: Shard, siteId: string, watched: Watched[], people: string[]) {
  const now = deps.clock.now();
  const known = new Map(
    watched.map(({ item }) => [item.id, { id: item.id, brand: item.brand, category: item.category }]),
  );
  const shared = (by: "brand" | "category") => [
    ...new Set(watched.flatMap(({ trigger, item }) => (trigger.interest.in === by ? (item[by] ?? []) : []))),
  ];
  const [brands, categories] = [shared("brand"), shared("category")];
  if (brands.length + categories.length > 0) {
    for (const item of await listAlike(deps, siteId, { brands, categories }, ALIKE)) known.set(item.id, item);
  }
  const seconds = Math.max(...watched.map(({ trigger }) => trigger.interest.withinSeconds));
  const names = [...new Set(watched.flatMap(({ trigger }) => trigger.interest.events))];
  const window = { since: now - seconds * SECOND, until: now };
  const interests = await listInterests(shard.db, people, names, [...known.keys()], window);
  return entriesFrom(interests, watched, known, now);
}

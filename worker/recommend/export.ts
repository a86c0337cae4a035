/**
 * First step of a training: a slice of a shard's events as parts in R2: visits for what goes with what, counts of habits,
 * and sampled moments for purchase intention. A person whom the slice cuts in two gives the moments of both halves.
 */
import type { Deps } from "../deps.ts";
import { type HistoryEvent, scanEvents } from "../events/store.ts";
import { actOf } from "../intention/acts.ts";
import { intentionExamples } from "../intention/behavior.ts";
import { MomentSample, packMoments } from "../intention/moments.ts";
import { packArrays } from "../lib/arrays.ts";
import { type ProfileId, profileRange } from "../lib/ids.ts";
import { seeded } from "../lib/seeded.ts";
import { listLinks } from "../profiles/browsers/store.ts";
import { requireSite } from "../sites/site.ts";
import { BehaviorWriter, REMEMBERED_MS } from "./behaviors.ts";
import { ImpressionCounter } from "./impressions.ts";
import { HabitPart } from "./learn-habits.ts";
import { putImpressions, servingExamination } from "./online.ts";
import { cutVisits, packVisits, type Visit } from "./visits.ts";

/** Rows a query and queries a part: some 100,000 events, well within a step's time and memory. */
const EVENTS_A_QUERY = 5000;
const QUERIES_A_PART = 20;
const MOMENTS_A_PART = 2000;

export interface Cursor {
  profileId: ProfileId;
  at: number;
  messageId: string;
}

const numberOf = (shard: number, part: number) => `${shard}-${String(part).padStart(5, "0")}`;

/** Where a part's moments lie, beside its visits. */
export function momentsPrefix(siteId: string, version: string): string {
  return `${partsPrefix(siteId, version)}/moments-`;
}

/** Parts of visits, in their order. */
export async function listParts(deps: Deps, siteId: string, version: string): Promise<string[]> {
  const keys = await deps.blobs.list(`${partsPrefix(siteId, version)}/`);
  return keys.filter((key) => /\/\d+-\d+$/.test(key)).sort();
}

/** Where what came before a part's actions lies. */
export function behaviorsKey(part: string): string {
  return part.replace(/[^/]+$/, "behaviors-$&");
}

export function partsPrefix(siteId: string, version = ""): string {
  return `training/${siteId}/${version}`;
}

/** Writes one part; answers where the next begins, or null behind the last event. Repeating it writes the same part. */
export async function exportPart(
  deps: Deps,
  siteId: string,
  version: string,
  slice: { shard: number; number: number; after: Cursor | null },
): Promise<{ events: number; next: Cursor | null }> {
  const { db } = deps.shards.at(slice.shard);
  const range = profileRange(siteId);
  const visits: Visit[] = [];
  const site = await requireSite(deps, siteId);
  const habits = new HabitPart(deps, site, db);
  const impressions = new ImpressionCounter();
  const examination = await servingExamination(deps, siteId);
  const moments = new PersonMoments(deps.clock.now(), slice.shard, slice.number);
  const behaviors = new BehaviorWriter(deps.clock.now() - REMEMBERED_MS);
  let after = slice.after ?? undefined;
  let [events, isLast] = [0, false];
  for (let query = 0; query < QUERIES_A_PART && !isLast; query++) {
    const found: HistoryEvent[] = await scanEvents(db, range, after, 0, EVENTS_A_QUERY);
    const owners = await listLinks(db, [...new Set(found.map((event) => event.profileId))], "owner");
    const ownerOf = new Map(owners.map((link) => [link.profileId, link.otherId]));
    for (const visit of cutVisits(found, ownerOf, examination, site.timeZone, behaviors)) visits.push(visit);
    impressions.add(found);
    moments.add(found);
    await habits.add(found);
    const last = found[found.length - 1];
    events += found.length;
    isLast = found.length < EVENTS_A_QUERY;
    if (last) after = { profileId: last.profileId, at: last.at, messageId: last.messageId };
  }
  const name = numberOf(slice.shard, slice.number);
  if (visits.length > 0) {
    const key = `${partsPrefix(siteId, version)}/${name}`;
    await deps.blobs.put(behaviorsKey(key), packArrays(null, { rows: behaviors.take() }));
    await deps.blobs.put(key, packVisits(visits));
  }
  if (events > 0) await habits.put(version, name);
  await putImpressions(deps, siteId, version, name, impressions.take());
  const sampled = moments.take();
  if (sampled.length > 0) await deps.blobs.put(`${momentsPrefix(siteId, version)}${name}`, packMoments(sampled));
  return { events, next: isLast ? null : (after ?? null) };
}

/** Gathers each person's events, which may come in several queries, before their moments are looked at. */
class PersonMoments {
  readonly #until: number;
  readonly #random: () => number;
  readonly #sample: MomentSample;
  #events: HistoryEvent[] = [];

  constructor(until: number, shard: number, part: number) {
    this.#until = until;
    this.#random = seeded(shard, part, 17);
    this.#sample = new MomentSample(MOMENTS_A_PART, this.#random);
  }

  /** @param events in key order */
  add(events: readonly HistoryEvent[]): void {
    for (const event of events) {
      if (this.#events[0] && this.#events[0].profileId !== event.profileId) this.#close();
      this.#events.push(event);
    }
  }

  #close(): void {
    for (const example of intentionExamples(this.#events.map(actOf), this.#until, this.#random)) {
      this.#sample.add(example);
    }
    this.#events = [];
  }

  take() {
    this.#close();
    return this.#sample.take();
  }
}

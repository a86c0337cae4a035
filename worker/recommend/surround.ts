/**
 * What surrounds the sessions that train and judge the net: what the vector index says is like their items, and what the catalog
 * says of these, of everything in the model, and of what was new at the time and nobody has looked at yet.
 */
import type { LivingItem } from "../catalog/read.ts";
import type { Deps } from "../deps.ts";
import { DAY } from "../lib/time.ts";
import { pagesOf, readItemIds, readSessions } from "./assemble.ts";
import { AspectsBuilder, aspectsBytes, describeAt, resized } from "./engine/aspects.ts";
import { type Likes, likenessBytes, NEW_DAYS } from "./engine/occasion.ts";
import { jsonPart } from "./engine/parts.ts";
import type { Shelf } from "./engine/training.ts";
import { type LearningPlan, learningShelf } from "./learn.ts";
import type { LearnedFrom } from "./material-columns.ts";
import { type Neighbors, readNeighbors } from "./neighbors.ts";
import { describedOf } from "./newcomers.ts";

/** Items that are asked about, those looked at most, and how many of them in a step: each is a query of the index. */
const MOST_ASKED = 20_000;
const ASKED_A_STEP = 400;
const ASKED_TOGETHER = 40;
/** Nobody is waiting: the first question may have the whole index read. */
const PATIENCE_MS = 20_000;
/** Items that nobody has looked at: what came last, and what is described like something. */
const MOST_ARRIVALS = 4000;
const MOST_ALIKE = 16_000;
/** A catalog that got items so long after people looked at them was told of everything at once, and says nothing of their age. */
const LATE_MS = 3 * DAY;

/** What the sessions from `from` on are about, most looked at first: what a click leads to is asked of the items before it. */
function askedItems({ itemCount, sessions: { items, starts } }: LearnedFrom, from: number): number[] {
  const views = new Int32Array(itemCount);
  for (const item of items.subarray(starts[from])) views[item] = (views[item] as number) + 1;
  return Array.from(views.keys())
    .filter((item) => (views[item] as number) > 0)
    .sort((one, other) => (views[other] as number) - (views[one] as number) || one - other)
    .slice(0, MOST_ASKED);
}

const likesKey = (step: number) => `likes/${step}`;

/**
 * Asks the index about some of the items; answers where to go on, or null behind the last. What it cannot say now (logged) the
 * net does without.
 */
export async function surroundSome(
  deps: Deps,
  siteId: string,
  version: string,
  { judgedFrom }: LearningPlan,
  step: number,
): Promise<number | null> {
  const asked = askedItems(await readSessions(deps, siteId, version), judgedFrom);
  const ids = await readItemIds(deps, siteId, version);
  const slice = asked.slice(step * ASKED_A_STEP, (step + 1) * ASKED_A_STEP);
  const found: [item: number, near: Neighbors][] = [];
  for (let at = 0; at < slice.length; at += ASKED_TOGETHER) {
    const items = slice.slice(at, at + ASKED_TOGETHER);
    const near = await readNeighbors(
      deps,
      siteId,
      items.map((item) => ids.at(item) as string),
      "content",
      PATIENCE_MS,
    );
    for (const item of items) {
      const list = near.get(ids.at(item) as string) ?? [];
      if (list.length > 0) found.push([item, list]);
    }
  }
  await learningShelf(deps, siteId, version).put(likesKey(step), jsonPart(found));
  return (step + 1) * ASKED_A_STEP < asked.length ? step + 1 : null;
}

async function readLikes(shelf: Shelf): Promise<[item: number, near: Neighbors][]> {
  const all: [item: number, near: Neighbors][] = [];
  for (let step = 0; ; step++) {
    const bytes = await shelf.get(likesKey(step));
    if (!bytes) return all;
    for (const each of JSON.parse(new TextDecoder().decode(bytes))) all.push(each);
  }
}

/** Lays what the catalog says of everything that may be a candidate, and the likeness between items, on the shelf. */
export async function describeItems(
  deps: Deps,
  siteId: string,
  version: string,
  { judgedFrom, plan }: LearningPlan,
): Promise<null> {
  const shelf = learningShelf(deps, siteId, version);
  const { sessions, startedAt } = await readSessions(deps, siteId, version);
  const ids = await readItemIds(deps, siteId, version);
  const likes = await readLikes(shelf);
  const alike = new Set<string>();
  for (const [, near] of likes) {
    for (const { id } of near) if (alike.size < MOST_ALIKE && ids.indexOf(id) === undefined) alike.add(id);
  }
  const firstSeen = new Float64Array(ids.length).fill(Number.POSITIVE_INFINITY);
  for (const [session, at] of startedAt.entries()) {
    for (const item of sessions.items.subarray(sessions.starts[session], sessions.starts[session + 1])) {
      firstSeen[item] = Math.min(firstSeen[item] as number, at);
    }
  }
  const builder = new AspectsBuilder(ids.length, plan.embedded);
  const since = (startedAt[judgedFrom] ?? 0) - NEW_DAYS * DAY;
  const strangers = new Strangers(alike, since);
  let importedAt = 0;
  for await (const page of pagesOf(deps, siteId)) {
    for (const living of page) {
      const item = ids.indexOf(living.id);
      if (item === undefined) strangers.add(living);
      else {
        builder.describe(item, describedOf(living));
        if (living.createdAt - (firstSeen[item] as number) > LATE_MS) {
          importedAt = Math.max(importedAt, living.createdAt);
        }
      }
    }
  }
  const found = strangers.take();
  const behind = new Map(found.map(({ id }, place) => [id, ids.length + place]));
  const aspects = resized(builder.take(), ids.length + found.length);
  for (const [place, living] of found.entries()) {
    describeAt(aspects, ids.length + place, describedOf(living));
  }
  // Rounded as days of birth are: what came at the very moment came with the import. Told to those who serve as well.
  const importedUntil = Math.fround(importedAt / DAY);
  aspects.importedUntil[0] = importedUntil;
  for (const [item, born] of aspects.born.entries()) if (born <= importedUntil) aspects.born[item] = 0;
  await shelf.put("aspects", aspectsBytes(aspects));
  const numbered = new Map<number, Likes>();
  for (const [item, near] of likes) {
    const known = near.flatMap(({ id, score }) => {
      const index = ids.indexOf(id) ?? behind.get(id);
      return index === undefined ? [] : [{ index, score }];
    });
    numbered.set(item, { items: known.map(({ index }) => index), scores: known.map(({ score }) => score) });
  }
  if (numbered.size > 0) await shelf.put("likeness", likenessBytes(numbered));
  return null;
}

/** Of what nobody has looked at: what is described like something, and what came last. */
class Strangers {
  readonly #isAlike: ReadonlySet<string>;
  readonly #since: number;
  readonly #alike: LivingItem[] = [];
  #arrivals: LivingItem[] = [];

  /** @param since epoch ms of the oldest arrival that was new to anybody who is asked about */
  constructor(isAlike: ReadonlySet<string>, since: number) {
    this.#isAlike = isAlike;
    this.#since = since;
  }

  add(living: LivingItem): void {
    if (this.#isAlike.has(living.id)) this.#alike.push(living);
    else if (living.createdAt >= this.#since) this.#arrivals.push(living);
    if (this.#arrivals.length >= 2 * MOST_ARRIVALS) this.#trim();
  }

  #trim(): void {
    this.#arrivals = this.#arrivals.sort((one, other) => other.createdAt - one.createdAt).slice(0, MOST_ARRIVALS);
  }

  take(): LivingItem[] {
    this.#trim();
    return [...this.#alike, ...this.#arrivals];
  }
}

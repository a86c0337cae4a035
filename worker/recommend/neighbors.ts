/** Items that are described like another, from the vector index, remembered for some minutes in the isolate. */
import {
  LEAST_QUERY_LIKENESS,
  LEAST_TITLE_LIKENESS,
  type Likeness,
  namespaceOf,
  titleVector,
} from "../catalog/likeness.ts";
import type { Deps } from "../deps.ts";
import { TtlCache } from "../lib/cache.ts";
import { MINUTE, SECOND } from "../lib/time.ts";
import { LIKENESS_WAYS, type Way } from "./schema.ts";

export type Neighbors = { id: string; score: number }[];

const NEIGHBORS = 40;
const kept = new TtlCache<Neighbors>(10 * MINUTE, 5000);
/**
 * An item without neighbors is probably about to be embedded, and is asked for again soon; or there is no such item, and anybody
 * may ask for as many of those as they like: they have a place of their own, and push out nothing but each other.
 */
const empty = new TtlCache<Neighbors>(30 * SECOND, 500);
/** Anybody may search for anything: these, too, push out nothing but each other. */
const searched = new TtlCache<Neighbors>(10 * MINUTE, 500);
/** After a failure a site's index is left alone for a while: a request must not wait for what will not come. */
const REST_MS = 30 * SECOND;
const failedAt = new Map<string, number>();

/** How long a page waits for neighbors that are not remembered. */
export const PATIENCE_MS = 250;

const LIKENESS_OF = { similar: "content", similar_titles: "titles", similar_design: "design" } as const;

interface Likenesses {
  neighbors: Partial<Record<(typeof LIKENESS_WAYS)[number], Map<string, Neighbors>>>;
  /** By seed what is described like it and stands in, because few items or none look like it, or it has no picture's vector. */
  standIns: ReadonlyMap<string, ReadonlySet<string>>;
}

/** What those of the ways that go by likeness have for these items. Each is one query an item, when it is not remembered. */
export async function readLikenesses(
  deps: Deps,
  siteId: string,
  itemIds: string[],
  ways: readonly Way[],
  patienceMs: number = PATIENCE_MS,
): Promise<Likenesses> {
  const asked = LIKENESS_WAYS.filter((way) => ways.includes(way));
  const found = await Promise.all(
    asked.map((way) => readNeighbors(deps, siteId, itemIds, LIKENESS_OF[way], patienceMs)),
  );
  const neighbors: Likenesses["neighbors"] = Object.fromEntries(asked.map((way, place) => [way, found[place]]));
  const { similar_design: designs, similar } = neighbors;
  const lookalikes = (id: string) => designs?.get(id) ?? [];
  const bare = designs ? itemIds.filter((id) => lookalikes(id).length < FEW_DESIGNS) : [];
  if (!designs || bare.length === 0) return { neighbors, standIns: NONE };
  const described = similar ?? (await readNeighbors(deps, siteId, bare, LIKENESS_OF.similar, patienceMs));
  const standIns = new Map<string, Set<string>>();
  for (const id of bare) {
    const own = lookalikes(id);
    const known = new Set(own.map((each) => each.id));
    // Behind whatever looks like it.
    const least = own.at(-1)?.score ?? 1;
    const lent = (described.get(id) ?? [])
      .filter((each) => !known.has(each.id))
      .map((each) => ({ id: each.id, score: least * each.score }));
    if (lent.length === 0) continue;
    designs.set(id, [...own, ...lent]);
    standIns.set(id, new Set(lent.map((each) => each.id)));
  }
  return { neighbors, standIns };
}

/** With fewer that look like it an item may be left without anything that can be shown. */
const FEW_DESIGNS = 12;
const NONE: ReadonlyMap<string, ReadonlySet<string>> = new Map();

/** In a small catalog everything is among the nearest: a cardigan would be called like a hand cream. Shops' own vectors are unknown. */
function leastOf({ ai }: Deps, likeness: Likeness): number {
  if (likeness === "content") return ai.leastLikeness;
  return likeness === "titles" ? LEAST_TITLE_LIKENESS : Number.MIN_VALUE;
}

/**
 * Neighbors per item; items that cannot be answered now have none (logged once per failure). An index that fails, or does not
 * answer in time, is left alone for a while, or until what it was asked for comes after all; what is remembered is known meanwhile.
 */
export async function readNeighbors(
  deps: Deps,
  siteId: string,
  itemIds: string[],
  likeness: Likeness = "content",
  patienceMs: number = PATIENCE_MS,
): Promise<Map<string, Neighbors>> {
  const namespace = namespaceOf(siteId, likeness);
  return readNear(deps, siteId, likeness, itemIds, patienceMs, {
    kept,
    mark: " ",
    least: leastOf(deps, likeness),
    ask: (id) => deps.vectors.nearItem(namespace, id, NEIGHBORS),
  });
}

/** By query the items whose titles are like it, in the same way. */
export async function readFound(
  deps: Deps,
  siteId: string,
  queries: string[],
  patienceMs: number = PATIENCE_MS,
): Promise<Map<string, Neighbors>> {
  const namespace = namespaceOf(siteId, "titles");
  return readNear(deps, siteId, "titles", queries, patienceMs, {
    kept: searched,
    mark: "?",
    least: LEAST_QUERY_LIKENESS,
    ask: (query) => deps.vectors.near(namespace, titleVector([query], deps.ai.dimensions), NEIGHBORS),
  });
}

interface Asking {
  kept: TtlCache<Neighbors>;
  /** Between namespace and key, where what is remembered has its name. */
  mark: " " | "?";
  least: number;
  ask(key: string): Promise<Neighbors>;
}

async function readNear(
  deps: Deps,
  siteId: string,
  likeness: Likeness,
  keys: string[],
  patienceMs: number,
  { kept, mark, least, ask }: Asking,
): Promise<Map<string, Neighbors>> {
  const namespace = namespaceOf(siteId, likeness);
  const now = deps.clock.now();
  const nameOf = (key: string) => `${namespace}${mark}${key}`;
  const lists = new Map<string, Neighbors>();
  const missing: string[] = [];
  for (const key of keys) {
    const known = kept.peek(nameOf(key), now) ?? empty.peek(nameOf(key), now);
    if (known) lists.set(key, known);
    else missing.push(key);
  }
  if (missing.length === 0) return lists;
  const rests = Math.abs(now - (failedAt.get(namespace) ?? Number.NEGATIVE_INFINITY)) < REST_MS;
  if (!rests) {
    const read = async (key: string) => {
      const nearest = await ask(key);
      const neighbors = nearest.filter(({ score }) => score >= least);
      (nearest.length > 0 ? kept : empty).keep(nameOf(key), now, neighbors);
      lists.set(key, neighbors);
    };
    const failed = (error: unknown) => {
      failedAt.set(namespace, now);
      deps.log.error(`${likeness} neighbors could not be read`, error, { siteId });
    };
    const reading = Promise.all(missing.map(read));
    const alarm = deps.clock.alarm(patienceMs);
    try {
      const isLate = await Promise.race([reading.then(() => false), alarm.rings.then(() => true)]);
      if (isLate) {
        failed(new Error(`no answer within ${patienceMs} ms`));
        deps.later(reading.then(() => void failedAt.delete(namespace)).catch(() => undefined));
      }
    } catch (error) {
      failed(error);
    } finally {
      alarm.stop();
    }
  }
  // A map of its own, in the order of the keys: what comes late changes nothing that was answered.
  const found = new Map<string, Neighbors>();
  for (const key of keys) {
    const neighbors = lists.get(key);
    if (neighbors) found.set(key, neighbors);
  }
  return found;
}

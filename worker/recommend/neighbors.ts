/** Items that are described like another, from the vector index, remembered for some minutes in the isolate. */
import { type Likeness, namespaceOf } from "../catalog/likeness.ts";
import type { Deps } from "../deps.ts";
import { TtlCache } from "../lib/cache.ts";
import { MINUTE, SECOND } from "../lib/time.ts";
import { LIKENESS_WAYS } from "./candidates.ts";
import type { Way } from "./schema.ts";

export type Neighbors = { id: string; score: number }[];

const NEIGHBORS = 40;
const kept = new TtlCache<Neighbors>(10 * MINUTE, 5000);
/**
 * An item without neighbors is probably about to be embedded, and is asked for again soon; or there is no such item, and anybody
 * may ask for as many of those as they like: they have a place of their own, and push out nothing but each other.
 */
const empty = new TtlCache<Neighbors>(30 * SECOND, 500);
/** After a failure a site's index is left alone for a while: a request must not wait for what will not come. */
const REST_MS = 30 * SECOND;
const failedAt = new Map<string, number>();

const LIKENESS_OF = { similar: "content", similar_titles: "titles", similar_design: "design" } as const;

/** What those of the ways that go by likeness have for these items. Each is one query an item, when it is not remembered. */
export async function readLikenesses(
  deps: Deps,
  siteId: string,
  itemIds: string[],
  ways: readonly Way[],
): Promise<Partial<Record<(typeof LIKENESS_WAYS)[number], Map<string, Neighbors>>>> {
  const asked = LIKENESS_WAYS.filter((way) => ways.includes(way));
  const found = await Promise.all(asked.map((way) => readNeighbors(deps, siteId, itemIds, LIKENESS_OF[way])));
  return Object.fromEntries(asked.map((way, place) => [way, found[place]]));
}

/** Neighbors per item; items that cannot be answered now have none (logged once per failure). */
export async function readNeighbors(
  deps: Deps,
  siteId: string,
  itemIds: string[],
  likeness: Likeness = "content",
): Promise<Map<string, Neighbors>> {
  const namespace = namespaceOf(siteId, likeness);
  const found = new Map<string, Neighbors>();
  const now = deps.clock.now();
  if (Math.abs(now - (failedAt.get(namespace) ?? Number.NEGATIVE_INFINITY)) < REST_MS) return found;
  const read = async (id: string): Promise<Neighbors> => {
    const name = `${namespace} ${id}`;
    const known = kept.peek(name, now) ?? empty.peek(name, now);
    if (known) return known;
    const neighbors = await deps.vectors.nearItem(namespace, id, NEIGHBORS);
    (neighbors.length > 0 ? kept : empty).keep(name, now, neighbors);
    return neighbors;
  };
  try {
    const lists = await Promise.all(itemIds.map(read));
    for (const [place, id] of itemIds.entries()) found.set(id, lists[place] ?? []);
  } catch (error) {
    failedAt.set(namespace, now);
    deps.log.error(`${likeness} neighbors could not be read`, error, { siteId });
  }
  return found;
}

/**
 * What a person may be offered, or has looked at, that the serving model was built without: numbers behind the model's own for
 * the length of a request, and what the catalog says of each.
 */
import { titleVector } from "../catalog/likeness.ts";
import type { Item } from "../catalog/price.ts";
import { DAY } from "../lib/time.ts";
import type { Dictionary } from "./dictionary.ts";
import { type Described, SIGNATURE } from "./engine/aspects.ts";
import { ARRIVALS, type Likes } from "./engine/occasion.ts";
import type { ServingModel } from "./model.ts";
import type { Neighbors } from "./neighbors.ts";
import type { CatalogShelf } from "./shelf.ts";

export interface Newcomers {
  /** Those that the model has no number of its own for. */
  count: number;
  indexOf(id: string): number | undefined;
  idOf(index: number): string | undefined;
  /** By index; also of items that a refresh has added to the model, of which it knows no more than clicks. */
  described: readonly (readonly [index: number, described: Described])[];
  /** By index: of the servable items that came last the newest `ARRIVALS`. */
  arrivals: readonly number[];
  /** What is like an item, where the model has a number for all of it. */
  likesOf?(near: Neighbors): Likes | undefined;
}

export const NO_NEWCOMERS: Newcomers = {
  count: 0,
  indexOf: () => undefined,
  idOf: () => undefined,
  described: [],
  arrivals: [],
};

/** As long as the isolate keeps the copy of an item it is described once. */
const kept = new WeakMap<Item, Described>();

function describe(item: Item): Described {
  const known = kept.get(item);
  if (known) return known;
  const described = describedOf({ ...item, price: item.regular.price });
  kept.set(item, described);
  return described;
}

/** As the engine is told of an item, when training and when serving. @param price not that of a sale */
export function describedOf({
  title,
  price,
  category,
  createdAt,
}: Pick<Item, "title" | "price" | "category" | "createdAt">): Described {
  return { price, category, born: createdAt / DAY, signature: titleVector([title], SIGNATURE) };
}

/** Ids of the model, in the order of its indexes, of which the first `built` were there when it was built. */
interface KnownIds {
  indexOf(id: string): number | undefined;
  size: number;
  built: number;
}

/** @param items that may have come since, `arrivals` among them */
export function newcomersOf(ids: KnownIds, items: Iterable<Item>, arrivals: readonly Item[] = []): Newcomers {
  const newcomers = withItems(NO_NEWCOMERS, ids, items);
  return {
    ...newcomers,
    arrivals: arrivals.flatMap(({ id }) => ids.indexOf(id) ?? newcomers.indexOf(id) ?? []),
  };
}

/** The same and further items, which have numbers behind theirs. */
function withItems(before: Newcomers, ids: KnownIds, items: Iterable<Item>): Newcomers {
  const indexes = new Map<string, number>();
  const own: string[] = [];
  const described = [...before.described];
  const first = ids.size + before.count;
  for (const item of items) {
    const known = ids.indexOf(item.id) ?? before.indexOf(item.id) ?? indexes.get(item.id);
    if (known !== undefined && (known < ids.built || known >= ids.size)) continue;
    const index = known ?? first + own.length;
    if (known === undefined) {
      indexes.set(item.id, index);
      own.push(item.id);
    }
    described.push([index, describe(item)]);
  }
  return {
    ...before,
    count: before.count + own.length,
    indexOf: (id) => before.indexOf(id) ?? indexes.get(id),
    idOf: (index) => (index < first ? before.idOf(index) : own[index - first]),
    described,
  };
}

interface Numbered {
  /** In the model's numbers. */
  likes: Likes;
  /** There is a number for each of them. */
  isWhole: boolean;
  /** What the model was built without. */
  strangers: string[];
}

/**
 * An isolate keeps what is like an item for some minutes, and asks of it at every request. By the ids of a model, as what came last
 * below: neither holds those of a model that has been let go.
 */
const numbered = new WeakMap<Dictionary, WeakMap<Neighbors, Numbered>>();

function numberedBy(ids: Dictionary, built: number, near: Neighbors): Numbered {
  let own = numbered.get(ids);
  if (!own) {
    own = new WeakMap();
    numbered.set(ids, own);
  }
  const known = own.get(near);
  if (known) return known;
  const [items, scores, strangers]: [number[], number[], string[]] = [[], [], []];
  let isWhole = true;
  for (const { id, score } of near) {
    const index = ids.indexOf(id);
    if (index === undefined || index >= built) strangers.push(id);
    if (index === undefined) isWhole = false;
    else {
      items.push(index);
      scores.push(score);
    }
  }
  const found = { likes: { items, scores }, isWhole, strangers };
  own.set(near, found);
  return found;
}

/**
 * What the net is to be told of what its model was built without; what the isolate has no copies of is read.
 * @param items that the person is about
 * @param neighbors of theirs, by item
 */
export async function readNewcomers(
  { engine, ids }: ServingModel,
  shelf: CatalogShelf,
  items: readonly string[],
  neighbors: ReadonlyMap<string, Neighbors> | undefined,
  arrivals: readonly Item[],
): Promise<Newcomers | undefined> {
  if (!engine?.core.net || !engine.core.aspects) return undefined;
  const built = engine.core.aspects.prices.length;
  const unknown = new Set(items.filter((id) => (ids.indexOf(id) ?? built) >= built));
  for (const near of neighbors?.values() ?? []) {
    for (const id of numberedBy(ids, built, near).strangers) unknown.add(id);
  }
  const known = { indexOf: (id: string) => ids.indexOf(id), size: ids.length, built };
  let came = arrived.get(ids);
  if (came?.arrivals !== arrivals) {
    const newcomers = newcomersOf(known, arrivals, arrivals.slice(0, ARRIVALS));
    const likesOf = (near: Neighbors) => {
      const { likes, isWhole } = numberedBy(ids, built, near);
      return isWhole ? likes : undefined;
    };
    came = { arrivals, newcomers: { ...newcomers, likesOf } };
    arrived.set(ids, came);
  }
  const { newcomers } = came;
  const others = [...unknown].filter((id) => newcomers.indexOf(id) === undefined);
  if (others.length === 0) return newcomers;
  const read = await shelf.read(others);
  return withItems(
    newcomers,
    known,
    others.flatMap((id) => read.get(id) ?? []),
  );
}

/** Of a catalog's version, whoever is asked about. */
const arrived = new WeakMap<Dictionary, { arrivals: readonly Item[]; newcomers: Newcomers }>();

/**
 * What a person may be offered, or has looked at, that the serving model was built without: numbers behind the model's own for
 * the length of a request, and what the catalog says of each.
 */
import { titleVector } from "../catalog/likeness.ts";
import type { Item } from "../catalog/price.ts";
import { DAY } from "../lib/time.ts";
import { type Described, SIGNATURE } from "./engine/aspects.ts";
import type { ServingModel } from "./model.ts";
import type { Neighbors } from "./neighbors.ts";
import type { CatalogShelf } from "./shelf.ts";

export interface Newcomers {
  indexOf(id: string): number | undefined;
  idOf(index: number): string | undefined;
  /** By index; also of items that a refresh has added to the model, of which it knows no more than clicks. */
  described: readonly (readonly [index: number, described: Described])[];
}

export const NO_NEWCOMERS: Newcomers = { indexOf: () => undefined, idOf: () => undefined, described: [] };

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

/**
 * @param ids of the model, in the order of its indexes, of which the first `built` were there when it was built
 * @param items that may have come since
 */
export function newcomersOf(
  ids: { indexOf(id: string): number | undefined; size: number; built: number },
  items: Iterable<Item>,
): Newcomers {
  const indexes = new Map<string, number>();
  const own: string[] = [];
  const described: [number, Described][] = [];
  for (const item of items) {
    const known = ids.indexOf(item.id) ?? indexes.get(item.id);
    if (known !== undefined && (known < ids.built || known >= ids.size)) continue;
    const index = known ?? ids.size + own.length;
    if (known === undefined) {
      indexes.set(item.id, index);
      own.push(item.id);
    }
    described.push([index, describe(item)]);
  }
  return { indexOf: (id) => indexes.get(id), idOf: (index) => own[index - ids.size], described };
}

export function namesIn(neighbors: ReadonlyMap<string, Neighbors> | undefined): string[] {
  return [...(neighbors?.values() ?? [])].flat().map(({ id }) => id);
}

/** What the net is to be told of what its model was built without; what the isolate has no copies of is read. */
export async function readNewcomers(
  model: ServingModel,
  shelf: CatalogShelf,
  ids: Iterable<string>,
  arrivals: readonly Item[],
): Promise<Newcomers | undefined> {
  const { engine, indexes } = model;
  if (!engine?.core.net || !engine.core.aspects) return undefined;
  const built = engine.core.aspects.prices.length;
  const indexOf = (id: string) => indexes.get(id);
  const unknown = [...new Set(ids)].filter((id) => (indexOf(id) ?? built) >= built);
  const read = unknown.length > 0 ? await shelf.read(unknown) : undefined;
  const items = [...arrivals, ...unknown.flatMap((id) => read?.get(id) ?? [])];
  return newcomersOf({ indexOf, size: model.ids.length, built }, items);
}

/** What the catalog says of a placement's rules: which of the items that they name there are, and how many pass their filter. */
import type { Item } from "../../catalog/price.ts";
import { readItems } from "../../catalog/read.ts";
import { countPassing, type FilterCount } from "../../recommend/filter-count.ts";
import type { PlacementRules } from "../../recommend/schema.ts";
import { countOnSale, type OnSale } from "../../reports/placements.ts";
import type { SiteView } from "./view.ts";

export interface PlacementFacts {
  pinned: { position: number; id: string; item: Item | undefined }[];
  /** Left out by id, though there is no such item. */
  unknown: string[];
  /** Undefined without a filter. */
  passing: { count: FilterCount; onSale: OnSale } | undefined;
}

/** @param itemId of the page that the placement is previewed on; empty for none */
export async function factsOf({ deps, site }: SiteView, rules: PlacementRules, itemId = ""): Promise<PlacementFacts> {
  const { pins, excludeItemIds, filter } = rules;
  const ids = new Set([...pins.map((pin) => pin.itemId), ...excludeItemIds, ...(itemId ? [itemId] : [])]);
  const items = await readItems(deps, site.id, [...ids]);
  const there = (id: string) => {
    const item = items.get(id);
    return item && item.deletedAt === null ? item : undefined;
  };
  const [count, onSale] =
    filter.length === 0
      ? []
      : await Promise.all([countPassing(deps, site.id, filter, there(itemId)), countOnSale(deps, site.id)]);
  return {
    pinned: pins
      .toSorted((one, other) => one.position - other.position)
      .map((pin) => ({ position: pin.position, id: pin.itemId, item: there(pin.itemId) })),
    unknown: excludeItemIds.filter((id) => !there(id)),
    passing: count && onSale && { count, onSale },
  };
}

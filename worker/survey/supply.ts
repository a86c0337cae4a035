/**
 * What tiles can be made of now, from the live catalog: what is sold out, hidden or deleted is not among it. Kept by the
 * isolate under the catalog's version, so that a tap costs one row.
 */

import type { Item } from "../catalog/price.ts";
import { isServable, listServable, readCatalogVersion, readItems } from "../catalog/read.ts";
import type { Deps } from "../deps.ts";
import { TtlCache } from "../lib/cache.ts";
import { MINUTE } from "../lib/time.ts";
import type { Insight } from "./insight.ts";
import { type Supply, supplyOf } from "./tiles.ts";

/** What the door knows of the site's likes: the insight of the serving model, and what many look for, best first. */
export interface Known {
  /** Names the state of both: another model is another name. */
  name: string;
  insight: Insight | undefined;
  popular: string[];
}

/** How many items are looked at for tiles. */
const LOOKED_AT = 200;
/** With fewer popular items than this, the rest of the catalog is looked at too. */
const ENOUGH = 60;

const kept = new TtlCache<Supply>(5 * MINUTE, 50);

/** Kept for five minutes, as long as neither the catalog nor what is known changes. */
export async function openSupply(deps: Deps, siteId: string, known: Known): Promise<Supply> {
  const version = await readCatalogVersion(deps, siteId);
  return kept.get(`${siteId}/${known.name}/${version}`, deps.clock.now(), async () =>
    supplyOf(await readBest(deps, siteId, known), known.insight),
  );
}

async function readBest(deps: Deps, siteId: string, { insight, popular }: Known): Promise<Item[]> {
  const counted = insight?.tiles.flatMap((key) => (key.startsWith("item:") ? [key.slice("item:".length)] : [])) ?? [];
  const ids = [...new Set([...popular.slice(0, LOOKED_AT), ...counted])];
  const read = await readItems(deps, siteId, ids);
  const best = ids.flatMap((id) => read.get(id) ?? []).filter(isServable);
  if (best.length >= ENOUGH) return best;
  const taken = new Set(best.map(({ id }) => id));
  const others = await listServable(deps, siteId, undefined, 2 * LOOKED_AT);
  return [...best, ...others.filter(({ id }) => !taken.has(id))];
}

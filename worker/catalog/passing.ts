import type { Deps } from "../deps.ts";
import { type ItemTest, selectPassing } from "./passing/store.ts";
import { type Item, pricedAt } from "./price.ts";

/**
 * What may be shown and may pass all of these tests, newest first, at most `limit` from behind `after` and out of the next
 * `most` of the catalog. Whether an item does pass is to be looked at again: the database answers what it cannot rule out.
 */
export async function listPassing(
  deps: Deps,
  siteId: string,
  tests: ItemTest[],
  { after, limit, most }: { after: Pick<Item, "createdAt" | "id"> | undefined; limit: number; most: number },
): Promise<Item[]> {
  const now = deps.clock.now();
  const items = await selectPassing(deps.control, siteId, tests, now, { after, limit, most });
  return items.map((item) => pricedAt(item, now));
}

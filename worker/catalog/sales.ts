import type { Deps } from "../deps.ts";
import { announce } from "./announce.ts";
import { insertBegunSales, selectSitesWithSales } from "./changes/store.ts";

/**
 * Sales with dates begin by the clock: what is charged needs nobody for that (price.ts), but whoever waits for a lower price
 * has to be told. Asked every few minutes; an index that holds nothing but dated sales answers.
 */
export async function beginSales(deps: Deps): Promise<void> {
  const now = deps.clock.now();
  for (const siteId of await selectSitesWithSales(deps.control, now)) {
    const { version } = await insertBegunSales(deps.control, siteId, now);
    await announce(deps, siteId, version);
  }
}

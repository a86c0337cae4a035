import type { Deps } from "../deps.ts";
import { announce } from "./announce.ts";
import { sellOutRows } from "./store.ts";

/** Items of which is known only that there are none left. Answers how many were in stock. The next full word of them counts again. */
export async function sellOutItems(deps: Deps, siteId: string, ids: string[]): Promise<number> {
  const { rows, version } = await sellOutRows(deps.control, siteId, ids, deps.clock.now());
  await announce(deps, siteId, version);
  return rows.length;
}

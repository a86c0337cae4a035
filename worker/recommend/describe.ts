/** What the catalog says of a training's items, for the net: laid on the shelf beside the sessions. */
import { titleVector } from "../catalog/likeness.ts";
import { listLiving } from "../catalog/read.ts";
import type { Deps } from "../deps.ts";
import type { Dictionary } from "./dictionary.ts";
import { AspectsBuilder, aspectsBytes, SIGNATURE } from "./engine/aspects.ts";
import type { Shelf } from "./engine/training.ts";

const ITEMS_A_PAGE = 2000;

/** @param signed items whose titles are compared: the first so many */
export async function describeItems(
  deps: Deps,
  siteId: string,
  shelf: Shelf,
  ids: Dictionary,
  signed: number,
): Promise<void> {
  const builder = new AspectsBuilder(ids.length, signed);
  for (let after = ""; ; ) {
    const page = await listLiving(deps, siteId, after, ITEMS_A_PAGE);
    for (const { id, title, category, price } of page) {
      const item = ids.indexOf(id);
      if (item !== undefined) {
        builder.describe(item, { price, category, signature: titleVector([title], SIGNATURE) });
      }
    }
    const last = page[page.length - 1];
    if (!last || page.length < ITEMS_A_PAGE) break;
    after = last.id;
  }
  await shelf.put("aspects", aspectsBytes(builder.take()));
}

/** Which app store to lead to. Pure. */
import type { OnsiteDefinition } from "./definition.ts";

export type Store = "apple" | "google";

/** The store of the visitor's device where the app is there; both on a desktop. */
export function storesFor(stores: OnsiteDefinition["stores"], userAgent: string): { store: Store; url: string }[] {
  const all = (["apple", "google"] as const).flatMap((store) => {
    const url = stores[store];
    return url === undefined ? [] : [{ store, url }];
  });
  const own = /iPhone|iPad|iPod/.test(userAgent) ? "apple" : /Android/.test(userAgent) ? "google" : undefined;
  const fitting = all.filter(({ store }) => store === own);
  return fitting.length > 0 ? fitting : all;
}

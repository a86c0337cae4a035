/** The items that this device saw last, for recommendations that do not have to wait for the server to know. */
import { keep, recall } from "./storage.ts";

const MOST = 10;

/** Latest first. */
export function recentItems(): string[] {
  return recall("recent")?.split("\n") ?? [];
}

export function noteItem(event: string, properties: Record<string, unknown>): void {
  const [first] = (properties.items as Record<string, unknown>[] | undefined) ?? [properties];
  const id = first?.product_id ?? first?.item_id;
  if (id == null || !/^(product.(viewed|added)|view_item$|add_to_cart)/i.test(event)) return;
  const item = String(id);
  keep("recent", [item, ...recentItems().filter((other) => other !== item)].slice(0, MOST).join("\n"));
}

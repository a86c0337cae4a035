/**
 * A list as JSON, put together: what the catalog says of an item is written once for all lists that it is in, which is most
 * of an answer's text. Pure.
 */
import type { PublicItem } from "../catalog/read.ts";
import type { Listing } from "./recommend.ts";
import type { ListedItem } from "./recommended-item.ts";

/** Of each item its JSON, without the bracket that ends it. */
const written = new WeakMap<Readonly<PublicItem>, string>();

/** The text of what `recommend` answers, the items last. */
export function answerText({ items, ...rest }: Listing): string {
  let list = "";
  // Not joined: the whole is copied once, when it is sent.
  for (const item of items) list += list === "" ? itemText(item) : `,${itemText(item)}`;
  return `${JSON.stringify(rest).slice(0, -1)},"items":[${list}]}`;
}

function itemText({ item, score, reason, source }: ListedItem): string {
  let text = written.get(item);
  if (text === undefined) {
    text = JSON.stringify(item).slice(0, -1);
    written.set(item, text);
  }
  return `${text},"score":${score},"reason":${JSON.stringify(reason)},"source":"${source}"}`;
}

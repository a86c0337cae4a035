/**
 * A list as JSON in UTF-8, put together: what the catalog says of an item, and why it is shown, is written once for all lists that it
 * is in, which is nearly all of an answer. A string would be made one piece of and encoded, each time as a whole.
 */
import type { PublicItem } from "../catalog/read.ts";
import { remembered } from "../lib/remembered.ts";
import type { Listing } from "./recommend.ts";
import type { ListedItem } from "./recommended-item.ts";

const encoder = new TextEncoder();
/** What an explanation needed is not kept for the lists that come after it. */
const [ROOM, MOST_KEPT] = [1 << 14, 1 << 18];
let room = new Uint8Array(ROOM);
let length = 0;

/** The text of what `recommend` answers, the items last. A copy: a runtime may read it when the next has been written already. */
export function answerText(listing: Listing): Uint8Array<ArrayBuffer> {
  if (room.length > MOST_KEPT) room = new Uint8Array(ROOM);
  length = 0;
  addPlain(`{"recommendationId":"${listing.recommendationId}"`);
  for (const name of FIELDS) {
    const value = listing[name];
    if (value !== undefined) add(WRITTEN[name](value as never));
  }
  addPlain(',"items":[');
  let between = "";
  for (const { item, score, reason, source } of listing.items) {
    addPlain(between);
    add(writtenOf(item));
    addPlain(String(score));
    add(saidOf(source)(reason));
    between = ",";
  }
  addPlain("]}");
  return room.slice(0, length);
}

type Field = Exclude<keyof Listing, "recommendationId" | "items">;
type Values = Required<Listing>;

/** How each field of a list is written: most say the same in most lists. */
const SAME_KEPT = 500;
const written = <Name extends Field>(name: Name) => {
  return (value: Values[Name]) => encoder.encode(`,"${name}":${JSON.stringify(value)}`);
};
const WRITTEN: { [Name in Field]: (value: Values[Name]) => Uint8Array } = {
  placement: remembered(SAME_KEPT, written("placement")),
  title: remembered(SAME_KEPT, written("title")),
  layout: remembered(SAME_KEPT, written("layout")),
  fallbackLevel: remembered(SAME_KEPT, written("fallbackLevel")),
  variant: remembered(SAME_KEPT, written("variant")),
  relaxed: written("relaxed"),
  explain: written("explain"),
};
const FIELDS = Object.keys(WRITTEN) as Field[];

/** Of each item its JSON as far as its score. */
const items = new WeakMap<Readonly<PublicItem>, Uint8Array>();

function writtenOf(item: Readonly<PublicItem>): Uint8Array {
  let own = items.get(item);
  if (own === undefined) {
    own = encoder.encode(`${JSON.stringify(item).slice(0, -1)},"score":`);
    items.set(item, own);
  }
  return own;
}

/** What stands behind the score, by source and reason: they name the few items that people come from. */
const [SOURCES, REASONS_KEPT] = [50, 2000];
const saidOf = remembered(SOURCES, (source: ListedItem["source"]) =>
  remembered(REASONS_KEPT, (reason: string) =>
    encoder.encode(`,"reason":${JSON.stringify(reason)},"source":"${source}"}`),
  ),
);

function add(bytes: Uint8Array): void {
  makeRoom(bytes.length);
  room.set(bytes, length);
  length += bytes.length;
}

/** Of ASCII. */
function addPlain(text: string): void {
  makeRoom(text.length);
  for (let place = 0; place < text.length; place++) room[length++] = text.charCodeAt(place);
}

function makeRoom(further: number): void {
  if (length + further <= room.length) return;
  const larger = new Uint8Array(2 * (length + further));
  larger.set(room.subarray(0, length));
  room = larger;
}

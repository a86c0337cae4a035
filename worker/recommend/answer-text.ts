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
export function answerText({ items, ...rest }: Listing): Uint8Array<ArrayBuffer> {
  if (room.length > MOST_KEPT) room = new Uint8Array(ROOM);
  length = 0;
  add(encoder.encode(`${JSON.stringify(rest).slice(0, -1)},"items":[`));
  for (const [place, { item, score, reason, source }] of items.entries()) {
    if (place > 0) addPlain(",");
    add(writtenOf(item));
    addPlain(String(score));
    add(saidOf(source)(reason));
  }
  addPlain("]}");
  return room.slice(0, length);
}

/** Of each item its JSON as far as its score. */
const written = new WeakMap<Readonly<PublicItem>, Uint8Array>();

function writtenOf(item: Readonly<PublicItem>): Uint8Array {
  let own = written.get(item);
  if (own === undefined) {
    own = encoder.encode(`${JSON.stringify(item).slice(0, -1)},"score":`);
    written.set(item, own);
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

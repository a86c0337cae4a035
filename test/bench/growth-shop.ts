/**
 * An invented shop of any size, the same at every run: kinds of forty items, some far more liked than others, a quarter of all
 * items new within the season; people who keep to a few kinds and go from an item to those beside it. Everybody's season is
 * made from their number alone, so that nothing of it has to lie in memory.
 */
import { profileIdOf, slotOf } from "../../worker/lib/ids.ts";
import { type Random, seeded } from "../../worker/lib/seeded.ts";
import { DAY, HOUR, MINUTE, utcDay } from "../../worker/lib/time.ts";
import { openFile, SLOT_MAP } from "./local-deps.ts";

export const SITE_ID = "site_growing0";
/** The night of the first training, and how long the shop has been open then. */
export const BUILT_AT = Date.UTC(2026, 2, 10, 18);
const SEASON = 90 * DAY;
const END = BUILT_AT + DAY;
const KIND = 40;
/** On average. */
const EVENTS_A_PERSON = 18.9;

export interface Shop {
  items: number;
  events: number;
}

export interface Window {
  from: number;
  to: number;
}

interface ShopEvent {
  at: number;
  name: "page_viewed" | "product_viewed" | "product_added_to_cart" | "product_purchased";
  item?: number;
}

export const itemId = (item: number) => `i${item}`;

/** When an item came: three of four were there before the season. */
function bornAt(item: number): number {
  const share = ((Math.imul(item + 1, 0x9e3779b1) >>> 0) % 1000) / 1000;
  return share < 0.75 ? 0 : END - SEASON + ((share - 0.75) / 0.25) * SEASON;
}

const liked = (random: Random, n: number) => Math.floor(n * random() ** 2.5);

function itemOf(shop: Shop, kind: number, place: number, at: number): number {
  for (let tried = 0; tried < KIND; tried++) {
    const item = Math.min(shop.items - 1, kind * KIND + ((place + tried) % KIND));
    if (bornAt(item) <= at) return item;
  }
  return kind * KIND;
}

/** Everything that one person does in the season and the day after it, in order. */
function* seasonOf(shop: Shop, person: number): Generator<ShopEvent> {
  const random = seeded(77, person);
  const kinds = Math.ceil(shop.items / KIND);
  const own = Array.from({ length: 3 }, () => liked(random, kinds));
  const visits = Array.from(
    { length: 1 + Math.floor(7 * random() ** 1.2) },
    () => END - SEASON + random() * SEASON,
  ).sort((one, other) => one - other);
  for (const start of visits) {
    let at = Math.round(start);
    yield { at, name: "page_viewed" };
    let kind = random() < 0.75 ? (own[Math.floor(3 * random())] as number) : liked(random, kinds);
    let place = liked(random, KIND);
    for (let views = 1 + Math.floor(8 * random() ** 1.3); views > 0; views--) {
      at += MINUTE + Math.floor(MINUTE * random());
      const item = itemOf(shop, kind, place, at);
      yield { at, name: "product_viewed", item };
      const wanted = random();
      if (wanted < 0.03) yield { at: at + 20_000, name: "product_added_to_cart", item };
      if (wanted < 0.01) yield { at: at + 40_000, name: "product_purchased", item };
      const next = random();
      if (next < 0.5) place = (place + 1 + Math.floor(4 * random())) % KIND;
      else if (next < 0.85) place = liked(random, KIND);
      else {
        kind = (kind + 1) % kinds;
        place = liked(random, KIND);
      }
    }
  }
}

/** People in the order of their keys, which is the order of the tables. */
function peopleOf(shop: Shop): { person: number; profileId: string }[] {
  return Array.from({ length: Math.ceil(shop.events / EVENTS_A_PERSON) }, (_, person) => ({
    person,
    profileId: profileIdOf(SITE_ID, { anonymousId: `visitor-${person}` }),
  })).sort((one, other) => (one.profileId < other.profileId ? -1 : 1));
}

/** The catalog, into the control database. */
export function fillCatalog(folder: string, shop: Shop): void {
  const db = openFile(folder, "control");
  db.exec("BEGIN");
  const insert = db.prepare(
    `INSERT INTO items (site_id, id, title, url, price, currency, brand, category, in_stock, hidden, content_hash, embedded_hash, created_at, updated_at)
     VALUES (?, ?, ?, ?, ?, 'KRW', ?, ?, 1, 0, 'x', 'x', ?, ?)`,
  );
  for (let item = 0; item < shop.items; item++) {
    const kind = Math.floor(item / KIND);
    const category = `Department ${kind % 20} > Kind ${kind}`;
    const title = `Kind ${kind} no. ${item % KIND}`;
    const price = 1000 * (1 + (item % 97));
    insert.run(
      SITE_ID,
      itemId(item),
      title,
      `https://shop.test/${item}`,
      price,
      `Brand ${item % 500}`,
      category,
      bornAt(item),
      0,
    );
  }
  db.exec("COMMIT");
  db.close();
}

/** What happened within a window, into the user shards: as the collector would have stored it. Answers how many events. */
export function fillEvents(folder: string, shop: Shop, { from, to }: Window): number {
  const shards = (["users-0", "users-1"] as const).map((name) => {
    const db = openFile(folder, name);
    db.exec("BEGIN");
    return {
      db,
      event: db.prepare(
        "INSERT INTO events (profile_id, at, message_id, name, item_id, properties, is_bot) VALUES (?, ?, ?, ?, ?, ?, 0)",
      ),
      profile: db.prepare(
        `INSERT INTO profiles (profile_id, site_id, anonymous_id, first_seen_at, last_seen_at) VALUES (?, ?, ?, ?, ?)
         ON CONFLICT DO UPDATE SET last_seen_at = excluded.last_seen_at`,
      ),
      day: db.prepare("INSERT OR IGNORE INTO directory (site_id, key, profile_id) VALUES (?, ?, ?)"),
    };
  });
  let stored = 0;
  for (const { person, profileId } of peopleOf(shop)) {
    const shard = shards[SLOT_MAP[slotOf(profileId)] as number];
    if (!shard) continue;
    let number = 0;
    let [first, last, lastDay] = [0, 0, 0];
    for (const { at, name, item } of seasonOf(shop, person)) {
      number++;
      if (at < from || at >= to) continue;
      const properties =
        item === undefined
          ? '{"url":"https://shop.test/","device":"phone","country":"KR"}'
          : `{"product_id":"${itemId(item)}","price":1000}`;
      shard.event.run(profileId, at, `${person}-${number}`, name, item === undefined ? null : itemId(item), properties);
      first ||= at;
      last = at;
      if (utcDay(at) !== lastDay) shard.day.run(SITE_ID, `day:${utcDay(at)}`, profileId);
      lastDay = utcDay(at);
      stored++;
    }
    if (last > 0) shard.profile.run(profileId, SITE_ID, `visitor-${person}`, first, last);
  }
  for (const { db } of shards) {
    db.exec("COMMIT");
    db.close();
  }
  return stored;
}

/** Steps to an item that is new in its visit, of every so-many-th person, of visits that begin within the window. */
export function questionsOf(shop: Shop, { from, to }: Window, most: number): { prefix: number[]; target: number }[] {
  const people = Math.ceil(shop.events / EVENTS_A_PERSON);
  const questions: { prefix: number[]; target: number }[] = [];
  for (let person = 0; person < people && questions.length < most; person++) {
    let [visit, last]: [number[], number] = [[], 0];
    for (const { at, name, item } of seasonOf(shop, person)) {
      if (name === "page_viewed") visit = [];
      last = at;
      if (name !== "product_viewed" || item === undefined || last < from || last >= to) continue;
      if (visit.length > 0 && !visit.includes(item)) questions.push({ prefix: visit, target: item });
      if (visit.at(-1) !== item) visit = [...visit, item];
    }
  }
  return questions.slice(0, most);
}

/** Beginnings of the hours and the night after the first training. */
export const AFTER = { hour: BUILT_AT + HOUR, day: END } as const;

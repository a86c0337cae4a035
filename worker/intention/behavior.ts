/**
 * What a person's last seven days say of their intention: how likely a purchase is, and whether they look around, compare
 * or are about to buy. The table's columns are what training.ts learns from; the same function fills them when training and
 * when serving. Pure.
 */
import type { Random } from "../lib/seeded.ts";
import type { Cell } from "./tabular.ts";
import { foretell, type IntentionModel } from "./training.ts";

export interface Act {
  /** Epoch milliseconds. */
  at: number;
  kind: "view" | "cart" | "wish" | "search" | "purchase" | "other";
  itemId?: string | undefined;
  category?: string | undefined;
  /** In any unit: only ratios count. */
  price?: number | undefined;
  /** Time until the next act of the session when left out. */
  dwellSeconds?: number | undefined;
}

/**
 * A moment is judged by a person's newest events, as a recommendation reads them (`readPast`): so many, and where
 * pages and lists leave fewer than `ENOUGH_ACTS` acts of them, eight times as many before. Training looks at no more of them,
 * or it would learn from what it will not be shown.
 */
export const MOMENT_EVENTS = 21;
const ENOUGH_ACTS = 8;
export const FARTHEST = 9 * MOMENT_EVENTS;

/**
 * The acts of a moment, in time order.
 * @param events that there are up to it @param actAt of the event so many before the newest; null for one that is no act
 */
export function lookBack(events: number, actAt: (before: number) => Act | null): Act[] {
  const acts: Act[] = [];
  for (let before = 0; before < Math.min(events, FARTHEST) && acts.length < MOMENT_EVENTS; before++) {
    if (before === MOMENT_EVENTS && acts.length >= ENOUGH_ACTS) break;
    const act = actAt(before);
    if (act) acts.push(act);
  }
  return acts.reverse();
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const HORIZON = 7 * DAY;
const SESSION_GAP = 30 * MINUTE;
/** A purchase this soon after a moment makes it a moment before a purchase. */
const SOON = DAY;

/** Names of the table's columns. */
export const BEHAVIOR_COLUMNS = [
  "views now",
  "views today",
  "views this week",
  "items now",
  "items this week",
  "most views of an item",
  "repeat share",
  "carts now",
  "carts this week",
  "wishes this week",
  "searches now",
  "searches this week",
  "purchases this week",
  "days since purchase",
  "sessions this week",
  "minutes in session",
  "hours since session before",
  "mean dwell",
  "latest dwell",
  "latest price to median",
  "price spread",
  "category entropy",
  "share of latest category",
  "pace",
  "hours since a cart",
  "hours since the last act",
] as const;

/** Of somebody who did nothing in the week: longer ago than all that is looked at. */
const LONG_AGO_HOURS = 200;

/**
 * A person's moment as a row of the table. Who has left is in no session: what counts "now" is empty, whatever they did last.
 * @param acts in time order; those after `now` are not looked at
 */
export function behaviorRow(acts: readonly Act[], now: number): Cell[] {
  const week = weekOf(acts, now);
  const last = week.at(-1)?.at;
  const begin = last !== undefined && now - last <= SESSION_GAP ? sessionStart(week) : week.length;
  const views = week.filter(isView);
  const viewsNow = countOf(week, "view", begin);
  const perItem = tally(views, itemOf);
  const perCategory = tally(views, categoryOf);
  const latest = views.at(-1);
  const prices = pricesOf(views);
  const dwells = dwellsOf(week, begin);
  const purchase = week.findLast(({ kind }) => kind === "purchase");
  const cart = week.findLast(({ kind }) => kind === "cart");
  const first = week[begin]?.at ?? now;
  const before = week[begin - 1]?.at;
  const minutes = (now - first) / MINUTE;
  return [
    viewsNow,
    views.length - firstAfter(views, now - DAY),
    views.length,
    tally(views, itemOf, views.length - viewsNow).size,
    perItem.size,
    Math.max(0, ...perItem.values()),
    views.length === 0 ? 0 : 1 - perItem.size / views.length,
    countOf(week, "cart", begin),
    countOf(week, "cart"),
    countOf(week, "wish"),
    countOf(week, "search", begin),
    countOf(week, "search"),
    countOf(week, "purchase"),
    purchase ? (now - purchase.at) / DAY : 8,
    week.filter((_, place) => isBegin(week, place)).length,
    minutes,
    before === undefined ? LONG_AGO_HOURS : (first - before) / HOUR,
    dwells.length === 0 ? 0 : dwells.reduce((sum, dwell) => sum + dwell, 0) / dwells.length,
    dwells.at(-1) ?? 0,
    latest?.price && prices.length > 0 ? Math.log(latest.price / quantile(prices, 0.5)) : 0,
    prices.length < 2 ? 0 : Math.log(quantile(prices, 0.9) / quantile(prices, 0.1)),
    entropy(perCategory),
    latest?.category ? (perCategory.get(latest.category) ?? 0) / views.length : 0,
    (week.length - begin) / (minutes + 1),
    cart ? (now - cart.at) / HOUR : LONG_AGO_HOURS,
    last === undefined ? LONG_AGO_HOURS : (now - last) / HOUR,
  ];
}

const SINCE_LAST = BEHAVIOR_COLUMNS.indexOf("hours since the last act");

/** Whether the person of this moment has left. */
export function isAway(row: readonly Cell[]): boolean {
  return Number(row[SINCE_LAST]) > SESSION_GAP / HOUR;
}

const isView = ({ kind }: Act) => kind === "view";
const itemOf = ({ itemId }: Act) => itemId;
const categoryOf = ({ category }: Act) => category;

/** The first of acts in time order that is later than a moment. */
function firstAfter(acts: readonly Act[], moment: number): number {
  let place = acts.length;
  while (place > 0 && (acts[place - 1] as Act).at > moment) place--;
  return place;
}

function weekOf(acts: readonly Act[], now: number): readonly Act[] {
  const [begin, end] = [firstAfter(acts, now - HORIZON), firstAfter(acts, now)];
  return begin === 0 && end === acts.length ? acts : acts.slice(begin, end);
}

function countOf(acts: readonly Act[], kind: Act["kind"], from = 0): number {
  let count = 0;
  for (let place = from; place < acts.length; place++) if ((acts[place] as Act).kind === kind) count++;
  return count;
}

function pricesOf(views: readonly Act[]): number[] {
  const prices: number[] = [];
  for (const { price } of views) if (price && price > 0) prices.push(price);
  return prices.sort((one, other) => one - other);
}

/** Seconds that the views from `begin` on lasted; of the latest it is not known yet. */
function dwellsOf(week: readonly Act[], begin: number): number[] {
  const dwells: number[] = [];
  for (let place = begin; place < week.length; place++) {
    const { kind, at, dwellSeconds } = week[place] as Act;
    const next = week[place + 1];
    if (kind !== "view") continue;
    if (dwellSeconds !== undefined) dwells.push(dwellSeconds);
    else if (next) dwells.push((next.at - at) / 1000);
  }
  return dwells;
}

const isBegin = (week: readonly Act[], place: number) =>
  place === 0 || (week[place] as Act).at - (week[place - 1] as Act).at > SESSION_GAP;

function sessionStart(week: readonly Act[]): number {
  let begin = Math.max(0, week.length - 1);
  while (begin > 0 && !isBegin(week, begin)) begin--;
  return begin;
}

function tally(acts: readonly Act[], nameOf: (act: Act) => string | undefined, from = 0): Map<string, number> {
  const counts = new Map<string, number>();
  for (let place = from; place < acts.length; place++) {
    const name = nameOf(acts[place] as Act);
    if (name !== undefined) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return counts;
}

const quantile = (sorted: readonly number[], share: number) => sorted[Math.round(share * (sorted.length - 1))] ?? 1;

function entropy(counts: ReadonlyMap<string, number>): number {
  let [sum, total] = [0, 0];
  for (const count of counts.values()) sum += count;
  for (const count of counts.values()) total -= (count / sum) * Math.log(count / sum);
  return total;
}

export interface Example {
  /** Epoch ms of the moment. */
  at: number;
  row: Cell[];
  bought: 0 | 1;
}

/** As long after a session a moment may be: for a day of it nothing of the week is left to judge by. */
const LONGEST_AWAY = HORIZON + DAY;

/**
 * A moment of each session, before any purchase of it, and one after it, and whether a purchase followed within a day. People are judged when they do something, some minutes later, and at any time after they have left:
 * so are they here.
 * @param acts of one person in time order; null for an event that is no act
 */
export function intentionExamples(acts: readonly (Act | null)[], until: number, random: Random): Example[] {
  const examples: Example[] = [];
  const places = acts.flatMap((act, place) => (act ? [place] : []));
  const purchases = acts.flatMap((act) => (act?.kind === "purchase" ? [act.at] : []));
  const atOf = (index: number) => acts[places[index] ?? -1]?.at ?? Number.POSITIVE_INFINITY;
  const look = (index: number, now: number) => {
    // A day that is not over yet cannot say no.
    if (now + SOON > until) return;
    const upTo = (places[index] ?? 0) + 1;
    const known = lookBack(upTo, (before) => acts[upTo - 1 - before] ?? null);
    const follows = purchases.some((at) => at > now && at <= now + SOON);
    examples.push({ at: now, row: behaviorRow(known, now), bought: follows ? 1 : 0 });
  };
  for (let begin = 0; begin < places.length; ) {
    let end = begin + 1;
    while (end < places.length && atOf(end) - atOf(end - 1) <= SESSION_GAP) end++;
    const bought = places.slice(begin, end).findIndex((place) => acts[place]?.kind === "purchase");
    const open = bought < 0 ? end - begin : bought;
    if (open > 0) {
      const index = begin + Math.floor(random() * open);
      const pause = random() < 0.5 ? 0 : random() * Math.min(SESSION_GAP, atOf(index + 1) - atOf(index));
      look(index, Math.floor(atOf(index) + pause));
    }
    // By its logarithm: much changes in the first hours, little in the last days.
    const away = SESSION_GAP * (LONGEST_AWAY / SESSION_GAP) ** random();
    const later = Math.ceil(atOf(end - 1) + away);
    // By then they may have come back.
    if (away > SESSION_GAP && later < atOf(end)) look(end - 1, later);
    begin = end;
  }
  return examples;
}

export type Mode = "exploring" | "comparing" | "about_to_buy";

export interface Intention {
  /** Chance of a purchase within a day. */
  chance: number;
  mode: Mode;
  /** What it was judged from, by column, for `explain`. */
  behavior: Record<string, Cell>;
}

/**
 * Judges a person's moment. "About to buy" is three times as likely to buy as is usual in this shop, or a cart that is more
 * likely than usual to be bought.
 */
export function judgeIntention(model: IntentionModel, acts: readonly Act[], now: number): Intention {
  const row = behaviorRow(acts, now);
  const behavior = Object.fromEntries(BEHAVIOR_COLUMNS.map((name, index) => [name, row[index] ?? 0]));
  return { ...judgeRow(model, row), behavior };
}

/** The same of a moment's row, without saying what it was judged from. */
export function judgeRow(model: IntentionModel, row: readonly Cell[]): Omit<Intention, "behavior"> {
  const chance = foretell(model, row);
  return { chance, mode: modeOf(chance, row, model.usual) };
}

const columnOf = (name: (typeof BEHAVIOR_COLUMNS)[number]) => BEHAVIOR_COLUMNS.indexOf(name);
const CARTS_NOW = columnOf("carts now");
const REPEAT_SHARE = columnOf("repeat share");
const MOST_VIEWS = columnOf("most views of an item");
const VIEWS_NOW = columnOf("views now");
const SHARE_OF_LATEST = columnOf("share of latest category");

function modeOf(chance: number, row: readonly Cell[], usual: number): Mode {
  const value = (column: number) => Number(row[column] ?? 0);
  if (chance >= 3 * usual || (value(CARTS_NOW) > 0 && chance >= usual)) return "about_to_buy";
  const comes = value(REPEAT_SHARE) >= 0.2 || value(MOST_VIEWS) >= 3;
  const stays = value(VIEWS_NOW) >= 3 && value(SHARE_OF_LATEST) >= 0.6;
  return comes || stays ? "comparing" : "exploring";
}

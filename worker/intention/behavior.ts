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

/** The acts of a moment. @param events in time order up to the moment @param actOf null for an event that is no act */
export function lookBack<Event>(events: readonly Event[], actOf: (event: Event) => Act | null): Act[] {
  const actsOf = (newest: number) =>
    events
      .slice(-newest)
      .map(actOf)
      .filter((act) => act !== null);
  const near = actsOf(MOMENT_EVENTS);
  return near.length < ENOUGH_ACTS ? actsOf(FARTHEST).slice(-MOMENT_EVENTS) : near;
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
  const week = acts.filter(({ at }) => at <= now && at > now - HORIZON);
  const last = week.at(-1)?.at;
  const begin = last !== undefined && now - last <= SESSION_GAP ? sessionStart(week) : week.length;
  const session = week.slice(begin);
  const views = week.filter(({ kind }) => kind === "view");
  const viewsNow = session.filter(({ kind }) => kind === "view");
  const count = (list: readonly Act[], kind: Act["kind"]) => list.filter((act) => act.kind === kind).length;
  const perItem = tally(views.map(({ itemId }) => itemId));
  const perCategory = tally(views.map(({ category }) => category));
  const latest = views.at(-1);
  const prices = views.flatMap(({ price }) => (price && price > 0 ? [price] : [])).sort((one, other) => one - other);
  const dwells = dwellsOf(session);
  const purchase = week.findLast(({ kind }) => kind === "purchase");
  const cart = week.findLast(({ kind }) => kind === "cart");
  const first = session[0]?.at ?? now;
  const before = week[begin - 1]?.at;
  const minutes = (now - first) / MINUTE;
  return [
    viewsNow.length,
    views.filter(({ at }) => at > now - DAY).length,
    views.length,
    tally(viewsNow.map(({ itemId }) => itemId)).size,
    perItem.size,
    Math.max(0, ...perItem.values()),
    views.length === 0 ? 0 : 1 - perItem.size / views.length,
    count(session, "cart"),
    count(week, "cart"),
    count(week, "wish"),
    count(session, "search"),
    count(week, "search"),
    count(week, "purchase"),
    purchase ? (now - purchase.at) / DAY : 8,
    week.filter((act, index) => index === 0 || act.at - (week[index - 1]?.at ?? 0) > SESSION_GAP).length,
    minutes,
    before === undefined ? LONG_AGO_HOURS : (first - before) / HOUR,
    dwells.length === 0 ? 0 : dwells.reduce((sum, dwell) => sum + dwell, 0) / dwells.length,
    dwells.at(-1) ?? 0,
    latest?.price && prices.length > 0 ? Math.log(latest.price / quantile(prices, 0.5)) : 0,
    prices.length < 2 ? 0 : Math.log(quantile(prices, 0.9) / quantile(prices, 0.1)),
    entropy([...perCategory.values()]),
    latest?.category ? (perCategory.get(latest.category) ?? 0) / views.length : 0,
    session.length / (minutes + 1),
    cart ? (now - cart.at) / HOUR : LONG_AGO_HOURS,
    last === undefined ? LONG_AGO_HOURS : (now - last) / HOUR,
  ];
}

const SINCE_LAST = BEHAVIOR_COLUMNS.indexOf("hours since the last act");

/** Whether the person of this moment has left. */
export function isAway(row: readonly Cell[]): boolean {
  return Number(row[SINCE_LAST]) > SESSION_GAP / HOUR;
}

/** Seconds that the session's views lasted; of the latest it is not known yet. */
function dwellsOf(session: readonly Act[]): number[] {
  return session.flatMap(({ kind, at, dwellSeconds }, place) => {
    if (kind !== "view") return [];
    const next = session[place + 1];
    if (dwellSeconds !== undefined) return [dwellSeconds];
    return next ? [(next.at - at) / 1000] : [];
  });
}

function sessionStart(week: readonly Act[]): number {
  let begin = Math.max(0, week.length - 1);
  while (begin > 0 && (week[begin]?.at ?? 0) - (week[begin - 1]?.at ?? 0) <= SESSION_GAP) begin--;
  return begin;
}

function tally(names: readonly (string | undefined)[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) if (name !== undefined) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}

const quantile = (sorted: readonly number[], share: number) => sorted[Math.round(share * (sorted.length - 1))] ?? 1;

function entropy(counts: readonly number[]): number {
  const sum = counts.reduce((total, count) => total + count, 0);
  return counts.reduce((total, count) => total - (count / sum) * Math.log(count / sum), 0);
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
    const known = lookBack(acts.slice(Math.max(0, upTo - FARTHEST), upTo), (act) => act);
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

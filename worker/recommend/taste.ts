/**
 * What is known of a person's taste at this moment, from what they did, what the page knows, what they answered and where
 * they are. Pure. Every seed is an item to start recommending from.
 */
import type { HistoryEvent } from "../events/store.ts";
import { MOMENT_EVENTS } from "../intention/behavior.ts";
import { DAY } from "../lib/time.ts";
import { type Action, type ActionKind, actionsOf } from "./actions.ts";
import { DeedWriter } from "./deeds.ts";
import { joinDeeds, NO_DEED } from "./engine/deeds.ts";
import { MOST_ITEMS } from "./schema.ts";
import { type Search, searchesOf } from "./searches.ts";
import { GAP_MS } from "./visits.ts";

export interface Seed {
  itemId: string;
  /** How many distinct items ago; 0 is the latest. */
  lag: number;
  /** Negative for what was shown in a survey and not picked. */
  weight: number;
  from: "current" | "page" | "history" | "survey";
  kind: ActionKind | "picked";
}

export interface Taste {
  /** Latest first. */
  seeds: Seed[];
  /** Item ids in the order of time, repeats included, as a session is learned from: picks, then history, then the page. */
  clicks: string[];
  /** What each click was, as training is told of it (engine/deeds.ts); of earlier visits nothing. */
  deeds: number[];
  /** Seen or touched lately, and not bought since; except where the person is now. */
  viewed: Set<string>;
  /** Bought within the placement's days, with the latest time (epoch ms). */
  purchased: Map<string, number>;
  /** Whatever was bought that is known, latest first. */
  bought: string[];
  /** "Not interested", and not taken back. */
  dismissed: Set<string>;
  /** Shown and left alone since: how often. */
  ignored: Map<string, number>;
  /** Category paths that the person picked in a survey. */
  pickedCategories: string[];
  /** Of the visit that goes on, the latest first. */
  searches: Search[] | undefined;
  /** The latest answer to a survey that is still believed. */
  answer?: Pick<HistoryEvent, "properties"> | undefined;
}

export interface TasteInput {
  /** Newest first; what we showed is among it. */
  history: HistoryEvent[];
  /** Purchases, survey answers and dismissals, newest first. */
  landmarks: HistoryEvent[];
  itemId: string | undefined;
  /** Latest first. */
  recentItemIds: string[];
  purchasedWithinDays: number;
  now: number;
  /** The site's. */
  timeZone: string;
}

export const SHOWN = "recommendation_shown";
const DISMISSED = "recommendation_dismissed";

/** Events of a profile that are looked through, pages and searches among them. */
export const NEWEST_EVENTS = MOMENT_EVENTS;
/** Items that are started from: an older one would weigh 0.8²⁰ ≈ 1 %. */
const SEED_LIMIT = 20;
/**
 * What was seen within it is not what somebody comes back to be shown; what was seen before may have been forgotten, or be
 * wanted again.
 */
const SEEN_LATELY_MS = 7 * DAY;
export const DECAY = 0.8;
/** Items that a way about the current moment starts from, where no page says which. */
const LATEST = 3;
/** Taste that was answered longer ago is asked again rather than believed. */
export const SURVEY_DAYS = 180;

const CURRENT_WEIGHT = 2;
const PAGE_WEIGHT = 1;
const PICKED_WEIGHT = 1.5;
/** It stood for the category, brand or style that was picked: one of many. */
const PICTURED_WEIGHT = 0.5;
/** What is shown and not picked says something too, but far less: it may just not have been seen. */
const PASSED_WEIGHT = -0.2;

/** For lists of what is popular with everybody: not with those who picked the same in a survey. */
export function withoutAnswer(taste: Taste): Taste {
  return { ...taste, pickedCategories: [], answer: undefined };
}

/** What the person wants as far as their deeds and answers say; `history` and `landmarks` newest first. */
export function readTaste(input: TasteInput): Taste {
  const { history, landmarks, itemId, recentItemIds, purchasedWithinDays, now } = input;
  const seeds = new Map<string, Seed>();
  const add = (id: string, weight: number, from: Seed["from"], kind: Seed["kind"]) => {
    const known = seeds.get(id);
    if (!known) {
      if (seeds.size < SEED_LIMIT) seeds.set(id, { itemId: id, lag: seeds.size, weight, from, kind });
    } else if (known.from !== "current" && weight > known.weight) {
      known.weight = weight;
      known.kind = kind;
    }
  };
  if (itemId !== undefined) add(itemId, CURRENT_WEIGHT, "current", "viewed");
  for (const id of recentItemIds) add(id, PAGE_WEIGHT, "page", "viewed");
  const done = history.map(actionsOf);
  for (const actions of done) {
    for (const { itemId: id, weight, kind } of actions) add(id, weight, "history", kind);
  }
  const purchased = new Map<string, number>();
  const bought = new Set<string>();
  const buy = ({ name, at }: HistoryEvent, actions: readonly Action[]) => {
    if (name !== "product_purchased") return;
    for (const { itemId: id } of actions) {
      bought.add(id);
      if (at > now - purchasedWithinDays * DAY) purchased.set(id, Math.max(at, purchased.get(id) ?? 0));
    }
  };
  for (const event of landmarks) buy(event, actionsOf(event));
  for (let place = 0; place < history.length; place++) buy(history[place] as HistoryEvent, done[place] ?? []);

  const answer = landmarks.find((event) => event.name === "survey_answered" && event.at > now - SURVEY_DAYS * DAY);
  const picked = texts(answer?.properties.picked_item_ids);
  if (answer) {
    // Later behavior says more than the answer does: each newer item moves the picks one step back.
    const lag = [...seeds.values()].filter((seed) => seed.from !== "current").length;
    const say = (ids: string[], weight: number) => {
      for (const id of ids)
        if (!seeds.has(id)) seeds.set(id, { itemId: id, lag, weight, from: "survey", kind: "picked" });
    };
    say(picked, PICKED_WEIGHT);
    say(texts(answer.properties.pictured_item_ids), PICTURED_WEIGHT);
    say(texts(answer.properties.passed_item_ids), PASSED_WEIGHT);
  }
  const { clicks, deeds } = clicksOf(input, done, picked);
  return {
    seeds: [...seeds.values()],
    clicks,
    deeds,
    viewed: viewedOf(input, done, bought),
    purchased,
    bought: [...bought],
    dismissed: dismissedOf(landmarks),
    ignored: ignoredOf(history, done),
    pickedCategories: texts(answer?.properties.picked_categories),
    searches: searchesOf(history, done, itemId, now),
    answer,
  };
}

/** The item of the page alone, or else the latest few. */
export function momentOf(seeds: Seed[]): Seed[] {
  const liked = seeds.filter(({ weight }) => weight > 0);
  const current = liked.find(({ from }) => from === "current");
  return current ? [current] : liked.slice(0, LATEST);
}

/**
 * The latest deed with each item counts. A purchase ends what led to it: whether it is shown again is for the rules over
 * purchases. The page may remember earlier visits; where the log knows when it was, the log is believed.
 * @param done the actions of each event
 */
function viewedOf(
  { history, recentItemIds, itemId, now }: TasteInput,
  done: Action[][],
  bought: ReadonlySet<string>,
): Set<string> {
  const viewed = new Set<string>();
  for (const id of recentItemIds) if (!bought.has(id)) viewed.add(id);
  for (let place = history.length - 1; place >= 0; place--) {
    const isLately = (history[place] as HistoryEvent).at > now - SEEN_LATELY_MS;
    for (const { itemId: id, kind } of done[place] ?? []) {
      if (isLately && kind !== "bought") viewed.add(id);
      else viewed.delete(id);
    }
  }
  if (itemId !== undefined) viewed.delete(itemId);
  return viewed;
}

/** The latest word on each item counts. */
function dismissedOf(landmarks: HistoryEvent[]): Set<string> {
  const [dismissed, known] = [new Set<string>(), new Set<string>()];
  for (const { name, itemId, properties } of landmarks) {
    if (name !== DISMISSED || itemId === null || known.has(itemId)) continue;
    known.add(itemId);
    if (properties.undone !== true) dismissed.add(itemId);
  }
  return dismissed;
}

/** What somebody does with an item ends its time of being ignored. @param done the actions of each event */
function ignoredOf(history: HistoryEvent[], done: Action[][]): Map<string, number> {
  const ignored = new Map<string, number>();
  if (!history.some(({ name }) => name === SHOWN)) return ignored;
  const touched = new Set<string>();
  for (let place = 0; place < history.length; place++) {
    const event = history[place] as HistoryEvent;
    if (event.name === SHOWN) {
      for (const id of new Set(texts(event.properties.item_ids, MOST_ITEMS))) {
        if (!touched.has(id)) ignored.set(id, (ignored.get(id) ?? 0) + 1);
      }
    } else for (const { itemId } of done[place] ?? []) touched.add(itemId);
  }
  return ignored;
}

/** @param done the actions of each event */
function clicksOf(
  { history, recentItemIds, itemId, now, timeZone }: TasteInput,
  done: Action[][],
  picked: string[],
): Pick<Taste, "clicks" | "deeds"> {
  const clicks = [...picked];
  const deeds = picked.map(() => NO_DEED);
  const writer = new DeedWriter(timeZone);
  const add = (id: string, deed: number) => {
    const last = clicks.length - 1;
    // Looking at a product, reloading it and putting it into the cart is one step, as in visits.ts.
    if (clicks[last] === id) deeds[last] = joinDeeds(deeds[last] ?? NO_DEED, deed);
    else {
      clicks.push(id);
      deeds.push(deed);
    }
  };
  const began = visitStart(history, done, now);
  for (let place = history.length - 1; place >= 0; place--) {
    const event = history[place] as HistoryEvent;
    writer.pass(event);
    const actions = done[place] ?? [];
    const [first] = actions;
    if (!first) continue;
    const deed = writer.write(event, first.kind);
    for (const { itemId: id } of actions) add(id, event.at < began ? NO_DEED : deed);
  }
  const looks = writer.write({ at: now }, "viewed");
  if (recentItemIds.length > 0) {
    const stored = new Set(done.flat().map((action) => action.itemId));
    for (const id of recentItemIds.toReversed()) if (!stored.has(id)) add(id, looks);
  }
  if (itemId !== undefined) add(itemId, looks);
  // Who comes back begins with what they did last.
  const last = deeds.length - 1;
  if (deeds[last] === NO_DEED) deeds[last] = looks;
  return { clicks, deeds };
}

/** When the visit that goes on now began, epoch ms. @param history newest first; what of it was done */
function visitStart(history: readonly HistoryEvent[], done: Action[][], now: number): number {
  let start = now;
  for (let place = 0; place < history.length; place++) {
    if (done[place]?.length === 0) continue;
    const { at } = history[place] as HistoryEvent;
    if (start - at > GAP_MS) break;
    start = Math.min(start, at);
  }
  return start;
}

function texts(value: unknown, most = 20): string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === "string").slice(0, most) : [];
}

/**
 * What was shown and what of it was clicked, by hour (which tells how well each model did online) and by place in the list
 * (which tells how much a place is looked at at all). Pure.
 *
 * A click far down a list counts for those who did not look so far. How much a place is examined cannot be read off its click
 * rate, since the best items stand first: a click is examination of the place times appeal of the item there, and both are
 * found together by expectation maximization over how each item did in different places (position-based model, Wang et al.
 * 2018, "Position bias estimation for unbiased learning to rank in personal search").
 */
import type { HistoryEvent } from "../events/store.ts";
import { HOUR } from "../lib/time.ts";

export interface Counted {
  shown: number;
  clicked: number;
}

/** Per placement the chance that a place is examined, against the first; places beyond the list are as its last. */
export type Examination = Record<string, number[]>;

export interface Impressions {
  /** By epoch hour. */
  hours: Record<string, Counted>;
  /** By `placement|place|item`, places from 1. */
  cells: Record<string, Counted>;
}

const PLACES = 20;
/** Different cells that a part counts, those that are shown most: anybody may make up placements and items. */
const MOST_CELLS = 20_000;
/** All parts together: a large catalog in many places would else take a step's memory and time. */
const MOST_CELLS_IN_ALL = 100_000;
/** Shown items of a placement below which its places are not told apart. */
const FEWEST_SHOWN = 2000;
const ROUNDS = 300;
/** A click weighs no more than this many: a place that is never looked at would otherwise decide alone. */
const MOST_WEIGHT = 3;

/** Counts the events of a part, person by person in the order of time. */
export class ImpressionCounter {
  readonly #hours = new Map<string, Counted>();
  readonly #cells = new Map<string, Counted>();
  #person: string | undefined;
  /** Items of each list that this person was shown so far, by recommendation: a list is told of as it comes into view. */
  #lists = new Map<string, string[]>();

  add(events: readonly HistoryEvent[]): void {
    for (const event of events) {
      if (event.profileId !== this.#person) {
        this.#person = event.profileId;
        this.#lists = new Map();
      }
      if (event.name === "recommendation_shown") this.#addShown(event);
      else if (event.name === "recommendation_clicked") this.#addClicked(event);
    }
  }

  #addShown({ at, properties }: HistoryEvent): void {
    const { recommendation_id: id, placement, item_ids: items } = properties;
    if (typeof id !== "string" || typeof placement !== "string" || !Array.isArray(items)) return;
    const list = this.#lists.get(id) ?? [];
    this.#lists.set(id, list);
    for (const item of items) {
      if (typeof item !== "string" || list.includes(item)) continue;
      list.push(item);
      countIn(this.#hours, hourOf(at), "shown");
      this.#countCell(placement, list.length, item, "shown");
    }
  }

  #addClicked({ at, itemId, properties }: HistoryEvent): void {
    const place = placeOf(properties);
    const { placement } = properties;
    countIn(this.#hours, hourOf(at), "clicked");
    if (typeof placement === "string" && place !== undefined && itemId !== null) {
      this.#countCell(placement, place, itemId, "clicked");
    }
  }

  #countCell(placement: string, place: number, item: string, what: keyof Counted): void {
    if (place > PLACES) return;
    countIn(this.#cells, `${placement}|${place}|${item}`, what);
    if (this.#cells.size > 2 * MOST_CELLS) keepMost(this.#cells, MOST_CELLS);
  }

  take(): Impressions {
    keepMost(this.#cells, MOST_CELLS);
    return { hours: Object.fromEntries(this.#hours), cells: Object.fromEntries(this.#cells) };
  }
}

/** Leaves so many, those that are shown most. */
function keepMost(cells: Map<string, Counted>, most: number): void {
  if (cells.size <= most) return;
  const looks = ({ shown, clicked }: Counted) => Math.max(shown, clicked);
  const sorted = [...cells].sort(
    ([key, one], [otherKey, other]) => looks(other) - looks(one) || (key < otherKey ? -1 : 1),
  );
  for (const [key] of sorted.slice(most)) cells.delete(key);
}

const hourOf = (at: number) => `${Math.floor(at / HOUR)}`;

function countIn(counts: Map<string, Counted>, key: string, what: keyof Counted, times = 1): void {
  const known = counts.get(key) ?? { shown: 0, clicked: 0 };
  known[what] += times;
  counts.set(key, known);
}

/** The place that a click says it was at, from 1; undefined when it says none. */
function placeOf({ position }: Record<string, unknown>): number | undefined {
  const place = Number(position);
  return Number.isInteger(place) && place >= 1 ? place : undefined;
}

/**
 * Sums of parts, each let go before the next is asked for; the parts stay as they are. Of cells beyond a bound those that are
 * shown most are kept.
 */
export async function joinImpressions(parts: AsyncIterable<Impressions> | Iterable<Impressions>): Promise<Impressions> {
  const hours = new Map<string, Counted>();
  const cells = new Map<string, Counted>();
  const add = (sums: Map<string, Counted>, counts: Record<string, Counted>) => {
    for (const [key, { shown, clicked }] of Object.entries(counts)) {
      countIn(sums, key, "shown", shown);
      countIn(sums, key, "clicked", clicked);
    }
  };
  for await (const part of parts) {
    add(hours, part.hours);
    add(cells, part.cells);
    keepMost(cells, MOST_CELLS_IN_ALL);
  }
  return { hours: Object.fromEntries(hours), cells: Object.fromEntries(cells) };
}

/** Shown and clicked from `from` (epoch ms) to before `to`, to the hour. */
export function countBetween({ hours }: Impressions, from: number, to: number): Counted {
  const sum = { shown: 0, clicked: 0 };
  for (const [hour, { shown, clicked }] of Object.entries(hours)) {
    const at = Number(hour) * HOUR;
    if (at < from || at >= to) continue;
    sum.shown += shown;
    sum.clicked += clicked;
  }
  return sum;
}

interface Cell extends Counted {
  place: number;
  item: string;
}

/** Placements with too few impressions are left out: their clicks count as they are. */
export function estimateExamination({ cells }: Impressions): Examination {
  const byPlacement = new Map<string, Cell[]>();
  for (const [key, { shown, clicked }] of Object.entries(cells)) {
    const [placement = "", place, ...item] = key.split("|");
    const list = byPlacement.get(placement) ?? [];
    byPlacement.set(placement, list);
    // What was clicked was shown, also where the page has not told.
    list.push({ place: Number(place), item: item.join("|"), shown: Math.max(shown, clicked), clicked });
  }
  return Object.fromEntries(
    [...byPlacement]
      .filter(([, list]) => list.reduce((sum, { shown }) => sum + shown, 0) >= FEWEST_SHOWN)
      .map(([placement, list]) => [placement, examine(list)]),
  );
}

/** One placement: what each place owes to being looked at, falling from 1. */
function examine(cells: readonly Cell[]): number[] {
  const places = cells.reduce((most, { place }) => Math.max(most, place), 0);
  let examined = Array.from({ length: places }, (_, place) => 1 / (1 + 0.1 * place));
  let appeal = new Map(cells.map(({ item }) => [item, 0.1]));
  for (let round = 0; round < ROUNDS; round++) {
    const byPlace = Array.from({ length: places }, () => ({ looked: 1, shown: 1 / (examined[0] ?? 1) }));
    const byItem = new Map<string, { liked: number; shown: number }>();
    for (const { place, item, shown, clicked } of cells) {
      const [look, like] = [examined[place - 1] ?? 0, appeal.get(item) ?? 0];
      const neither = 1 / (1 - look * like + 1e-9);
      const passed = shown - clicked;
      const own = byPlace[place - 1];
      if (own) {
        own.looked += clicked + passed * look * (1 - like) * neither;
        own.shown += shown;
      }
      const known = byItem.get(item) ?? { liked: 0.1, shown: 1 };
      known.liked += clicked + passed * like * (1 - look) * neither;
      known.shown += shown;
      byItem.set(item, known);
    }
    examined = byPlace.map(({ looked, shown }) => Math.min(1, looked / shown));
    appeal = new Map([...byItem].map(([item, { liked, shown }]) => [item, Math.min(1, liked / shown)]));
  }
  const first = examined[0] || 1;
  let least = 1;
  return examined.map((look) => {
    // Nobody looks at a place more often than at the ones before it.
    least = Math.min(least, look / first);
    return Number(least.toFixed(4));
  });
}

/** What a click counts against a view, by the place that it was at; 1 for anything else. */
export function clickWeight(
  examination: Examination,
  { name, properties }: Pick<HistoryEvent, "name" | "properties">,
): number {
  const { placement } = properties;
  if (name !== "recommendation_clicked" || typeof placement !== "string") return 1;
  const places = Object.hasOwn(examination, placement) ? examination[placement] : undefined;
  const place = placeOf(properties);
  if (!places || place === undefined) return 1;
  return Math.min(MOST_WEIGHT, 1 / Math.max(1e-3, places[Math.min(place, places.length) - 1] ?? 1));
}

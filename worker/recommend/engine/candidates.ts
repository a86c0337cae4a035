import type { Row } from "./codec.ts";
import { COLUMNS } from "./feature-list.ts";
import { type KeptItems, keptBy, reaching } from "./kept-items.ts";
import { DIMENSIONS } from "./kernel/contrast.ts";
import { ENTRIES, ROOM as MOST_CANDIDATES, NUMBERS, type Scoring, SPARE, SUMS } from "./kernel/scoring.ts";
import { scriptScoring } from "./kernel/script.ts";
import type { Model } from "./model.ts";
import { ARRIVALS, ageOf, type Likes, NEW_DAYS, type Occasion } from "./occasion.ts";
import { type SessionItem, sessionItems } from "./score.ts";
import { encodeSession } from "./session-vector.ts";
import { TasteRanker } from "./taste-rank.ts";
import { selectTop } from "./top.ts";
import { trendOf } from "./trend.ts";

const WINDOW = 25;
const FAST = Float32Array.from({ length: WINDOW }, (_, lag) => 0.7 ** lag);
const SLOW = Float32Array.from({ length: WINDOW }, (_, lag) => 0.85 ** lag);

/** How many of each ranking are taken. */
const TAKE = { lists: 40, taste: 60, likes: 20, trending: 10 };
/** Of the rows, by which of their sums. */
const RANKINGS: readonly (readonly [column: number, limit: number])[] = [
  [COLUMNS.indexOf("BA"), 60],
  [COLUMNS.indexOf("slowRootBA"), 40],
  [COLUMNS.indexOf("lastBA"), 30],
  [COLUMNS.indexOf("R"), 20],
];
/** With fewer candidates there is room for what is trending. */
const THIN = 60;
/** Items of the session that lists and likeness start from. */
export const STARTING = 3;
/** What likeness to an item counts by the items touched since. */
const LIKENESS = Float64Array.from({ length: WINDOW }, (_, lag) => 0.8 ** lag);
const LIKE_LAST = COLUMNS.indexOf("likeLast");
const LIKE_SESSION = COLUMNS.indexOf("likeSession");

const NO_LIKES: Likes = { items: [], scores: [] };

/** Which ways have put a candidate forward; several may. */
export const SOURCE = { behavior: 1, likeness: 2, trend: 4, arrival: 8, extra: 16 } as const;
/** By item, at most: a number of two bytes, with the half again that `reaching` makes room for. */
export const NUMBER_BYTES = 3;
/** An item that is only being looked at. */
const MARKED = -1;

/** Arrays that are reused from request to request, as the kernel's are: a request does not yield while it uses them. */
export class Gathering {
  /** The candidates, `count` of them. */
  count = 0;
  /** The first so many are the session's items, in its order. */
  visited = 0;
  readonly items = new Int32Array(MOST_CANDIDATES);
  /** Of `SOURCE`. */
  readonly sources = new Uint8Array(MOST_CANDIDATES);
  session: SessionItem[] = [];
  clicks: ArrayLike<number> = [];
  occasion: Occasion = {};
  /** Unit vector of the session per embedding, and whether there is one. */
  readonly vectors: Float32Array[] = [];
  readonly encoded: boolean[] = [];
  /** Distinct items of a long history, and what it says of each candidate that is not among them; neither of anybody else. */
  history: ArrayLike<number> = [];
  readonly tastes = new Float32Array(MOST_CANDIDATES);

  readonly #scoring: Scoring;
  readonly #kept: KeptItems;
  #ranker: TasteRanker | undefined;
  /** By item: one more than its number, in the order in which they were named; 0 for the others. */
  #numbers = new Int16Array(1 << 12);
  readonly #named = new Int32Array(NUMBERS);
  readonly #values = new Float32Array(NUMBERS);
  readonly #order = new Int32Array(NUMBERS);
  readonly #near = new Int32Array(MOST_CANDIDATES);
  /** By number: one more than the candidate's place, or `MARKED`. */
  readonly #taken = new Int16Array(NUMBERS);
  #filled = 0;

  constructor(scoring: Scoring = scriptScoring()) {
    this.#scoring = scoring;
    this.#kept = keptBy(scoring);
  }

  /** Number of an item; −1 when there are too many: further ones would cost more than they are worth. */
  #numberOf(item: number): number {
    if (item >= this.#numbers.length) this.#numbers = reaching(this.#numbers, item);
    const known = this.#numbers[item] as number;
    if (known > 0) return known - 1;
    if (this.#filled >= NUMBERS) return -1;
    this.#named[this.#filled++] = item;
    this.#numbers[item] = this.#filled;
    return this.#filled - 1;
  }

  #take(number: number, source: number): void {
    if (number < 0) return;
    const known = this.#taken[number] as number;
    if (known > 0) this.sources[known - 1] = (this.sources[known - 1] as number) | source;
    if (known > 0 || this.count >= MOST_CANDIDATES) return;
    this.items[this.count] = this.#named[number] as number;
    this.sources[this.count] = source;
    this.#scoring.numbers[this.count++] = number;
    this.#taken[number] = this.count;
  }

  #takeTop(column: number, accumulated: number, limit: number, source: number = SOURCE.behavior): void {
    const { sums } = this.#scoring;
    const [values, order] = [this.#values, this.#order];
    let n = 0;
    for (let number = 0; number < accumulated; number++) {
      const value = sums[number * SUMS + column] as number;
      if (value <= 0) continue;
      values[number] = value;
      order[n++] = number;
    }
    selectTop(order, values, n, limit);
    const taken = Math.min(limit, n);
    for (let k = 0; k < taken; k++) this.#take(order[k] as number, source);
  }

  /** Whether any of the first so many numbers is no candidate. */
  #isAnyLeft(accumulated: number): boolean {
    for (let number = 0; number < accumulated; number++) if (this.#taken[number] === 0) return true;
    return false;
  }

  #addRow({ targets, codes }: Row, { lag, weight = 1 }: SessionItem, place: number): void {
    const { entries } = this.#scoring;
    const length = Math.min(targets.length, ENTRIES);
    for (let entry = 0; entry < length; entry++) entries[entry] = this.#numberOf(targets[entry] as number);
    this.#scoring.codes.set(targets.length > length ? codes.subarray(0, this.#scoring.codes.length) : codes);
    this.#scoring.add(length, weight * (FAST[lag] as number), weight * (SLOW[lag] as number), place);
  }

  #clear(): void {
    for (let number = 0; number < this.#filled; number++) this.#numbers[this.#named[number] as number] = 0;
    this.#scoring.sums.fill(0, 0, this.#scoring.summed * SUMS);
    // Until it is known how many there will be.
    this.#scoring.summed = NUMBERS;
    this.#taken.fill(0, 0, this.#filled);
    this.#filled = 0;
    this.count = 0;
  }

  /**
   * Fills `items` with the candidates of a session, and the kernel's `sums` with what the rows say of them.
   * @param clicks item indexes in time order
   */
  gather(model: Model, clicks: ArrayLike<number>, occasion: Occasion = {}): void {
    this.#clear();
    this.#kept.open(model);
    this.clicks = clicks;
    this.occasion = occasion;
    this.session = sessionItems(clicks, WINDOW);
    this.session.forEach((visited, place) => {
      const row = model.rowOf(visited.item);
      if (row) this.#addRow(row, visited, place);
    });
    const accumulated = this.#filled;
    for (const { item } of this.session) this.#take(this.#numberOf(item), SOURCE.behavior);
    this.visited = 0;
    while (this.visited < this.count && this.items[this.visited] === this.session[this.visited]?.item) this.visited++;
    for (const [column, limit] of RANKINGS) {
      // Of a few rows the first has taken all there is.
      if (!this.#isAnyLeft(accumulated)) break;
      this.#takeTop(column, accumulated, limit);
    }
    model.embeddings.forEach((embedding, index) => {
      this.encoded[index] = encodeSession(this.#scoring, index, embedding, clicks);
      this.vectors[index] ??= new Float32Array(DIMENSIONS);
      this.vectors[index].set(this.#scoring.unit);
    });
    this.#takeNear(model);
    const { extra = [], history = [] } = occasion;
    const ranker = this.#readHistory(model, history);
    if (ranker) {
      for (const item of ranker.best(TAKE.taste, history)) this.#take(this.#numberOf(item), SOURCE.behavior);
    }
    this.#takeAlike(model, occasion.day);
    this.#takeTrending(model);
    this.#takeArrivals(model, occasion);
    for (let k = 0; k < extra.length; k++) this.#take(this.#numberOf(extra[k] as number), SOURCE.extra);
    if (ranker) this.#taste(ranker);
    this.#scoring.summed = this.#filled;
  }

  #taste(ranker: TasteRanker): void {
    ranker.scores(this.items, this.count, this.tastes);
    // What is in the history already, others speak of: taste orders what is new.
    for (let k = 0; k < this.history.length; k++) {
      const number = this.#numbers[this.history[k] as number] ?? 0;
      const place = number > 0 ? (this.#taken[number - 1] as number) : 0;
      if (place > 0) this.tastes[place - 1] = 0;
    }
  }

  #readHistory({ taste, tasteOf, historyRows }: Model, history: ArrayLike<number>): TasteRanker | undefined {
    this.history = taste && tasteOf ? history : [];
    if (!taste || !tasteOf || history.length === 0) return undefined;
    if (this.#ranker?.taste !== taste) this.#ranker = new TasteRanker(taste, this.#scoring);
    this.#ranker.read(history, tasteOf, historyRows);
    return this.#ranker;
  }

  /** A candidate's value in a column. */
  sum(place: number, column: number): number {
    return this.#scoring.sums[(this.#scoring.numbers[place] as number) * SUMS + column] as number;
  }

  /** The nearest to the session among the neighbors of its last three items. */
  #takeNear(model: Model): void {
    const [embedding] = model.embeddings;
    const vector = this.vectors[0];
    if (!embedding || !vector || !this.encoded[0]) return;
    let n = 0;
    for (let place = 0; place < Math.min(STARTING, this.session.length); place++) {
      const list = model.listOf((this.session[place] as SessionItem).item);
      for (let k = 0; list && k < list.length && n < MOST_CANDIDATES; k++) {
        const number = this.#numberOf(list[k] as number);
        if (number < 0 || this.#taken[number]) continue;
        // So that an item of two lists is measured once.
        this.#taken[number] = MARKED;
        this.#near[n] = list[k] as number;
        this.#order[n++] = number;
      }
    }
    this.#kept.layOut(this.#near, n);
    this.#scoring.unit.set(vector);
    this.#scoring.along(0, n, SPARE);
    for (let k = 0; k < n; k++) {
      const number = this.#order[k] as number;
      this.#values[number] = this.#scoring.columns[SPARE * MOST_CANDIDATES + k] as number;
      this.#taken[number] = 0;
    }
    selectTop(this.#order, this.#values, n, TAKE.lists);
    for (let k = 0; k < Math.min(TAKE.lists, n); k++) this.#take(this.#order[k] as number, SOURCE.behavior);
  }

  /** The most like the last items by what they are; what came into the catalog later was not there to be shown. */
  #takeAlike({ likeOf, aspects }: Model, day: number | undefined): void {
    if (!likeOf) return;
    const { sums } = this.#scoring;
    const born = day === undefined ? undefined : aspects?.born;
    let isAny = false;
    for (let place = 0; place < Math.min(STARTING, this.session.length); place++) {
      const { item, lag } = this.session[place] as SessionItem;
      const { items, scores } = likeOf(item) ?? NO_LIKES;
      const fading = LIKENESS[lag] as number;
      for (let k = 0; k < items.length; k++) {
        const near = items[k] as number;
        if (born && (born[near] ?? 0) > (day ?? 0)) continue;
        const number = this.#numberOf(near);
        if (number < 0) continue;
        const at = number * SUMS;
        const score = scores[k] as number;
        if (place === 0) sums[at + LIKE_LAST] = score;
        const faded = score * fading;
        if (faded > (sums[at + LIKE_SESSION] as number)) sums[at + LIKE_SESSION] = faded;
        isAny = true;
      }
    }
    if (isAny) this.#takeTop(LIKE_SESSION, this.#filled, TAKE.likes, SOURCE.likeness);
  }

  #takeTrending({ statistics }: Model): void {
    const open = Math.min(TAKE.trending, THIN - this.count);
    if (open <= 0) return;
    const { items } = trendOf(statistics);
    for (let k = 0; k < Math.min(open, items.length); k++) this.#take(this.#numberOf(items[k] as number), SOURCE.trend);
  }

  #takeArrivals({ aspects }: Model, { arrivals = [], day }: Occasion): void {
    if (!aspects || day === undefined) return;
    for (let k = 0; k < Math.min(ARRIVALS, arrivals.length); k++) {
      const item = arrivals[k] as number;
      if ((ageOf(aspects, item, day) ?? NEW_DAYS) < NEW_DAYS) this.#take(this.#numberOf(item), SOURCE.arrival);
    }
  }
}

/**
 * About seventy candidates for a person at a moment, with what the rows of the session's items say of each: the union
 * of several rankings, so that every way of recommending can put its best forward and the net decides between them.
 * Training goes through the same function as serving: a net trained on other candidates than it is asked about is worse.
 */
import type { Aspects } from "./aspects.ts";
import { CODES_PER_ENTRY, DECODE, type Row } from "./codec.ts";
import { cosineWith, type Embedding, encodeSession } from "./embedding.ts";
import { DIMENSIONS } from "./kernel/contrast.ts";
import { type SessionItem, sessionItems } from "./score.ts";
import type { ItemStatistics } from "./statistics.ts";
import type { TasteRow } from "./taste.ts";
import { TasteRanker, type TasteVectors } from "./taste-rank.ts";
import { selectTop } from "./top.ts";

/** What a request reads of a model; rows and lists may come from anywhere, the rest lies in memory. */
export interface Model {
  rowOf(item: number): Row | undefined;
  /** Nearest items by the first embedding, nearest first. */
  listOf(item: number): Int32Array | undefined;
  embeddings: readonly Embedding[];
  statistics: ItemStatistics;
  /** Undefined: nothing is known of the catalog. */
  aspects?: Aspects | undefined;
  /** Undefined: too few people have long histories. */
  taste?: TasteVectors | undefined;
  tasteOf?: ((item: number) => TasteRow | undefined) | undefined;
  /** Of a history's newest items so many have rows to be read; all by default. */
  historyRows?: number | undefined;
}

/** Columns that are summed over the session's rows, in this order. */
export const COLUMNS = [
  "BA",
  "F",
  "B",
  "T",
  "C",
  "R",
  "slowRootBA",
  "slowC",
  "lastBA",
  "lastF",
  "lastB",
  "lastT",
  "lastC",
  "lastR",
  "secondBA",
  "secondF",
  "secondT",
  "rows",
] as const;
export const WIDTH = COLUMNS.length;

const ROOM = 1 << 13;
const WINDOW = 25;
const FAST = Float32Array.from({ length: WINDOW }, (_, lag) => 0.7 ** lag);
const SLOW = Float32Array.from({ length: WINDOW }, (_, lag) => 0.85 ** lag);
const ROOT = DECODE.map(Math.sqrt);

/** How many of each ranking are taken. */
const TAKE = { sum: 60, slow: 40, last: 30, recent: 20, lists: 40, taste: 60 };
/** No answer has more candidates than this. */
export const MOST_CANDIDATES = 320;

/** Arrays that are reused from request to request; one per isolate (a request does not yield while it uses them). */
export class Gathering {
  /** The candidates, `count` of them: item, and its place in the accumulated columns. */
  count = 0;
  readonly items = new Int32Array(MOST_CANDIDATES);
  readonly slots = new Int32Array(MOST_CANDIDATES);
  /** `WIDTH` sums per slot. */
  readonly sums = new Float32Array(ROOM * WIDTH);
  session: SessionItem[] = [];
  clicks: ArrayLike<number> = [];
  /** What each click was (deeds.ts); empty where nothing is known. */
  deeds: ArrayLike<number> = [];
  /** Unit vector of the session per embedding, and whether there is one. */
  readonly vectors: Float32Array[] = [];
  readonly encoded: boolean[] = [];

  /** Distinct items of a long history, and what it says of each candidate; neither of anybody else. */
  history: ArrayLike<number> = [];
  readonly tastes = new Float32Array(MOST_CANDIDATES);
  #ranker: TasteRanker | undefined;

  readonly #keys = new Int32Array(ROOM).fill(-1);
  readonly #values = new Float32Array(ROOM);
  readonly #used = new Int32Array(ROOM);
  readonly #order = new Int32Array(ROOM);
  readonly #taken = new Uint8Array(ROOM);
  #filled = 0;

  #slotOf(item: number): number {
    let slot = (Math.imul(item, 0x9e3779b1) >>> 19) & (ROOM - 1);
    while (this.#keys[slot] !== item) {
      if (this.#keys[slot] === -1) {
        // Half full: further items would cost more than they are worth.
        if (this.#filled >= ROOM / 2) return -1;
        this.#keys[slot] = item;
        this.#used[this.#filled++] = slot;
        this.sums.fill(0, slot * WIDTH, (slot + 1) * WIDTH);
        return slot;
      }
      slot = (slot + 1) & (ROOM - 1);
    }
    return slot;
  }

  #take(slot: number): void {
    if (slot < 0 || this.#taken[slot] === 1 || this.count >= MOST_CANDIDATES) return;
    this.#taken[slot] = 1;
    this.items[this.count] = this.#keys[slot] as number;
    this.slots[this.count++] = slot;
  }

  #takeTop(column: number, accumulated: number, limit: number): void {
    let n = 0;
    for (let k = 0; k < accumulated; k++) {
      const slot = this.#used[k] as number;
      const value = this.sums[slot * WIDTH + column] as number;
      if (value <= 0) continue;
      this.#values[slot] = value;
      this.#order[n++] = slot;
    }
    selectTop(this.#order, this.#values, n, limit);
    for (let k = 0; k < Math.min(limit, n); k++) this.#take(this.#order[k] as number);
  }

  #addRow(row: Row, { lag, weight = 1 }: SessionItem, place: number): void {
    const fast = weight * (FAST[lag] as number);
    const slow = weight * (SLOW[lag] as number);
    const { sums } = this;
    for (let entry = 0; entry < row.targets.length; entry++) {
      const slot = this.#slotOf(row.targets[entry] as number);
      if (slot < 0) continue;
      const at = slot * WIDTH;
      const from = entry * CODES_PER_ENTRY;
      for (let column = 0; column < CODES_PER_ENTRY; column++) {
        const value = DECODE[row.codes[from + column] as number] as number;
        sums[at + column] = (sums[at + column] as number) + fast * value;
        if (place === 0) sums[at + 8 + column] = value;
      }
      sums[at + 6] = (sums[at + 6] as number) + slow * (ROOT[row.codes[from] as number] as number);
      sums[at + 7] = (sums[at + 7] as number) + slow * (DECODE[row.codes[from + 4] as number] as number);
      if (place === 1) {
        sums[at + 14] = DECODE[row.codes[from] as number] as number;
        sums[at + 15] = DECODE[row.codes[from + 1] as number] as number;
        sums[at + 16] = DECODE[row.codes[from + 3] as number] as number;
      }
      sums[at + 17] = (sums[at + 17] as number) + 1;
    }
  }

  /**
   * Fills `items`, `slots` and `sums` with the candidates of a session.
   * @param clicks item indexes in time order
   * @param extra further candidates (content neighbors, trending, new arrivals), after the engine's own
   * @param deeds of the clicks, one each
   * @param history of somebody who has a long one (`longHistory`)
   */
  gather(
    model: Model,
    clicks: ArrayLike<number>,
    extra: ArrayLike<number> = [],
    deeds: ArrayLike<number> = [],
    history: ArrayLike<number> = [],
  ): void {
    for (let k = 0; k < this.#filled; k++) {
      const slot = this.#used[k] as number;
      this.#keys[slot] = -1;
      this.#taken[slot] = 0;
    }
    this.#filled = 0;
    this.count = 0;
    this.clicks = clicks;
    this.deeds = deeds;
    this.session = sessionItems(clicks, WINDOW);
    this.session.forEach((visited, place) => {
      const row = model.rowOf(visited.item);
      if (row) this.#addRow(row, visited, place);
    });
    const accumulated = this.#filled;
    for (const { item } of this.session) this.#take(this.#slotOf(item));
    this.#takeTop(0, accumulated, TAKE.sum);
    this.#takeTop(6, accumulated, TAKE.slow);
    this.#takeTop(8, accumulated, TAKE.last);
    this.#takeTop(5, accumulated, TAKE.recent);
    model.embeddings.forEach((embedding, index) => {
      this.vectors[index] ??= new Float32Array(DIMENSIONS);
      this.encoded[index] = encodeSession(embedding, clicks, this.vectors[index] as Float32Array);
    });
    this.#takeNear(model);
    const ranker = this.#readHistory(model, history);
    if (ranker) for (const item of ranker.best(TAKE.taste, history)) this.#take(this.#slotOf(item));
    for (let k = 0; k < extra.length; k++) this.#take(this.#slotOf(extra[k] as number));
    if (ranker) for (let c = 0; c < this.count; c++) this.tastes[c] = ranker.score(this.items[c] as number);
  }

  #readHistory({ taste, tasteOf, historyRows }: Model, history: ArrayLike<number>): TasteRanker | undefined {
    this.history = taste && tasteOf ? history : [];
    if (!taste || !tasteOf || history.length === 0) return undefined;
    if (this.#ranker?.taste !== taste) this.#ranker = new TasteRanker(taste);
    this.#ranker.read(history, tasteOf, historyRows);
    return this.#ranker;
  }

  /** A candidate's value in a column. */
  sum(place: number, column: number): number {
    return this.sums[(this.slots[place] as number) * WIDTH + column] as number;
  }

  /** An item's cosine with the session; 0 when nothing of the session is known. */
  cosine(embeddings: readonly Embedding[], which: number, item: number): number {
    const embedding = embeddings[which];
    const vector = this.vectors[which];
    return embedding && vector && this.encoded[which] ? cosineWith(embedding, vector, item) : 0;
  }

  /** The nearest to the session among the neighbors of its last three items. */
  #takeNear(model: Model): void {
    const [embedding] = model.embeddings;
    const vector = this.vectors[0];
    if (!embedding || !vector || !this.encoded[0]) return;
    let n = 0;
    for (const { item } of this.session.slice(0, 3)) {
      for (const near of model.listOf(item) ?? []) {
        const slot = this.#slotOf(near);
        if (slot < 0 || this.#taken[slot]) continue;
        // Marked, so that an item of two lists is measured once.
        this.#taken[slot] = 2;
        this.#values[slot] = cosineWith(embedding, vector, near);
        this.#order[n++] = slot;
      }
    }
    selectTop(this.#order, this.#values, n, TAKE.lists);
    for (let k = 0; k < n; k++) this.#taken[this.#order[k] as number] = 0;
    for (let k = 0; k < Math.min(TAKE.lists, n); k++) this.#take(this.#order[k] as number);
  }
}

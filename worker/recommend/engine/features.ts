/**
 * What the net is told of a candidate: how each way of recommending judges it, itself and against the best candidate
 * that the session has not seen (so that one net serves lists with and without the session's own items), what the item
 * is in general, and what kind of session this is.
 */
import { type Aspects, titleCosine } from "./aspects.ts";
import { COLUMNS, type Gathering, MOST_CANDIDATES, type Model, WIDTH } from "./candidates.ts";
import { MOMENT_FEATURES, momentOf, seriousnessOf } from "./deeds.ts";
import { cosineOf, cosineWith } from "./embedding.ts";
import type { SessionItem } from "./score.ts";
import { TASTE_FEATURES, tellTaste } from "./tell-taste.ts";

const SUMMED = 8;
const POINTWISE = 17;
const EMBEDDINGS = 2;
/** Features before those of the embeddings. */
const SINGLE = POINTWISE + SUMMED + 24;
/** Features before those of the catalog. */
export const LEARNED = SINGLE + 4 * EMBEDDINGS;
/** Features before those of the moment. */
export const DESCRIBED = LEARNED + 6;
/** Features before those of taste. */
const TASTED = DESCRIBED + MOMENT_FEATURES.length + 4;
/** Items of the session that a candidate's title is compared with. */
const TITLES = 4;

const LAST_STEP = COLUMNS.indexOf("lastT");

/** Names of the features, for `explain` and for the log. */
export const FEATURES: readonly string[] = [
  ...COLUMNS.slice(0, POINTWISE),
  ...COLUMNS.slice(0, SUMMED).map((column) => `${column} against best`),
  "rows",
  "share of rows",
  "popularity",
  "recent popularity",
  "latest popularity",
  "trend",
  "latest trend",
  "age",
  "unseen",
  "in session",
  "lag",
  "times",
  "return rate",
  "is last",
  "is first",
  "gap",
  "session length",
  "distinct share",
  "last item's popularity",
  "last item's return rate",
  "last is repeat",
  "repeats lately",
  "coherence",
  "closest of session",
  ...["1", "2"].flatMap((which) => [
    `cosine ${which}`,
    `cosine ${which} against best`,
    `cosine ${which} with last`,
    `rank ${which}`,
  ]),
  "price against last",
  "price against session",
  "same category as last",
  "share of same category",
  "title like last",
  "title like session",
  ...MOMENT_FEATURES,
  "was wanted",
  "was bought",
  "same category as what was wanted or bought",
  "next step after what was wanted or bought",
  ...TASTE_FEATURES,
];

/** Numbers per candidate, a multiple of four for the net's loops; the rest is zero. */
export const FEATURE_WIDTH = (FEATURES.length + 3) & ~3;

const TINY = 1e-4;

/** The features of all gathered candidates, `FEATURE_WIDTH` floats each; overwritten by the next call. */
export class Features {
  readonly values = new Float32Array(MOST_CANDIDATES * FEATURE_WIDTH);
  /** 1 for candidates that are in the session. */
  readonly seen = new Uint8Array(MOST_CANDIDATES);
  readonly #lags = new Int32Array(MOST_CANDIDATES);
  readonly #gaps = new Float32Array(MOST_CANDIDATES);
  readonly #times = new Int32Array(MOST_CANDIDATES);
  readonly #cosines = new Float32Array(MOST_CANDIDATES);
  readonly #order = Array.from({ length: MOST_CANDIDATES }, (_, index) => index);
  readonly #best = new Float32Array(SUMMED);

  compute(model: Model, gathering: Gathering): void {
    const { count, items, slots, sums, session, clicks } = gathering;
    const { values, seen } = this;
    const statistics = model.statistics;
    this.#relateToSession(gathering);
    const best = this.#best.fill(Math.log(TINY));
    for (let c = 0; c < count; c++) {
      const at = c * FEATURE_WIDTH;
      const from = (slots[c] as number) * WIDTH;
      for (let column = 0; column < POINTWISE; column++) {
        const value = Math.log((sums[from + column] as number) + TINY);
        values[at + column] = value;
        if (column < SUMMED && seen[c] === 0 && value > (best[column] as number)) best[column] = value;
      }
    }
    const last = session[0]?.item ?? -1;
    const length = Math.log(clicks.length + 1);
    const distinct = session.length / Math.max(1, Math.min(25, clicks.length));
    const lastPopularity = Math.log((statistics.all[last] ?? 0) + 1);
    const lastReturns = logit(statistics.returns[last] ?? 0.1);
    const lastIsRepeat = repeatedAt(clicks, clicks.length - 1) ? 1 : 0;
    const repeats = repeatsLately(clicks);
    const coherence = session.length < 2 ? 1 : pairCoherence(model, session);
    for (let c = 0; c < count; c++) {
      let at = c * FEATURE_WIDTH;
      const item = items[c] as number;
      for (let column = 0; column < SUMMED; column++) {
        values[at + POINTWISE + column] = (values[at + column] as number) - (best[column] as number);
      }
      at += POINTWISE + SUMMED;
      const rows = sums[(slots[c] as number) * WIDTH + 17] as number;
      const all = statistics.all[item] ?? 0;
      const recent = statistics.recent[item] ?? 0;
      const latest = statistics.latest[item] ?? 0;
      values[at++] = Math.log(rows + 1);
      values[at++] = rows / Math.max(1, session.length);
      values[at++] = Math.log(all + 1);
      values[at++] = Math.log(recent + 1);
      values[at++] = Math.log(latest + 1);
      values[at++] = Math.log((recent + 0.5) / (0.05 * all + 0.5));
      values[at++] = Math.log((latest + 0.5) / (0.2 * recent + 0.5));
      values[at++] = Math.log((statistics.age[item] ?? 1) + 0.001);
      values[at++] = Math.log((statistics.unseen[item] ?? 1) + 0.0001);
      const visited = seen[c] === 1;
      values[at++] = visited ? 1 : 0;
      values[at++] = visited ? Math.log((this.#lags[c] as number) + 1) : 0;
      values[at++] = visited ? Math.log(this.#times[c] as number) : 0;
      values[at++] = visited ? logit(statistics.returns[item] ?? 0.1) : 0;
      values[at++] = item === last ? 1 : 0;
      values[at++] = visited && item === clicks[0] ? 1 : 0;
      values[at++] = visited ? Math.log(this.#gaps[c] as number) : 0;
      values[at++] = length;
      values[at++] = distinct;
      values[at++] = lastPopularity;
      values[at++] = lastReturns;
      values[at++] = lastIsRepeat;
      values[at++] = repeats;
      values[at++] = coherence;
      values[at++] = closest(model, session, item);
      values.fill(0, at, (c + 1) * FEATURE_WIDTH);
    }
    for (let which = 0; which < EMBEDDINGS; which++) this.#compare(model, gathering, which, last);
    if (model.aspects) this.#describe(model.aspects, gathering, last);
    this.#place(gathering);
    tellTaste(values, FEATURE_WIDTH, TASTED, gathering, seen);
  }

  /** What the catalog says of each candidate, against the session. */
  #describe(aspects: Aspects, { count, items, session }: Gathering, last: number): void {
    const { prices, categories, tops } = aspects;
    const known = session.flatMap(({ item }) => prices[item] || []).sort((one, other) => one - other);
    const middle = known[known.length >> 1] ?? 0;
    const [lastPrice, lastCategory] = [prices[last] ?? 0, categories[last] ?? 0];
    for (let c = 0; c < count; c++) {
      const item = items[c] as number;
      const at = c * FEATURE_WIDTH + LEARNED;
      const price = prices[item] ?? 0;
      const top = tops[item] ?? 0;
      const alike = session.filter((visited) => top !== 0 && tops[visited.item] === top).length;
      this.values[at] = price === 0 || lastPrice === 0 ? 0 : Math.abs(price - lastPrice);
      this.values[at + 1] = price === 0 || middle === 0 ? 0 : price - middle;
      this.values[at + 2] = lastCategory !== 0 && categories[item] === lastCategory ? 1 : 0;
      this.values[at + 3] = alike / Math.max(1, session.length);
      this.values[at + 4] = titleCosine(aspects, item, last);
      let most = 0;
      for (let place = 0; place < Math.min(TITLES, session.length); place++) {
        const visited = session[place]?.item ?? -1;
        if (visited !== item) most = Math.max(most, titleCosine(aspects, item, visited));
      }
      this.values[at + 5] = most;
    }
  }

  /** What the person is about at this moment: the same of every candidate, and what it makes of each. */
  #place({ count, clicks, deeds }: Gathering): void {
    const moment = momentOf(deeds);
    if (!moment) return;
    const { values } = this;
    const isSerious = moment.wanted + moment.bought > 0;
    for (let c = 0; c < count; c++) {
      let at = c * FEATURE_WIDTH + DESCRIBED;
      for (const value of moment.values) values[at++] = value;
      const most = this.seen[c] === 1 ? seriousnessOf(deeds[clicks.length - 1 - (this.#lags[c] as number)] ?? 0) : 0;
      values[at++] = most === 1 ? 1 : 0;
      values[at++] = most === 2 ? 1 : 0;
      if (!isSerious) continue;
      values[at++] = values[c * FEATURE_WIDTH + LEARNED + 2] as number;
      values[at++] = values[c * FEATURE_WIDTH + LAST_STEP] as number;
    }
  }

  #relateToSession({ count, items, session, clicks }: Gathering): void {
    this.seen.fill(0, 0, count);
    // The session's items are the first candidates, in the session's order.
    for (let c = 0; c < Math.min(count, session.length); c++) {
      if (items[c] !== session[c]?.item) break;
      this.seen[c] = 1;
      this.#lags[c] = session[c]?.lag ?? 0;
      let times = 0;
      let gap = 0;
      const latest = clicks.length - 1 - (this.#lags[c] as number);
      for (let k = latest; k >= Math.max(0, clicks.length - 25); k--) {
        if (clicks[k] !== items[c]) continue;
        times++;
        if (times === 2) gap = latest - k;
      }
      this.#gaps[c] = gap + 1;
      this.#times[c] = times;
    }
  }

  #compare(model: Model, { count, items, vectors, encoded }: Gathering, which: number, last: number): void {
    const embedding = model.embeddings[which];
    const vector = vectors[which];
    if (!embedding || !vector || !encoded[which]) return;
    const { values, seen } = this;
    const cosines = this.#cosines;
    const offset = SINGLE + 4 * which;
    let best = -1;
    for (let c = 0; c < count; c++) {
      const cosine = cosineWith(embedding, vector, items[c] as number);
      cosines[c] = cosine;
      if (seen[c] === 0 && cosine > best) best = cosine;
    }
    const order = this.#order;
    for (let c = 0; c < count; c++) order[c] = c;
    const ranked = order.slice(0, count).sort((one, other) => (cosines[other] as number) - (cosines[one] as number));
    for (let rank = 0; rank < count; rank++) {
      const c = ranked[rank] as number;
      const at = c * FEATURE_WIDTH + offset;
      values[at] = cosines[c] as number;
      values[at + 1] = (cosines[c] as number) - best;
      values[at + 2] = last < 0 ? 0 : cosineOf(embedding, items[c] as number, last);
      values[at + 3] = Math.log(rank + 1);
    }
  }
}

function logit(share: number): number {
  return Math.log((share + 0.01) / (1.01 - share));
}

function repeatedAt(clicks: ArrayLike<number>, at: number): boolean {
  for (let k = Math.max(0, at - 25); k < at; k++) if (clicks[k] === clicks[at]) return true;
  return false;
}

/** Share of the last three clicks that were repeats. */
function repeatsLately(clicks: ArrayLike<number>): number {
  let repeats = 0;
  for (let at = Math.max(0, clicks.length - 3); at < clicks.length; at++) if (repeatedAt(clicks, at)) repeats++;
  return repeats / 3;
}

/** How alike the last two items are. */
function pairCoherence(model: Model, session: readonly SessionItem[]): number {
  const [embedding] = model.embeddings;
  const [one, other] = session;
  return embedding && one && other ? cosineOf(embedding, one.item, other.item) : 0;
}

/** Cosine with the most alike of the session's items before the last. */
function closest(model: Model, session: readonly SessionItem[], item: number): number {
  const [embedding] = model.embeddings;
  if (!embedding) return 0;
  let most = -1;
  for (let place = 1; place < Math.min(5, session.length); place++) {
    const visited = session[place]?.item ?? -1;
    if (visited !== item) most = Math.max(most, cosineOf(embedding, visited, item));
  }
  return most;
}

/**
 * What the net is told of a candidate: how each way of recommending judges it, itself and against the best candidate
 * that the session has not seen (so that one net serves lists with and without the session's own items), what the item
 * is in general, and what kind of session this is.
 */
import { tellAround } from "./around.ts";
import type { Aspects } from "./aspects.ts";
import type { Gathering } from "./candidates.ts";
import { Comparison } from "./compare.ts";
import { momentOf, seriousnessOf } from "./deeds.ts";
import {
  AGAINST,
  DESCRIBED,
  EMBEDDINGS,
  FEATURE_WIDTH,
  LEARNED,
  PLACED,
  POINTWISE,
  place,
  SUMMED,
  TASTED,
  VISITED,
} from "./feature-list.ts";
import { tellJudgment } from "./judgment.ts";
import { type KeptItems, keptBy, TITLES } from "./kept-items.ts";
import { ROOM, type Scoring, type Told } from "./kernel/scoring.ts";
import { scriptScoring } from "./kernel/script.ts";
import type { Model } from "./model.ts";
import { logit, pairCoherence, repeatedAt, repeatsLately } from "./session-signs.ts";
import type { ItemStatistics } from "./statistics.ts";

/** Items of the session that a candidate is compared with: before the last, and by title. */
const COMPARED = 5;
const COMPARED_BY_TITLE = 4;
const TINY = 1e-4;

const ROWS = place("rows");
const LIKE_LAST = place("described like last");
const POPULARITY = place("popularity");
const IN_SESSION = place("in session");
const SESSION = place("session length");
const CLOSEST = place("closest of session");
const LAST_STEP = place("lastT");
const WAS_WANTED = place("was wanted");
/** What a history says of an item that it does not lead to. */
const LEAST_TASTE = 1e-3;

/** The features of all gathered candidates, in the columns of `scoring`; overwritten by the next call. */
export class Features implements Told {
  readonly shared = new Float32Array(FEATURE_WIDTH);
  readonly own = new Int32Array(FEATURE_WIDTH);
  owned = 0;
  visited = 0;
  /** 1 for candidates that are in the session. */
  readonly seen = new Uint8Array(ROOM);
  readonly #scoring: Scoring;
  readonly #kept: KeptItems;
  readonly #comparison: Comparison;
  readonly #lags = new Int32Array(ROOM);
  readonly #prices = new Float32Array(ROOM);

  constructor(scoring: Scoring = scriptScoring()) {
    this.#scoring = scoring;
    this.#kept = keptBy(scoring);
    this.#comparison = new Comparison(scoring);
  }

  compute(model: Model, gathering: Gathering): void {
    this.shared.fill(0);
    this.owned = 0;
    this.#kept.layOut(gathering.items, gathering.count);
    this.#tellVisited(model.statistics, gathering);
    this.#tellRows(gathering);
    this.#tellItems(gathering.count);
    this.#tellSession(model, gathering);
    for (let which = 0; which < EMBEDDINGS; which++) this.#compare(model, gathering, which);
    if (model.aspects) this.#describe(model.aspects, gathering);
    this.#tellMoment(gathering, model.aspects !== undefined);
    this.#tellTaste(gathering);
    const claim = (first: number, columns?: number) => this.#claim(first, columns);
    tellAround(claim, this.#scoring, model, gathering);
    tellJudgment(claim, this.#scoring.columns, this.shared, model, gathering);
  }

  /** The candidates `[from, to)` with `FEATURE_WIDTH` numbers each, as a net is trained with them. */
  rows(from: number, to: number): Float32Array {
    const rows = new Float32Array((to - from) * FEATURE_WIDTH);
    const { columns } = this.#scoring;
    const add = (feature: number, column: number, end: number) => {
      for (let c = from; c < end; c++) {
        const at = (c - from) * FEATURE_WIDTH + feature;
        rows[at] = (rows[at] as number) + (columns[column * ROOM + c] as number);
      }
    };
    for (let at = 0; at < rows.length; at += FEATURE_WIDTH) rows.set(this.shared, at);
    const own = new Set(this.own.subarray(0, this.owned));
    for (const feature of own) add(feature, feature, to);
    for (const feature of VISITED) add(feature, feature, Math.min(to, this.visited));
    for (const [feature, source] of AGAINST) if (own.has(source)) add(feature, source, to);
    return rows;
  }

  /** `columns` features from `first` on are each candidate's own. Returns where the first one's column begins. */
  #claim(first: number, columns = 1): number {
    for (let k = 0; k < columns; k++) this.own[this.owned++] = first + k;
    return first * ROOM;
  }

  /** What only the session's items have; they are the first candidates, in the session's order. */
  #tellVisited(statistics: ItemStatistics, { count, visited, items, session, clicks }: Gathering): void {
    const { columns } = this.#scoring;
    this.seen.fill(1, 0, visited).fill(0, visited, count);
    this.visited = visited;
    for (let c = 0; c < visited; c++) {
      const item = items[c] as number;
      const lag = session[c]?.lag ?? 0;
      let times = 0;
      let gap = 0;
      const latest = clicks.length - 1 - lag;
      for (let k = latest; k >= Math.max(0, clicks.length - 25); k--) {
        if (clicks[k] !== item) continue;
        times++;
        if (times === 2) gap = latest - k;
      }
      const at = IN_SESSION * ROOM + c;
      columns[at] = 1;
      columns[at + ROOM] = Math.log(lag + 1);
      columns[at + 2 * ROOM] = Math.log(times);
      columns[at + 3 * ROOM] = logit(statistics.returns[item] ?? 0.1);
      columns[at + 4 * ROOM] = c === 0 ? 1 : 0;
      columns[at + 5 * ROOM] = item === clicks[0] ? 1 : 0;
      columns[at + 6 * ROOM] = Math.log(gap + 1);
      columns[WAS_WANTED * ROOM + c] = 0;
      columns[(WAS_WANTED + 1) * ROOM + c] = 0;
      this.#lags[c] = lag;
    }
  }

  /** What the rows of the session's items say, and what is described like them. */
  #tellRows({ count, session }: Gathering): void {
    const scoring = this.#scoring;
    const { columns } = scoring;
    this.#claim(0, POINTWISE);
    for (let k = 0; k + 4 <= POINTWISE; k += 4) scoring.spread("sums", k, count, k, k + 1, k + 2, k + 3);
    scoring.spread("sums", POINTWISE - 1, count, POINTWISE - 1, ROWS, LIKE_LAST, LIKE_LAST + 1);
    for (let column = 0; column < SUMMED; column++) {
      const best = scoring.largest(column, this.visited, count, 0);
      this.shared[POINTWISE + column] = -Math.log(Math.fround(best + TINY));
    }
    scoring.logs(0, POINTWISE, count, TINY);
    const at = this.#claim(ROWS, 2);
    const share = 1 / Math.max(1, session.length);
    for (let c = 0; c < count; c++) columns[at + ROOM + c] = (columns[at + c] as number) * share;
    scoring.logs(ROWS, 1, count, 1);
  }

  /** What the items are in general. */
  #tellItems(count: number): void {
    this.#claim(POPULARITY, 7);
    this.#claim(PLACED);
    this.#scoring.spread("facts", 0, count, POPULARITY, POPULARITY + 1, POPULARITY + 2, POPULARITY + 3);
    this.#scoring.spread("facts", 4, count, POPULARITY + 4, POPULARITY + 5, POPULARITY + 6, PLACED);
  }

  /** What kind of session it is: the same for all candidates. */
  #tellSession(model: Model, { session, clicks }: Gathering): void {
    const { statistics } = model;
    const last = session[0]?.item ?? -1;
    this.shared.set(
      [
        Math.log(clicks.length + 1),
        session.length / Math.max(1, Math.min(25, clicks.length)),
        Math.log((statistics.all[last] ?? 0) + 1),
        logit(statistics.returns[last] ?? 0.1),
        repeatedAt(clicks, clicks.length - 1) ? 1 : 0,
        repeatsLately(clicks),
        session.length < 2 ? 1 : pairCoherence(model, session),
      ],
      SESSION,
    );
  }

  /** By an embedding: with the session, with its last item, and, by the first one, with the items before. */
  #compare(model: Model, { count, session, vectors, encoded }: Gathering, which: number): void {
    const embedding = model.embeddings[which];
    if (!embedding) return;
    const comparison = this.#comparison;
    if (which === 0 && session.length < 2) this.shared[CLOSEST] = -1;
    else if (which === 0) {
      this.#claim(CLOSEST);
      comparison.most(which, session, 1, COMPARED, -1, count, CLOSEST);
    }
    const vector = vectors[which];
    if (!vector || !encoded[which]) return;
    const feature = LEARNED + 4 * (which - EMBEDDINGS);
    this.#claim(feature);
    comparison.along(which, vector, count, feature);
    this.shared[feature + 1] = -this.#scoring.largest(feature, this.visited, count, -1);
    this.#claim(feature + 2, 2);
    comparison.with(which, session[0]?.item ?? -1, count, feature + 2);
    this.#scoring.ranks(feature, count, feature + 3);
    this.#scoring.logs(feature + 3, 1, count);
  }

  /** What the catalog says of each candidate, against the session. */
  #describe({ prices, categories, tops }: Aspects, { count, items, session }: Gathering): void {
    const { columns } = this.#scoring;
    const last = session[0]?.item ?? -1;
    let known = 0;
    for (const { item } of session) if (prices[item]) this.#prices[known++] = prices[item];
    const middle = known === 0 ? 0 : (this.#prices.subarray(0, known).sort()[known >> 1] as number);
    const [lastPrice, lastCategory] = [prices[last] ?? 0, categories[last] ?? 0];
    const share = 1 / Math.max(1, session.length);
    const shares = new Map<number, number>();
    for (const { item } of session) shares.set(tops[item] ?? 0, (shares.get(tops[item] ?? 0) ?? 0) + share);
    shares.delete(0);
    const at = this.#claim(LEARNED, 6);
    for (let c = 0; c < count; c++) {
      const item = items[c] as number;
      const price = prices[item] ?? 0;
      columns[at + c] = price === 0 || lastPrice === 0 ? 0 : Math.abs(price - lastPrice);
      columns[at + ROOM + c] = price === 0 || middle === 0 ? 0 : price - middle;
      columns[at + 2 * ROOM + c] = lastCategory !== 0 && categories[item] === lastCategory ? 1 : 0;
      columns[at + 3 * ROOM + c] = shares.get(tops[item] ?? 0) ?? 0;
    }
    this.#comparison.with(TITLES, last, count, LEARNED + 4);
    this.#comparison.most(TITLES, session, 0, COMPARED_BY_TITLE, 0, count, LEARNED + 5);
  }

  /** What the person is about at this moment: the same of every candidate, and what it makes of each. */
  #tellMoment({ count, clicks, occasion: { deeds = [] } }: Gathering, isDescribed: boolean): void {
    const moment = momentOf(deeds);
    if (!moment) return;
    const { columns } = this.#scoring;
    this.shared.set(moment.values, DESCRIBED);
    for (let c = 0; c < this.visited; c++) {
      const most = seriousnessOf(deeds[clicks.length - 1 - (this.#lags[c] as number)] ?? 0);
      columns[WAS_WANTED * ROOM + c] = most === 1 ? 1 : 0;
      columns[(WAS_WANTED + 1) * ROOM + c] = most === 2 ? 1 : 0;
    }
    if (moment.wanted + moment.bought === 0) return;
    const copy = (source: number, feature: number) => {
      const at = this.#claim(feature);
      columns.copyWithin(at, source * ROOM, source * ROOM + count);
    };
    if (isDescribed) copy(LEARNED + 2, WAS_WANTED + 2);
    copy(LAST_STEP, WAS_WANTED + 3);
  }

  /** How strongly a long history leads to each, and how long it is; nothing of anybody else. */
  #tellTaste({ count, tastes, history }: Gathering): void {
    if (history.length === 0) return;
    const { columns } = this.#scoring;
    const at = this.#claim(TASTED);
    let best = LEAST_TASTE;
    for (let c = 0; c < count; c++) {
      const said = Math.max(0, tastes[c] as number) + LEAST_TASTE;
      columns[at + c] = said;
      if (c >= this.visited) best = Math.max(best, said);
    }
    this.shared[TASTED + 1] = -Math.log(best);
    this.#scoring.logs(TASTED, 1, count);
    this.#claim(TASTED + 2);
    this.#scoring.ranks(TASTED, count, TASTED + 2);
    this.#scoring.logs(TASTED + 2, 1, count);
    this.shared[TASTED + 3] = Math.log(history.length);
  }
}

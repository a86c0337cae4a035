/**
 * The recommender's candidates and features once more, candidate by candidate and without any of the arrangements that make
 * it fast: what the engine computes must be this.
 */
import type { Aspects } from "../../worker/recommend/engine/aspects.ts";
import { CODES_PER_ENTRY, DECODE } from "../../worker/recommend/engine/codec.ts";
import { momentOf, seriousnessOf } from "../../worker/recommend/engine/deeds.ts";
import { cosineOf, cosineWith, type Embedding, LAGS, type Vectors } from "../../worker/recommend/engine/embedding.ts";
import { COLUMNS, FEATURES } from "../../worker/recommend/engine/feature-list.ts";
import { readJudgment } from "../../worker/recommend/engine/judgment.ts";
import { DIMENSIONS } from "../../worker/recommend/engine/kernel/contrast.ts";
import type { Model } from "../../worker/recommend/engine/model.ts";
import type { Occasion } from "../../worker/recommend/engine/occasion.ts";
import { type SessionItem, sessionItems } from "../../worker/recommend/engine/score.ts";

const TINY = 1e-4;
const log = (value: number) => Math.log(value + TINY);
const logit = (share: number) => Math.log((share + 0.01) / (1.01 - share));

/** What the rows of the session's items add up to, by item. */
export function plainSums(model: Model, session: readonly SessionItem[]): Map<number, Record<string, number>> {
  const sums = new Map<number, Record<string, number>>();
  for (const [place, { item, lag }] of session.entries()) {
    const row = model.rowOf(item);
    for (const [entry, target] of [...(row?.targets ?? [])].entries()) {
      const known = sums.get(target) ?? Object.fromEntries(COLUMNS.map((name) => [name, 0]));
      sums.set(target, known);
      const add = (name: string, value: number) => {
        known[name] = Math.fround(known[name]! + value);
      };
      const values = Object.fromEntries(
        ["BA", "F", "B", "T", "C", "R"].map((name, code) => [
          name,
          DECODE[row!.codes[entry * CODES_PER_ENTRY + code]!]!,
        ]),
      );
      for (const [name, value] of Object.entries(values)) {
        add(name, 0.7 ** lag * value);
        if (place === 0) known[`last${name}`] = value;
        if (place === 1 && "BA F T".split(" ").includes(name)) known[`second${name}`] = value;
      }
      add("slowRootBA", 0.85 ** lag * Math.sqrt(values.BA!));
      add("slowC", 0.85 ** lag * values.C!);
      add("rows", 1);
    }
  }
  return sums;
}

/** The features of these candidates by name, in the candidates' order. @param alike those that are there for being described alike */
export function plainFeatures(
  model: Model,
  clicks: number[],
  occasion: Occasion,
  candidates: readonly number[],
  alike: ReadonlySet<number>,
): Record<string, number>[] {
  const session = sessionItems(clicks);
  const last = session[0]?.item ?? -1;
  const { statistics } = model;
  const sums = plainSums(model, session);
  const lags = new Map(session.map(({ item, lag }) => [item, lag]));
  const rows = candidates.map((item) => {
    const row: Record<string, number> = Object.fromEntries(FEATURES.map((name) => [name, 0]));
    const sum = sums.get(item);
    for (const name of COLUMNS.slice(0, 17)) row[name] = log(sum?.[name] ?? 0);
    const leads = sum?.rows ?? 0;
    const [all, recent, latest] = [
      statistics.all[item] ?? 0,
      statistics.recent[item] ?? 0,
      statistics.latest[item] ?? 0,
    ];
    Object.assign(row, {
      rows: Math.log(leads + 1),
      "share of rows": leads / Math.max(1, session.length),
      popularity: Math.log(all + 1),
      "recent popularity": Math.log(recent + 1),
      "latest popularity": Math.log(latest + 1),
      trend: Math.log((recent + 0.5) / (0.05 * all + 0.5)),
      "latest trend": Math.log((latest + 0.5) / (0.2 * recent + 0.5)),
      age: Math.log((statistics.age[item] ?? 1) + 0.001),
      unseen: Math.log((statistics.unseen[item] ?? 1) + 0.0001),
      "session length": Math.log(clicks.length + 1),
      "distinct share": session.length / Math.max(1, Math.min(25, clicks.length)),
      "last item's popularity": Math.log((statistics.all[last] ?? 0) + 1),
      "last item's return rate": logit(statistics.returns[last] ?? 0.1),
      "last is repeat": isRepeat(clicks, clicks.length - 1) ? 1 : 0,
      "repeats lately":
        [1, 2, 3].filter((back) => clicks.length >= back && isRepeat(clicks, clicks.length - back)).length / 3,
      coherence: session.length < 2 ? 1 : 0,
      ...visit(clicks, item, lags.get(item), statistics.returns[item] ?? 0.1),
    });
    return row;
  });
  const isNew = (_: unknown, c: number) => !lags.has(candidates[c]!);
  for (const name of COLUMNS.slice(0, 8)) {
    const best = Math.max(Math.log(TINY), ...rows.filter(isNew).map((row) => row[name]!));
    for (const row of rows) row[`${name} against best`] = row[name]! - best;
  }
  for (const [which, embedding] of model.embeddings.entries())
    compare(rows, candidates, session, clicks, embedding, which, isNew);
  if (model.aspects) describe(rows, candidates, session, model.aspects);
  tellMoment(rows, candidates, clicks, Array.from(occasion.deeds ?? []), lags);
  tellAround(rows, candidates, session, model, occasion, alike);
  tellJudgment(rows, occasion.judgment ?? 0);
  return rows;
}

function tellAround(
  rows: Record<string, number>[],
  candidates: readonly number[],
  session: readonly SessionItem[],
  { statistics, aspects, likeOf }: Model,
  { day }: Occasion,
  alike: ReadonlySet<number>,
): void {
  const interest = [...statistics.all.keys()].map((item) => ({
    item,
    value: 0.25 * statistics.recent[item]! + statistics.latest[item]!,
  }));
  const trend = interest
    .filter(({ value }) => value > 0)
    .sort((one, other) => other.value - one.value || one.item - other.item)
    .map(({ item }) => item);
  for (const [c, row] of rows.entries()) {
    const item = candidates[c]!;
    const born = aspects?.born[item] ?? 0;
    const place = trend.indexOf(item);
    row["place in trend"] = place < 0 || place >= 100 ? 0 : Math.log(101 / (place + 1));
    for (const [at, visited] of session.slice(0, 3).entries()) {
      const likes = likeOf?.(visited.item);
      const found = likes ? Array.from(likes.items).lastIndexOf(item) : -1;
      if (found < 0 || (day !== undefined && born > day)) continue;
      const score = likes!.scores[found]!;
      if (at === 0) row["described like last"] = score;
      row["described like session"] = Math.max(row["described like session"]!, score * 0.8 ** visited.lag);
    }
    row["among the most alike"] = alike.has(item) ? 1 : 0;
    if (!aspects || day === undefined) continue;
    const age = born > 0 && born <= day ? day - born : undefined;
    row["days in catalog"] = Math.log(1 + Math.min(365, age ?? 365));
    row["is new"] = age !== undefined && age < 28 ? 1 : 0;
    row["never looked at"] = (statistics.all[item] ?? 0) === 0 ? 1 : 0;
    row["new and alike"] = row["is new"] * row["described like session"]!;
  }
}

function tellJudgment(rows: Record<string, number>[], byte: number): void {
  const judgment = readJudgment(byte);
  if (!judgment) return;
  const { lift, mode } = judgment;
  for (const row of rows) {
    Object.assign(row, {
      "likelier to buy": lift,
      "about to buy": mode === "about_to_buy" ? 1 : 0,
      comparing: mode === "comparing" ? 1 : 0,
      "likelier to buy, in session": lift * row["in session"]!,
      "likelier to buy, by rows": lift * row["BA against best"]!,
      "about to buy, next step": mode === "about_to_buy" ? row.lastT! : 0,
      "comparing, like last": mode === "comparing" ? row["cosine 1 with last"]! : 0,
    });
  }
}

function isRepeat(clicks: number[], at: number): boolean {
  return at >= 0 && clicks.slice(Math.max(0, at - 25), at).includes(clicks[at]!);
}

function visit(clicks: number[], item: number, lag: number | undefined, returns: number): Record<string, number> {
  if (lag === undefined) return {};
  const latest = clicks.length - 1 - lag;
  const earlier = [...clicks.keys()].filter((k) => k >= clicks.length - 25 && k <= latest && clicks[k] === item);
  const gap = earlier.length > 1 ? latest - earlier.at(-2)! : 0;
  return {
    "in session": 1,
    lag: Math.log(lag + 1),
    times: Math.log(earlier.length),
    "return rate": logit(returns),
    "is last": lag === 0 ? 1 : 0,
    "is first": item === clicks[0] ? 1 : 0,
    gap: Math.log(gap + 1),
  };
}

function compare(
  rows: Record<string, number>[],
  candidates: readonly number[],
  session: readonly SessionItem[],
  clicks: number[],
  embedding: Embedding,
  which: number,
  isNew: (_: unknown, c: number) => boolean,
): void {
  const last = session[0]?.item ?? -1;
  const name = `cosine ${which + 1}`;
  if (which === 0) {
    for (const [c, row] of rows.entries()) {
      const others = session.slice(1, 5).filter(({ item }) => item !== candidates[c]);
      if (session.length > 1) row.coherence = cosineOf(embedding, last, session[1]!.item);
      row["closest of session"] = Math.max(-1, ...others.map(({ item }) => cosineOf(embedding, item, candidates[c]!)));
    }
  }
  const unit = new Float32Array(64);
  if (!encodeSession(embedding, clicks, unit)) return;
  for (const [c, row] of rows.entries()) {
    row[name] = cosineWith(embedding, unit, candidates[c]!);
    row[`${name} with last`] = cosineOf(embedding, candidates[c]!, last);
  }
  const best = Math.max(-1, ...rows.filter(isNew).map((row) => row[name]!));
  const order = [...rows.keys()].sort((one, other) => rows[other]![name]! - rows[one]![name]!);
  for (const [c, row] of rows.entries()) {
    row[`${name} against best`] = row[name]! - best;
    row[`rank ${which + 1}`] = Math.log(order.indexOf(c) + 1);
  }
}

function describe(
  rows: Record<string, number>[],
  candidates: readonly number[],
  session: readonly SessionItem[],
  { prices, categories, tops, titles }: Aspects,
): void {
  const last = session[0]?.item ?? -1;
  const prices_ = session.map(({ item }) => prices[item] ?? 0).filter((price) => price !== 0);
  const middle = prices_.sort((one, other) => one - other)[prices_.length >> 1];
  for (const [c, row] of rows.entries()) {
    const item = candidates[c]!;
    const price = prices[item] ?? 0;
    const alike = session.filter((visited) => tops[item] && tops[visited.item] === tops[item]).length;
    const others = session.slice(0, 4).filter((visited) => visited.item !== item);
    Object.assign(row, {
      "price against last": price && prices[last] ? Math.abs(price - prices[last]) : 0,
      "price against session": price && middle ? price - middle : 0,
      "same category as last": categories[last] && categories[item] === categories[last] ? 1 : 0,
      "share of same category": alike / Math.max(1, session.length),
      "title like last": titleCosine(titles, item, last),
      "title like session": Math.max(0, ...others.map((visited) => titleCosine(titles, item, visited.item))),
    });
  }
}

function titleCosine({ vectors }: Vectors, one: number, other: number): number {
  const [a, b] = [one, other].map((item) => [...vectors.subarray(item * 64, (item + 1) * 64)]);
  const dot = a!.reduce((sum, value, d) => sum + value * (b![d] ?? 0), 0);
  const length = Math.hypot(...a!) * Math.hypot(...b!);
  return one < 0 || other < 0 || length === 0 ? 0 : dot / length;
}

function tellMoment(
  rows: Record<string, number>[],
  candidates: readonly number[],
  clicks: number[],
  deeds: number[],
  lags: ReadonlyMap<number, number>,
): void {
  const moment = momentOf(deeds);
  if (!moment) return;
  const first = FEATURES.indexOf("last was wanted");
  for (const [c, row] of rows.entries()) {
    for (const [k, value] of moment.values.entries()) row[FEATURES[first + k]!] = value;
    const lag = lags.get(candidates[c]!);
    const most = lag === undefined ? 0 : seriousnessOf(deeds[clicks.length - 1 - lag]!);
    row["was wanted"] = most === 1 ? 1 : 0;
    row["was bought"] = most === 2 ? 1 : 0;
    if (moment.wanted + moment.bought === 0) continue;
    row["same category as what was wanted or bought"] = row["same category as last"]!;
    row["next step after what was wanted or bought"] = row.lastT!;
  }
}

/**
 * The session's unit vector (64 floats), written to `into`.
 * @returns false, and zeros, when no click is known
 */
function encodeSession(embedding: Embedding, clicks: ArrayLike<number>, into: Float32Array): boolean {
  into.fill(0);
  const { vectors, scales, gates, lags, focus } = embedding;
  const latest = clicks[clicks.length - 1] ?? -1;
  for (let lag = 0; lag < Math.min(LAGS, clicks.length); lag++) {
    const item = clicks[clicks.length - 1 - lag] as number;
    if (item >= scales.length) continue;
    const likeness = Math.exp(focus * (item === latest ? 1 : cosineOf(embedding, item, latest)));
    const factor = (lags[lag] as number) * (gates[item] as number) * (scales[item] as number) * likeness;
    const base = item * DIMENSIONS;
    for (let d = 0; d < DIMENSIONS; d++) into[d] = (into[d] as number) + factor * (vectors[base + d] as number);
  }
  let squares = 0;
  for (let d = 0; d < DIMENSIONS; d++) squares += (into[d] as number) ** 2;
  if (squares === 0) return false;
  const scale = 1 / Math.sqrt(squares);
  for (let d = 0; d < DIMENSIONS; d++) into[d] = (into[d] as number) * scale;
  return true;
}

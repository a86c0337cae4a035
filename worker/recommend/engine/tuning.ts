/**
 * What a shop's model is made with, chosen on the shop's own sessions: a few short trials, each against what is chosen so
 * far, by questions that the trial has not learned from. The sessions that judge a model later are not among them. A trial
 * replaces what is usual only when it is better by more than two standard errors: of a dozen trials one is better by one
 * through chance alone, and a young shop keeps the usual values.
 */
import type { CaseChunk } from "./cases.ts";
import type { Row } from "./codec.ts";
import { Engine } from "./engine.ts";
import type { Descent } from "./kernel/descent.ts";
import { NET_OPTIONS, type NetOptions, startNet, trainNet } from "./net-training.ts";
import { buildRows, countTotals, ROW_CONSTANTS, type RowConstants, rowOf } from "./rows.ts";
import { type Sessions, sessionCount, sliceSessions } from "./sessions.ts";
import { countStatistics } from "./statistics.ts";

export interface Trial {
  /** "rows.age", "net.hidden", … */
  what: string;
  value: number;
  /** Mean over the questions of the reciprocal ranks among all and among new items. */
  score: number;
  /** Taken instead of what was chosen before it. */
  isTaken: boolean;
}

export interface Tuned<T> {
  chosen: T;
  trials: Trial[];
}

/** The newest of the sessions that ask, and how much they ask. */
const ASKING = 0.05;
const MOST_QUESTIONS = 1500;
const FEWEST_QUESTIONS = 200;
const PARTITION = 50_000;
/** Newest actions that a trial's rows are counted from. */
const MOST_ACTIONS = 400_000;

const ROW_TRIALS: { [K in keyof RowConstants]: number[] } = {
  age: [0.5, 2],
  distance: [0.55, 0.85],
  incoming: [0.15, 0.35],
};

/** Trials one constant after the other; a trial counts rows anew, about half a second for 400,000 actions. */
export function tuneRows(all: Sessions, itemCount: number): Tuned<RowConstants> {
  const sessions = newestOf(all, MOST_ACTIONS);
  const cut = Math.floor(sessionCount(sessions) * (1 - ASKING));
  const questions = questionsFrom(sessions, cut);
  if (questions.length < FEWEST_QUESTIONS) return { chosen: ROW_CONSTANTS, trials: [] };
  const learned = sliceSessions(sessions, 0, cut);
  const wanted = new Set(questions.flatMap(({ begin, at }) => [...sessions.items.subarray(begin, at)]));
  const statistics = countStatistics(learned, itemCount);
  return climb("rows", ROW_CONSTANTS, ROW_TRIALS, (constants) => {
    const rows = rowsFor(wanted, learned, itemCount, constants);
    const engine = new Engine({ embeddings: [], statistics });
    const records = { rowOf: (item: number) => rows.get(item), listOf: () => undefined };
    return questions.map(({ begin, at }) => {
      const ranked = engine.rank(sessions.items.subarray(begin, at), records);
      return scoreOf(ranked, ({ item }) => item === sessions.items[at]);
    });
  });
}

/** Partition by partition: rows of everything would not fit an isolate in a large catalog. */
function rowsFor(
  wanted: ReadonlySet<number>,
  sessions: Sessions,
  itemCount: number,
  constants: RowConstants,
): Map<number, Row> {
  const rows = new Map<number, Row>();
  const totals = countTotals(sessions, itemCount, constants);
  for (let from = 0; from < itemCount; from += PARTITION) {
    const to = Math.min(itemCount, from + PARTITION);
    const part = buildRows(sessions, itemCount, { from, to, totals, constants });
    for (let item = from; item < to; item++) {
      const row = wanted.has(item) ? rowOf(part, item) : undefined;
      if (row) rows.set(item, { targets: row.targets.slice(), codes: row.codes.slice() });
    }
  }
  return rows;
}

function newestOf(sessions: Sessions, actions: number): Sessions {
  const count = sessionCount(sessions);
  let first = count;
  while (first > 0 && sessions.items.length - (sessions.starts[first - 1] as number) <= actions) first--;
  return sliceSessions(sessions, first, count);
}

function questionsFrom({ starts }: Sessions, first: number): { begin: number; at: number }[] {
  const questions: { begin: number; at: number }[] = [];
  for (let session = first; session < starts.length - 1; session++) {
    const begin = starts[session] as number;
    for (let at = begin + 1; at < (starts[session + 1] as number); at++) questions.push({ begin, at });
  }
  const every = Math.max(1, Math.ceil(questions.length / MOST_QUESTIONS));
  return questions.filter((_, place) => place % every === 0);
}

const NET_TRIALS: { [K in keyof NetOptions]?: number[] } = {
  hidden: [12, 40],
  rate: [0.0015, 0.003],
  epochs: [3],
};

/**
 * The next trial of the net over a part of its cases: it learns from the first chunks and is asked the last. A trial takes some
 * seconds without SIMD, so they are made one by one, each with what the one before answered.
 */
export function tuneNet(
  chunks: readonly CaseChunk[],
  seed: number,
  descent: Descent,
  before?: Climbing<NetOptions>,
): Climbing<NetOptions> | Tuned<NetOptions> {
  const asked = chunks.at(-1);
  const learned = chunks.slice(0, -1);
  if (!asked || learned.length === 0 || asked.wanted.length < FEWEST_QUESTIONS) {
    return { chosen: NET_OPTIONS, trials: [] };
  }
  const cases = learned.reduce((sum, chunk) => sum + chunk.wanted.length, 0);
  return climbOn("net", NET_OPTIONS, NET_TRIALS, before, (options) => {
    const state = startNet(seed, cases, asked.varying, options);
    for (let epoch = 0; epoch < options.epochs; epoch++) for (const chunk of learned) trainNet(state, chunk, descent);
    descent.begin(state);
    return Array.from(asked.wanted, (wanted, index) => {
      const seen = asked.seen.subarray(asked.starts[index], asked.starts[index + 1]);
      const scores = descent.score(asked, index);
      const ranked = Array.from(seen, (isSeen, place) => ({ place, seen: isSeen === 1 }));
      ranked.sort((one, other) => (scores[other.place] as number) - (scores[one.place] as number));
      return scoreOf(ranked, ({ place }) => place === wanted);
    });
  });
}

function scoreOf<R extends { seen: boolean }>(ranked: readonly R[], isWanted: (each: R) => boolean): number {
  const place = ranked.findIndex(isWanted);
  const wanted = ranked[place];
  if (!wanted) return 0;
  if (wanted.seen) return 1 / (place + 1);
  const before = ranked.slice(0, place).filter(({ seen }) => !seen).length;
  return 1 / (place + 1) + 1 / (before + 1);
}

/** Trials that are not all made yet. */
export interface Climbing<T> extends Tuned<T> {
  /** Of what is chosen so far, by question. */
  best: number[];
}

type Trials<T> = { [K in keyof T]?: number[] };

/** One value after the other is tried against the best so far. */
function climb<T extends object>(name: string, usual: T, trials: Trials<T>, run: (candidate: T) => number[]): Tuned<T> {
  for (let state: Climbing<T> | undefined; ; ) {
    const next = climbOn(name, usual, trials, state, run);
    if (!isClimbing(next)) return next;
    state = next;
  }
}

export function isClimbing<T>(tuned: Tuned<T> | Climbing<T>): tuned is Climbing<T> {
  return "best" in tuned;
}

/** One trial. @param before undefined: what is usual is tried */
function climbOn<T extends object>(
  name: string,
  usual: T,
  trials: Trials<T>,
  before: Climbing<T> | undefined,
  run: (candidate: T) => number[],
): Climbing<T> | Tuned<T> {
  const mean = (scores: number[]) => scores.reduce((sum, each) => sum + each, 0) / scores.length;
  if (!before) {
    const best = run(usual);
    return { chosen: usual, best, trials: [{ what: name, value: 0, score: mean(best), isTaken: true }] };
  }
  const all = (Object.entries(trials) as [keyof T & string, number[]][]).flatMap(([key, values]) =>
    values.map((value) => ({ key, value })),
  );
  const next = all[before.trials.length - 1];
  if (!next) return { chosen: before.chosen, trials: before.trials };
  const { key, value } = next;
  const candidate = { ...before.chosen, [key]: value };
  const scores = run(candidate);
  const isTaken = isBetter(scores, before.best);
  const tried = [...before.trials, { what: `${name}.${key}`, value, score: mean(scores), isTaken }];
  const [chosen, best] = isTaken ? [candidate, scores] : [before.chosen, before.best];
  return tried.length > all.length ? { chosen, trials: tried } : { chosen, best, trials: tried };
}

/** Standard errors beyond which a difference is hardly chance. */
const NOISE = 2;

function isBetter(ours: readonly number[], theirs: readonly number[]): boolean {
  const differences = ours.map((score, at) => score - (theirs[at] ?? 0));
  const mean = differences.reduce((sum, each) => sum + each, 0) / differences.length;
  const square = differences.reduce((sum, each) => sum + (each - mean) ** 2, 0);
  return mean > NOISE * Math.sqrt(square / (differences.length - 1) / differences.length);
}

/** Training steps of the net: cases from the held-out sessions, passes over them, and how well it does on others. */

import { seeded, shuffle } from "../../lib/seeded.ts";
import { readAspects } from "./aspects.ts";
import { Gathering } from "./candidates.ts";
import { CaseCollector, FeatureSums, readCases, type Scaling, varyingOf } from "./cases.ts";
import type { Row } from "./codec.ts";
import { readEmbedding } from "./embedding.ts";
import { Engine } from "./engine.ts";
import { type Evaluation, evaluate } from "./evaluation.ts";
import { Features } from "./features.ts";
import { clicksBefore, longHistory } from "./histories.ts";
import { listOf, readLists } from "./lists.ts";
import type { Model } from "./model.ts";
import { foldScaling, mergeNets, type Net, netBytes, readNet, widened } from "./net.ts";
import { type NetState, netStateBytes, readNetState, startNet, trainNet } from "./net-training.ts";
import { occasionsOf, readLikeness } from "./occasion.ts";
import { jsonPart, PartReader, packParts } from "./parts.ts";
import { readRows, rowOf } from "./rows.ts";
import { readSessions, type Sessions } from "./sessions.ts";
import { type Question, splitSessions } from "./split.ts";
import { readStatistics } from "./statistics.ts";
import type { Phase, Step, TrainingPlan, Workbench } from "./training.ts";
import { requireBytes } from "./training-model.ts";
import { loadTaste } from "./training-taste.ts";
import { readTuning } from "./training-tuning.ts";

/** The held-out questions, shuffled: the first ones judge, the others train. */
function questionsOf(sessions: Sessions, { plan }: Workbench): Question[] {
  const { questions } = splitSessions(sessions, plan);
  const order = Int32Array.from(questions.keys());
  shuffle(order, seeded(plan.seed, 5));
  return Array.from(order, (index) => questions[index] as Question);
}

/**
 * A phase's model in memory.
 * @param items whose rows and lists are read, all by default: of 400,000 items they would not fit an isolate
 */
export async function loadModel(bench: Workbench, phase: Phase, items?: ReadonlySet<number>): Promise<Model> {
  const { itemCount, partition } = bench.plan;
  const rows = new Map<number, Row>();
  const lists = new Map<number, Int32Array>();
  for (let from = 0; from < itemCount; from += partition) {
    const rowPart = readRows(await requireBytes(bench, `${phase}/rows/${from}`));
    const listPart = readLists(await requireBytes(bench, `${phase}/lists/${from}`));
    for (let item = from; item < Math.min(itemCount, from + partition); item++) {
      if (items && !items.has(item)) continue;
      const row = rowOf(rowPart, item);
      const list = listOf(listPart, item);
      // Copies, where few are kept of many.
      if (row) rows.set(item, items ? { targets: row.targets.slice(), codes: row.codes.slice() } : row);
      if (list) lists.set(item, items ? list.slice() : list);
    }
  }
  const aspects = await bench.shelf.get("aspects");
  const likeness = await bench.shelf.get("likeness");
  const likes = likeness && readLikeness(likeness);
  return {
    aspects: aspects && readAspects(aspects),
    likeOf: likes && ((item) => likes.get(item)),
    embeddings: [
      readEmbedding(await requireBytes(bench, `${phase}/embedding-1`)),
      readEmbedding(await requireBytes(bench, `${phase}/embedding-2`)),
    ],
    statistics: readStatistics(await requireBytes(bench, `${phase}/statistics`)),
    rowOf: (item) => rows.get(item),
    listOf: (item) => lists.get(item),
    ...(await loadTaste(bench, phase, items)),
  };
}

/** Everything that the questions name, and what is read of their people's histories. */
function itemsIn(sessions: Sessions, questions: readonly Question[], plan: TrainingPlan): Set<number> {
  const items = new Set<number>();
  for (const question of questions) {
    for (const item of sessions.items.subarray(question.begin, question.at)) items.add(item);
    for (const item of historyOf(sessions, question, plan)?.slice(0, plan.historyRows) ?? []) items.add(item);
  }
  return items;
}

/** The long history of whom a question is about, as serving knows it. */
function historyOf(sessions: Sessions, { session, at }: Question, plan: TrainingPlan): number[] | undefined {
  return plan.taste ? longHistory(clicksBefore(sessions, session, at), plan.historyItems) : undefined;
}

/** One chunk of the net's cases: candidates of the base model where what came next is among them. */
export async function runCases({ chunk }: Extract<Step, { kind: "cases" }>, bench: Workbench): Promise<void> {
  const { plan, shelf } = bench;
  const sessions = readSessions(await requireBytes(bench, "sessions"));
  const questions = questionsOf(sessions, bench);
  const validation = Math.min(plan.validationCases, Math.floor(questions.length / 5));
  const training = questions.slice(validation);
  const chunks = Math.ceil(plan.cases / plan.chunk);
  const share = Math.ceil(training.length / chunks);
  const asked = training.slice(chunk * share, (chunk + 1) * share);
  const model = await loadModel(bench, "base", itemsIn(sessions, asked, plan));
  const gathering = new Gathering();
  const features = new Features();
  const occasionOf = occasionsOf(sessions, model.aspects);
  function* offered() {
    let found = 0;
    for (const question of asked) {
      if (found >= plan.chunk) return;
      const { begin, at } = question;
      const history = historyOf(sessions, question, plan);
      gathering.gather(model, sessions.items.subarray(begin, at), { ...occasionOf(question), history });
      const wanted = gathering.items.subarray(0, gathering.count).indexOf(sessions.items[at] as number);
      if (wanted < 0) continue;
      features.compute(model, gathering);
      const weight = Math.min(HEAVIEST, sessions.weights?.[at] ?? 1);
      found++;
      yield { values: features.rows(0, gathering.count), seen: features.seen, wanted, weight };
    }
  }
  if (chunk === 0) {
    // The first chunk decides the scaling of all, and is gone through twice: without a scaling it would not fit.
    const sums = new FeatureSums();
    for (const { values } of offered()) sums.add(values);
    const { means, inverses, lows, highs } = sums.scaling();
    await shelf.put("scaling", packParts([means, inverses, lows, highs]));
  }
  const collector = new CaseCollector(await readScaling(bench));
  for (const { values, seen, wanted, weight } of offered()) collector.add(values, seen, wanted, weight);
  await shelf.put(`cases/${chunk}`, collector.take());
}

/** No case counts more than this many views. */
const HEAVIEST = 4;

async function readScaling(bench: Workbench): Promise<Scaling> {
  const reader = new PartReader(await requireBytes(bench, "scaling"));
  return { means: reader.floats(), inverses: reader.floats(), lows: reader.floats(), highs: reader.floats() };
}

/** Nets that are averaged. */
const MEMBERS = 3;

/** Chunks `[from, to)` of one epoch for all nets that are averaged, in an order that the seed and the epoch make. */
export async function runNet(step: Extract<Step, { kind: "net" }>, bench: Workbench): Promise<void> {
  const { plan, shelf } = bench;
  const { epoch, from, to } = step;
  const { net: chosen } = await readTuning(bench);
  const options = { ...chosen, epochs: Math.min(plan.netEpochs, chosen.epochs) };
  if (epoch >= options.epochs) return;
  const chunks = Math.ceil(plan.cases / plan.chunk);
  const key = (member: number, done: number) => `net-training/${member}/${done}`;
  const done = epoch * chunks + from;
  const scaling = await readScaling(bench);
  const states: NetState[] = [];
  for (let member = 0; member < MEMBERS; member++) {
    states.push(
      done === 0
        ? startNet(plan.seed + 1000 * member, plan.cases, varyingOf(scaling), options)
        : readNetState(await requireBytes(bench, key(member, done))),
    );
  }
  const descent = bench.descent();
  const order = Int32Array.from({ length: chunks }, (_, chunk) => chunk);
  shuffle(order, seeded(plan.seed, 11, epoch));
  for (const chunk of order.subarray(from, to)) {
    const cases = readCases(await requireBytes(bench, `cases/${chunk}`));
    for (const state of states) trainNet(state, cases, descent);
  }
  for (const [member, state] of states.entries()) {
    await shelf.put(key(member, epoch * chunks + to), netStateBytes(state));
  }
  if (epoch < options.epochs - 1 || to < chunks) return;
  const net = mergeNets(states.map((state) => state.net));
  await shelf.put("net", netBytes(foldScaling(widened(net, varyingOf(scaling)), scaling)));
}

/** Judges the base model, with its net and by rows alone, on sessions that neither has seen. */
export async function runValidation(bench: Workbench): Promise<void> {
  const sessions = readSessions(await requireBytes(bench, "sessions"));
  const net = readNet(await requireBytes(bench, "net"));
  const questions = questionsOf(sessions, bench);
  const asked = questions.slice(0, Math.min(bench.plan.validationCases, Math.floor(questions.length / 5)));
  const model = await loadModel(bench, "base", itemsIn(sessions, asked, bench.plan));
  const occasionOf = occasionsOf(sessions, model.aspects);
  const cases = asked.map((question) => ({
    history: sessions.items.subarray(question.begin, question.at),
    occasion: { ...occasionOf(question), history: historyOf(sessions, question, bench.plan) },
    wanted: sessions.items.subarray(question.at, question.at + 1),
  }));
  const judge = (chosen: Net | undefined): Evaluation => evaluate(new Engine({ ...model, net: chosen }), model, cases);
  await bench.shelf.put("validation", jsonPart({ net: judge(net), rows: judge(undefined) }));
}

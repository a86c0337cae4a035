/** Third part of a training: how well it foretells sessions that it has not seen, against rows alone and the serving model. */
import type { Deps } from "../deps.ts";
import { readMaterial } from "./assemble.ts";
import { Engine } from "./engine/engine.ts";
import { HISTORY_ROWS } from "./engine/histories.ts";
import { readNet } from "./engine/net.ts";
import { buildRows, rowOf } from "./engine/rows.ts";
import { sliceSessions } from "./engine/sessions.ts";
import { loadModel } from "./engine/training-net.ts";
import { type Case, casesOf, type Ranker, rankByEngine, rankByList, rankByRows, reciprocalRanks } from "./evaluate.ts";
import { openScoring } from "./kernel.ts";
import { type LearningPlan, learningShelf, tuningOf } from "./learn.ts";
import type { Material } from "./material.ts";
import { decide, type ModelMetrics, pairedDifference, summarize } from "./metrics.ts";
import { openBuilt, readRows } from "./model.ts";
import { countInterest, listPopular, popularNow } from "./popularity.ts";
import { selectModels } from "./store.ts";

/** The new model's answers, as it was learned from the sessions before `cut`: by the net if it is better than rows alone. */
async function rankNew(
  deps: Deps,
  siteId: string,
  version: string,
  learning: LearningPlan | null,
  material: Material,
  cut: number,
  cases: readonly Case[],
) {
  const { ids, sessions } = material;
  if (!learning) {
    const rows = buildRows(sliceSessions(sessions, 0, cut), ids.length);
    return { byRows: rankByRows((item) => rowOf(rows, item)), byNet: undefined };
  }
  const shelf = learningShelf(deps, siteId, version);
  const { plan } = learning;
  const model = await loadModel({ shelf, plan, contrast: unused }, "full", new Set(cases.flatMap(readFor)));
  const net = await shelf.get("net");
  const engine = new Engine({ ...model, net: net && readNet(net) }, openScoring());
  return { byRows: rankByRows(model.rowOf), byNet: rankByEngine(engine, model) };
}

/** Items whose records an answer reads. */
const readFor = ({ prefix, history = [] }: Case) => [...prefix, ...history.slice(0, HISTORY_ROWS)];

const unused = (): never => {
  throw new Error("nothing is learned here");
};

/**
 * How well the model foretells the next item of the sessions from `cut` on, which it was not shown, against popularity.
 * With `learning` null only rows are judged.
 */
export async function evaluate(
  deps: Deps,
  siteId: string,
  version: string,
  cut: number,
  learning: LearningPlan | null,
): Promise<ModelMetrics> {
  const material = await readMaterial(deps, siteId, version);
  const { ids, sessions, startedAt } = material;
  const cases = casesOf(sessions, cut, startedAt);
  const { byRows, byNet } = await rankNew(deps, siteId, version, learning, material, cut, cases);
  const rows = reciprocalRanks(cases, byRows);
  const net = byNet && reciprocalRanks(cases, byNet);
  const isNetBetter = net !== undefined && pairedDifference(net, rows).difference > 0;
  const ours = isNetBetter ? net : rows;

  const learned = { ids, sessions: { ...sliceSessions(sessions, 0, cut), weights: sessions.weights } };
  const interest = countInterest({ ...learned, startedAt: startedAt.subarray(0, cut) });
  const indexes = new Map(ids.map((id, index) => [id, index]));
  const popular = popularNow(listPopular(ids, interest, () => null)).flatMap((id) => indexes.get(id) ?? []);
  const metrics: ModelMetrics = {
    until: startedAt[startedAt.length - 1] ?? 0,
    sessions: startedAt.length,
    actions: sessions.items.length,
    items: ids.length,
    ranker: isNetBetter ? "net" : "rows",
    model: summarize(ours),
    ...(net ? { rows: summarize(rows) } : {}),
    popularity: summarize(reciprocalRanks(cases, rankByList(popular))),
    ...(learning && isNetBetter ? { learnedAt: learning.learnedAt } : {}),
    ...(learning ? { tuning: await tuningOf(deps, siteId, version) } : {}),
  };
  const serving = (await selectModels(deps.control, siteId)).find((model) => model.state === "active");
  if (!serving) return metrics;
  // Only what began after the serving model had learned is new to both.
  const fresh = cases.flatMap((each, place) => (each.startedAt > (serving.metrics.until ?? 0) ? [place] : []));
  const freshCases = fresh.map((place) => cases[place] as Case);
  const theirRank = await rankServing(deps, siteId, serving.version, freshCases, ids, indexes);
  if (!theirRank) return metrics;
  const theirs = reciprocalRanks(freshCases, theirRank);
  const oursFresh = fresh.map((place) => ours[place] as number);
  return { ...metrics, against: { version: serving.version, ...pairedDifference(oursFresh, theirs) } };
}

/** The serving model's answers as it was built, in this training's indexes. Undefined when it cannot be read. */
async function rankServing(
  deps: Deps,
  siteId: string,
  version: string,
  cases: Case[],
  ids: string[],
  indexes: ReadonlyMap<string, number>,
): Promise<Ranker | undefined> {
  const model = await openBuilt(deps, siteId, version);
  if (!model || model.ids.length === 0) return undefined;
  const wanted = new Set(cases.flatMap((each) => readFor(each).map((item) => ids[item] as string)));
  const source = await readRows(deps, siteId, model, wanted);
  const records = { ...source, historyRows: HISTORY_ROWS };
  const rank = model.engine ? rankByEngine(model.engine, records) : rankByRows((item) => source.rowOf(item));
  return (prefix, deeds, history) => {
    const found = prefix.map((item) => source.indexOf(ids[item] as string));
    const known = found.filter((item) => item !== undefined);
    const theirs = deeds && Array.from(deeds).filter((_, place) => found[place] !== undefined);
    const earlier = history?.flatMap((item) => source.indexOf(ids[item] as string) ?? []);
    return Array.from(rank(known, theirs, earlier), (item) => indexes.get(source.idOf(item) ?? "") ?? -1);
  };
}

/** Against the model that serves now, if there is one (`decide`). */
export async function judge(
  deps: Deps,
  siteId: string,
  metrics: ModelMetrics,
): Promise<{ promote: boolean; reason: string }> {
  if (!metrics.sessions) return { promote: false, reason: "nobody has looked at anything in the catalog yet" };
  const serving = (await selectModels(deps.control, siteId)).find((model) => model.state === "active");
  return decide(metrics, serving?.metrics);
}

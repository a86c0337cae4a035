/** Third part of a training: how well it foretells sessions that it has not seen, against rows alone and the serving model. */
import type { Deps } from "../deps.ts";
import { readItemIds, readSessions } from "./assemble.ts";
import { Engine, type Records } from "./engine/engine.ts";
import { HISTORY_ROWS } from "./engine/histories.ts";
import { readNet } from "./engine/net.ts";
import type { Likes } from "./engine/occasion.ts";
import { buildRows, type Rows, rowOf } from "./engine/rows.ts";
import { sliceSessions } from "./engine/sessions.ts";
import { loadModel } from "./engine/training-net.ts";
import { type Case, casesOf, rankByEngine, rankByList, rankByRows, reciprocalRanks } from "./evaluate.ts";
import { readRows } from "./item-records.ts";
import { openScoring } from "./kernel.ts";
import { type LearningPlan, learningShelf, tuningOf } from "./learn.ts";
import { decide, type ModelMetrics, pairedDifference, summarize } from "./metrics.ts";
import { openBuilt } from "./model.ts";
import { countInterest, listPopular, popularNow } from "./popularity.ts";
import { selectModels } from "./store.ts";

/** What is asked, in this training's indexes. Little of the material: the models that answer need its room. */
interface Asked {
  cases: Case[];
  /** Of the items in the cases. */
  names: ReadonlyMap<number, string>;
  /** Best first, of the sessions before the cut. */
  popular: number[];
  learnedFrom: Pick<ModelMetrics, "until" | "sessions" | "actions" | "items">;
}

async function readAsked(deps: Deps, siteId: string, version: string, cut: number): Promise<Asked> {
  const { itemCount, sessions, startedAt } = await readSessions(deps, siteId, version);
  const cases = casesOf(sessions, cut, startedAt);
  const learned = { itemCount, sessions: { ...sliceSessions(sessions, 0, cut), weights: sessions.weights } };
  const interest = countInterest({ ...learned, startedAt: startedAt.subarray(0, cut) });
  const ids = await readItemIds(deps, siteId, version);
  const popular = popularNow(listPopular(ids, interest, () => null));
  return {
    cases,
    names: new Map(
      cases.flatMap((each) =>
        [...readFor(each), ...(each.occasion.history ?? []), each.target].map((item) => [item, ids.at(item) as string]),
      ),
    ),
    popular: popular.flatMap((id) => ids.indexOf(id) ?? []),
    learnedFrom: {
      until: startedAt[startedAt.length - 1] ?? 0,
      sessions: startedAt.length,
      actions: sessions.items.length,
      items: itemCount,
    },
  };
}

/** The new model's reciprocal ranks, as it was learned from the sessions before `cut`: by rows alone, and by the net. */
async function askNew(
  deps: Deps,
  siteId: string,
  version: string,
  learning: LearningPlan | null,
  cut: number,
  cases: Case[],
): Promise<{ rows: number[]; net: number[] | undefined; likeOf: Records["likeOf"] }> {
  if (!learning) {
    const { itemCount, sessions } = await readSessions(deps, siteId, version);
    const rows = buildRows(sliceSessions(sessions, 0, cut), itemCount);
    return {
      rows: reciprocalRanks(
        cases,
        rankByRows((item) => rowOf(rows, item)),
      ),
      net: undefined,
      likeOf: undefined,
    };
  }
  const shelf = learningShelf(deps, siteId, version);
  const { plan } = learning;
  const asked = new Set(cases.flatMap(readFor));
  const rowsBefore = await rowsOf(deps, siteId, version, cut, asked);
  const learned = await loadModel({ shelf, plan, contrast: unused, descent: unused }, "full", asked);
  const model = { ...learned, rowOf: (item: number) => rowOf(rowsBefore, item) };
  const net = await shelf.get("net");
  const engine = new Engine({ ...model, net: net && readNet(net) }, openScoring());
  return {
    rows: reciprocalRanks(cases, rankByRows(model.rowOf)),
    net: reciprocalRanks(cases, rankByEngine(engine, model)),
    likeOf: model.likeOf,
  };
}

/**
 * Rows as they will be served, of all sessions before the cut: where there are more than a net learns from, its own rows know
 * less, and the serving model, which is asked with all of its own, would always be the better one.
 */
async function rowsOf(
  deps: Deps,
  siteId: string,
  version: string,
  cut: number,
  only: ReadonlySet<number>,
): Promise<Rows> {
  const { itemCount, sessions } = await readSessions(deps, siteId, version);
  const { rows: constants } = await tuningOf(deps, siteId, version);
  return buildRows(sliceSessions(sessions, 0, cut), itemCount, { constants, only });
}

/** Items whose records an answer reads. */
const readFor = ({ prefix, occasion: { history = [] } }: Case) => [...prefix, ...history.slice(0, HISTORY_ROWS)];

const unused = (): never => {
  throw new Error("nothing is learned here");
};

/**
 * How well the model foretells the next item of the sessions from `cut` on, which it was not shown, against popularity.
 * With `learning` null only rows are judged. One after the other: the material, the new model and the serving one do not fit
 * an isolate together.
 */
export async function evaluate(
  deps: Deps,
  siteId: string,
  version: string,
  cut: number,
  learning: LearningPlan | null,
): Promise<ModelMetrics> {
  const { cases, names, popular, learnedFrom } = await readAsked(deps, siteId, version, cut);
  const { rows, net, likeOf } = await askNew(deps, siteId, version, learning, cut, cases);
  const isNetBetter = net !== undefined && pairedDifference(net, rows).difference > 0;
  const ours = isNetBetter ? net : rows;
  const metrics: ModelMetrics = {
    ...learnedFrom,
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
  const theirs = await askServing(deps, siteId, serving.version, freshCases, names, likeOf);
  if (!theirs) return metrics;
  const oursFresh = fresh.map((place) => ours[place] as number);
  const sessionOf = freshCases.map(({ startedAt }) => startedAt);
  return { ...metrics, against: { version: serving.version, ...pairedDifference(oursFresh, theirs, sessionOf) } };
}

/** The serving model's reciprocal ranks as it was built. Undefined when it cannot be read. */
async function askServing(
  deps: Deps,
  siteId: string,
  version: string,
  cases: Case[],
  names: ReadonlyMap<number, string>,
  /** In this training's indexes. */
  likeOf: Records["likeOf"],
): Promise<number[] | undefined> {
  const model = await openBuilt(deps, siteId, version);
  if (!model || model.ids.length === 0) return undefined;
  const nameOf = (item: number) => names.get(item) as string;
  const wanted = new Set(cases.flatMap((each) => readFor(each).map(nameOf)));
  const source = await readRows(deps, siteId, model, wanted);
  const ownOf = new Map([...names].map(([item, id]) => [id, item]));
  /** Of what is like an item, what the cases name: the others are in no list that could be right. */
  const theirLikeOf = (item: number): Likes | undefined => {
    const likes = likeOf?.(ownOf.get(source.idOf(item) ?? "") ?? -1);
    if (!likes) return undefined;
    const known = Array.from(likes.items, (near) => source.indexOf(names.get(near) ?? ""));
    const scores = Array.from(likes.scores).filter((_, place) => known[place] !== undefined);
    return { items: known.filter((near) => near !== undefined), scores };
  };
  const theirs = cases.map(({ prefix, occasion: { deeds, history, ...occasion }, target, startedAt }): Case => {
    const found = prefix.map((item) => source.indexOf(nameOf(item)));
    return {
      prefix: found.filter((item) => item !== undefined),
      occasion: {
        ...occasion,
        deeds: deeds && Array.from(deeds).filter((_, place) => found[place] !== undefined),
        history: history?.flatMap((item) => source.indexOf(nameOf(item)) ?? []),
      },
      target: source.indexOf(nameOf(target)) ?? -1,
      startedAt,
    };
  });
  const records = { ...source, likeOf: theirLikeOf, historyRows: HISTORY_ROWS };
  return reciprocalRanks(
    theirs,
    model.engine ? rankByEngine(model.engine, records) : rankByRows((item) => source.rowOf(item)),
  );
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

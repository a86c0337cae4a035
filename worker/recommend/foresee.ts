/**
 * What an intention model that has not seen the newest visits would have thought in them, for the net that learns from these
 * (the leak rule of the engine): learned from moments whose day was over before the newest part began, asked after every action
 * of that part, a byte each in the part's visits.
 */
import type { Deps } from "../deps.ts";
import { judgeRow } from "../intention/behavior.ts";
import { learnOlder } from "../intention/learn.ts";
import { MomentSample, unpackMoments } from "../intention/moments.ts";
import { intentionBytes, readIntention } from "../intention/training.ts";
import { packArrays, unpackArrays } from "../lib/arrays.ts";
import { seeded } from "../lib/seeded.ts";
import { DAY } from "../lib/time.ts";
import { behaviorAt } from "./behaviors.ts";
import { judgmentOf, NO_JUDGMENT } from "./engine/judgment.ts";
import { behaviorsKey, listParts, momentsPrefix, partsPrefix } from "./export.ts";
import { holdOutOf } from "./learn.ts";

/** Enough to tell what a net is to be told; what serves learns from more. */
const MOST_MOMENTS = 1500;
/** What is held back to judge the model by is no more of the newest visits than this (evaluate.ts). */
const MOST_JUDGING = 0.2;

const modelKey = (siteId: string, version: string) => `${partsPrefix(siteId, version)}/foreseeing`;

async function require(deps: Deps, key: string): Promise<Uint8Array> {
  const bytes = await deps.blobs.get(key);
  if (!bytes) throw new Error("a part of the training is gone");
  return bytes;
}

/** Epoch ms before which no visit begins that will train the net or judge the model. */
async function newestFrom(deps: Deps, parts: string[]): Promise<number> {
  const starts: Float64Array[] = [];
  let actions = 0;
  for (const key of parts) {
    const { arrays } = unpackArrays(await require(deps, key));
    starts.push((arrays.starts as Float64Array).slice());
    actions += arrays.items?.length ?? 0;
  }
  const all = new Float64Array(starts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const each of starts) {
    all.set(each, at);
    at += each.length;
  }
  all.sort();
  const older = (1 - MOST_JUDGING) * (1 - holdOutOf(actions - all.length));
  return all[Math.floor(older * all.length)] ?? Number.POSITIVE_INFINITY;
}

/** The parts that are to be looked at, and from when on; null where there is too little to learn intentions from. */
export async function learnToForesee(
  deps: Deps,
  siteId: string,
  version: string,
): Promise<{ parts: number; from: number } | null> {
  const parts = await listParts(deps, siteId, version);
  const from = await newestFrom(deps, parts);
  const sample = new MomentSample(MOST_MOMENTS, seeded(29));
  for (const key of (await deps.blobs.list(momentsPrefix(siteId, version))).sort()) {
    for (const moment of unpackMoments(await require(deps, key))) if (moment.at + DAY < from) sample.add(moment);
  }
  const model = learnOlder(sample.take(), 2);
  if (!model) return null;
  await deps.blobs.put(modelKey(siteId, version), intentionBytes(model));
  return { parts: parts.length, from };
}

/** Writes what was thought into one part's visits. Repeating it writes the same. */
export async function foreseePart(
  deps: Deps,
  siteId: string,
  version: string,
  { from }: { from: number },
  number: number,
): Promise<null> {
  const key = (await listParts(deps, siteId, version))[number];
  const behaviors = key && (await deps.blobs.get(behaviorsKey(key)));
  if (!key || !behaviors) return null;
  const model = readIntention(await require(deps, modelKey(siteId, version)));
  const rows = unpackArrays(behaviors).arrays.rows as Float32Array;
  const { header, arrays } = unpackArrays(await require(deps, key));
  const {
    starts,
    lengths,
    behaviors: places,
  } = arrays as { starts: Float64Array; lengths: Uint32Array; behaviors: Int32Array };
  const judgments = new Uint8Array(places.length).fill(NO_JUDGMENT);
  let at = 0;
  for (const [visit, start] of starts.entries()) {
    for (const end = at + (lengths[visit] as number); at < end; at++) {
      const row = places[at] as number;
      if (start < from || row < 0) continue;
      const { chance, mode } = judgeRow(model, behaviorAt(rows, row));
      judgments[at] = judgmentOf(chance, model.usual, mode);
    }
  }
  await deps.blobs.put(key, packArrays(header, { ...arrays, judgments }));
  return null;
}

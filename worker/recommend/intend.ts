/** Purchase intention within a training: its own steps, its own judgment, stored with the model and served with it. */
import type { Deps } from "../deps.ts";
import type { HistoryEvent } from "../events/store.ts";
import { actsAt } from "../intention/acts.ts";
import { behaviorRow, judgeRow } from "../intention/behavior.ts";
import { type IntentionMetrics, learnIntention, MOST_MOMENTS } from "../intention/learn.ts";
import { MomentSample, unpackMoments } from "../intention/moments.ts";
import { readServed, serveIntention } from "../intention/serve.ts";
import { intentionBytes } from "../intention/training.ts";
import { seeded } from "../lib/seeded.ts";
import { judgmentOf, NO_JUDGMENT } from "./engine/judgment.ts";
import { momentsPrefix } from "./export.ts";
import { artifactKey, type ServingModel } from "./model.ts";

const keyOf = (siteId: string, version: string) => artifactKey(siteId, version, "intention");

/** Parts are read one by one: memory is bounded by the sample. */
async function readMoments(deps: Deps, siteId: string, version: string) {
  const sample = new MomentSample(MOST_MOMENTS, seeded(23));
  for (const key of (await deps.blobs.list(momentsPrefix(siteId, version))).sort()) {
    const bytes = await deps.blobs.get(key);
    for (const moment of bytes ? unpackMoments(bytes) : []) sample.add(moment);
  }
  return sample.take();
}

/**
 * Lays the intention model that this training's model will serve with beside its other parts; answers how good it is, or null
 * when there is too little to learn it from. Throws while the one that serves cannot be read: nothing would be compared with it.
 */
export async function learnIntentions(deps: Deps, siteId: string, version: string): Promise<IntentionMetrics | null> {
  const serving = await readServed(deps, siteId);
  const learned = learnIntention(await readMoments(deps, siteId, version), serving, 1);
  const model = learned?.model ?? serving;
  if (model) await deps.blobs.put(keyOf(siteId, version), intentionBytes(model));
  return learned?.metrics ?? null;
}

/** The intention model of this version serves from now on. A version without one leaves what serves. */
export async function serveIntentionOf(deps: Deps, siteId: string, version: string): Promise<null> {
  const bytes = await deps.blobs.get(keyOf(siteId, version));
  if (bytes) await serveIntention(deps, siteId, bytes);
  return null;
}

/**
 * What the net is told of a person's moment. The item of the page counts as looked at, also when its event is still on its way.
 * @param events newest first
 */
export function judgmentAt(
  { engine, intention }: Pick<ServingModel, "engine" | "intention">,
  events: readonly HistoryEvent[],
  itemId: string | undefined,
  now: number,
): number {
  if (!intention || !engine?.hears.judgment) return NO_JUDGMENT;
  const acts = actsAt(events, now);
  const last = acts.findLast((act) => act.itemId !== undefined);
  if (itemId !== undefined && last?.itemId !== itemId) acts.push({ at: now, kind: "view", itemId });
  // Of somebody of whom nothing is known nothing is thought.
  if (acts.length === 0) return NO_JUDGMENT;
  const { chance, mode } = judgeRow(intention, behaviorRow(acts, now));
  return judgmentOf(chance, intention.usual, mode);
}

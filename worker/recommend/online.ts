/** How models did online, and how much each place of a list is looked at, from the impressions and clicks of a training's parts. */
import type { Deps } from "../deps.ts";
import {
  countBetween,
  type Examination,
  estimateExamination,
  type Impressions,
  joinImpressions,
} from "./impressions.ts";
import { selectModels, updateOnline } from "./store.ts";

const prefixOf = (siteId: string, version: string) => `training/${siteId}/${version}/impressions-`;

/** Kept under its part's name, so that a part that is counted twice counts once. */
export async function putImpressions(
  deps: Deps,
  siteId: string,
  version: string,
  part: string,
  impressions: Impressions,
): Promise<void> {
  if (Object.keys(impressions.hours).length === 0) return;
  await deps.blobs.put(prefixOf(siteId, version) + part, new TextEncoder().encode(JSON.stringify(impressions)));
}

/** As the last training found it: a night old, which places do not notice. */
export async function servingExamination(deps: Deps, siteId: string): Promise<Examination> {
  const models = await selectModels(deps.control, siteId);
  return models.find(({ state }) => state === "active")?.metrics.examination ?? {};
}

/** One in memory at a time: a year of a large shop has hundreds. */
async function* partsOf(deps: Deps, siteId: string, version: string): AsyncGenerator<Impressions> {
  for (const key of (await deps.blobs.list(prefixOf(siteId, version))).sort()) {
    const bytes = await deps.blobs.get(key);
    if (bytes) yield JSON.parse(new TextDecoder().decode(bytes));
  }
}

/**
 * Writes down what was shown and clicked while each model served, as far back as events are kept; answers how much each place
 * is looked at.
 */
export async function measureOnline(deps: Deps, siteId: string, version: string): Promise<Examination> {
  const impressions = await joinImpressions(partsOf(deps, siteId, version));
  if (Object.keys(impressions.hours).length === 0) return {};
  const served = (await selectModels(deps.control, siteId))
    .flatMap(({ version: own, promotedAt }) => (promotedAt === null ? [] : [{ own, promotedAt }]))
    .sort((one, other) => one.promotedAt - other.promotedAt);
  for (const [place, { own, promotedAt }] of served.entries()) {
    const until = served[place + 1]?.promotedAt ?? deps.clock.now();
    const counted = countBetween(impressions, promotedAt, until);
    if (counted.shown > 0) await updateOnline(deps.control, siteId, own, counted);
  }
  return estimateExamination(impressions);
}

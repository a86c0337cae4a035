/** Door: cron. The whole table of recurring duties; each becomes jobs, one per shard, so that shards work in parallel. */
import { knownCampaigns } from "../campaigns/campaigns.ts";
import { watchesCatalog } from "../campaigns/match.ts";
import { beginSales } from "../catalog/sales.ts";
import type { Deps } from "../deps.ts";
import { dueMeasurements } from "../experiments/due.ts";
import { dueFeeds } from "../feeds/due.ts";
import type { Job } from "../job.ts";
import { listUntrained } from "../recommend/models.ts";
import { listSites } from "../sites/store.ts";
import { listSurveys } from "../survey/surveys.ts";

type Duty = (deps: Deps) => Promise<Job[]>;

const perShard =
  (make: (shard: number) => Job): Duty =>
  async (deps) =>
    deps.shards.all().map(({ index }) => make(index));

const perSiteAndShard =
  (make: (siteId: string, shard: number) => Job): Duty =>
  async (deps) =>
    (await listSites(deps.control)).flatMap((site) => deps.shards.all().map(({ index }) => make(site.id, index)));

const perSite =
  (make: (siteId: string) => Job): Duty =>
  async (deps) =>
    (await listSites(deps.control)).map(({ id }) => make(id));

/** A new shop does not wait for the night: its first model is tried once an hour, as soon as somebody looks at something. */
const firstTrainings: Duty = async (deps) => {
  const untrained = await listUntrained(
    deps,
    (await listSites(deps.control)).map(({ id }) => id),
  );
  return untrained.map((siteId) => ({ kind: "train", siteId }));
};

/** Those that are asked only where it helps: what is measured of them decides who is asked tomorrow. */
const surveyMeasurements: Duty = async (deps) => {
  const sites = await listSites(deps.control);
  const surveys = (await Promise.all(sites.map(({ id }) => listSurveys(deps, id)))).flat();
  return surveys
    .filter(({ definition }) => definition.show.onlyWhereItHelps)
    .flatMap(({ siteId, id: surveyId }) =>
      deps.shards.all().map(({ index: shard }): Job => ({ kind: "measure-survey", siteId, surveyId, shard })),
    );
};

/** Only where a campaign waits for a change of the catalog. */
const catalogWatches: Duty = async (deps) => {
  const sites = await listSites(deps.control);
  const known = await Promise.all(sites.map(({ id }) => knownCampaigns(deps, id)));
  return sites.flatMap(({ id: siteId }, place) =>
    known[place]?.some(watchesCatalog)
      ? deps.shards.all().map(({ index }): Job => ({ kind: "match-changes", siteId, shard: index }))
      : [],
  );
};

/** When the night's work begins, UTC. */
export const NIGHT_HOUR = 18;

/** The cron expressions are those of wrangler.toml. */
const DUTIES: Record<string, Duty[]> = {
  // every minute
  "* * * * *": [
    // Before the runs that it starts.
    catalogWatches,
    perShard((shard) => ({ kind: "advance-runs", shard })),
    perShard((shard) => ({ kind: "redeliver", shard })),
    perSiteAndShard((siteId, shard) => ({ kind: "refresh-segments", siteId, shard })),
  ],
  // every quarter of an hour
  "*/15 * * * *": [
    perShard((shard) => ({ kind: "attribute", shard })),
    firstTrainings,
    dueFeeds,
    async (deps) => {
      await beginSales(deps);
      return [];
    },
    perSite((siteId) => ({ kind: "refresh-model", siteId })),
    dueMeasurements,
  ],
  // 03:00 in Seoul
  [`0 ${NIGHT_HOUR} * * *`]: [
    perSite((siteId) => ({ kind: "train", siteId })),
    perSiteAndShard((siteId, shard) => ({ kind: "refresh-segments", siteId, shard, full: true })),
    surveyMeasurements,
    perSiteAndShard((siteId, shard) => ({ kind: "expire", siteId, shard })),
    perSiteAndShard((siteId, shard) => ({ kind: "find-consent-duties", siteId, shard })),
    async () => [{ kind: "expire-definitions" }],
  ],
};

export async function tick(cron: string, compose: () => Promise<Deps>): Promise<void> {
  await sendDuties(await compose(), cron);
}

/**
 * The jobs of one cron expression, sent to the queue. The demo's clock calls it when it moves. A duty that fails costs none of
 * the others, and is thrown when they are sent.
 */
export async function sendDuties(deps: Deps, cron: string): Promise<void> {
  const results = await Promise.allSettled((DUTIES[cron] ?? []).map((duty) => duty(deps)));
  await deps.queue.send(results.flatMap((result) => (result.status === "fulfilled" ? result.value : [])));
  for (const result of results) if (result.status === "rejected") throw result.reason;
}

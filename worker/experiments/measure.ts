/**
 * Counts an experiment anew from the events of one shard, slice by slice: late events count, and running twice changes
 * nothing. A count reads each profile of the site once, and the events since the start of those who were there since.
 * Counts are spaced by a share of the experiment's age (due.ts), so that all of them together read an event some fifty times.
 */
import type { Deps, Shard } from "../deps.ts";
import { orderValue } from "../events/alias.ts";
import { listNamed, listShowings } from "../events/store.ts";
import type { Job } from "../job.ts";
import { type ProfileId, profileRange } from "../lib/ids.ts";
import { toMinor } from "../lib/money.ts";
import { HOUR, SECOND } from "../lib/time.ts";
import { byShard } from "../profiles/person.ts";
import { listProfiles, SEEN_STEP_MS } from "../profiles/store.ts";
import { resolvePeople } from "../segments/subjects.ts";
import type { Site } from "../sites/schema.ts";
import { requireSite } from "../sites/site.ts";
import { parseLabel } from "./label.ts";
import { learn } from "./learn.ts";
import type { Experiment } from "./schema.ts";
import { advanceScan, beginScan, selectExperiment, selectPartial } from "./store.ts";
import { addPerson, type Deed, emptyTally, type Showing, type Tally } from "./tally.ts";

/** Profiles read at a time, and how many times in one job. */
const SLICE = { profiles: 500, pages: 20 };
/** A count that has not ended by then was lost. */
const ABANDONED_MS = HOUR;

type MeasureJob = Extract<Job, { kind: "measure-experiment" }>;

/** Names of the events that an experiment is counted from. */
export interface Signals {
  shown: string[];
  clicked: string;
  closed?: string;
}

const OF_PLACEMENTS: Signals = { shown: ["recommendation_shown"], clicked: "recommendation_clicked" };

export interface Scan {
  beganAt: number;
  slice: number;
  after: string;
}

export async function measureExperiment(deps: Deps, job: MeasureJob, size = SLICE): Promise<void> {
  const experiment = await selectExperiment(deps.control, job.siteId, job.experimentId);
  if (!experiment || experiment.startedAt === null) return;
  await measure(deps, experiment, OF_PLACEMENTS, job, (scan) => ({ ...job, scan }), size);
}

/** Anything whose showings carry an experiment's label. `next` makes the job that goes on with the count. */
export async function measure(
  deps: Deps,
  experiment: Experiment,
  signals: Signals,
  job: { shard: number; scan?: Scan },
  next: (scan: Scan) => Job,
  size = SLICE,
): Promise<void> {
  const { siteId, id: experimentId } = experiment;
  const index = job.shard;
  const site = await requireSite(deps, siteId);
  const key = { siteId, experimentId, shard: index };
  const now = deps.clock.now();
  if (!job.scan && !(await beginScan(deps.control, key, now, now - ABANDONED_MS))) return;
  const scan = job.scan ?? { beganAt: now, slice: 0, after: profileRange(siteId).from };
  const before = await selectPartial(deps.control, key, scan);
  if (before === undefined) return;
  const tally = before === "none" ? emptyTally() : before;
  const after = await countSlice(deps, deps.shards.at(index), site, { experiment, signals }, tally, scan.after, size);
  const isLast = after === undefined;
  if (!(await advanceScan(deps.control, key, scan, tally, isLast ? now : null))) return;
  if (isLast) await learn(deps, experiment);
  else {
    await deps.queue.send([next({ beganAt: scan.beganAt, slice: scan.slice + 1, after })]);
  }
}

interface Measured {
  experiment: Experiment;
  signals: Signals;
}

/** Adds a slice of people to the tally; answers the last profile looked at, or undefined when there are no more. */
async function countSlice(
  deps: Deps,
  shard: Shard,
  site: Site,
  { experiment, signals }: Measured,
  tally: Tally,
  after: ProfileId,
  size: typeof SLICE,
): Promise<ProfileId | undefined> {
  const { to } = profileRange(site.id);
  let from = after;
  for (let page = 0; page < size.pages; page++) {
    const profiles = await listProfiles(shard.db, { from, to }, size.profiles);
    const since = (experiment.startedAt ?? 0) - SEEN_STEP_MS;
    const present = profiles.filter(({ lastSeenAt }) => lastSeenAt >= since);
    if (present.length > 0) {
      const ids = present.map(({ profileId }) => profileId);
      await countPage(deps, shard, site, { experiment, signals }, tally, ids);
    }
    const last = profiles.at(-1);
    if (profiles.length < size.profiles || !last) return undefined;
    from = last.profileId;
  }
  return from;
}

/** A person is counted with the profile that was shown something first, wherever their other profiles are: once in all. */
async function countPage(
  deps: Deps,
  shard: Shard,
  site: Site,
  { experiment, signals }: Measured,
  tally: Tally,
  ids: ProfileId[],
): Promise<void> {
  const { definition, startedAt, endedAt } = experiment;
  const now = deps.clock.now();
  const since = startedAt ?? now;
  const exposure = { since, until: endedAt ?? now };
  const own = await listShowings(shard.db, ids, signals.shown, `${experiment.id}:`, exposure);
  if (own.length === 0) return;
  const shown = new Set(own.map(({ profileId }) => profileId));
  const { people } = await resolvePeople(deps, [...shown]);
  const histories = [...new Set(people.flatMap((person) => person.histories))];
  const elsewhere = histories.filter((id) => !shown.has(id));
  const until = exposure.until + definition.metric.windowSeconds * SECOND;
  const namesOfDeeds = [signals.clicked, ...(signals.closed ? [signals.closed] : []), "product_purchased"];
  const [others, deeds] = await Promise.all([
    Promise.all(
      [...byShard(deps, elsewhere)].map(([{ db }, group]) =>
        listShowings(db, group, signals.shown, `${experiment.id}:`, exposure),
      ),
    ),
    Promise.all(
      [...byShard(deps, histories)].map(([{ db }, group]) => listNamed(db, group, namesOfDeeds, { since, until })),
    ),
  ]);
  const showingsOf = Map.groupBy([...own, ...others.flat()], ({ profileId }) => profileId);
  const deedsOf = Map.groupBy(deeds.flat(), ({ profileId }) => profileId);
  for (const person of people) {
    const seen = person.histories.flatMap((id) => showingsOf.get(id) ?? []).sort((a, b) => a.at - b.at);
    const first = seen[0];
    if (!first || !shown.has(first.profileId)) continue;
    const showings = seen.flatMap(({ at, label: text }): Showing[] => {
      const label = parseLabel(text);
      return label ? [{ at, label }] : [];
    });
    const done = person.histories
      .flatMap((id) => deedsOf.get(id) ?? [])
      .map((event) => toDeed(event, signals, site.currency));
    addPerson(tally, { showings, deeds: done }, experiment, now);
  }
}

function toDeed(
  event: { at: number; name: string; properties: Record<string, unknown> },
  { clicked, closed }: Signals,
  ours: string,
): Deed {
  const { at, name, properties } = event;
  if (name === clicked || name === closed) {
    return { at, kind: name === clicked ? "click" : "close", label: parseLabel(properties.variant), value: 0 };
  }
  const { currency } = properties;
  // Other currencies count as purchases; nobody here knows their rate.
  const isOurs = typeof currency !== "string" || currency === ours;
  return { at, kind: "purchase", label: undefined, value: isOurs ? toMinor(orderValue(properties), ours) : 0 };
}

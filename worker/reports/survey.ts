/**
 * What asking has changed: each shard's people who were asked or held out in the last three months are counted anew, slice by
 * slice, from their events. The counts stand where the experiments' do.
 */
import type { Deps, Shard } from "../deps.ts";
import { listNamed } from "../events/store.ts";
import { advanceScan, beginScan, selectFinished, selectPartial } from "../experiments/store.ts";
import type { Job } from "../job.ts";
import { TtlCache } from "../lib/cache.ts";
import { hashUnit } from "../lib/hash.ts";
import { type ProfileId, profileRange } from "../lib/ids.ts";
import { DAY, HOUR, MINUTE } from "../lib/time.ts";
import { byShard, getProfile } from "../profiles/person.ts";
import { listProfiles } from "../profiles/store.ts";
import { resolvePeople } from "../segments/subjects.ts";
import {
  ACTIVATION_EVENTS,
  type ActivationGroup,
  type ActivationTally,
  activationOf,
  addActivation,
  emptyActivation,
  gainIn,
  groupIn,
  mergeActivations,
  SHOWN_EVENTS,
  WINDOW_MS,
} from "../survey/activation.ts";
import type { Survey } from "../survey/schema.ts";
import { requireSurvey } from "../survey/surveys.ts";

const LOOK_BACK_MS = 90 * DAY;
const SLICE = { profiles: 500, pages: 20 };
/** A count that has not ended by then was lost. */
const ABANDONED_MS = HOUR;
const FRESH_MS = MINUTE;

type MeasureJob = Extract<Job, { kind: "measure-survey" }>;

const scanName = (surveyId: string) => `survey:${surveyId}`;

/** One slice of one shard; sends itself again while there are more people. */
export async function measureSurvey(deps: Deps, job: MeasureJob, size = SLICE): Promise<void> {
  const { siteId, surveyId, shard: index } = job;
  const key = { siteId, experimentId: scanName(surveyId), shard: index };
  const now = deps.clock.now();
  if (!job.scan && !(await beginScan(deps.control, key, now, now - ABANDONED_MS))) return;
  const scan = job.scan ?? { beganAt: now, slice: 0, after: profileRange(siteId).from };
  const before = await selectPartial<ActivationTally>(deps.control, key, scan);
  if (before === undefined) return;
  const tally = before === "none" ? emptyActivation() : before;
  const since = scan.beganAt - LOOK_BACK_MS;
  const shard = deps.shards.at(index);
  const { to } = profileRange(siteId);
  let after: string | undefined = scan.after;
  for (let page = 0; page < size.pages && after !== undefined; page++) {
    const profiles = await listProfiles(shard.db, { from: after, to }, size.profiles);
    const present = profiles.filter(({ lastSeenAt }) => lastSeenAt >= since);
    if (present.length > 0) {
      const firstSeen = new Map(present.map(({ profileId, firstSeenAt }) => [profileId, firstSeenAt]));
      await countPage(deps, shard, surveyId, tally, firstSeen, { since, until: now });
    }
    after = profiles.length < size.profiles ? undefined : profiles.at(-1)?.profileId;
  }
  if (!(await advanceScan(deps.control, key, scan, tally, after === undefined ? now : null))) return;
  if (after !== undefined) {
    await deps.queue.send([{ ...job, scan: { beganAt: scan.beganAt, slice: scan.slice + 1, after } }]);
  }
}

/** A person is counted with the profile that came into a group first: once in all, wherever their other profiles are. */
async function countPage(
  deps: Deps,
  { db }: Shard,
  surveyId: string,
  tally: ActivationTally,
  firstSeen: ReadonlyMap<ProfileId, number>,
  window: { since: number; until: number },
): Promise<void> {
  const showings = await listNamed(db, [...firstSeen.keys()], SHOWN_EVENTS, window);
  const shown = new Set(
    showings.filter((event) => groupIn(event, surveyId) !== undefined).map(({ profileId }) => profileId),
  );
  if (shown.size === 0) return;
  const { people } = await resolvePeople(deps, [...shown]);
  const histories = [...new Set(people.flatMap((person) => person.histories))];
  const found = await Promise.all(
    [...byShard(deps, histories)].map(([{ db: own }, group]) =>
      listNamed(own, group, ACTIVATION_EVENTS, { since: window.since, until: window.until + WINDOW_MS }),
    ),
  );
  const eventsOf = Map.groupBy(found.flat(), ({ profileId }) => profileId);
  for (const person of people) {
    const events = person.histories.flatMap((id) => eventsOf.get(id) ?? []).sort((a, b) => a.at - b.at);
    const first = events.find((event) => groupIn(event, surveyId) !== undefined);
    if (!first || !shown.has(first.profileId)) continue;
    const began = Math.min(...person.histories.map((id) => firstSeen.get(id) ?? first.at));
    addActivation(tally, events, surveyId, began);
  }
}

export interface SurveyReport {
  survey: Survey;
  /** When the oldest of the counts ended, epoch ms; null before there is one of every shard: come back in a moment. */
  measuredAt: number | null;
  groups: ActivationGroup[];
}

/** Counts that are older than a minute are begun anew: a small site's are done before the answer. Throws `not_found`. */
export async function surveyReport(deps: Deps, siteId: string, id: string): Promise<SurveyReport> {
  const survey = await requireSurvey(deps, siteId, id);
  const now = deps.clock.now();
  let counted = await selectFinished<ActivationTally>(deps.control, siteId, scanName(id));
  const isFresh = (shard: number) =>
    counted.some((each) => each.shard === shard && Math.abs(now - each.finishedAt) < FRESH_MS);
  const stale = deps.shards.all().filter(({ index }) => !isFresh(index));
  if (stale.length > 0) {
    await Promise.all(
      stale.map(({ index }) => measureSurvey(deps, { kind: "measure-survey", siteId, surveyId: id, shard: index })),
    );
    counted = await selectFinished<ActivationTally>(deps.control, siteId, scanName(id));
  }
  if (counted.length < deps.shards.all().length) return { survey, measuredAt: null, groups: [] };
  const measuredAt = Math.min(...counted.map(({ finishedAt }) => finishedAt));
  return { survey, measuredAt, groups: activationOf(mergeActivations(counted.map(({ tally }) => tally))) };
}

const tallies = new TtlCache<ActivationTally>(5 * MINUTE, 200);
/** Of the visits in which asking does harm, so many are asked all the same: it may not stay so. */
const TRIED = 0.1;

/**
 * Whether a survey that is to be asked only where it helps may be asked in this visit: unless what was measured of people in
 * the same situation says that asking does harm. Without a measurement it may.
 */
export async function mayAsk(deps: Deps, survey: Survey, profileId: ProfileId | undefined): Promise<boolean> {
  if (!survey.definition.show.onlyWhereItHelps || profileId === undefined) return true;
  if (hashUnit(`survey ${survey.id}\ntried\n${profileId}`) < TRIED) return true;
  const { siteId, id } = survey;
  const tally = await tallies.get(`${siteId}/${id}`, deps.clock.now(), async () => {
    const counted = await selectFinished<ActivationTally>(deps.control, siteId, scanName(id));
    return mergeActivations(counted.map((each) => each.tally));
  });
  const profile = await getProfile(deps, profileId);
  const isReturning = profile !== undefined && profile.firstSeenAt < deps.clock.now() - DAY;
  const gain = gainIn(tally, isReturning ? "returning" : "new");
  return gain === undefined || gain.high >= 0;
}

/**
 * The job that moves due runs forward: claim, look at the people, ask the gate, write, send. A claim is a lease, so that
 * several workers may work on one shard, and a killed one's runs come back. What a run ends with is stored in the batch
 * that stores the message.
 */
import type { Deps, Shard, Statement } from "../deps.ts";
import { type ProfileId, siteIdOf } from "../lib/ids.ts";
import { MINUTE, SECOND } from "../lib/time.ts";
import { addressee, addressOf } from "../messages/addressee.ts";
import { allow, type GateCampaign, type Verdict } from "../messages/gate.ts";
import { type DedupeKey, type Letter, messageIdOf, send } from "../messages/send.ts";
import { coalesced } from "../platform/coalesce.ts";
import { listLinks } from "../profiles/browsers/store.ts";
import { locateMany } from "../profiles/person.ts";
import type { Site } from "../sites/schema.ts";
import { requireSite } from "../sites/site.ts";
import { listCampaigns } from "./campaigns.ts";
import { fitOf, readTravelers, type Traveler } from "./prepare.ts";
import type { Campaign } from "./schema.ts";
import { claimRuns, finishRuns, holdRuns, insertRuns, type Outcome, type Run, type RunKey } from "./store.ts";
import { write } from "./write.ts";

/** Runs taken at once: their people's histories are in memory together. */
const SLICE = 200;
/** Slices of one job; what is left goes to the next, so that no invocation comes near its limits. */
const SLICES = 10;
const LEASE_MS = 5 * MINUTE;
/** The only step that a campaign has so far. */
const STEP = "send";

export async function advanceRuns(deps: Deps, job: { kind: "advance-runs"; shard: number }): Promise<void> {
  const shard = deps.shards.at(job.shard);
  const shops = new Map<string, Promise<Shop>>();
  const failures: unknown[] = [];
  let isDone = false;
  for (let slice = 0; slice < SLICES && !isDone; slice++) {
    const now = deps.clock.now();
    const runs = await claimRuns(shard.db, now, now + LEASE_MS, SLICE);
    for (const [siteId, group] of Map.groupBy(runs, (run) => siteIdOf(run.profileId))) {
      const shop = shops.get(siteId) ?? openShop(deps, siteId);
      shops.set(siteId, shop);
      try {
        await advanceSite(deps, shard, await shop, group);
      } catch (error) {
        // The others' people do not wait for it; these come back when their lease is over.
        failures.push(error);
        deps.log.error("runs could not be moved on", error, { siteId, runs: group.length });
      }
    }
    isDone = runs.length < SLICE;
  }
  if (!isDone) await deps.queue.send([job]);
  // The last job of the chain tells the queue, so that a lasting failure ends among the dead letters.
  else if (failures.length > 0) throw failures[0];
}

/** A site and its campaigns, read anew by every job: a pause is heard within the seconds that a job takes. */
interface Shop {
  site: Site;
  campaigns: Campaign[];
}

async function openShop(deps: Deps, siteId: string): Promise<Shop> {
  const [site, campaigns] = await Promise.all([requireSite(deps, siteId), listCampaigns(deps, siteId)]);
  return { site, campaigns };
}

interface Step {
  run: Run;
  campaign: Campaign;
}

async function advanceSite(deps: Deps, shard: Shard, { site, campaigns }: Shop, runs: Run[]): Promise<void> {
  const here = coalesced(shard.db);
  const ids = [...new Set(runs.map((run) => run.profileId))];
  const [owners, people] = await Promise.all([
    listLinks(here, ids, "owner"),
    locateMany({ index: shard.index, db: here }, ids),
  ]);
  const campaignOf = new Map(campaigns.map((campaign) => [campaign.id, campaign]));
  const ownerOf = new Map(owners.map((link) => [link.profileId, link.otherId]));
  const ended: (RunKey & { outcome: Outcome })[] = [];
  const moving: Step[] = [];
  const staying: Step[] = [];
  for (const run of runs) {
    const campaign = campaignOf.get(run.campaignId);
    if (!campaign) ended.push({ ...run, outcome: "ended" });
    else (ownerOf.has(run.profileId) ? moving : staying).push({ run, campaign });
  }
  await moveToOwners(deps, moving, ownerOf);
  for (const { run } of moving) ended.push({ ...run, outcome: "moved" });

  const travelers = await readTravelers(
    deps,
    people.filter((person) => !ownerOf.has(person.profileId)),
    campaigns.map((campaign) => campaign.definition),
  );
  const now = deps.clock.now();
  const going: (Step & { traveler: Traveler })[] = [];
  for (const step of staying) {
    const traveler = travelers.get(step.run.profileId);
    if (!traveler) continue;
    const fit = fitOf(step.campaign.definition, traveler.subject, now, step.run.change?.itemId);
    if (fit === "fits") going.push({ ...step, traveler });
    else ended.push({ ...step.run, outcome: fit });
  }
  const letters = await lettersFor(deps, site, going, now);
  await send(deps, site, shard, letters, (verdicts) => closing(shard, going, verdicts, ended));
}

/** The user goes on where the browser was: first over there, then here, so that being killed in between loses nobody. */
async function moveToOwners(deps: Deps, steps: Step[], ownerOf: Map<ProfileId, ProfileId>): Promise<void> {
  const moved = steps.map(({ run, campaign }) => {
    const { reentry } = campaign.definition;
    const windowMs = reentry.kind === "once" ? Number.MAX_SAFE_INTEGER / 2 : reentry.windowSeconds * SECOND;
    const profileId = ownerOf.get(run.profileId) as ProfileId;
    return { ...run, profileId, dueAt: deps.clock.now(), windowMs };
  });
  for (const [shard, group] of Map.groupBy(moved, (run) => deps.shards.of(run.profileId))) {
    await insertRuns(shard.db, group).run();
  }
}

function gateCampaign({ id, state, definition }: Campaign): GateCampaign {
  const { isAd, holdoutPercent, dailyCap } = definition;
  return { id, isRunning: state === "running", isAd, holdoutPercent, dailyCap };
}

/** Words are written only for people whom the gate lets through as far as it can say without them. */
async function lettersFor(
  deps: Deps,
  site: Site,
  going: (Step & { traveler: Traveler })[],
  now: number,
): Promise<Letter[]> {
  const letters = going.map(({ run, campaign, traveler }): Letter & { run: Run; traveler: Traveler } => {
    const { channel } = campaign.definition;
    const { profileId, campaignId, occurrence, version } = run;
    const key: DedupeKey = { campaignId, version, step: STEP, profileId, occurrence };
    const { reach, subject } = traveler;
    const { profile } = subject;
    return {
      run,
      traveler,
      key,
      campaign: gateCampaign(campaign),
      channel,
      person: addressee(profile, reach, channel),
      to: addressOf(profile),
      written: undefined,
    };
  });
  const writable = letters.flatMap((letter, index) =>
    allow(letter.person, letter.channel, letter.campaign, site, now).allowed ? [{ letter, index }] : [],
  );
  const writs = await write(
    deps,
    site,
    writable.map(({ letter, index }) => ({
      definition: (going[index] as Step).campaign.definition,
      traveler: letter.traveler,
      enteredAt: letter.run.enteredAt,
      change: letter.run.change,
      messageId: messageIdOf(letter.key),
    })),
  );
  for (const [place, { letter }] of writable.entries()) letter.written = writs[place]?.written;
  return letters;
}

/** What happens to the runs together with the messages. */
function closing(
  shard: Shard,
  going: Step[],
  verdicts: Verdict[],
  ended: (RunKey & { outcome: Outcome })[],
): Statement[] {
  const done = [...ended];
  const held: (RunKey & { until: number })[] = [];
  for (const [index, { run }] of going.entries()) {
    const verdict = verdicts[index];
    if (verdict && !verdict.allowed && verdict.holdUntil !== undefined) held.push({ ...run, until: verdict.holdUntil });
    else done.push({ ...run, outcome: "messaged" });
  }
  return [
    ...(done.length > 0 ? [finishRuns(shard.db, done)] : []),
    ...(held.length > 0 ? [holdRuns(shard.db, held)] : []),
  ];
}

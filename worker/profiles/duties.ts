/**
 * The list of what is owed to people about their consent: found every night, closed by whoever told them. Nothing is sent from
 * here: how a shop speaks about something that is no advertising is its own affair; it takes the list and says when it is done.
 */
import type { Channel, Deps } from "../deps.ts";
import { type PersonKey, type ProfileId, profileIdOf, profileRange } from "../lib/ids.ts";
import { MARKETING } from "./consent.ts";
import { selectLatestConsents } from "./consents/store.ts";
import { closeDuties, countDuties, type OpenDuty, selectConfirmed, selectDuties, writeDuties } from "./duties/store.ts";
import { type Duty, dutiesOf } from "./duty.ts";
import { listProfiles } from "./store.ts";

const PEOPLE_A_SLICE = 500;

/** One slice of one site in one shard; sends itself again behind the last person looked at. Repeating it changes nothing. */
export async function findDuties(deps: Deps, job: { siteId: string; shard: number; after?: string }): Promise<void> {
  const { siteId, shard, after } = job;
  const { db } = deps.shards.at(shard);
  const range = profileRange(siteId);
  const people = await listProfiles(db, { from: after ?? range.from, to: range.to }, PEOPLE_A_SLICE);
  const ids: ProfileId[] = people.map(({ profileId }) => profileId);
  const [words, confirmed] = await Promise.all([selectLatestConsents(db, ids, MARKETING), selectConfirmed(db, ids)]);
  const confirmedAt = new Map(confirmed.map((each) => [`${each.profileId} ${each.channel}`, each.doneAt]));
  const duties = dutiesOf(words, confirmedAt, deps.clock.now());
  const refusals = words.filter(({ granted }) => !granted);
  if (duties.length + refusals.length > 0) await db.batch(writeDuties(db, duties, refusals));
  const last = ids.at(-1);
  if (last !== undefined && people.length === PEOPLE_A_SLICE) {
    await deps.queue.send([{ kind: "find-consent-duties", siteId, shard, after: last }]);
  }
}

/** Open ones of all shards in the order of their keys, from behind `after`; `next` is where to go on. */
export async function listDuties(
  deps: Deps,
  siteId: string,
  page: { kind?: Duty["kind"] | undefined; after?: string | undefined; limit: number },
): Promise<{ duties: OpenDuty[]; next: string | null }> {
  const { from, to } = profileRange(siteId);
  const [said = "", kind = "", channel = ""] = page.after?.split("/") ?? [];
  const isOurs = said >= from;
  const place = { profileId: isOurs ? said : from, kind, channel, to };
  const parts = await Promise.all(deps.shards.all().map(({ db }) => selectDuties(db, place, page.kind, page.limit)));
  const all = parts.flat().sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  const duties = all.slice(0, page.limit);
  const last = duties.at(-1);
  return { duties, next: last && duties.length === page.limit ? keyOf(last) : null };
}

function keyOf({ profileId, kind, channel }: Pick<Duty, "profileId" | "kind" | "channel">): string {
  return `${profileId}/${kind}/${channel}`;
}

export interface DutyCount {
  kind: Duty["kind"];
  channel: Channel;
  open: number;
  overdue: number;
}

export async function countOpenDuties(deps: Deps, siteId: string): Promise<DutyCount[]> {
  const now = deps.clock.now();
  const parts = await Promise.all(deps.shards.all().map(({ db }) => countDuties(db, profileRange(siteId), now)));
  const sums = new Map<string, DutyCount>();
  for (const part of parts.flat()) {
    const key = `${part.kind} ${part.channel}`;
    const { open, overdue } = sums.get(key) ?? { open: 0, overdue: 0 };
    sums.set(key, { ...part, open: open + part.open, overdue: overdue + part.overdue });
  }
  return [...sums.values()];
}

/** They were told, or asked, now. Answers how many were open. */
export async function markDone(
  deps: Deps,
  siteId: string,
  done: { person: PersonKey; kind: Duty["kind"]; channel: Channel }[],
): Promise<number> {
  const now = deps.clock.now();
  const keys = done.map(({ person, kind, channel }) => ({ profileId: profileIdOf(siteId, person), kind, channel }));
  const groups = Map.groupBy(keys, ({ profileId }) => deps.shards.of(profileId));
  const counts = await Promise.all([...groups].map(([shard, group]) => closeDuties(shard.db, group, now)));
  return counts.reduce((sum, count) => sum + count, 0);
}

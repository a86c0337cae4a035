/**
 * The only way to a provider. The gate is asked for every message; what passes is stored as accepted together with the
 * caller's own statements (the run that ends), then handed over, then confirmed. A worker killed between any two of these
 * leaves either nothing or an accepted message, which the `redeliver` job hands over: never two, never none.
 */
import type { Channel, Deps, Shard, Statement } from "../deps.ts";
import { insertEvents } from "../events/store.ts";
import { sha256 } from "../lib/hash.ts";
import type { ProfileId } from "../lib/ids.ts";
import { localDayStart } from "../lib/time.ts";
import type { Site } from "../sites/schema.ts";
import { deliver, messageEvent } from "./deliver.ts";
import { type Addressee, allow, type GateCampaign, type Reason, type Verdict } from "./gate.ts";
import { type Content, insertMessages, type MessageKey, type NewMessage } from "./store.ts";

/** What makes a message the same one: sending it again is sending nothing. */
export interface DedupeKey {
  campaignId: string;
  version: number;
  step: string;
  profileId: ProfileId;
  occurrence: string;
}

export type Written = { ok: true; content: Content; itemId: string | null } | { ok: false; reason: Reason };

/** One message to one person, written or known to be unwritable. */
export interface Letter {
  key: DedupeKey;
  campaign: GateCampaign;
  channel: Channel;
  person: Addressee;
  to: { email?: string | undefined; phone?: string | undefined };
  /** Undefined when nobody wrote it, because the gate had refused a moment ago. */
  written: Written | undefined;
}

export interface SendResult {
  /** One for each letter, in order. */
  verdicts: Verdict[];
  sent: number;
}

/** `m_` and 120 bits of the key's hash. */
export function messageIdOf(key: DedupeKey): string {
  return `m_${sha256(JSON.stringify([key.campaignId, key.version, key.step, key.profileId, key.occurrence]), 20)}`;
}

/**
 * All letters go to people of one shard and site. `alongside` makes the statements that have to happen with the messages or
 * not at all, from the verdicts. Answers when the providers have answered.
 */
export async function send(
  deps: Deps,
  site: Site,
  shard: Shard,
  letters: Letter[],
  alongside: (verdicts: Verdict[]) => Statement[],
): Promise<SendResult> {
  const now = deps.clock.now();
  const verdicts = judge(letters, site, now);
  const rows = letters.flatMap((letter, index) => rowOf(deps, site, letter, verdicts[index], now) ?? []);
  const skipped = rows.filter((row) => row.state === "skipped");
  const statements = [
    ...(rows.length > 0 ? [insertMessages(shard.db, rows)] : []),
    ...(skipped.length > 0
      ? [
          insertEvents(
            shard.db,
            skipped.map((row) => messageEvent("message_skipped", row, now)),
          ),
        ]
      : []),
    ...alongside(verdicts),
  ];
  const results = await shard.db.batch<MessageKey & { state: string }>(statements);
  const accepted = new Set(
    (rows.length > 0 ? (results[0]?.results ?? []) : []).filter((row) => row.state === "accepted").map((row) => row.id),
  );
  const toOf = new Map(letters.map((letter) => [letter.key.profileId, letter.to]));
  const parcels = rows
    .filter((row) => accepted.has(row.id))
    .map((message) => ({ message, to: toOf.get(message.profileId) ?? {} }));
  return { verdicts, sent: await deliver(deps, site, shard, parcels) };
}

/** What is allowed to a person counts for the caps of the next letter to the same person. */
function judge(letters: Letter[], site: Site, now: number): Verdict[] {
  const added = new Map<ProfileId, Addressee["recent"]>();
  return letters.map((letter) => {
    const { profileId } = letter.person;
    const before = added.get(profileId);
    const person = before ? { ...letter.person, recent: [...letter.person.recent, ...before] } : letter.person;
    const verdict = allow(person, letter.channel, letter.campaign, site, now, letter.written);
    // A window opened since the words were not written: ask again at once.
    if (verdict.allowed && !letter.written) return { allowed: false, reason: "quiet_hours", holdUntil: now };
    if (verdict.allowed) added.set(profileId, [...(before ?? []), { at: now, campaignId: letter.campaign.id }]);
    return verdict;
  });
}

/** Nothing for what is only held. */
function rowOf(
  deps: Deps,
  site: Site,
  letter: Letter,
  verdict: Verdict | undefined,
  now: number,
): NewMessage | undefined {
  if (!verdict || (!verdict.allowed && verdict.holdUntil !== undefined)) return undefined;
  const { key, campaign, channel, written } = letter;
  return {
    profileId: key.profileId,
    id: messageIdOf(key),
    campaignId: key.campaignId,
    campaignVersion: key.version,
    step: key.step,
    channel,
    provider: deps.providers[channel].name,
    state: verdict.allowed ? "accepted" : "skipped",
    reason: verdict.allowed ? null : verdict.reason,
    isAd: campaign.isAd,
    content: verdict.allowed && written?.ok ? written.content : null,
    itemId: written?.ok ? written.itemId : null,
    createdAt: now,
    capsFrom: localDayStart(now, site.timeZone),
    siteCap: site.dailyCap,
    campaignCap: campaign.dailyCap,
  };
}

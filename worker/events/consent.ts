/** Records what a person agreed to or refused: a row of the ledger and an event of the timeline, both or neither. */
import type { Channel, Deps } from "../deps.ts";
import { Refusal } from "../lib/errors.ts";
import { sha256 } from "../lib/hash.ts";
import { type PersonKey, profileIdOf } from "../lib/ids.ts";
import { MARKETING } from "../profiles/consent.ts";
import { type ConsentRow, hasConsentRow, insertConsents } from "../profiles/consents/store.ts";
import { type Alongside, collect } from "./collect.ts";

export interface ConsentChange {
  channel: Channel;
  granted: boolean;
  /** Consent to advertising at night as well; a separate one (Network Act art. 50(3)), so it is no unless said. */
  night?: boolean | undefined;
  /** What for; advertising unless said otherwise. */
  purpose?: string | undefined;
  /** Where it was said: "checkout", "push_prompt", "unsubscribe". */
  source: string;
  /** Which wording the person saw. */
  textVersion?: string | undefined;
  /** Where the proof is. */
  proof?: string | undefined;
  /** Makes a repeated call recognizable, for ever. */
  messageId?: string | undefined;
}

/**
 * Holds from now on. The person need not be known yet. `recorded` is false when this `messageId` was recorded before:
 * nothing changes then, whatever the call says. `alongside` as for any event: a consent can start a campaign.
 */
export async function recordConsent(
  deps: Deps,
  siteId: string,
  person: PersonKey,
  change: ConsentChange,
  alongside: Alongside = () => [],
): Promise<{ recorded: boolean }> {
  const { channel, granted, source } = change;
  const profileId = profileIdOf(siteId, person);
  const { db } = deps.shards.of(profileId);
  const id = change.messageId ?? deps.ids.next("con");
  if (change.messageId !== undefined && (await hasConsentRow(db, profileId, id))) return { recorded: false };
  const now = deps.clock.now();
  const night = granted && change.night === true;
  const purpose = change.purpose ?? MARKETING;
  const textVersion = change.textVersion ?? null;
  const proof = change.proof ?? null;
  const { refused } = await collect(
    deps,
    { siteId, now, sentAt: undefined, isBot: false },
    [
      {
        type: "track",
        event: "consent_changed",
        messageId: `consent:${id}`,
        ...person,
        properties: { channel, granted, night, purpose, source, ...(textVersion ? { text_version: textVersion } : {}) },
      },
    ],
    (shard, events) => [
      insertConsents(shard.db, [
        { profileId, at: now, id, channel, purpose, granted, night, source, textVersion, proof },
      ]),
      ...alongside(shard, events),
    ],
  );
  const issues = refused[0]?.issues;
  if (issues) throw new Refusal("bad_request", "the consent is not valid", { issues });
  return { recorded: true };
}

/** A word of long ago, out of another system: it holds from when it was said, and starts no campaign. */
export interface PastConsent extends ConsentChange {
  person: PersonKey;
  /** Epoch ms, not after now. */
  at: number;
}

/**
 * Stores many at once, each once however often it is sent: by its `messageId`, else by what it says. Between words that are
 * stored already it takes its place by its time, so an old one does not undo a newer one.
 */
export async function importConsents(deps: Deps, siteId: string, words: PastConsent[]): Promise<void> {
  const rows = new Map<string, ConsentRow>();
  const messages = words.map(({ person, at, ...change }) => {
    const { channel, granted, source } = change;
    const profileId = profileIdOf(siteId, person);
    const night = granted && change.night === true;
    const purpose = change.purpose ?? MARKETING;
    const id = change.messageId ?? `imp_${sha256(JSON.stringify([channel, purpose, granted, night, at]), 20)}`;
    const textVersion = change.textVersion ?? null;
    const messageId = `consent:${id}`;
    const proof = change.proof ?? null;
    rows.set(`${profileId} ${messageId}`, {
      profileId,
      at,
      id,
      channel,
      purpose,
      granted,
      night,
      source,
      textVersion,
      proof,
    });
    const properties = {
      channel,
      granted,
      night,
      purpose,
      source,
      ...(textVersion ? { text_version: textVersion } : {}),
    };
    return { type: "track", event: "consent_changed", messageId, timestamp: at, ...person, properties };
  });
  const envelope = { siteId, now: deps.clock.now(), sentAt: undefined, isBot: false, trusted: true };
  const { refused } = await collect(deps, envelope, messages, (shard, events) => [
    insertConsents(
      shard.db,
      events.flatMap(({ profileId, messageId }) => rows.get(`${profileId} ${messageId}`) ?? []),
    ),
  ]);
  const issues = refused[0]?.issues;
  if (issues) throw new Refusal("bad_request", "a consent is not valid", { issues });
}

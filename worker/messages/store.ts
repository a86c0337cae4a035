import type { Channel, Database, Statement } from "../deps.ts";
import type { ProfileId } from "../lib/ids.ts";
import { overRows } from "../platform/db.ts";
import type { Reason } from "./gate.ts";

/** The final text, as handed to the provider; `url` is where the tracked link leads. */
export interface Content {
  title: string;
  body: string;
  url: string;
  imageUrl?: string | undefined;
}

export interface Message {
  profileId: ProfileId;
  id: string;
  campaignId: string;
  campaignVersion: number;
  step: string;
  channel: Channel;
  provider: string;
  state: "accepted" | "sent" | "failed" | "skipped";
  reason: string | null;
  isAd: boolean;
  /** Null when it was skipped before it was written. */
  content: Content | null;
  itemId: string | null;
  createdAt: number;
  sentAt: number | null;
  openedAt: number | null;
  clickedAt: number | null;
  machineOpens: number;
  machineClicks: number;
  convertedAt: number | null;
  revenue: number | null;
}

export interface NewMessage
  extends Pick<
    Message,
    | "profileId"
    | "id"
    | "campaignId"
    | "campaignVersion"
    | "step"
    | "channel"
    | "provider"
    | "isAd"
    | "content"
    | "itemId"
    | "createdAt"
  > {
  state: "accepted" | "skipped";
  reason: Reason | null;
  /** Caps that are asked once more inside the statement: messages since `capsFrom`, over all campaigns and of this one. */
  capsFrom: number;
  siteCap: number;
  campaignCap: number;
}

export interface MessageKey {
  profileId: ProfileId;
  id: string;
}

const COLUMNS = `profile_id AS profileId, id, campaign_id AS campaignId, campaign_version AS campaignVersion, step, channel,
  provider, state, reason, is_ad AS isAd, content, item_id AS itemId,
  created_at AS createdAt, sent_at AS sentAt, opened_at AS openedAt, clicked_at AS clickedAt, machine_opens AS machineOpens,
  machine_clicks AS machineClicks, converted_at AS convertedAt, revenue`;

type Row = Omit<Message, "content" | "isAd"> & { content: string | null; isAd: number };

function toMessage(row: Row): Message {
  return { ...row, isAd: row.isAd === 1, content: row.content === null ? null : JSON.parse(row.content) };
}

/**
 * One statement for all of them. A message that is already there stays as it is and is not answered: that is how it happens
 * once. The caps hold against every other worker, because D1 runs one statement at a time. Answers the new ones with the
 * state that they really have.
 */
export function insertMessages(db: Database, messages: NewMessage[]): Statement {
  return overRows(
    db,
    `INSERT INTO messages (profile_id, id, campaign_id, campaign_version, step, channel, provider, state, reason, is_ad,
       content, item_id, created_at)
     SELECT value ->> 'profileId', value ->> 'id', value ->> 'campaignId', value ->> 'campaignVersion', value ->> 'step',
       value ->> 'channel', value ->> 'provider', iif(capped, 'skipped', value ->> 'state'),
       iif(capped, 'frequency_cap', value ->> 'reason'), value ->> 'isAd', value ->> 'content', value ->> 'itemId',
       value ->> 'createdAt'
     FROM (SELECT value, value ->> 'state' = 'accepted' AND (
         SELECT count(*) >= new.value ->> 'siteCap' OR sum(campaign_id = new.value ->> 'campaignId') >= new.value ->> 'campaignCap'
         FROM messages WHERE profile_id = new.value ->> 'profileId' AND created_at >= new.value ->> 'capsFrom'
           AND state IN ('accepted', 'sent')) AS capped
       FROM json_each(?1) AS new)
     WHERE true ON CONFLICT (profile_id, id) DO NOTHING
     RETURNING profile_id AS profileId, id, state, reason`,
    messages,
  );
}

/** Messages that count for the caps, of many people of one shard. */
export async function listRecent(
  db: Database,
  profileIds: ProfileId[],
  since: number,
): Promise<{ profileId: ProfileId; campaignId: string; at: number }[]> {
  const { results } = await overRows(
    db,
    `SELECT profile_id AS profileId, campaign_id AS campaignId, created_at AS at FROM messages
     WHERE profile_id IN (SELECT value FROM json_each(?1)) AND created_at >= ?2 AND state IN ('accepted', 'sent')`,
    profileIds,
    since,
  ).all<{ profileId: ProfileId; campaignId: string; at: number }>();
  return results;
}

/** The provider has taken them. */
export function markSent(db: Database, keys: MessageKey[], now: number): Statement {
  return overRows(
    db,
    `UPDATE messages SET state = 'sent', sent_at = ?2 FROM json_each(?1) AS done
     WHERE messages.profile_id = done.value ->> 'profileId' AND messages.id = done.value ->> 'id' AND state = 'accepted'`,
    keys,
    now,
  );
}

/** They will never be sent: by the provider's word ("failed") or the gate's ("skipped"). */
export function markUnsent(
  db: Database,
  keys: (MessageKey & { state: "failed" | "skipped"; reason: string })[],
): Statement {
  return overRows(
    db,
    `UPDATE messages SET state = done.value ->> 'state', reason = done.value ->> 'reason' FROM json_each(?1) AS done
     WHERE messages.profile_id = done.value ->> 'profileId' AND messages.id = done.value ->> 'id'
       AND messages.state = 'accepted'`,
    keys,
  );
}

/** Accepted before `before` and still not confirmed, oldest first, from behind `after`. */
export async function listUnconfirmed(
  db: Database,
  before: number,
  after: { createdAt: number; id: string },
  limit: number,
): Promise<Message[]> {
  const { results } = await db
    .prepare(
      `SELECT ${COLUMNS} FROM messages INDEXED BY messages_unconfirmed
       WHERE state = 'accepted' AND created_at < ?1 AND (created_at > ?2 OR (created_at = ?2 AND id > ?3))
       ORDER BY created_at, id LIMIT ?4`,
    )
    .bind(before, after.createdAt, after.id, limit)
    .all<Row>();
  return results.map(toMessage);
}

export async function selectMessage(db: Database, key: MessageKey): Promise<Message | undefined> {
  const row = await db
    .prepare(`SELECT ${COLUMNS} FROM messages WHERE profile_id = ?1 AND id = ?2`)
    .bind(key.profileId, key.id)
    .first<Row>();
  return row ? toMessage(row) : undefined;
}

/** Everything to these profiles of one shard, newest first. Reads all of it: a person has some hundreds at most. */
export async function listMessagesOf(db: Database, profileIds: ProfileId[], limit: number): Promise<Message[]> {
  const { results } = await overRows(
    db,
    `SELECT ${COLUMNS} FROM messages WHERE profile_id IN (SELECT value FROM json_each(?1))
     ORDER BY created_at DESC LIMIT ?2`,
    profileIds,
    limit,
  ).all<Row>();
  return results.map(toMessage);
}

/** Messages of some campaigns of one site in one shard, created before `before`, newest first. */
export async function listMessagesOfCampaigns(
  db: Database,
  campaignIds: string[],
  range: { from: string; to: string },
  query: { before: number; state: Message["state"] | undefined; limit: number },
): Promise<Message[]> {
  const { results } = await overRows(
    db,
    `SELECT ${COLUMNS} FROM messages WHERE campaign_id IN (SELECT value FROM json_each(?1)) AND created_at < ?2
       AND profile_id >= ?3 AND profile_id < ?4 AND (?5 IS NULL OR state = ?5)
     ORDER BY created_at DESC, id LIMIT ?6`,
    campaignIds,
    query.before,
    range.from,
    range.to,
    query.state ?? null,
    query.limit,
  ).all<Row>();
  return results.map(toMessage);
}

const RESPONSES = { click: ["clicked_at", "machine_clicks"], open: ["opened_at", "machine_opens"] } as const;

/** The first response of a person; a later one changes nothing. */
export function markResponse(db: Database, key: MessageKey, kind: keyof typeof RESPONSES, now: number): Statement {
  const [column] = RESPONSES[kind];
  return db
    .prepare(`UPDATE messages SET ${column} = ?3 WHERE profile_id = ?1 AND id = ?2 AND ${column} IS NULL`)
    .bind(key.profileId, key.id, now);
}

/** One more click or open by a machine. */
export async function countMachine(db: Database, key: MessageKey, kind: keyof typeof RESPONSES): Promise<void> {
  const [, column] = RESPONSES[kind];
  await db
    .prepare(`UPDATE messages SET ${column} = ${column} + 1 WHERE profile_id = ?1 AND id = ?2`)
    .bind(key.profileId, key.id)
    .run();
}

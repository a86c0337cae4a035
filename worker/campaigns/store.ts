import { and, eq } from "drizzle-orm";
import type { CatalogChange } from "../catalog/changes/store.ts";
import type { Database, Statement } from "../deps.ts";
import type { ProfileId } from "../lib/ids.ts";
import { orm, overRows } from "../platform/db.ts";
import type { Campaign, CampaignState } from "./schema.ts";
import { campaigns } from "./tables.ts";

function toCampaign(row: typeof campaigns.$inferSelect): Campaign {
  return { ...row, definition: JSON.parse(row.definition) };
}

export async function selectCampaigns(db: Database, siteId: string): Promise<Campaign[]> {
  return (await orm(db).select().from(campaigns).where(eq(campaigns.siteId, siteId)).orderBy(campaigns.createdAt)).map(
    toCampaign,
  );
}

export async function selectCampaign(db: Database, siteId: string, id: string): Promise<Campaign | undefined> {
  const rows = await orm(db)
    .select()
    .from(campaigns)
    .where(and(eq(campaigns.siteId, siteId), eq(campaigns.id, id)));
  return rows[0] && toCampaign(rows[0]);
}

/** Makes it, or replaces name and definition. The state stays. */
export async function upsertCampaign(db: Database, campaign: Campaign): Promise<void> {
  const row = { ...campaign, definition: JSON.stringify(campaign.definition) };
  const { name, definition, updatedAt } = row;
  await orm(db)
    .insert(campaigns)
    .values(row)
    .onConflictDoUpdate({ target: [campaigns.siteId, campaigns.id], set: { name, definition, updatedAt } });
}

/** Moves from one of the states `from`; undefined when it was in none of them. */
export async function moveCampaign(
  db: Database,
  campaign: Campaign,
  from: CampaignState[],
  change: { state: CampaignState; version?: number; launchedAt?: number },
): Promise<Campaign | undefined> {
  const row = await db
    .prepare(
      `UPDATE campaigns SET state = ?3, version = coalesce(?4, version), launched_at = coalesce(?5, launched_at)
       WHERE site_id = ?1 AND id = ?2 AND state IN (SELECT value FROM json_each(?6))
       RETURNING state, version, launched_at AS launchedAt`,
    )
    .bind(
      campaign.siteId,
      campaign.id,
      change.state,
      change.version ?? null,
      change.launchedAt ?? null,
      JSON.stringify(from),
    )
    .first<Pick<Campaign, "state" | "version" | "launchedAt">>();
  return row ? { ...campaign, ...row } : undefined;
}

/** True when there was one. */
export async function removeCampaign(db: Database, siteId: string, id: string): Promise<boolean> {
  const rows = await orm(db)
    .delete(campaigns)
    .where(and(eq(campaigns.siteId, siteId), eq(campaigns.id, id)))
    .returning({ id: campaigns.id });
  return rows.length > 0;
}

/** The catalog's change that a run is about. Money in minor units of `currency`. */
export type RunChange = Pick<
  CatalogChange,
  "itemId" | "kind" | "at" | "previousPrice" | "price" | "currency" | "percent" | "quantity"
>;

export interface NewRun {
  profileId: ProfileId;
  campaignId: string;
  occurrence: string;
  version: number;
  dueAt: number;
  enteredAt: number;
  change: RunChange | null;
  /** Nobody enters again so long (ms) before or after another entry. */
  windowMs: number;
}

export interface RunKey {
  profileId: ProfileId;
  campaignId: string;
  occurrence: string;
}

export interface Run extends RunKey {
  version: number;
  enteredAt: number;
  change: RunChange | null;
}

type Stored<T extends Run> = Omit<T, "change"> & { change: string | null };

function withChange<T extends Run>(row: Stored<T>): T {
  return { ...row, change: row.change === null ? null : JSON.parse(row.change) } as T;
}

/** How a run ended. "messaged": the messages table says what became of it. "moved": the user of this browser goes on. */
export const OUTCOMES = ["messaged", "not_in_audience", "excluded", "ended", "moved"] as const;
export type Outcome = (typeof OUTCOMES)[number];

/**
 * One statement for all entries, which are at least a window apart from each other. Entering again within the window is
 * ignored: by the key when the event is the same, by the window when it is another.
 */
export function insertRuns(db: Database, runs: NewRun[]): Statement {
  return overRows(
    db,
    // The "+" keeps SQLite on the person's own few runs: by time, it would walk everybody's within the window, at every event.
    `INSERT OR IGNORE INTO runs (profile_id, campaign_id, occurrence, version, state, due_at, entered_at, change)
     SELECT value ->> 'profileId', value ->> 'campaignId', value ->> 'occurrence', value ->> 'version', 'waiting',
       value ->> 'dueAt', value ->> 'enteredAt', value ->> 'change'
     FROM json_each(?1) AS entry
     WHERE NOT EXISTS (
       SELECT 1 FROM runs WHERE profile_id = entry.value ->> 'profileId' AND campaign_id = entry.value ->> 'campaignId'
         AND +entered_at > (entry.value ->> 'enteredAt') - (entry.value ->> 'windowMs')
         AND +entered_at < (entry.value ->> 'enteredAt') + (entry.value ->> 'windowMs'))`,
    runs,
  );
}

/**
 * Takes at most `limit` due runs of a shard, the longest due first, and pushes them past the lease: another worker does not
 * get them meanwhile, and they come back by themselves when this one is killed.
 */
export async function claimRuns(db: Database, now: number, leaseUntil: number, limit: number): Promise<Run[]> {
  const { results } = await db
    .prepare(
      `UPDATE runs SET due_at = ?2 WHERE state = 'waiting' AND (profile_id, campaign_id, occurrence) IN (
         SELECT profile_id, campaign_id, occurrence FROM runs INDEXED BY runs_due
         WHERE state = 'waiting' AND due_at <= ?1 ORDER BY due_at LIMIT ?3)
       RETURNING profile_id AS profileId, campaign_id AS campaignId, occurrence, version, entered_at AS enteredAt, change`,
    )
    .bind(now, leaseUntil, limit)
    .all<Stored<Run>>();
  return results.map(withChange);
}

export function finishRuns(db: Database, runs: (RunKey & { outcome: Outcome })[]): Statement {
  return overRows(
    db,
    `UPDATE runs SET state = 'done', outcome = done.value ->> 'outcome' FROM json_each(?1) AS done
     WHERE runs.profile_id = done.value ->> 'profileId' AND runs.campaign_id = done.value ->> 'campaignId'
       AND runs.occurrence = done.value ->> 'occurrence' AND runs.state = 'waiting'`,
    runs,
  );
}

/** Only too early: they are due again at `until`. */
export function holdRuns(db: Database, runs: (RunKey & { until: number })[]): Statement {
  return overRows(
    db,
    `UPDATE runs SET due_at = held.value ->> 'until' FROM json_each(?1) AS held
     WHERE runs.profile_id = held.value ->> 'profileId' AND runs.campaign_id = held.value ->> 'campaignId'
       AND runs.occurrence = held.value ->> 'occurrence' AND runs.state = 'waiting'`,
    runs,
  );
}

export interface RunState extends Run {
  state: "waiting" | "done";
  dueAt: number;
  outcome: Outcome | null;
}

/** Every run of these profiles of one shard, oldest first. */
export async function selectRuns(db: Database, profileIds: ProfileId[]): Promise<RunState[]> {
  const { results } = await overRows(
    db,
    `SELECT profile_id AS profileId, campaign_id AS campaignId, occurrence, version, entered_at AS enteredAt, state,
       due_at AS dueAt, outcome, change
     FROM runs WHERE profile_id IN (SELECT value FROM json_each(?1)) ORDER BY entered_at, campaign_id`,
    profileIds,
  ).all<Stored<RunState>>();
  return results.map(withChange);
}

export interface Watch {
  cursor: string;
  size: number;
  place: string;
}

/**
 * Takes a site's watch in this shard until `leaseUntil`; undefined while another worker has it. Makes it when there is none,
 * beginning with the oldest change that is kept: what was before a campaign's launch is passed over.
 */
export async function claimWatch(
  db: Database,
  siteId: string,
  now: number,
  leaseUntil: number,
): Promise<Watch | undefined> {
  const row = await db
    .prepare(
      `INSERT INTO catalog_watches (site_id, cursor, size, place, lease_until) VALUES (?1, '', 0, '', ?3)
       ON CONFLICT (site_id) DO UPDATE SET lease_until = ?3 WHERE lease_until <= ?2
       RETURNING cursor, size, place`,
    )
    .bind(siteId, now, leaseUntil)
    .first<Watch>();
  return row ?? undefined;
}

export function moveWatch(db: Database, siteId: string, to: Watch & { leaseUntil: number }): Statement {
  return db
    .prepare("UPDATE catalog_watches SET cursor = ?2, size = ?3, place = ?4, lease_until = ?5 WHERE site_id = ?1")
    .bind(siteId, to.cursor, to.size, to.place, to.leaseUntil);
}

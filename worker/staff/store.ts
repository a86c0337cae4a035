import { eq, sql } from "drizzle-orm";
import type { Database } from "../deps.ts";
import { orm } from "../platform/db.ts";
import { staff } from "./tables.ts";

export interface Staff {
  id: string;
  email: string;
  /** Empty for an account that only comes in through Cloudflare Access. */
  passwordHash: string;
  sessionEpoch: number;
  createdAt: number;
}

/** Adds the account only while there is none; false when somebody was faster. One statement, so two callers cannot both win. */
export async function insertFirstStaff(db: Database, account: Staff): Promise<boolean> {
  const { meta } = await db
    .prepare(
      `INSERT INTO staff (id, email, password_hash, session_epoch, created_at)
       SELECT ?1, ?2, ?3, ?4, ?5 WHERE NOT EXISTS (SELECT 1 FROM staff)`,
    )
    .bind(account.id, account.email, account.passwordHash, account.sessionEpoch, account.createdAt)
    .run();
  return meta.changes > 0;
}

export async function insertStaffIfNew(db: Database, account: Staff): Promise<void> {
  await orm(db).insert(staff).values(account).onConflictDoNothing();
}

export async function hasStaff(db: Database): Promise<boolean> {
  return (await orm(db).select({ id: staff.id }).from(staff).limit(1)).length > 0;
}

export async function getStaff(db: Database, id: string): Promise<Staff | undefined> {
  return (await orm(db).select().from(staff).where(eq(staff.id, id)))[0];
}

export async function getStaffByEmail(db: Database, email: string): Promise<Staff | undefined> {
  return (await orm(db).select().from(staff).where(eq(staff.email, email)))[0];
}

/** Also ends every session of the account. */
export async function updatePassword(db: Database, id: string, passwordHash: string): Promise<number | undefined> {
  const rows = await orm(db)
    .update(staff)
    .set({ passwordHash, sessionEpoch: sql`${staff.sessionEpoch} + 1` })
    .where(eq(staff.id, id))
    .returning({ epoch: staff.sessionEpoch });
  return rows[0]?.epoch;
}

/** Ends every session of the account. */
export async function raiseEpoch(db: Database, id: string): Promise<void> {
  await orm(db)
    .update(staff)
    .set({ sessionEpoch: sql`${staff.sessionEpoch} + 1` })
    .where(eq(staff.id, id));
}

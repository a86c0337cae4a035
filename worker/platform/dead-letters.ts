import type { Database } from "../deps.ts";
import type { Job } from "../job.ts";

export interface DeadLetter {
  id: string;
  kind: string;
  job: string;
  failedAt: number;
}

export async function insertDeadLetter(
  db: Database,
  letter: { id: string; job: Job; failedAt: number },
): Promise<void> {
  await db
    .prepare("INSERT OR IGNORE INTO dead_letters (id, kind, job, failed_at) VALUES (?1, ?2, ?3, ?4)")
    .bind(letter.id, letter.job.kind, JSON.stringify(letter.job), letter.failedAt)
    .run();
}

export async function listDeadLetters(db: Database, limit: number): Promise<DeadLetter[]> {
  const { results } = await db
    .prepare("SELECT id, kind, job, failed_at AS failedAt FROM dead_letters ORDER BY failed_at DESC LIMIT ?1")
    .bind(limit)
    .all<DeadLetter>();
  return results;
}

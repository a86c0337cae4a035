/**
 * The demo's clock can be moved forward, so that "an hour after the cart" needs no hour. The offset lives in the control
 * database, and only compositions with DEMO=true read it.
 */
import type { Database } from "../deps.ts";

export async function readClockOffset(control: Database): Promise<number> {
  const row = await control
    .prepare("SELECT value FROM settings WHERE name = 'demo_clock_offset_ms'")
    .first<{ value: string }>();
  return row ? Number(row.value) : 0;
}

export async function moveClock(control: Database, byMs: number): Promise<void> {
  await control
    .prepare(
      `INSERT INTO settings (name, value) VALUES ('demo_clock_offset_ms', ?1)
       ON CONFLICT (name) DO UPDATE SET value = CAST(value AS INTEGER) + CAST(?1 AS INTEGER)`,
    )
    .bind(String(byMs))
    .run();
}

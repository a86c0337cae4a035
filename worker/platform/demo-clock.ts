/**
 * The demo's clock can be moved forward, so that "an hour after the cart" needs no hour. The offset lives in the control
 * database, and only compositions with DEMO=true read it.
 */
import type { Database } from "../deps.ts";
import { readSetting } from "./settings.ts";

const OFFSET = "demo_clock_offset_ms";

export async function readClockOffset(control: Database): Promise<number> {
  return Number((await readSetting(control, OFFSET)) ?? 0);
}

export async function moveClock(control: Database, byMs: number): Promise<void> {
  await control
    .prepare(
      `INSERT INTO settings (name, value) VALUES (?1, ?2)
       ON CONFLICT (name) DO UPDATE SET value = CAST(value AS INTEGER) + CAST(?2 AS INTEGER)`,
    )
    .bind(OFFSET, String(byMs))
    .run();
}

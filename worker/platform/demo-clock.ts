/**
 * The demo's clock can be moved forward, so that "an hour after the cart" needs no hour. The offset lives in the control
 * database, and only compositions with DEMO=true read it; kept for a moment, so that a request in the demo costs what it
 * costs in production. The isolate that moves the clock sees it at once.
 */
import type { Database } from "../deps.ts";
import { TtlCache } from "../lib/cache.ts";
import { SECOND } from "../lib/time.ts";
import { readSetting } from "./settings.ts";

const OFFSET = "demo_clock_offset_ms";

const offsets = new TtlCache<number>(SECOND);

export async function readClockOffset(control: Database): Promise<number> {
  return offsets.get(OFFSET, Date.now(), async () => Number((await readSetting(control, OFFSET)) ?? 0));
}

export async function moveClock(control: Database, byMs: number): Promise<void> {
  await control
    .prepare(
      `INSERT INTO settings (name, value) VALUES (?1, ?2)
       ON CONFLICT (name) DO UPDATE SET value = CAST(value AS INTEGER) + CAST(?2 AS INTEGER)`,
    )
    .bind(OFFSET, String(byMs))
    .run();
  offsets.drop(OFFSET);
}

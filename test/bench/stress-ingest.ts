/** `npm run stress:ingest`: 100,000 events and ten kills; one JSON line. Ends with an error when one is lost or there twice. */
import { report } from "./runtime.ts";
import { stressIngest } from "./stress.ts";

const result = await stressIngest({
  events: Number(process.env.STRESS_EVENTS ?? 100_000),
  kills: Number(process.env.STRESS_KILLS ?? 10),
  connections: 16,
  seed: Number(process.env.STRESS_SEED ?? 1),
});
report({ bench: "stress:ingest", ...result });
const { events, acknowledged, stored, duplicated, lost, altered, brokenLinks } = result;
if (acknowledged !== events || stored !== events || duplicated + lost + altered + brokenLinks > 0) process.exitCode = 1;

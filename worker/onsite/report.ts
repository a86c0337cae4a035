/** What a message has changed: its variants against each other and against who was held out, as an experiment's groups. */
import type { Deps } from "../deps.ts";
import { measure, type Scan, type Signals } from "../experiments/measure.ts";
import { countedResult } from "../experiments/report.ts";
import type { ExperimentResult } from "../experiments/result.ts";
import { type Experiment, HOLDOUT } from "../experiments/schema.ts";
import type { Job } from "../job.ts";
import { experimentIdOf, ONLY } from "./decide.ts";
import type { OnsiteMessage } from "./definition.ts";
import { requireOnsite } from "./messages.ts";
import { selectMessage } from "./store.ts";

/** Being held out at the moment of showing is what is compared with being shown. */
const SIGNALS: Signals = {
  shown: ["message_shown", "message_skipped"],
  clicked: "message_clicked",
  closed: "message_dismissed",
};

export interface OnsiteReport {
  message: OnsiteMessage;
  /** When the oldest of the counts ended; null before there is one of every shard, and for a draft. */
  measuredAt: number | null;
  /** People who closed it, by group. */
  dismissed: Record<string, number>;
  result: ExperimentResult | null;
}

/** `against`: the group to compare with; the holdout when there is one. Throws `not_found`. */
export async function onsiteReport(deps: Deps, siteId: string, id: string, against?: string): Promise<OnsiteReport> {
  const message = await requireOnsite(deps, siteId, id);
  const nothing = { message, measuredAt: null, dismissed: {}, result: null };
  if (message.launchedAt === null) return nothing;
  const base = against ?? (message.definition.holdoutPercent > 0 ? HOLDOUT : undefined);
  const count = (shard: number) => measureOnsite(deps, { kind: "measure-onsite", siteId, messageId: id, shard });
  const found = await countedResult(deps, experimentOf(message), count, base);
  if (!found) return nothing;
  const { measuredAt, tally, result } = found;
  const dismissed = Object.fromEntries(Object.entries(tally.groups).map(([name, { closed }]) => [name, closed]));
  return { message, measuredAt, dismissed, result };
}

type MeasureJob = Extract<Job, { kind: "measure-onsite" }>;

/** One slice of one shard; sends itself again while there are more people. */
export async function measureOnsite(deps: Deps, job: MeasureJob): Promise<void> {
  const message = await selectMessage(deps.control, job.siteId, job.messageId);
  if (!message || message.launchedAt === null) return;
  await measure(deps, experimentOf(message), SIGNALS, job, (scan: Scan) => ({ ...job, scan }));
}

/** The message as the experiment that it is. */
function experimentOf({ siteId, id, name, definition, updatedAt, launchedAt }: OnsiteMessage): Experiment {
  const { holdoutPercent, variants, conversionSeconds } = definition;
  const groups = variants.length > 0 ? variants : [{ name: ONLY, share: 1 }];
  return {
    siteId,
    id: experimentIdOf(id),
    name,
    state: "running",
    createdAt: updatedAt,
    updatedAt,
    startedAt: launchedAt,
    endedAt: null,
    definition: {
      placement: "",
      mode: "fixed",
      traffic: 1,
      holdout: { share: holdoutPercent / 100, shows: "nothing" },
      variants: groups.map(({ name: group, share }) => ({ name: group, share, rules: {} })),
      metric: { kind: "purchase", windowSeconds: conversionSeconds },
      learning: { warmUp: 100, floor: 0 },
    },
  };
}

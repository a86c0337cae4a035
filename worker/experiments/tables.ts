/**
 * Control database: experiments on placements, what was counted of them, and what automatic mode has learned.
 * Writes: this room. Personal: nothing (sums over people). Kept: until the experiment is deleted.
 */
import { integer, primaryKey, real, sqliteTable, text } from "drizzle-orm/sqlite-core";

export const experiments = sqliteTable(
  "experiments",
  {
    siteId: text("site_id").notNull(),
    id: text("id").notNull(),
    name: text("name").notNull(),
    /** As in the definition: at most one experiment runs on a placement. */
    placement: text("placement").notNull(),
    state: text("state", { enum: ["draft", "running", "ended"] }).notNull(),
    /** JSON of `ExperimentDefinition` (experiments/schema.ts). */
    definition: text("definition").notNull(),
    createdAt: integer("created_at").notNull(),
    updatedAt: integer("updated_at").notNull(),
    startedAt: integer("started_at"),
    endedAt: integer("ended_at"),
  },
  (table) => [primaryKey({ columns: [table.siteId, table.id] })],
);

/** One shard's count of one experiment: the last whole one, and the one under way. */
export const experimentScans = sqliteTable(
  "experiment_scans",
  {
    siteId: text("site_id").notNull(),
    experimentId: text("experiment_id").notNull(),
    shard: integer("shard").notNull(),
    beganAt: integer("began_at").notNull(),
    /** Slices done of the count under way. */
    slice: integer("slice").notNull(),
    /** JSON of `Tally` (experiments/tally.ts) so far; null when none is under way. */
    partial: text("partial"),
    finished: text("finished"),
    finishedAt: integer("finished_at"),
  },
  (table) => [primaryKey({ columns: [table.siteId, table.experimentId, table.shard] })],
);

/** Automatic mode: what is known of a variant in a context, and its share from now on. */
export const experimentArms = sqliteTable(
  "experiment_arms",
  {
    siteId: text("site_id").notNull(),
    experimentId: text("experiment_id").notNull(),
    /** "history.phone" */
    context: text("context").notNull(),
    variant: text("variant").notNull(),
    trials: integer("trials").notNull(),
    successes: integer("successes").notNull(),
    share: real("share").notNull(),
    updatedAt: integer("updated_at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.siteId, table.experimentId, table.context, table.variant] })],
);

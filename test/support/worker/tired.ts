/** User shards that answer as D1 does when it is overloaded or its connection is lost, for as long as a test says so. */
import type { Database, Shard, Shards, Statement } from "../../../worker/deps.ts";

export interface Tired {
  shards: Shards;
  /** Indexes of the shards that take nothing now. */
  down: Set<number>;
  /** The database did what it was asked, and nobody heard of it. */
  isLate: boolean;
  /** Statements and batches that were answered with an error. */
  failures: number;
}

export function tire(shards: Shards): Tired {
  const state: Tired = { shards, down: new Set(), isLate: false, failures: 0 };
  const open = ({ index, db }: Shard): Shard => {
    const ask = async <T>(work: () => Promise<T>): Promise<T> => {
      if (!state.down.has(index)) return work();
      state.failures++;
      if (!state.isLate) throw new Error("D1_ERROR: D1 DB is overloaded. Requests queued for too long.");
      await work();
      throw new Error("D1_ERROR: Network connection lost.");
    };
    const wrap = (statement: Statement): Statement =>
      ({
        // Batches and Drizzle look for these two on the real statement.
        inner: (statement as unknown as { inner: unknown }).inner,
        raw: () => ask(() => (statement as unknown as { raw(): Promise<unknown[]> }).raw()),
        bind: (...values: unknown[]) => wrap(statement.bind(...values)),
        all: <T>() => ask(() => statement.all<T>()),
        first: <T>() => ask(() => statement.first<T>()),
        run: () => ask(() => statement.run()),
      }) as Statement;
    const tiredDb: Database = {
      prepare: (sql) => wrap(db.prepare(sql)),
      batch: <T>(statements: Statement[]) => ask(() => db.batch<T>(statements)),
    };
    return { index, db: tiredDb };
  };
  const all = shards.all().map(open);
  const at = (index: number): Shard => all[index] as Shard;
  state.shards = { all: () => all, at, of: (profileId) => at(shards.of(profileId).index) };
  return state;
}

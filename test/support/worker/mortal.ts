/** A worker that is killed at its n-th statement: before it, or after the database did it and before anybody heard. */
import type { Database, Deps, Shard, Statement } from "../../../worker/deps.ts";

export interface Mortal {
  deps: Deps;
  isDead(): boolean;
}

export function mortal(deps: Deps, killAt: number, when: "before" | "after"): Mortal {
  let calls = 0;
  const live = async <T>(work: () => Promise<T>): Promise<T> => {
    calls++;
    if (calls > killAt || (calls === killAt && when === "before")) throw new Error("killed");
    const result = await work();
    if (calls >= killAt) throw new Error("killed");
    return result;
  };
  const wrap = (statement: Statement): Statement =>
    ({
      // Batches and Drizzle look for these two on the real statement.
      inner: (statement as unknown as { inner: unknown }).inner,
      raw: () => live(() => (statement as unknown as { raw(): Promise<unknown[]> }).raw()),
      bind: (...values: unknown[]) => wrap(statement.bind(...values)),
      all: <T>() => live(() => statement.all<T>()),
      first: <T>() => live(() => statement.first<T>()),
      run: () => live(() => statement.run()),
    }) as Statement;
  const open = (db: Database): Database => ({
    prepare: (sql) => wrap(db.prepare(sql)),
    batch: <T>(statements: Statement[]) => live(() => db.batch<T>(statements)),
  });
  const shards: Shard[] = deps.shards.all().map(({ index, db }) => ({ index, db: open(db) }));
  const at = (index: number): Shard => shards[index]!;
  return {
    isDead: () => calls >= killAt,
    deps: {
      ...deps,
      // Whatever a dying worker has to say is expected.
      log: { info: () => undefined, warn: () => undefined, error: () => undefined },
      control: open(deps.control),
      shards: { all: () => shards, at, of: (profileId) => at(deps.shards.of(profileId).index) },
      queue: {
        send: async (jobs) => {
          if (calls >= killAt) throw new Error("killed");
          await deps.queue.send(jobs);
        },
      },
    },
  };
}

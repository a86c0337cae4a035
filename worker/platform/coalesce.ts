/**
 * Several reads, one round trip: what is asked of a database in the same turn of the event loop goes out as one batch. For
 * work over many people, where each store function asks its own question and the round trips would add up.
 */
import type { Database, Deps, Shard, Statement } from "../deps.ts";

interface Waiting {
  statement: Statement;
  resolve(result: unknown): void;
  reject(error: unknown): void;
}

/** Reads only: a batch fails as a whole, and statements of other callers may be in it. */
export function coalesced(db: Database): Database {
  let waiting: Waiting[] = [];
  const flush = async (): Promise<void> => {
    const asked = waiting;
    waiting = [];
    try {
      const results = await db.batch(asked.map((each) => each.statement));
      for (const [place, each] of asked.entries()) each.resolve(results[place]);
    } catch (error) {
      for (const each of asked) each.reject(error);
    }
  };
  const ask = <T>(statement: Statement) =>
    new Promise<T>((resolve, reject) => {
      if (waiting.length === 0) queueMicrotask(flush);
      waiting.push({ statement, resolve: resolve as Waiting["resolve"], reject });
    });
  const wrap = (statement: Statement): Statement => ({
    bind: (...values) => wrap(statement.bind(...values)),
    all: () => ask(statement),
    first: async <T>() => (await ask<{ results: T[] }>(statement)).results[0] ?? null,
    run: () => ask(statement),
  });
  return { prepare: (sql) => wrap(db.prepare(sql)), batch: (statements) => db.batch(statements) };
}

/** The same dependencies, with the user shards' reads coalesced. */
export function coalesceShards(deps: Deps): Deps {
  const shards: Shard[] = deps.shards.all().map(({ index, db }) => ({ index, db: coalesced(db) }));
  const at = (index: number): Shard => shards[index] ?? deps.shards.at(index);
  return {
    ...deps,
    shards: { all: () => shards, at, of: (profileId) => at(deps.shards.of(profileId).index) },
  };
}

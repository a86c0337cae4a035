/**
 * Erasure: everything that names a person, their browsers included, in every table of every shard. Nothing is kept that names
 * them (what waits in the queue is recognized by a hash, erased-lately.ts): without a consent there is no message, so a person who comes back is a stranger who was never asked.
 * A training that is running finishes on its numbered copy of the day's visits and deletes it; models hold counts only.
 */
import type { Deps } from "../deps.ts";
import type { PersonKey } from "../lib/ids.ts";
import { forgetLinks } from "../profiles/person.ts";
import { noteErased } from "./erased-lately.ts";
import { deleteDeadLetters, deleteTraces } from "./store.ts";
import { findTraces, type ShardTraces } from "./traces.ts";

/** What was done; it names nobody. */
export interface Erasure {
  /** Epoch ms. */
  erasedAt: number;
  /** The person's own profile and their browsers'. */
  profiles: number;
  /** Rows deleted, by table. */
  rows: Record<string, number>;
}

/**
 * Undefined when nothing was known of this person. All of a shard or nothing; killed in between, the same call finishes the
 * work, because the shard that knows the person's browsers comes last.
 */
export async function erasePerson(deps: Deps, siteId: string, person: PersonKey): Promise<Erasure | undefined> {
  const found = await findTraces(deps, siteId, person);
  const home = found[found.length - 1] as ShardTraces;
  const { profileIds } = home.traces;
  await noteErased(deps, profileIds);
  const rows: Record<string, number> = {};
  const others = await Promise.all(found.slice(0, -1).map(eraseShard));
  for (const counts of [...others, await eraseShard(home)]) {
    for (const [table, count] of counts) rows[table] = (rows[table] ?? 0) + count;
  }
  const letters = await deleteDeadLetters(deps.control, profileIds);
  if (letters > 0) rows.dead_letters = letters;
  forgetLinks(profileIds);
  await deps.memory.notePeople(profileIds.map((subject) => ({ subject })));
  const profiles = rows.profiles ?? 0;
  const total = Object.values(rows).reduce((sum, count) => sum + count, 0);
  if (total === 0) return undefined;
  deps.log.info("person erased", { siteId, profiles, rows: total });
  return { erasedAt: deps.clock.now(), profiles, rows };
}

async function eraseShard({ shard, traces }: ShardTraces): Promise<[table: string, count: number][]> {
  const deletions = deleteTraces(shard.db, traces);
  const results = await shard.db.batch(deletions.map(({ statement }) => statement));
  return deletions.flatMap(({ table }, index): [string, number][] => {
    const count = results[index]?.meta.changes ?? 0;
    return count > 0 ? [[table, count]] : [];
  });
}

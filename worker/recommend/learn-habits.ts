/** The shop's habits within a training: counted part by part beside the visits, added up and laid beside the model. */
import type { Database, Deps } from "../deps.ts";
import type { HistoryEvent } from "../events/store.ts";
import type { ProfileId } from "../lib/ids.ts";
import { seal } from "../lib/seal.ts";
import { knownSegments } from "../segments/segments.ts";
import { selectMemberships } from "../segments/store.ts";
import type { Site } from "../sites/schema.ts";
import { readCategories } from "./assemble.ts";
import { partsPrefix } from "./export.ts";
import { addHabits, emptyHabits, HabitCounter, packHabits, unpackHabits } from "./habit-counts.ts";
import { habitsBytes } from "./habits.ts";
import { artifactKey, readDictionary } from "./model.ts";

/** Segments whose people's interest is counted: those that were changed last. */
const MOST_SEGMENTS = 30;

function prefixOf(siteId: string, version: string): string {
  return `${partsPrefix(siteId, version)}/habits-`;
}

/** Counts one part of the events as they are exported. */
export class HabitPart {
  readonly #deps: Deps;
  readonly #site: Site;
  readonly #db: Database;
  readonly #counter: HabitCounter;

  constructor(deps: Deps, site: Site, db: Database) {
    this.#deps = deps;
    this.#site = site;
    this.#db = db;
    this.#counter = new HabitCounter(deps.clock.now(), site.timeZone);
  }

  /** @param events in key order */
  async add(events: readonly HistoryEvent[]): Promise<void> {
    const segments = (await knownSegments(this.#deps, this.#site.id)).map(({ id }) => id).slice(0, MOST_SEGMENTS);
    const ids = [...new Set(events.map((event) => event.profileId))];
    const found = segments.length === 0 ? [] : await selectMemberships(this.#db, segments, ids);
    const segmentsOf = new Map<ProfileId, string[]>();
    for (const { profileId, segmentId } of found) {
      segmentsOf.set(profileId, [...(segmentsOf.get(profileId) ?? []), segmentId]);
    }
    this.#counter.add(events, segmentsOf);
  }

  async put(version: string, name: string): Promise<void> {
    await this.#deps.blobs.put(`${prefixOf(this.#site.id, version)}${name}`, packHabits(this.#counter.counts));
  }
}

/** Adds the parts up, one in memory at a time, and stores what is served. */
export async function learnHabits(deps: Deps, siteId: string, version: string): Promise<null> {
  const ids = await readDictionary(deps, siteId, version);
  if (!ids) throw new Error("habits need the model's dictionary");
  const categories = await readCategories(deps, siteId, ids);
  const counts = emptyHabits();
  for (const key of (await deps.blobs.list(prefixOf(siteId, version))).sort()) {
    const bytes = await deps.blobs.get(key);
    // Events may name whatever they like: what is not for sale has no place in memory.
    if (bytes) addHabits(counts, unpackHabits(bytes), (id) => categories.has(id));
  }
  const bytes = habitsBytes(counts, ids, (id) => categories.of(id));
  await deps.blobs.put(artifactKey(siteId, version, "habits"), seal(bytes));
  return null;
}

/**
 * `Memory` in Durable Objects, each for a part of the slots that people's ids fall into, so that everybody's requests, wherever
 * they arrive, meet in one place.
 */
import type { Change, Log, Memory } from "../../deps.ts";
import { SLOTS, slotOf } from "../../lib/ids.ts";
import type { PeopleMemory } from "./object.ts";
import { written } from "./wire.ts";

const idsOf = new WeakMap<object, DurableObjectId[]>();

/**
 * @param places objects: one answers about a thousand calls a second; more of them make a batch about many people dearer, and
 *   a user whose browsers are elsewhere. Where it is changed, what is remembered is read anew.
 */
export function openDurableMemory(namespace: DurableObjectNamespace<PeopleMemory>, places: number, log: Log): Memory {
  const objectAt = (place: number) => namespace.get(idsIn(namespace, places)[place] as DurableObjectId);
  const placeOf = (profileId: string) => Math.floor((slotOf(profileId) * places) / SLOTS);
  const note = async (place: number, changes: Change[]): Promise<void> => {
    try {
      // A call can fail because the object is just being moved; the next one finds it.
      await objectAt(place)
        .note(changes)
        .catch(() => objectAt(place).note(changes));
    } catch (error) {
      log.error("the memory could not be told of a change", error, { place });
    }
  };
  return {
    placeOf,
    async read(place, asked) {
      try {
        return await objectAt(place).read(written(asked));
      } catch (error) {
        log.error("the memory could not be read", error, { place });
        return { lease: "", values: asked.map(() => undefined) };
      }
    },
    async fill(place, lease, entries) {
      if (lease !== "") await objectAt(place).fill(lease, entries);
    },
    async notePeople(changes) {
      const groups = Map.groupBy(changes, ({ subject }) => placeOf(subject));
      await Promise.all([...groups].map(([place, group]) => note(place, group)));
    },
    async noteEverywhere(change) {
      await Promise.all(Array.from({ length: places }, (_, place) => note(place, [change])));
    },
  };
}

function idsIn(namespace: DurableObjectNamespace<PeopleMemory>, places: number): DurableObjectId[] {
  let ids = idsOf.get(namespace);
  if (ids?.length !== places) {
    ids = Array.from({ length: places }, (_, place) => namespace.idFromName(`people-${place}-of-${places}`));
    idsOf.set(namespace, ids);
  }
  return ids;
}

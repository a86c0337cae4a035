/**
 * `Memory` in Durable Objects: one for each quarter of the slots that people's ids fall into, so that everybody's requests,
 * wherever they arrive, meet in one place.
 */
import type { Change, Log, Memory } from "../../deps.ts";
import { SLOTS, slotOf } from "../../lib/ids.ts";
import type { PeopleMemory } from "./object.ts";

/** An object answers about a thousand calls a second. More of them make a batch about many people dearer, and a user whose browsers are elsewhere. */
const PLACES = 4;

const idsOf = new WeakMap<object, DurableObjectId[]>();

export function openDurableMemory(namespace: DurableObjectNamespace<PeopleMemory>, log: Log): Memory {
  const objectAt = (place: number) => namespace.get(idsIn(namespace)[place] as DurableObjectId);
  const placeOf = (profileId: string) => Math.floor((slotOf(profileId) * PLACES) / SLOTS);
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
        return await objectAt(place).read(asked);
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
      await Promise.all(Array.from({ length: PLACES }, (_, place) => note(place, [change])));
    },
  };
}

function idsIn(namespace: DurableObjectNamespace<PeopleMemory>): DurableObjectId[] {
  let ids = idsOf.get(namespace);
  if (!ids) {
    ids = Array.from({ length: PLACES }, (_, place) => namespace.idFromName(`people-${place}`));
    idsOf.set(namespace, ids);
  }
  return ids;
}

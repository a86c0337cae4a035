/**
 * Visits: one person's actions with no gap longer than 30 minutes, cut out of a shard's events slice by slice and packed
 * into compact parts. Where a slice or another browser has cut a visit in two, material.ts joins it again. Pure.
 */
import type { HistoryEvent } from "../events/store.ts";
import { packArrays } from "../lib/arrays.ts";
import type { ProfileId } from "../lib/ids.ts";
import { MINUTE } from "../lib/time.ts";
import { actionsOf } from "./actions.ts";
import { type BehaviorWriter, NO_BEHAVIOR } from "./behaviors.ts";
import { DeedWriter } from "./deeds.ts";
import { joinDeeds } from "./engine/deeds.ts";
import { clickWeight, type Examination } from "./impressions.ts";

export const GAP_MS = 30 * MINUTE;

export interface Visit {
  /** 48 bits of the person's key: enough to find the pieces of a visit again, too few to be a name. */
  person: number;
  start: number;
  end: number;
  items: string[];
  weights: number[];
  /** What each action was (engine/deeds.ts). */
  deeds: number[];
  /** Which row says what the person's last days looked like after each action (behaviors.ts). */
  behaviors: number[];
}

export function personNumber(profileId: ProfileId): number {
  return Buffer.from(profileId.slice(-20, -12), "base64url").readUIntBE(0, 6);
}

/**
 * Events in key order (profile, time) → visits. `ownerOf`: the user whom a browser belongs to; `examination`: how much each
 * place of our own lists is looked at, so that a click is not worth more for where we had put it; `timeZone`: where it is
 * what time of day; `behaviors`: where what came before each action is written down, if anywhere.
 */
export function cutVisits(
  events: Iterable<HistoryEvent>,
  ownerOf: ReadonlyMap<ProfileId, ProfileId>,
  examination: Examination = {},
  timeZone = "UTC",
  behaviors?: BehaviorWriter,
): Visit[] {
  const visits: Visit[] = [];
  let profileId: ProfileId | undefined;
  /** Of the open visit. */
  let owner: ProfileId | undefined;
  let open: Visit | undefined;
  let writer = new DeedWriter(timeZone);
  for (const event of events) {
    if (event.profileId !== profileId) writer = new DeedWriter(timeZone);
    profileId = event.profileId;
    writer.pass(event);
    behaviors?.pass(event);
    const actions = actionsOf(event);
    const [first] = actions;
    if (!first) continue;
    if (!open || profileId !== owner || event.at - open.end > GAP_MS) {
      owner = profileId;
      const person = personNumber(ownerOf.get(profileId) ?? profileId);
      open = { person, start: event.at, end: event.at, items: [], weights: [], deeds: [], behaviors: [] };
      visits.push(open);
    }
    open.end = event.at;
    const inverse = clickWeight(examination, event);
    const deed = writer.write(event, first.kind);
    const behavior = behaviors?.write(event) ?? NO_BEHAVIOR;
    for (const { itemId, weight } of actions) addAction(open, itemId, weight * inverse, deed, behavior);
  }
  return visits;
}

/** Looking at a product, reloading it and putting it into the cart is one step, as strong as its strongest part. */
function addAction(visit: Visit, itemId: string, weight: number, deed: number, behavior: number): void {
  const last = visit.items.length - 1;
  if (visit.items[last] === itemId) {
    visit.weights[last] = Math.max(visit.weights[last] ?? 0, weight);
    visit.deeds[last] = joinDeeds(visit.deeds[last] ?? 0, deed);
    visit.behaviors[last] = behavior;
  } else {
    visit.items.push(itemId);
    visit.weights.push(weight);
    visit.deeds.push(deed);
    visit.behaviors.push(behavior);
  }
}

/** As bytes for storage, each item's id once. */
export function packVisits(visits: Visit[]): Uint8Array {
  const indexes = new Map<string, number>();
  const items: number[] = [];
  for (const visit of visits) {
    for (const id of visit.items) {
      const index = indexes.get(id) ?? indexes.size;
      indexes.set(id, index);
      items.push(index);
    }
  }
  return packArrays([...indexes.keys()], {
    persons: Float64Array.from(visits, (visit) => visit.person),
    starts: Float64Array.from(visits, (visit) => visit.start),
    ends: Float64Array.from(visits, (visit) => visit.end),
    lengths: Uint32Array.from(visits, (visit) => visit.items.length),
    items: Uint32Array.from(items),
    weights: Float32Array.from(visits.flatMap((visit) => visit.weights)),
    deeds: Int16Array.from(visits.flatMap((visit) => visit.deeds)),
    behaviors: Int32Array.from(visits.flatMap((visit) => visit.behaviors)),
  });
}

/** The slot map: which of the user shards holds which of the 1,024 slots a person's id falls into. */
import type { Shard, Shards } from "../deps.ts";
import { SLOTS, slotOf } from "../lib/ids.ts";

/**
 * `"0-511=0,512-1023=1"` → shard number per slot. Throws when a slot is missing, given twice or out of range: a hole
 * would lose people.
 */
export function parseSlotMap(text: string): Uint8Array {
  const map = new Uint8Array(SLOTS).fill(255);
  for (const part of text.split(",")) {
    const match = /^\s*(\d+)(?:-(\d+))?=(\d+)\s*$/.exec(part);
    if (!match) throw new Error(`SLOT_MAP: "${part}" is not "from-to=shard"`);
    const [from, to, shard] = [Number(match[1]), Number(match[2] ?? match[1]), Number(match[3])];
    if (to >= SLOTS || from > to || shard > 254) throw new Error(`SLOT_MAP: "${part}" is out of range`);
    for (let slot = from; slot <= to; slot++) {
      if (map[slot] !== 255) throw new Error(`SLOT_MAP: slot ${slot} is given twice`);
      map[slot] = shard;
    }
  }
  const hole = map.indexOf(255);
  if (hole >= 0) throw new Error(`SLOT_MAP: slot ${hole} has no shard`);
  return map;
}

/** `shards[i].index === i`. */
export function openShards(slotMap: Uint8Array, shards: Shard[]): Shards {
  const at = (index: number): Shard => {
    const shard = shards[index];
    if (!shard) throw new Error(`SLOT_MAP names shard ${index}, but there is no binding USERS_${index}`);
    return shard;
  };
  return { all: () => shards, at, of: (profileId) => at(slotMap[slotOf(profileId)] ?? 255) };
}

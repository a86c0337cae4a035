/**
 * What a model learns from: the parts of all shards as sessions in time order. Memory is bounded by the actions that are
 * kept, not by the age of the site: a first look at every part finds the day from which on they fit. Pure.
 */

import { packArrays, unpackArrays } from "../lib/arrays.ts";
import { DAY } from "../lib/time.ts";
import { joinDeeds } from "./engine/deeds.ts";
import type { Sessions } from "./engine/sessions.ts";
import { GAP_MS } from "./visits.ts";

export interface Material {
  /** Dense index → item id. */
  ids: string[];
  /** All visits, those with a single item too: they say what is popular, and nothing of what goes with what. */
  sessions: Sessions & { weights: Float32Array };
  /** Epoch ms of each session. */
  startedAt: Float64Array;
}

interface Part {
  persons: Float64Array;
  starts: Float64Array;
  ends: Float64Array;
  lengths: Uint32Array;
  items: Uint32Array;
  weights: Float32Array;
  deeds: Int16Array;
}

function openPart(bytes: Uint8Array): { ids: string[]; part: Part } {
  const { header, arrays } = unpackArrays(bytes);
  return { ids: header as string[], part: arrays as unknown as Part };
}

/** `survey` every part, then `add` every part, then `join`. */
export class MaterialBuilder {
  readonly #isKept: (id: string) => boolean;
  readonly #mostActions: number;
  readonly #indexes = new Map<string, number>();
  /** Visits and actions that start on a day. */
  readonly #days = new Map<number, { visits: number; actions: number }>();
  #firstDay = 0;
  /** Pieces of visits, column by column; `begins[i]` is the first action of piece i. */
  #persons = new Float64Array(0);
  #starts = new Float64Array(0);
  #ends = new Float64Array(0);
  #begins = new Int32Array(1);
  #items = new Int32Array(0);
  #weights = new Float32Array(0);
  #deeds = new Int16Array(0);
  #pieces = -1;
  #actions = 0;

  /** Items that `isKept` refuses (deleted, never in the catalog) are left out: nobody can be sent to them. */
  constructor(isKept: (id: string) => boolean, mostActions: number) {
    this.#isKept = isKept;
    this.#mostActions = mostActions;
  }

  survey(bytes: Uint8Array): void {
    const { part } = openPart(bytes);
    for (const [visit, start] of part.starts.entries()) {
      const day = Math.floor(start / DAY);
      const known = this.#days.get(day) ?? { visits: 0, actions: 0 };
      known.visits++;
      known.actions += part.lengths[visit] as number;
      this.#days.set(day, known);
    }
  }

  #reserve(): void {
    let [visits, actions] = [0, 0];
    for (const [day, counts] of [...this.#days].sort((a, b) => b[0] - a[0])) {
      if (actions > 0 && actions + counts.actions > this.#mostActions) break;
      this.#firstDay = day;
      visits += counts.visits;
      actions += counts.actions;
    }
    this.#persons = new Float64Array(visits);
    this.#starts = new Float64Array(visits);
    this.#ends = new Float64Array(visits);
    this.#begins = new Int32Array(visits + 1);
    this.#items = new Int32Array(actions);
    this.#weights = new Float32Array(actions);
    this.#deeds = new Int16Array(actions);
    this.#pieces = 0;
  }

  add(bytes: Uint8Array): void {
    if (this.#pieces < 0) this.#reserve();
    const { ids, part } = openPart(bytes);
    const global = new Int32Array(ids.length).fill(-2);
    const indexOf = (local: number): number => {
      if (global[local] === -2) {
        const id = ids[local] as string;
        const index = this.#isKept(id) ? (this.#indexes.get(id) ?? this.#indexes.size) : -1;
        if (index >= 0) this.#indexes.set(id, index);
        global[local] = index;
      }
      return global[local] as number;
    };
    let at = 0;
    for (const [visit, start] of part.starts.entries()) {
      const end = at + (part.lengths[visit] as number);
      if (Math.floor(start / DAY) >= this.#firstDay) {
        for (let action = at; action < end; action++) {
          const index = indexOf(part.items[action] as number);
          if (index < 0) continue;
          this.#items[this.#actions] = index;
          this.#weights[this.#actions] = part.weights[action] as number;
          this.#deeds[this.#actions] = part.deeds[action] as number;
          this.#actions++;
        }
        this.#persons[this.#pieces] = part.persons[visit] as number;
        this.#starts[this.#pieces] = start;
        this.#ends[this.#pieces] = part.ends[visit] as number;
        this.#pieces++;
        this.#begins[this.#pieces] = this.#actions;
      }
      at = end;
    }
  }

  /** Pieces of one person that are less than a gap apart are one visit; visits come in the order of their beginning. */
  join(): Material {
    const pieces = Math.max(0, this.#pieces);
    const [persons, starts, ends] = [this.#persons, this.#starts, this.#ends];
    const byPerson = Uint32Array.from({ length: pieces }, (_, piece) => piece).sort(
      (a, b) => (persons[a] as number) - (persons[b] as number) || (starts[a] as number) - (starts[b] as number),
    );
    // `next[piece]` continues the visit that `heads` begins.
    const next = new Int32Array(pieces).fill(-1);
    const heads: number[] = [];
    // By the piece that begins a visit: the one that began the person's visit before it, and later which session it became.
    const headBefore = new Int32Array(pieces).fill(-1);
    const sessionOf = new Int32Array(pieces).fill(-1);
    let open = -1;
    let openEnd = 0;
    for (const piece of byPerson) {
      const continues = open >= 0 && persons[open] === persons[piece] && (starts[piece] as number) - openEnd <= GAP_MS;
      if (continues) next[open] = piece;
      else {
        const before = heads[heads.length - 1];
        if (before !== undefined && persons[before] === persons[piece]) headBefore[piece] = before;
        heads.push(piece);
      }
      openEnd = continues ? Math.max(openEnd, ends[piece] as number) : (ends[piece] as number);
      open = piece;
    }
    heads.sort((a, b) => (starts[a] as number) - (starts[b] as number));
    const items = new Int32Array(this.#actions);
    const weights = new Float32Array(this.#actions);
    const deeds = new Int16Array(this.#actions);
    const sessionStarts = new Int32Array(heads.length + 1);
    const startedAt = new Float64Array(heads.length);
    const previous = new Int32Array(heads.length);
    let [sessions, used] = [0, 0];
    for (const head of heads) {
      const begin = used;
      for (let piece = head; piece >= 0; piece = next[piece] as number) {
        for (let at = this.#begins[piece] as number; at < (this.#begins[piece + 1] as number); at++) {
          const [item, weight] = [this.#items[at] as number, this.#weights[at] as number];
          const deed = this.#deeds[at] as number;
          if (used > begin && items[used - 1] === item) {
            weights[used - 1] = Math.max(weights[used - 1] as number, weight);
            deeds[used - 1] = joinDeeds(deeds[used - 1] as number, deed);
          } else {
            items[used] = item;
            weights[used] = weight;
            deeds[used] = deed;
            used++;
          }
        }
      }
      const before = sessionOf[headBefore[head] as number] ?? -1;
      sessionOf[head] = used === begin ? before : sessions;
      if (used === begin) continue;
      previous[sessions] = before;
      startedAt[sessions] = starts[head] as number;
      sessions++;
      sessionStarts[sessions] = used;
    }
    const { ids, places } = byViews([...this.#indexes.keys()], items.subarray(0, used));
    return {
      ids,
      sessions: {
        items: items.subarray(0, used).map((item) => places[item] as number),
        weights: weights.subarray(0, used),
        deeds: deeds.subarray(0, used),
        starts: sessionStarts.slice(0, sessions + 1),
        previous: previous.slice(0, sessions),
      },
      startedAt: startedAt.slice(0, sessions),
    };
  }
}

/** The most viewed items come first: where not all can have vectors, those do. */
function byViews(ids: readonly string[], items: Int32Array): { ids: string[]; places: Int32Array } {
  const views = new Int32Array(ids.length);
  for (const item of items) views[item] = (views[item] as number) + 1;
  const order = Int32Array.from(views.keys()).sort((a, b) => (views[b] as number) - (views[a] as number) || a - b);
  const places = new Int32Array(ids.length);
  for (const [place, item] of order.entries()) places[item] = place;
  return { ids: Array.from(order, (item) => ids[item] as string), places };
}

export function packMaterial({ ids, sessions, startedAt }: Material): Uint8Array {
  const { items, starts, weights, deeds = new Int16Array(0), previous = new Int32Array(0) } = sessions;
  return packArrays(ids, { items, starts, weights, deeds, previous, startedAt });
}

export function unpackMaterial(bytes: Uint8Array): Material {
  const { header, arrays } = unpackArrays(bytes);
  return {
    ids: header as string[],
    sessions: {
      items: arrays.items as Int32Array,
      starts: arrays.starts as Int32Array,
      weights: arrays.weights as Float32Array,
      deeds: arrays.deeds as Int16Array,
      previous: arrays.previous as Int32Array,
    },
    startedAt: arrays.startedAt as Float64Array,
  };
}

/**
 * What a model learns from: the parts of all shards as sessions in time order. Memory is bounded by the actions that are
 * kept, not by the age of the site: a first look at every part finds the day from which on they fit. Pure.
 */

import { unpackArrays } from "../lib/arrays.ts";
import { DAY } from "../lib/time.ts";
import { Dictionary, type Ids, IdTable } from "./dictionary.ts";
import { joinDeeds } from "./engine/deeds.ts";
import { NO_JUDGMENT } from "./engine/judgment.ts";
import type { Sessions } from "./engine/sessions.ts";
import { GAP_MS } from "./visits.ts";

export interface Material {
  /** By dense index. */
  ids: Dictionary;
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
  /** Left out where no intention model has looked at the part. */
  judgments?: Uint8Array;
}

function openPart(bytes: Uint8Array): { ids: string[]; part: Part } {
  const { header, arrays } = unpackArrays(bytes);
  return { ids: header as string[], part: arrays as unknown as Part };
}

interface Piece {
  visit: number;
  start: number;
  /** Its actions in the part. */
  from: number;
  to: number;
}

/**
 * `survey` every part, then `arrange` every part, then `add` every part, always in the same order; `keep` what is in the
 * catalog, then `join`. Three looks, because a part fits an isolate and all of them do not: what is kept, where it belongs, what
 * it is.
 */
export class MaterialBuilder {
  readonly #mostActions: number;
  readonly #indexes = new IdTable();
  /** By index, 1 for items that are in the catalog. */
  #inCatalog = new Uint8Array(0);
  /** Visits and actions that start on a day. */
  readonly #days = new Map<number, { visits: number; actions: number }>();
  #firstDay = 0;
  /** Pieces of visits, column by column, until their order is known. */
  #persons = new Float64Array(0);
  #starts = new Float64Array(0);
  #ends = new Float64Array(0);
  #lengths = new Int32Array(0);
  #pieces = -1;
  /** Where each piece's actions belong, and where those of each session begin. */
  #places: Int32Array | undefined;
  #begins = new Int32Array(1);
  /** Of each session, its person's one before; −1 for their first. */
  #previous = new Int32Array(0);
  #startedAt = new Float64Array(0);
  #added = 0;
  /** Of all actions in their order. */
  #items = new Int32Array(0);
  #weights = new Float32Array(0);
  #deeds = new Int16Array(0);
  #judgments = new Uint8Array(0);

  constructor(mostActions: number) {
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
    this.#lengths = new Int32Array(visits);
    this.#pieces = 0;
  }

  *#kept(part: Part): Generator<Piece> {
    let from = 0;
    for (const [visit, start] of part.starts.entries()) {
      const to = from + (part.lengths[visit] as number);
      if (Math.floor(start / DAY) >= this.#firstDay) yield { visit, start, from, to };
      from = to;
    }
  }

  arrange(bytes: Uint8Array): void {
    if (this.#pieces < 0) this.#reserve();
    const { part } = openPart(bytes);
    for (const { visit, start, from, to } of this.#kept(part)) {
      this.#persons[this.#pieces] = part.persons[visit] as number;
      this.#starts[this.#pieces] = start;
      this.#ends[this.#pieces] = part.ends[visit] as number;
      this.#lengths[this.#pieces] = to - from;
      this.#pieces++;
    }
  }

  /** Pieces of one person that are less than a gap apart are one visit; visits come in the order of their beginning. */
  #order(): Int32Array {
    const pieces = Math.max(0, this.#pieces);
    const [persons, starts, ends, lengths] = [this.#persons, this.#starts, this.#ends, this.#lengths];
    const byPerson = Uint32Array.from({ length: pieces }, (_, piece) => piece).sort(
      (a, b) => (persons[a] as number) - (persons[b] as number) || (starts[a] as number) - (starts[b] as number),
    );
    // `next[piece]` continues the visit that one of `heads` begins.
    const next = new Int32Array(pieces).fill(-1);
    const heads = new Int32Array(pieces);
    // By the piece that begins a visit: the one that began the person's visit before it.
    const headBefore = new Int32Array(pieces).fill(-1);
    let [count, open, openEnd] = [0, -1, 0];
    for (const piece of byPerson) {
      const continues = open >= 0 && persons[open] === persons[piece] && (starts[piece] as number) - openEnd <= GAP_MS;
      if (continues) next[open] = piece;
      else {
        const before = count > 0 ? (heads[count - 1] as number) : piece;
        if (before !== piece && persons[before] === persons[piece]) headBefore[piece] = before;
        heads[count++] = piece;
      }
      openEnd = continues ? Math.max(openEnd, ends[piece] as number) : (ends[piece] as number);
      open = piece;
    }
    const sessions = heads.subarray(0, count).sort((a, b) => (starts[a] as number) - (starts[b] as number));
    const places = new Int32Array(pieces);
    this.#begins = new Int32Array(count + 1);
    this.#startedAt = new Float64Array(count);
    this.#previous = new Int32Array(count);
    const sessionOf = new Int32Array(pieces);
    let actions = 0;
    for (const [session, head] of sessions.entries()) {
      // Theirs began earlier, and so has its number already.
      const before = headBefore[head] as number;
      this.#previous[session] = before < 0 ? -1 : (sessionOf[before] as number);
      sessionOf[head] = session;
      this.#startedAt[session] = starts[head] as number;
      for (let piece = head; piece >= 0; piece = next[piece] as number) {
        places[piece] = actions;
        actions += lengths[piece] as number;
      }
      this.#begins[session + 1] = actions;
    }
    return places;
  }

  #makeRoom(): Int32Array {
    const places = this.#order();
    this.#places = places;
    this.#persons = this.#starts = this.#ends = new Float64Array(0);
    this.#lengths = new Int32Array(0);
    const actions = this.#begins[this.#begins.length - 1] as number;
    this.#items = new Int32Array(actions);
    this.#weights = new Float32Array(actions);
    this.#deeds = new Int16Array(actions);
    this.#judgments = new Uint8Array(actions);
    return places;
  }

  add(bytes: Uint8Array): void {
    const places = this.#places ?? this.#makeRoom();
    const { ids, part } = openPart(bytes);
    const global = new Int32Array(ids.length).fill(-1);
    const indexOf = (local: number): number => {
      if (global[local] === -1) {
        global[local] = this.#indexes.add(ids[local] as string);
      }
      return global[local] as number;
    };
    for (const { from, to } of this.#kept(part)) {
      let at = places[this.#added++] as number;
      for (let action = from; action < to; action++, at++) {
        this.#items[at] = indexOf(part.items[action] as number);
        this.#weights[at] = part.weights[action] as number;
        this.#deeds[at] = part.deeds[action] as number;
        this.#judgments[at] = part.judgments?.[action] ?? NO_JUDGMENT;
      }
    }
  }

  /** Whether a part that was added names the item. */
  names(id: string): boolean {
    return this.#indexes.indexOf(id) !== undefined;
  }

  /** Other items (deleted, never in the catalog) are left out: nobody can be sent to them. */
  keep(ids: Iterable<string>): void {
    if (this.#inCatalog.length < this.#indexes.length) this.#inCatalog = new Uint8Array(this.#indexes.length);
    for (const id of ids) {
      const index = this.#indexes.indexOf(id);
      if (index !== undefined) this.#inCatalog[index] = 1;
    }
  }

  /** The same item twice in a row is one action, as strong as its strongest part. */
  join(): Material {
    const [items, weights, deeds, starts, startedAt] = [
      this.#items,
      this.#weights,
      this.#deeds,
      this.#begins,
      this.#startedAt,
    ];
    const [previous, judgments] = [this.#previous, this.#judgments];
    // What each session became; one that nothing is left of is as the one before it.
    const became = new Int32Array(startedAt.length);
    let [sessions, used, from] = [0, 0, 0];
    for (let session = 0; session < startedAt.length; session++) {
      // In place: what is written lies before what is still to be read.
      const to = starts[session + 1] as number;
      const begin = used;
      for (let at = from; at < to; at++) {
        const [item, weight, deed] = [items[at] as number, weights[at] as number, deeds[at] as number];
        if (this.#inCatalog[item] !== 1) continue;
        if (used > begin && items[used - 1] === item) {
          weights[used - 1] = Math.max(weights[used - 1] as number, weight);
          deeds[used - 1] = joinDeeds(deeds[used - 1] as number, deed);
          judgments[used - 1] = judgments[at] as number;
        } else {
          items[used] = item;
          weights[used] = weight;
          deeds[used] = deed;
          judgments[used] = judgments[at] as number;
          used++;
        }
      }
      from = to;
      const before = became[previous[session] as number] ?? -1;
      became[session] = used === begin ? before : sessions;
      if (used === begin) continue;
      previous[sessions] = before;
      startedAt[sessions++] = startedAt[session] as number;
      starts[sessions] = used;
    }
    const { ids, places } = byViews(this.#indexes, items.subarray(0, used));
    for (let at = 0; at < used; at++) items[at] = places[items[at] as number] as number;
    return {
      ids,
      sessions: {
        items: items.subarray(0, used),
        weights: weights.subarray(0, used),
        deeds: deeds.subarray(0, used),
        judgments: judgments.subarray(0, used),
        starts: starts.subarray(0, sessions + 1),
        previous: previous.subarray(0, sessions),
      },
      startedAt: startedAt.subarray(0, sessions),
    };
  }
}

/** The most viewed items come first: where not all can have vectors, those do. */
function byViews(ids: Ids, items: Int32Array): { ids: Dictionary; places: Int32Array } {
  const views = new Int32Array(ids.length);
  for (const item of items) views[item] = (views[item] as number) + 1;
  const order = Int32Array.from(views.keys())
    .filter((item) => (views[item] as number) > 0)
    .sort((a, b) => (views[b] as number) - (views[a] as number) || a - b);
  const places = new Int32Array(ids.length);
  for (const [place, item] of order.entries()) places[item] = place;
  return { ids: Dictionary.of(inOrder(ids, order)), places };
}

function* inOrder(ids: Ids, order: Int32Array): Generator<string> {
  for (const item of order) yield ids.at(item) as string;
}

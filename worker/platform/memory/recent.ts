/**
 * What was read of somebody lately, and what they did since. Pure: no clock, no I/O.
 *
 * It never holds what was true only before a subject last changed: whoever reads takes a lease, and what is filled in under
 * a lease older than the change is dropped (leases as in Nishtala et al., "Scaling Memcache at Facebook", NSDI 2013).
 */
import type { Change, Known, Remembered, Told } from "../../deps.ts";
import type { Asked } from "./wire.ts";

export interface Answer {
  /** Hand it to `fill` with what is missing. */
  lease: string;
  /** In the order of the question. Undefined: not remembered. */
  values: (Told | undefined)[];
}

/** Whether it says no more than that everything that was asked about is as it was known. */
export function isUnchanged(asked: readonly Asked[], { values }: Answer): boolean {
  const isSame = (told: Told | undefined, known: Known | undefined) =>
    told !== undefined && told.filling === known?.filling && told.added === known.added;
  return values.length > 0 && values.every((told, index) => isSame(told, asked[index]?.known));
}

export interface Bounds {
  /** Characters that are held in all; of subjects that nobody has asked for since, the oldest go first. */
  characters: number;
  /** What a value takes beside its characters, in these: the less is known of people, the more of them are held. */
  each: number;
  /** How long something is believed after it was filled in. */
  holdMs: number;
}

/** Subjects whose last change is known. A lease older than the oldest of these changes is not taken. */
const CHANGES_KEPT = 10_000;
/** Beyond it, reading once more is cheaper than putting together. */
const MOST_ADDED = 40;

interface Held {
  characters: number;
  /** Since it was last spared. */
  isUsed: boolean;
  /** `from`: the additions that came after it was filled in. */
  values: Map<string, { value: string; from: number; filledAt: number; filling: string }>;
  added: string[];
}

export class RecentMemory {
  readonly #bounds: Bounds;
  /** Leases of another memory, for example of this one before a restart, are not taken. */
  readonly #name: string;
  /** Who was asked for since has a second chance (Corbató 1968): nearly the order of use, for a mark. */
  readonly #held = new Map<string, Held>();
  /** When each subject last changed, by the number of the change; the oldest change first. */
  readonly #changed = new Map<string, number>();
  #changes = 0;
  #fillings = 0;
  #oldestLease = 0;
  #characters = 0;

  constructor(name: string, bounds: Bounds) {
    this.#name = name;
    this.#bounds = bounds;
  }

  read(asked: readonly Asked[], now: number): Answer {
    return {
      lease: `${this.#name} ${this.#changes}`,
      values: asked.map(({ subject, name, known }) => {
        const held = this.#held.get(subject);
        const entry = held?.values.get(name);
        if (!held || !entry || Math.abs(now - entry.filledAt) >= this.#bounds.holdMs) return undefined;
        held.isUsed = true;
        const { value, from, filling } = entry;
        const added = held.added.length - from;
        if (known?.filling !== filling) return { filling, added, value, more: held.added.slice(from) };
        return { filling, added, more: held.added.slice(from + known.added) };
      }),
    };
  }

  fill(lease: string, entries: (Remembered & { value: string })[], now: number): void {
    const [name, number] = lease.split(" ");
    const taken = Number(number);
    if (name !== this.#name || taken < this.#oldestLease) return;
    for (const { subject, name, value } of entries) {
      if ((this.#changed.get(subject) ?? 0) > taken) continue;
      const held = this.#held.get(subject) ?? { characters: 0, isUsed: true, values: new Map(), added: [] };
      const known = held.values.get(name);
      this.#weigh(held, value.length - (known ? known.value.length : -this.#bounds.each));
      const filling = `${this.#name} ${++this.#fillings}`;
      held.values.set(name, { value, from: held.added.length, filledAt: now, filling });
      this.#held.set(subject, held);
    }
    this.#shrink();
  }

  /** Each subject is as it was and `added` besides, or else is to be read again. */
  note(changes: Change[]): void {
    this.#changes++;
    for (const { subject, added } of changes) {
      this.#changed.delete(subject);
      this.#changed.set(subject, this.#changes);
      const held = this.#held.get(subject);
      if (!held) continue;
      if (added === undefined || held.added.length >= MOST_ADDED) this.#drop(subject, held);
      else {
        held.added.push(added);
        this.#weigh(held, added.length);
      }
    }
    for (const [subject, at] of this.#changed) {
      if (this.#changed.size <= CHANGES_KEPT) break;
      this.#changed.delete(subject);
      this.#oldestLease = at;
    }
    this.#shrink();
  }

  #weigh(held: Held, characters: number): void {
    held.characters += characters;
    this.#characters += characters;
  }

  #drop(subject: string, held: Held): void {
    this.#held.delete(subject);
    this.#characters -= held.characters;
  }

  #shrink(): void {
    for (const [subject, held] of this.#held) {
      if (this.#characters <= this.#bounds.characters) break;
      this.#drop(subject, held);
      if (!held.isUsed) continue;
      held.isUsed = false;
      this.#characters += held.characters;
      this.#held.set(subject, held);
    }
  }
}

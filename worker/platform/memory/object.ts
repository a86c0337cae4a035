/**
 * The Durable Object that remembers what was read of one part of the people, and what they did since. It stores nothing: what
 * it loses is read again.
 */
import { DurableObject } from "cloudflare:workers";
import type { Change, Remembered } from "../../deps.ts";
import { MINUTE } from "../../lib/time.ts";
import { type Answer, isUnchanged, RecentMemory } from "./recent.ts";
import { asWritten } from "./wire.ts";

/** For so long a writer that was killed between writing and telling can leave something old here. */
const HOLD_MS = 5 * MINUTE;
/** Of the 128 MB that an object has, with two bytes a character at the worst. */
const CHARACTERS = 24_000_000;
/** Keys, and the objects around a value: some 400 bytes. */
const EACH = 200;

export class PeopleMemory extends DurableObject {
  readonly #recent = new RecentMemory(crypto.randomUUID(), { characters: CHARACTERS, each: EACH, holdMs: HOLD_MS });

  /** @param written by `wire.ts`. Null: what was known of each holds, and nothing was added. */
  read(written: string): Answer | null {
    const asked = asWritten(written);
    const answer = this.#recent.read(asked, Date.now());
    return isUnchanged(asked, answer) ? null : answer;
  }

  fill(lease: string, entries: (Remembered & { value: string })[]): void {
    this.#recent.fill(lease, entries, Date.now());
  }

  note(changes: Change[]): void {
    this.#recent.note(changes);
  }
}

/** What a session's clicks say of it as a whole, for the net. Pure. */

import { cosineOf } from "./embedding.ts";
import type { Model } from "./model.ts";
import type { SessionItem } from "./score.ts";

export function logit(share: number): number {
  return Math.log((share + 0.01) / (1.01 - share));
}

export function repeatedAt(clicks: ArrayLike<number>, at: number): boolean {
  for (let k = Math.max(0, at - 25); k < at; k++) if (clicks[k] === clicks[at]) return true;
  return false;
}

/** Share of the last three clicks that were repeats. */
export function repeatsLately(clicks: ArrayLike<number>): number {
  let repeats = 0;
  for (let at = Math.max(0, clicks.length - 3); at < clicks.length; at++) if (repeatedAt(clicks, at)) repeats++;
  return repeats / 3;
}

/** How alike the last two items are. */
export function pairCoherence(model: Model, session: readonly SessionItem[]): number {
  const [embedding] = model.embeddings;
  const [one, other] = session;
  return embedding && one && other ? cosineOf(embedding, one.item, other.item) : 0;
}

/** A proposal as a candidate, and candidates in their order. Pure. */
import type { Candidate } from "./candidates.ts";
import type { Way } from "./schema.ts";
import type { Proposal } from "./ways.ts";

/** Candidates of one person at most. */
export const LISTED = 160;

/** @param said what the way says of it */
export function candidateOf(proposal: Proposal, way: Way, said: number, score = said): Candidate {
  const { id, seed, category, because, seen, search, net } = proposal;
  // Field by field, also of the parts: a request makes some hundreds of them.
  const candidate: Candidate = { id, score, way, parts: {} };
  candidate.parts[way] = said;
  if (seed) candidate.seed = seed;
  if (category !== undefined) candidate.category = category;
  if (because) candidate.because = because;
  if (seen) candidate.seen = seen;
  if (search !== undefined) candidate.search = search;
  if (net) candidate.net = net;
  return candidate;
}

/** What a reason is made from. */
export type Grounds = Pick<Proposal, "seed" | "category" | "because" | "seen" | "search">;

/** From now on this way speaks for a candidate: of what a reason was made from before nothing stays. */
export function speak(candidate: Candidate, { seed, category, because, seen, search }: Grounds, way: Way): void {
  candidate.way = way;
  if (seed || candidate.seed) candidate.seed = seed;
  if (category !== undefined || candidate.category !== undefined) candidate.category = category;
  if (because || candidate.because) candidate.because = because;
  if (seen || candidate.seen) candidate.seen = seen;
  if (search !== undefined || candidate.search !== undefined) candidate.search = search;
}

/** In place: the best first, `LISTED` of them. */
export function inOrder(candidates: Candidate[]): Candidate[] {
  candidates.sort((one, other) => other.score - one.score || (one.id < other.id ? -1 : 1));
  if (candidates.length > LISTED) candidates.length = LISTED;
  return candidates;
}

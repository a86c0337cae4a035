/** Where an item has no picture's vector, what is described like it stands in for what looks like it, and is called so. Pure. */
import type { Candidate, Supply } from "./candidates.ts";

/** Candidates that a stand-in has brought become what they are: "similar", with that reason. In place. */
export function nameStandIns(candidates: Candidate[], { standIns }: Pick<Supply, "standIns">): void {
  if (!standIns?.size) return;
  for (const candidate of candidates) {
    const { way, seed, parts } = candidate;
    if (parts.similar_design === undefined || !seed || !standIns.has(seed.itemId)) continue;
    const { similar_design: lent, ...others } = parts;
    candidate.parts = { ...others, similar: lent + (parts.similar ?? 0) };
    if (way === "similar_design") candidate.way = "similar";
  }
}

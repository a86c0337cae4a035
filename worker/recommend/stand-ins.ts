/** Where little or nothing looks like an item, what is described like it stands in, and is called so. Pure. */
import type { Candidate, Supply } from "./candidates.ts";

/** Candidates that a stand-in has brought become what they are: "similar", with that reason. In place. */
export function nameStandIns(candidates: Candidate[], { standIns }: Pick<Supply, "standIns">): void {
  if (!standIns?.size) return;
  for (const candidate of candidates) {
    const { id, way, seed, parts } = candidate;
    if (parts.similar_design === undefined || !seed || !standIns.get(seed.itemId)?.has(id)) continue;
    const { similar_design: lent, ...others } = parts;
    candidate.parts = { ...others, similar: lent + (parts.similar ?? 0) };
    if (way === "similar_design") candidate.way = "similar";
  }
}

/** Where little or nothing looks like an item, what is described like it stands in, and is called so. Pure. */
import type { Candidate, Supply } from "./candidates.ts";

/**
 * Candidates that a stand-in has brought become what they are: "similar", with that reason. So does what stand-ins add to
 * those that came another way, unless there is a seed that they do look like. In place.
 */
export function nameStandIns(candidates: Candidate[], { standIns, neighbors }: Supply): void {
  if (!standIns?.size) return;
  const lookalikes = new Set<string>();
  for (const [seedId, designs] of neighbors.similar_design ?? []) {
    const lent = standIns.get(seedId);
    for (const { id } of designs) if (!lent?.has(id)) lookalikes.add(id);
  }
  for (const candidate of candidates) {
    const { id, way, seed, parts } = candidate;
    const isBrought = way === "similar_design" && seed !== undefined;
    if (isBrought ? !standIns.get(seed.itemId)?.has(id) : lookalikes.has(id)) continue;
    if (isBrought) candidate.way = "similar";
    const { similar_design: lent, ...others } = parts;
    if (lent !== undefined) candidate.parts = { ...others, similar: lent + (parts.similar ?? 0) };
  }
}

/**
 * Asking as if it were an earlier moment: the clock stands there, so that a history ends there, and people are read from the
 * databases, since the memory of people holds what is. What keeps no past (catalog, rules, model, segments) is as of now.
 */
import type { Deps } from "../deps.ts";
import { noMemory } from "../platform/memory/none.ts";
import type { Placement } from "./schema.ts";
import { selectModels } from "./store.ts";

/** @param at epoch ms */
export function asOf(deps: Deps, at: number): Deps {
  return { ...deps, memory: noMemory, clock: { ...deps.clock, now: () => at, stands: true } };
}

/** What of an answer for an earlier moment is as it was then. */
export interface Sameness {
  /** refreshed: the same, with counts that came after; other: another model serves by now. */
  model: "same" | "refreshed" | "other" | "none";
  rules: "same" | "changed";
}

export async function samenessOf(deps: Deps, siteId: string, placement: Placement, at: number): Promise<Sameness> {
  const model = (await selectModels(deps.control, siteId)).find(({ state }) => state === "active");
  const isOther = model !== undefined && (model.promotedAt ?? model.createdAt) > at;
  const isRefreshed = model !== undefined && (model.refreshedAt ?? 0) > at;
  return {
    model: model === undefined ? "none" : isOther ? "other" : isRefreshed ? "refreshed" : "same",
    rules: placement.updatedAt > at ? "changed" : "same",
  };
}

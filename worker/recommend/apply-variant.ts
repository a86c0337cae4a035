import type { Deps } from "../deps.ts";
import { requireExperiment, stopExperiment } from "../experiments/experiments.ts";
import { Refusal } from "../lib/errors.ts";
import { putPlacement, requirePlacement } from "./placements.ts";
import { type Placement, PlacementRules } from "./schema.ts";

/**
 * What was tried becomes the rule: the variant's rules are laid over the placement's and saved, and the experiment ends if it
 * runs. Repeating it changes nothing more. Throws `not_found`, and `conflict` for an experiment that never ran, or when the
 * placement has changed since so that the two make no whole rules.
 */
export async function applyVariant(deps: Deps, siteId: string, experimentId: string, name: string): Promise<Placement> {
  const { definition, state } = await requireExperiment(deps, siteId, experimentId);
  if (state === "draft") throw new Refusal("conflict", "an experiment that never ran has no winner");
  const variant = definition.variants.find((each) => each.name === name);
  if (!variant) throw new Refusal("not_found", `there is no variant "${name}"`);
  const { id, name: placementName, rules } = await requirePlacement(deps, siteId, definition.placement);
  const merged = PlacementRules.safeParse({ ...rules, ...variant.rules });
  if (!merged.success)
    throw new Refusal("conflict", "the placement has changed: its rules and the variant's do not fit");
  // In this order: killed in between, those who see the experiment see one of its variants still.
  const placement = await putPlacement(deps, siteId, id, { name: placementName, rules: merged.data });
  if (state === "running") await stopExperiment(deps, siteId, experimentId);
  return placement;
}

/** A variant's rules over those of its placement: checked when they are saved, laid over when they are used. */
import type { Deps } from "../deps.ts";
import type { ExperimentDefinition } from "../experiments/schema.ts";
import type { Variant } from "../experiments/variant.ts";
import { type Issue, Refusal } from "../lib/errors.ts";
import { issuesOf } from "../lib/issues.ts";
import { requirePlacement } from "./placements.ts";
import { PlacementRules } from "./schema.ts";
import { issuesWith } from "./settle.ts";
import { SURVEY_DAYS } from "./taste.ts";

/** The rules that somebody in this variant is recommended by. Its own were checked against the placement's. */
export function rulesWith(rules: PlacementRules, variant: Variant | undefined): PlacementRules {
  if (!variant) return rules;
  if (variant.shows === "popular") return { ...rules, ways: ["trending"] };
  return { ...rules, ...(variant.rules as Partial<PlacementRules>) };
}

/**
 * The definition with each variant's rules in their stored form, or what is wrong with them; paths as in the API's body. The
 * placement must be there, and every variant must make whole rules of it.
 */
export async function checkVariants(
  deps: Deps,
  siteId: string,
  definition: ExperimentDefinition,
): Promise<{ definition: ExperimentDefinition; issues: Issue[] }> {
  let rules: PlacementRules;
  try {
    rules = (await requirePlacement(deps, siteId, definition.placement)).rules;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { definition, issues: [{ path: "definition.placement", message: error.message }] };
  }
  const checked = await Promise.all(
    definition.variants.map(async (variant, index) => {
      const { rules: own, issues } = checkOverride(rules, variant.rules);
      const wrong = issues.length > 0 ? issues : await issuesWith(deps, siteId, { ways: rules.ways, ...own });
      const path = `definition.variants.${index}.rules`;
      return {
        variant: { ...variant, rules: own },
        issues: wrong.map((issue) => ({ ...issue, path: issue.path ? `${path}.${issue.path}` : path })),
      };
    }),
  );
  return {
    definition: { ...definition, variants: checked.map(({ variant }) => variant) },
    issues: checked.flatMap(({ issues }) => issues),
  };
}

function checkOverride(rules: PlacementRules, override: ExperimentDefinition["variants"][number]["rules"]) {
  const result = PlacementRules.safeParse({ ...rules, ...override });
  if (!result.success) {
    return { rules: override, issues: issuesOf(result.error) };
  }
  // A recommendation reads purchases before it knows the variant: as far back as the placement, or surveys, ask.
  const known = Math.max(rules.excludePurchasedDays, SURVEY_DAYS);
  if (result.data.excludePurchasedDays > known) {
    return { rules: override, issues: [{ path: "excludePurchasedDays", message: `at most ${known} in a variant` }] };
  }
  const entries = Object.entries(result.data).filter(([key]) => Object.hasOwn(override, key));
  return { rules: Object.fromEntries(entries) as typeof override, issues: [] };
}

import { explain } from "../../worker/recommend/explain.ts";
import { isCased, PlacementRules, type SettledRules } from "../../worker/recommend/schema.ts";

/** Rules of one mix, as they hold at any moment. */
export function settledRules(said: object): SettledRules {
  const { ways, ...others } = PlacementRules.parse(said);
  if (isCased(ways)) throw new Error("one mix for every moment");
  return { ...others, ways };
}

type Explained = Parameters<typeof explain>[0];

/** Why a list is as it is, where there is no model, no experiment and nothing to say of an intention. */
export function explainPlainly(made: Pick<Explained, "taste" | "supply" | "placement" | "plan" | "selection">) {
  return explain({ ...made, model: undefined, variant: undefined, intention: undefined });
}

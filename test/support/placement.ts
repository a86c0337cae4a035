import { isCased, PlacementRules, type SettledRules } from "../../worker/recommend/schema.ts";

/** Rules of one mix, as they hold at any moment. */
export function settledRules(said: object): SettledRules {
  const { ways, ...others } = PlacementRules.parse(said);
  if (isCased(ways)) throw new Error("one mix for every moment");
  return { ...others, ways };
}

import type { Label } from "../../experiments/label.ts";
import { HOLDOUT } from "../../experiments/schema.ts";
import type { View } from "./view.ts";

/** Which group of which experiment: "comparison group", "variant b". `shows` says what a holdout sees, where that is known. */
export function variantInWords(
  { t }: Pick<View, "t">,
  { group }: Label,
  shows?: "nothing" | "popular" | "rules",
): string {
  if (group !== HOLDOUT) return t("experiments.seesVariant", { variant: group });
  if (shows === "nothing") return t("experiments.seesNothing");
  return t(shows === "popular" ? "experiments.seesPopular" : "experiments.heldOut");
}

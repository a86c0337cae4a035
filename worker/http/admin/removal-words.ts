import { translateOr } from "./language.ts";
import type { SiteView } from "./view.ts";

/** Why something is left out, or was let in: a rule by its name, a condition of the placement's filter by its path (`filter.1`). */
export function removalInWords({ t }: SiteView, rule: string): string {
  const [head = "", ...path] = rule.split(".");
  const places = path.flatMap((step) => (/^\d+$/.test(step) ? [Number(step) + 1] : []));
  const condition = places.length > 0 ? ` · ${t("placements.condition", { number: places.join(".") })}` : "";
  return `${translateOr(t, `removed.${head}`, head)}${condition}`;
}

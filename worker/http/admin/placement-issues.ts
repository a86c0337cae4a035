/** What is wrong with a placement's rules, by the fields of its form and in their words. Pure. */
import type { Issue } from "../../lib/errors.ts";
import { WAYS } from "../../recommend/schema.ts";
import type { Translate } from "./language.ts";
import type { PlacementFields } from "./placement-fields.ts";
import type { Word } from "./words/words.ts";

/** By the field's name; a part of it (`pins.0.position`) is called as the field. */
const LABELS: Record<string, Word> = {
  id: "placements.id",
  name: "placements.name",
  "title.ko": "placements.titleKo",
  "title.en": "placements.titleEn",
  mix: "placements.mix",
  count: "placements.count",
  "titleWithItem.ko": "placements.titleWithItemKo",
  "titleWithItem.en": "placements.titleWithItemEn",
  filter: "placements.filter",
  booster: "placements.booster",
  perBrandCap: "placements.perBrandCap",
  perCategoryCap: "placements.perCategoryCap",
  diversity: "placements.diversity",
  excludePurchasedDays: "placements.excludePurchasedDays",
  restAfterIgnored: "placements.restAfterIgnored",
  explorePercent: "placements.explorePercent",
  pins: "placements.pins",
  excludeItemIds: "placements.excludeItemIds",
  more: "placements.moreLabel",
};

/** Of what Problems names: the label of the field; undefined for what has none. */
export function fieldLabel(t: Translate, path: string): string | undefined {
  const moment = /^cases\.(\d+)\.(ways|when)/.exec(path);
  if (moment)
    return t(moment[2] === "ways" ? "placements.caseWays" : "placements.caseWhen", { number: Number(moment[1]) + 1 });
  const name = Object.keys(LABELS).find((each) => path === each || path.startsWith(`${each}.`));
  return name && t(LABELS[name] as Word);
}

/** @param issues as the schema's paths say them, of the whole placement or of its rules */
export function issuesInForm(t: Translate, { cases, more }: PlacementFields, issues: Issue[]): Issue[] {
  const found = issues.map(({ path, message }): Issue => {
    const own = path.replace(/^rules(?:\.|$)/, "");
    if (own === "" && !isJson(more)) return { path: "more", message: t("placements.noJson") };
    if (own === "") return { path: "more", message };
    if (own === "explore") return { path: "explorePercent", message };
    const [, place, inCase, rest = ""] = /^ways(?:\.cases\.(\d+)\.(ways|when))?(?:\.(.*))?$/.exec(own) ?? [];
    if (!own.startsWith("ways")) return { path: own, message };
    if (inCase === "when") return { path: `cases.${place}.when${rest && `.${rest}`}`, message };
    const isOfCase = place !== undefined && Number(place) < cases.length;
    // Numbers speak for themselves; what is wrong else is a name.
    const isName = !/\.count$|^weights\..|^$/.test(rest);
    const ways = WAYS.map((way) => t(`way.${way}`)).join(", ");
    return {
      path: isOfCase ? `cases.${place}.ways` : "mix",
      message: isName ? t("placements.noSuchWay", { ways }) : message,
    };
  });
  return found.filter(
    ({ path, message }, place) => found.findIndex((each) => each.path === path && each.message === message) === place,
  );
}

function isJson(text: string): boolean {
  try {
    return text === "" || typeof JSON.parse(text) === "object";
  } catch {
    return false;
  }
}

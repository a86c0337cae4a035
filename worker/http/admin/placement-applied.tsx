/** The rules of a list as they held for this person, here and now: an experiment's are among them. */
import type { Child } from "hono/jsx";
import type { AppliedRules } from "../../recommend/explain.ts";
import type { ResolvedRule } from "../../recommend/item-rule.ts";
import type { Way } from "../../recommend/schema.ts";
import { waysOf } from "../../recommend/schema.ts";
import type { ChosenCase } from "../../recommend/settle.ts";
import { formatDay, formatNumber } from "./format.ts";
import { translateOr } from "./language.ts";
import { mixText } from "./mix-text.ts";
import { Facts } from "./parts.tsx";
import { removalInWords } from "./removal-words.ts";
import { conditionInWords, ruleInWords } from "./rule-words.ts";
import type { SiteView } from "./view.ts";

export function Applied(props: { view: SiteView; rules: AppliedRules; titleOf: (id: string) => string }) {
  const { view, rules, titleOf } = props;
  const { t, locale, site } = view;
  const day = (at: number) => formatDay(at, locale, site.timeZone);
  const caps = [
    ...(rules.perBrandCap === null ? [] : [`${t("placements.perBrandCap")} ${rules.perBrandCap}`]),
    ...(rules.perCategoryCap === null ? [] : [`${t("placements.perCategoryCap")} ${rules.perCategoryCap}`]),
    ...(rules.diversity === 0 ? [] : [`${t("placements.diversity")} ${rules.diversity}`]),
  ];
  const bought = rules.purchased.items.map(({ id, at, rebuyDays, excluded }) => {
    const cycle = rebuyDays === null ? "" : ` · ${t("placements.rebuyAfter", { days: Math.round(rebuyDays) })}`;
    return `${titleOf(id)} (${day(at)}${cycle}) ${t(excluded ? "placements.boughtOut" : "placements.boughtIn")}`;
  });
  const facts: [string, Child][] = [
    [
      t("placements.ways"),
      mixText(rules.ways, locale) ||
        waysOf(rules.ways)
          .map((way: Way) => t(`way.${way}`))
          .join(" · "),
    ],
    [t("placements.chosen"), rules.chosen && <Chosen view={view} chosen={rules.chosen} />],
    [t("placements.count"), formatNumber(rules.count, locale)],
    [
      t("placements.filter"),
      listOf(rules.filter.map(({ path, rule }) => `${removalInWords(view, path)}: ${itemRuleInWords(view, rule)}`)),
    ],
    [t("placements.booster"), listOf(rules.boosts.map(({ when, by }) => `${itemRuleInWords(view, when)} ×${by}`))],
    [t("placements.caps"), caps.join(" · ")],
    [
      t("placements.pins"),
      listOf(
        rules.pins.map(
          ({ itemId, position, shown }) =>
            `${position}. ${titleOf(itemId)}${shown ? "" : ` · ${t("placements.pinRests")}`}`,
        ),
      ),
    ],
    [t("placements.bought"), listOf(bought)],
    [
      t("placements.ignored"),
      listOf(rules.ignored.items.map(({ id, times }) => `${titleOf(id)} ${t("placements.times", { count: times })}`)),
    ],
  ];
  return <Facts facts={facts} />;
}

/** Of a placement with several mixes: which held, and what was known when it was chosen. */
function Chosen({ view, chosen: { case: place, when, known } }: { view: SiteView; chosen: ChosenCase }) {
  const { t } = view;
  const said = Object.entries(known).map(([trait, value]) => {
    const values = [value].flat().map((each) => translateOr(t, `mode.${each}`, String(each)));
    return `${translateOr(t, `trait.${trait}`, trait)}: ${values.join(", ")}`;
  });
  return (
    <>
      {when
        ? `${t("placements.case", { number: place + 1 })}: ${ruleInWords(view, when)}`
        : t("placements.caseOtherwise")}
      <span class="sub">{said.join(" · ")}</span>
    </>
  );
}

/** Undefined for none, so that its name is left out too. */
function listOf(lines: string[]): Child {
  if (lines.length === 0) return undefined;
  return (
    <ul class="plain-list">
      {lines.map((line) => (
        <li>{line}</li>
      ))}
    </ul>
  );
}

/** With the current item's values in it; null asks nothing here. */
function itemRuleInWords(view: SiteView, rule: ResolvedRule | null): string {
  const { t } = view;
  if (rule === null) return t("placements.asksNothing");
  if ("all" in rule) return rule.all.map((each) => itemRuleInWords(view, each)).join(` ${t("rule.and")} `);
  if ("any" in rule) return rule.any.map((each) => itemRuleInWords(view, each)).join(` ${t("rule.or")} `);
  if ("not" in rule) return t("rule.notWords", { rule: itemRuleInWords(view, rule.not) });
  return conditionInWords(view, rule);
}

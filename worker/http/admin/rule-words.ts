/** A rule as a sentence, for lists. */
import { SECOND } from "../../lib/time.ts";
import type { Condition, EventRule, Rule } from "../../segments/rule.ts";
import { formatDuration } from "./format.ts";
import { translateOr } from "./language.ts";
import type { View } from "./view.ts";

type Words = Pick<View, "t" | "locale">;

export function ruleInWords(view: Words, rule: Rule): string {
  const { t } = view;
  if ("all" in rule) return rule.all.map((each) => inner(view, each)).join(` ${t("rule.and")} `);
  if ("any" in rule) return rule.any.map((each) => inner(view, each)).join(` ${t("rule.or")} `);
  if ("not" in rule) return t("rule.notWords", { rule: inner(view, rule.not) });
  if ("trait" in rule) {
    return conditionInWords(view, { ...rule, property: translateOr(t, `trait.${rule.trait}`, rule.trait) });
  }
  return eventInWords(view, rule);
}

function inner(view: Words, rule: Rule): string {
  const words = ruleInWords(view, rule);
  return "all" in rule || "any" in rule ? `(${words})` : words;
}

function eventInWords(view: Words, rule: EventRule): string {
  const { t, locale } = view;
  const event = [rule.event]
    .flat()
    .map((name) => translateOr(t, `event.${name}`, name))
    .join(` ${t("rule.or")} `);
  const parts = [event];
  if (rule.where?.length) parts.push(`[${rule.where.map((each) => conditionInWords(view, each)).join(", ")}]`);
  if (rule.count) parts.push(t(`rule.count.${rule.count.op}`, { count: rule.count.value }));
  const said = parts.join(" ");
  const time = rule.withinSeconds && formatDuration(rule.withinSeconds * SECOND, locale);
  const words = time ? t("rule.withinWords", { event: said, time }) : said;
  return rule.did ? words : t("rule.didNotWords", { rule: words });
}

export function conditionInWords({ t }: Words, { property, op, value }: Condition): string {
  const values = value === undefined ? [] : [value].flat();
  const shown = values.map((each) => translateOr(t, `mode.${each}`, String(each))).join(", ");
  return `${property} ${translateOr(t, `op.${op}`, op)} ${shown}`.trim();
}

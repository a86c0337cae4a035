/** A placement's rules as form fields and back. What rows cannot say stays as JSON; nothing is simplified to fit. Pure. */
import type { ItemCondition, ItemRule } from "../../recommend/item-rule.ts";
import { asList, type Boost, DEFAULT_WAYS, isCased, type PlacementInput } from "../../recommend/schema.ts";
import { type Form, list, text } from "./form.ts";
import type { Locale } from "./language.ts";
import { caseText, mixText, readCase, readMix } from "./mix-text.ts";
import { quoted, splitQuoted, unquoted } from "./quoted.ts";
import {
  BLANK_ROW,
  type ConditionFields,
  changeRuleForm,
  conditionFields,
  fromCondition,
  fromRuleForm,
  type RuleForm,
  readRows,
  readRuleForm,
  toRuleForm,
} from "./rule-form.ts";

export interface BoostFields extends ConditionFields {
  by: string;
}

/** A mix of its own for some moments, before the one for all others. */
export interface CaseFields {
  when: RuleForm;
  ways: string;
}

export interface PlacementFields {
  id: string;
  name: string;
  ways: string[];
  mix: string;
  cases: CaseFields[];
  count: string;
  layout: string;
  title: { ko: string; en: string };
  titleWithItem: { ko: string; en: string };
  excludePurchasedDays: string;
  allowRebuy: boolean;
  excludeViewed: boolean;
  restAfterIgnored: string;
  excludeItemIds: string;
  pins: string;
  /** What is looked for to be pinned, and where it shall stand. */
  pinSearch: string;
  pinPlace: string;
  /** One was just pinned: the search goes on. */
  hasPinned: boolean;
  diversity: string;
  explorePercent: string;
  perBrandCap: string;
  perCategoryCap: string;
  /** Of the filter's rows: all of them hold, or one is enough. */
  filterJoin: "all" | "any";
  filter: ConditionFields[];
  booster: BoostFields[];
  /** JSON: filters and boosts that are deeper than a row. */
  more: string;
}

const BLANK_CONDITION: ConditionFields = { property: "", op: "lte", value: "" };
/** What a marketer most often asks of a moment, to be changed. */
const NEW_CASE: CaseFields = {
  when: {
    mode: "form",
    join: "all",
    rows: [{ ...BLANK_ROW, kind: "trait", property: "intention_mode", value: "about_to_buy" }],
  },
  ways: "",
};
const BLANK_BOOST: BoostFields = { property: "", op: "eq", value: "", by: "2" };

/** @param locale of the page, in whose words ways are named */
export function toPlacementFields({ name, rules }: PlacementInput, locale: Locale): PlacementFields {
  const choice = choiceOf(rules.filter);
  const others = choice ? rules.filter.filter((rule) => rule !== choice.rule) : rules.filter;
  const filter = others.map((rule) => ({ rule, row: rowOf(rule) }));
  const booster = rules.booster.map((boost) => ({ boost, row: rowOf(boost.when) }));
  const deepFilter = filter.flatMap(({ rule, row }) => (row ? [] : [rule]));
  const deepBooster = booster.flatMap(({ boost, row }) => (row ? [] : [boost]));
  const more = {
    ...(deepFilter.length > 0 ? { filter: deepFilter } : {}),
    ...(deepBooster.length > 0 ? { booster: deepBooster } : {}),
  };
  const cases = isCased(rules.ways) ? rules.ways.cases : [{ ways: rules.ways }];
  const mix = cases.at(-1)?.ways ?? [...DEFAULT_WAYS];
  return {
    id: "",
    name,
    ways: Array.isArray(mix) ? mix : [...DEFAULT_WAYS],
    mix: mixText(mix, locale),
    cases: cases
      .slice(0, -1)
      .map(({ when, ways }) => ({ when: toRuleForm(when ?? null), ways: caseText(ways, locale) })),
    count: String(rules.count),
    layout: rules.layout,
    title: rules.title,
    titleWithItem: rules.titleWithItem ?? { ko: "", en: "" },
    excludePurchasedDays: String(rules.excludePurchasedDays),
    allowRebuy: rules.allowRebuy,
    excludeViewed: rules.excludeViewed,
    restAfterIgnored: String(rules.restAfterIgnored),
    excludeItemIds: rules.excludeItemIds.map(quoted).join(", "),
    pins: rules.pins.map(({ position, itemId }) => `${position}=${quoted(itemId)}`).join(", "),
    pinSearch: "",
    pinPlace: "",
    hasPinned: false,
    diversity: String(rules.diversity),
    explorePercent: String(Math.round(rules.explore * 100)),
    perBrandCap: rules.perBrandCap === undefined ? "" : String(rules.perBrandCap),
    perCategoryCap: rules.perCategoryCap === undefined ? "" : String(rules.perCategoryCap),
    filterJoin: choice ? "any" : "all",
    filter: choice?.rows ?? filter.flatMap(({ row }) => row ?? []),
    booster: booster.flatMap(({ boost, row }) => (row ? [{ ...row, by: String(boost.by) }] : [])),
    more: Object.keys(more).length === 0 ? "" : JSON.stringify(more, null, 2),
  };
}

/** The filter's one rule of which any condition is enough, where rows can say it: none of the other rules is a row then. */
function choiceOf(filter: readonly ItemRule[]): { rule: ItemRule; rows: ConditionFields[] } | undefined {
  const choices = filter.flatMap((rule) => {
    const rows = "any" in rule ? rule.any.map(rowOf) : [];
    const whole = rows.flatMap((row) => row ?? []);
    return whole.length > 1 && whole.length === rows.length ? [{ rule, rows: whole }] : [];
  });
  return choices.length === 1 && !filter.some((rule) => rowOf(rule)) ? choices[0] : undefined;
}

/** One condition as a row; undefined for what is deeper. `@price * 0.9` is a value of the current item. */
function rowOf(rule: ItemRule): ConditionFields | undefined {
  if (!("property" in rule)) return undefined;
  const { property, op, value } = rule;
  if (typeof value === "object" && "current" in value) {
    return { property, op, value: `@${value.current}${value.times === undefined ? "" : ` * ${value.times}`}` };
  }
  return conditionFields({ property, op, value });
}

function fromRow(row: ConditionFields): ItemCondition {
  const [, current, times] = /^@([\w.]+)(?:\s*[*×]\s*([\d.]+))?$/.exec(row.value) ?? [];
  if (current === undefined) return fromCondition(row);
  const value = { current, ...(times === undefined ? {} : { times: Number(times) }) };
  return { ...fromCondition({ ...row, value: "" }), value };
}

/** `input` is not checked yet. `isEdited`: a button of the form's rows sent it, and nothing is to be saved. */
export function readPlacementForm(form: Form): { fields: PlacementFields; input: unknown; isEdited: boolean } {
  const act = text(form, "act");
  const condition = (row: Form) => ({
    property: text(row, "property"),
    op: text(row, "op"),
    value: text(row, "value"),
  });
  const filter = readRows(form, "filter").map(condition);
  const booster = readRows(form, "booster").map((row) => ({ ...condition(row), by: text(row, "by") }));
  const sent = readRows(form, "cases").map((row) => ({ when: readRuleForm(row, "when"), ways: text(row, "ways") }));
  const cases = changeCases(sent, act);
  const fields: PlacementFields = {
    id: text(form, "id"),
    name: text(form, "name"),
    ways: list(form, "ways"),
    mix: text(form, "mix"),
    cases,
    count: text(form, "count"),
    layout: text(form, "layout"),
    title: { ko: text(form, "title.ko"), en: text(form, "title.en") },
    titleWithItem: { ko: text(form, "titleWithItem.ko"), en: text(form, "titleWithItem.en") },
    excludePurchasedDays: text(form, "excludePurchasedDays"),
    allowRebuy: text(form, "allowRebuy") !== "",
    excludeViewed: text(form, "excludeViewed") !== "",
    restAfterIgnored: text(form, "restAfterIgnored"),
    excludeItemIds: text(form, "excludeItemIds"),
    ...pinsOf(form, act),
    diversity: text(form, "diversity"),
    explorePercent: text(form, "explorePercent"),
    perBrandCap: text(form, "perBrandCap"),
    perCategoryCap: text(form, "perCategoryCap"),
    filterJoin: text(form, "filterJoin") === "any" ? "any" : "all",
    filter: act === "filter:add" ? [...filter, BLANK_CONDITION] : filter,
    booster: act === "booster:add" ? [...booster, BLANK_BOOST] : booster,
    more: text(form, "more"),
  };
  const isEdited = ["filter:add", "filter:count", "booster:add"].includes(act) || /^(?:cases|pins)/.test(act);
  return { fields, input: { name: fields.name, rules: rulesOf(fields) }, isEdited };
}

/** `pins:add:<item id, quoted>` pins it at the place that is asked for, or at the first that is free; `pins:search` only looks. */
function pinsOf(form: Form, act: string): Pick<PlacementFields, "pins" | "pinSearch" | "pinPlace" | "hasPinned"> {
  const [pins, pinPlace] = [text(form, "pins"), text(form, "pinPlace")];
  const added = /^pins:add:(.+)$/s.exec(act)?.[1];
  if (added === undefined) return { pins, pinSearch: text(form, "pinSearch"), pinPlace, hasPinned: false };
  const before = splitQuoted(pins);
  const taken = new Set(before.map((pin) => Number(pin.split("=")[0])));
  let place = Number(pinPlace);
  if (!Number.isInteger(place) || place < 1) for (place = 1; taken.has(place); ) place++;
  return {
    pins: [...before, `${place}=${quoted(unquoted(added))}`].join(", "),
    pinSearch: "",
    pinPlace: "",
    hasPinned: true,
  };
}

/** What a button of the cases asks for: `cases:add`, `cases:remove:<place>`, or one of a rule's own. */
function changeCases(cases: CaseFields[], act: string): CaseFields[] {
  if (act === "cases:add") return [...cases, NEW_CASE];
  const removed = /^cases:remove:(\d+)$/.exec(act)?.[1];
  if (removed !== undefined) return cases.filter((_, place) => place !== Number(removed));
  return cases.map((each, place) => {
    const when = changeRuleForm(each.when, `cases.${place}.when`, act);
    return when ? { ...each, when } : each;
  });
}

const number = (value: string) => (value === "" ? undefined : Number(value));

function rulesOf(fields: PlacementFields): unknown {
  const { titleWithItem } = fields;
  const more = moreOf(fields.more);
  const mix = fields.mix === "" ? fields.ways : readMix(fields.mix);
  const cases = fields.cases.map(({ when, ways }) => ({ when: fromRuleForm(when) ?? undefined, ways: readCase(ways) }));
  return {
    ways: cases.length === 0 ? mix : { cases: [...cases, { ways: mix }] },
    count: number(fields.count),
    layout: fields.layout,
    title: fields.title,
    ...(titleWithItem.ko === "" && titleWithItem.en === "" ? {} : { titleWithItem }),
    excludePurchasedDays: number(fields.excludePurchasedDays),
    allowRebuy: fields.allowRebuy,
    excludeViewed: fields.excludeViewed,
    restAfterIgnored: number(fields.restAfterIgnored),
    excludeItemIds: splitQuoted(fields.excludeItemIds).map(unquoted),
    pins: splitQuoted(fields.pins).map((pin) => {
      const [position = "", ...itemId] = pin.split("=");
      return { position: Number(position), itemId: unquoted(itemId.join("=")) };
    }),
    diversity: number(fields.diversity),
    explore: fields.explorePercent === "" ? undefined : Number(fields.explorePercent) / 100,
    perBrandCap: number(fields.perBrandCap),
    perCategoryCap: number(fields.perCategoryCap),
    filter: [...joined(fields), ...more.filter],
    booster: [
      ...fields.booster
        .filter(({ property }) => property !== "")
        .map(({ by, ...row }) => ({ when: fromRow(row), by: Number(by) })),
      ...more.booster,
    ],
    ...more.wrong,
  };
}

function joined({ filter, filterJoin }: PlacementFields): ItemRule[] {
  const rows = filter.filter(({ property }) => property !== "").map(fromRow);
  return filterJoin === "any" && rows.length > 1 ? [{ any: rows }] : rows;
}

/** What is no JSON object of filters and boosts becomes a field of its own, which the schema names. */
function moreOf(more: string): { filter: ItemRule[]; booster: Boost[]; wrong: object } {
  const nothing = { filter: [], booster: [], wrong: {} };
  if (more === "") return nothing;
  try {
    const { filter: said = [], booster = [], ...others } = JSON.parse(more) as Record<string, unknown>;
    const filter = asList(said);
    if (!Array.isArray(filter) || !Array.isArray(booster)) return { ...nothing, wrong: { more } };
    return { filter, booster, wrong: others };
  } catch {
    return { ...nothing, wrong: { more } };
  }
}

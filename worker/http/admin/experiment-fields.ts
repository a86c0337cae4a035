/** An experiment's plan as form fields, and back. What the form does not know of a variant's rules stays in it as JSON. Pure. */
import { ExperimentDefinition } from "../../experiments/schema.ts";
import { type Form, list, text } from "./form.ts";
import { joinDuration, readRows, splitDuration } from "./rule-form.ts";

export interface VariantFields {
  name: string;
  share: string;
  ways: string[];
  count: string;
  layout: string;
  titleKo: string;
  titleEn: string;
  others: string;
}

export interface ExperimentFields {
  name: string;
  mode: string;
  trafficPercent: string;
  holdoutPercent: string;
  shows: string;
  metric: string;
  window: { amount: string; unit: string };
  variants: VariantFields[];
  /** What the form does not ask for. */
  learning: ExperimentDefinition["learning"];
}

type VariantRules = ExperimentDefinition["variants"][number]["rules"];

const percentOf = (share: number) => String(Number((share * 100).toFixed(4)));

/** Two variants that differ in nothing yet. */
export function starterFields(placement: string): ExperimentFields {
  const variants = [{ name: "control" }, { name: "new" }];
  return toExperimentFields("", ExperimentDefinition.parse({ placement, variants }));
}

export function toExperimentFields(name: string, definition: ExperimentDefinition): ExperimentFields {
  const { amount, unit } = splitDuration(definition.metric.windowSeconds);
  return {
    name,
    mode: definition.mode,
    trafficPercent: percentOf(definition.traffic),
    holdoutPercent: percentOf(definition.holdout.share),
    shows: definition.holdout.shows,
    metric: definition.metric.kind,
    window: { amount: String(amount), unit },
    variants: definition.variants.map((variant) => toVariantFields(variant.name, variant.share, variant.rules)),
    learning: definition.learning,
  };
}

function toVariantFields(name: string, share: number, rules: VariantRules): VariantFields {
  const { ways, count, layout, title, ...rest } = rules;
  // A mix of the marketer's own has no boxes to tick.
  const others = ways === undefined || Array.isArray(ways) ? rest : { ways, ...rest };
  const isTitle = typeof title === "object" && title !== null && !Array.isArray(title);
  const part = (locale: "ko" | "en") => (isTitle && typeof title[locale] === "string" ? title[locale] : "");
  return {
    name,
    share: String(share),
    ways: Array.isArray(ways) ? ways.map(String) : [],
    count: count === undefined ? "" : String(count),
    layout: typeof layout === "string" ? layout : "",
    titleKo: part("ko"),
    titleEn: part("en"),
    others: Object.keys(others).length > 0 ? JSON.stringify(others, null, 2) : "",
  };
}

export function readExperimentFields(form: Form, before: ExperimentFields): ExperimentFields {
  const read = (name: string) => text(form, name);
  return {
    name: read("name"),
    mode: read("mode"),
    trafficPercent: read("trafficPercent"),
    holdoutPercent: read("holdoutPercent"),
    shows: read("shows"),
    metric: read("metric"),
    window: { amount: read("window.amount"), unit: read("window.unit") },
    variants: readRows(form, "variants").map((row) => ({
      name: text(row, "name"),
      share: text(row, "share"),
      ways: list(row, "ways"),
      count: text(row, "count"),
      layout: text(row, "layout"),
      titleKo: text(row, "titleKo"),
      titleEn: text(row, "titleEn"),
      others: text(row, "others"),
    })),
    learning: before.learning,
  };
}

/** The fields after one of the editor's own buttons; undefined when another one was pressed. */
export function changeExperimentFields(fields: ExperimentFields, act: string): ExperimentFields | undefined {
  if (act === "variants:add") {
    const name = `variant-${fields.variants.length + 1}`;
    return { ...fields, variants: [...fields.variants, toVariantFields(name, 1, {})] };
  }
  const removed = /^variants:remove:(\d+)$/.exec(act)?.[1];
  if (removed === undefined) return undefined;
  return { ...fields, variants: fields.variants.filter((_, index) => index !== Number(removed)) };
}

/** The body that the fields say, not yet checked, and variants whose JSON is none. */
export function toExperimentInput(fields: ExperimentFields, placement: string): { input: unknown; notJson: number[] } {
  const number = (value: string) => (value === "" ? Number.NaN : Number(value));
  const notJson: number[] = [];
  const variants = fields.variants.map((variant, index) => {
    const { rules, isJson } = toRules(variant);
    if (!isJson) notJson.push(index);
    return { name: variant.name, share: number(variant.share), rules };
  });
  const definition = {
    placement,
    mode: fields.mode,
    traffic: number(fields.trafficPercent) / 100,
    holdout: { share: number(fields.holdoutPercent) / 100, shows: fields.shows },
    variants,
    metric: { kind: fields.metric, windowSeconds: joinDuration(fields.window.amount, fields.window.unit) },
    learning: fields.learning,
  };
  return { input: { name: fields.name, definition }, notJson };
}

function toRules({ ways, count, layout, titleKo, titleEn, others }: VariantFields) {
  const rules = {
    ...(ways.length > 0 ? { ways } : {}),
    ...(count === "" ? {} : { count: Number(count) }),
    ...(layout === "" ? {} : { layout }),
    ...(titleKo === "" && titleEn === "" ? {} : { title: { ko: titleKo, en: titleEn } }),
  };
  if (others === "") return { rules, isJson: true };
  try {
    const more: unknown = JSON.parse(others);
    const isJson = typeof more === "object" && more !== null && !Array.isArray(more);
    return { rules: isJson ? { ...more, ...rules } : rules, isJson };
  } catch {
    return { rules, isJson: false };
  }
}

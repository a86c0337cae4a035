/**
 * Rules over people as form fields and back. The form knows one level: all or any of some conditions. Deeper rules are
 * edited as JSON; nothing is ever simplified to fit the form. Pure.
 */
import { DAY, HOUR, MINUTE, SECOND } from "../../lib/time.ts";
import { type Condition, type EventRule, Rule, type TraitRule } from "../../segments/rule.ts";
import { type Form, text } from "./form.ts";
import { quoted, splitQuoted, unquoted } from "./quoted.ts";

export const UNITS = ["minutes", "hours", "days"] as const;
export type Unit = (typeof UNITS)[number];
const UNIT_SECONDS: Record<Unit, number> = { minutes: MINUTE / SECOND, hours: HOUR / SECOND, days: DAY / SECOND };

/** All fields are what stands in the form, as text; which of them count depends on `kind`. */
export interface RuleRow {
  kind: "did" | "didNot" | "trait";
  /** One name, or several with commas between: any of them. */
  event: string;
  /** Empty: at least once. */
  countOp: "" | "gte" | "lte" | "eq";
  count: string;
  /** Empty: for ever. */
  within: string;
  unit: Unit;
  /** A property of the event, or the trait's name. */
  property: string;
  op: string;
  value: string;
}

export type RuleForm = { mode: "form"; join: "all" | "any"; rows: RuleRow[] } | { mode: "json"; json: string };

export const BLANK_ROW: RuleRow = {
  kind: "did",
  event: "",
  countOp: "",
  count: "1",
  within: "",
  unit: "days",
  property: "",
  op: "eq",
  value: "",
};

/** The largest unit in which it is a whole number: 172800 → 2 days. */
export function splitDuration(seconds: number): { amount: number; unit: Unit } {
  const unit = UNITS.findLast((each) => seconds % UNIT_SECONDS[each] === 0) ?? "minutes";
  return { amount: seconds / UNIT_SECONDS[unit], unit };
}

/** NaN when the amount is no number: the schema then says what is wrong with it. */
export function joinDuration(amount: string, unit: string): number {
  return amount === "" ? Number.NaN : Number(amount) * (UNIT_SECONDS[unit as Unit] ?? Number.NaN);
}

/** As a form where it fits, else as JSON. No rule: a form without rows. */
export function toRuleForm(rule: Rule | null): RuleForm {
  if (rule === null) return { mode: "form", join: "all", rows: [] };
  const [join, parts] = "all" in rule ? ["all", rule.all] : "any" in rule ? ["any", rule.any] : ["all", [rule]];
  const rows = (parts as Rule[]).map(toRow);
  return rows.every((row) => row !== undefined)
    ? { mode: "form", join: join as "all" | "any", rows }
    : { mode: "json", json: JSON.stringify(rule, null, 2) };
}

function toRow(rule: Rule): RuleRow | undefined {
  if ("trait" in rule) return { ...BLANK_ROW, kind: "trait", ...conditionFields({ ...rule, property: rule.trait }) };
  if (!("event" in rule) || (rule.where?.length ?? 0) > 1) return undefined;
  const within = rule.withinSeconds === undefined ? undefined : splitDuration(rule.withinSeconds);
  if (within && !Number.isInteger(within.amount)) return undefined;
  const [condition] = rule.where ?? [];
  return {
    ...BLANK_ROW,
    kind: rule.did ? "did" : "didNot",
    event: [rule.event].flat().join(", "),
    ...(rule.count ? { countOp: rule.count.op, count: String(rule.count.value) } : {}),
    ...(within ? { within: String(within.amount), unit: within.unit } : {}),
    ...(condition ? conditionFields(condition) : {}),
  };
}

/** The rule that the form says, not yet checked; null when it has no rows; an issue's path is that of the rule. */
export function fromRuleForm(form: RuleForm): unknown {
  if (form.mode === "json") {
    if (form.json.trim() === "") return null;
    try {
      return JSON.parse(form.json);
    } catch {
      return form.json;
    }
  }
  const rules = form.rows.map(fromRow);
  if (rules.length === 0) return null;
  return rules.length === 1 && form.join === "all" ? rules[0] : { [form.join]: rules };
}

function fromRow(row: RuleRow): Partial<EventRule> | Partial<TraitRule> {
  const { property: trait, ...comparison } = fromCondition(row);
  if (row.kind === "trait") return { trait, ...comparison };
  const events = splitList(row.event);
  return {
    event: events.length > 1 ? events : (events[0] ?? ""),
    did: row.kind === "did",
    ...(row.within === "" ? {} : { withinSeconds: joinDuration(row.within, row.unit) }),
    ...(row.countOp === "" ? {} : { count: { op: row.countOp, value: Number(row.count || Number.NaN) } }),
    ...(row.property === "" ? {} : { where: [{ property: trait, ...comparison }] }),
  };
}

/** What is separated by commas. */
export function splitList(text: string): string[] {
  return text
    .split(",")
    .map((part) => part.trim())
    .filter(Boolean);
}

/** `kind`-less part of a row: one comparison of one property. */
export interface ConditionFields {
  property: string;
  op: string;
  value: string;
}

export function conditionFields({ property, op, value }: Condition): ConditionFields {
  const listed = (values: unknown[]) => values.map((each) => quoted(String(each))).join(", ");
  return { property, op, value: value === undefined ? "" : Array.isArray(value) ? listed(value) : String(value) };
}

/** What is written like a number or a truth is one; lists are separated by commas. */
export function fromCondition({ property, op, value }: ConditionFields): Condition {
  const scalar = (text: string) => {
    if (text === "true" || text === "false") return text === "true";
    return text !== "" && String(Number(text)) === text ? Number(text) : text;
  };
  const each = (entry: string) => (entry.startsWith('"') ? unquoted(entry) : scalar(entry));
  const typed = op === "in" ? splitQuoted(value).map(each) : value === "" ? undefined : scalar(value);
  return { property, op, ...(typed === undefined ? {} : { value: typed }) } as Condition;
}

/** The same rule in the form; undefined when it is none, or deeper than the form. */
export function asForm(form: RuleForm): Extract<RuleForm, { mode: "form" }> | undefined {
  if (form.mode === "form") return form;
  const rule = fromRuleForm(form);
  const checked = rule === null ? undefined : Rule.safeParse(rule);
  if (checked && !checked.success) return undefined;
  const changed = toRuleForm(checked?.data ?? null);
  return changed.mode === "form" ? changed : undefined;
}

/** The rows `<name>.0.…`, `<name>.1.…` in their order. */
export function readRows(form: Form, name: string): Form[] {
  const rows = name.split(".").reduce<unknown>((part, key) => (part as Form | undefined)?.[key], form);
  if (typeof rows !== "object" || rows === null) return [];
  return Object.entries(rows as Form)
    .filter(([index, row]) => /^\d+$/.test(index) && typeof row === "object")
    .sort(([a], [b]) => Number(a) - Number(b))
    .map(([, row]) => row as Form);
}

export function readRuleForm(form: Form, name: string): RuleForm {
  if (text(form, `${name}.mode`) === "json") return { mode: "json", json: text(form, `${name}.json`) };
  const rows = readRows(form, `${name}.rows`).map((row): RuleRow => {
    const read = (field: keyof RuleRow) => text(row, field);
    return {
      kind: read("kind") as RuleRow["kind"],
      event: read("event"),
      countOp: read("countOp") as RuleRow["countOp"],
      count: read("count"),
      within: read("within"),
      unit: read("unit") as Unit,
      property: read("property"),
      op: read("op"),
      value: read("value"),
    };
  });
  return { mode: "form", join: text(form, `${name}.join`) === "any" ? "any" : "all", rows };
}

/**
 * What a button of the editor asks for: `<name>:add`, `<name>:remove:<row>`, `<name>:json`, `<name>:form`. Undefined when
 * the button was another one's.
 */
export function changeRuleForm(form: RuleForm, name: string, act: string): RuleForm | undefined {
  if (!act.startsWith(`${name}:`)) return undefined;
  const [verb, row] = act.slice(name.length + 1).split(":");
  if (verb === "json") return { mode: "json", json: JSON.stringify(fromRuleForm(form), null, 2) };
  if (verb === "form") return asForm(form) ?? form;
  if (form.mode === "json") return form;
  if (verb === "add") return { ...form, rows: [...form.rows, BLANK_ROW] };
  if (verb === "remove") return { ...form, rows: form.rows.filter((_, index) => index !== Number(row)) };
  return form;
}

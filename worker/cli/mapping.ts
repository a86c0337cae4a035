/**
 * Rows → items or events as the API takes them. `--map field=expression` says where a field comes from; a column that is
 * named like a field needs no saying. Pure: nothing is read or sent here.
 */
import { parseTime } from "../feeds/time-text.ts";
import { sha256 } from "../lib/hash.ts";
import { compile, type Expression, isTrue, type Values } from "./expression.ts";

export const KINDS = ["items", "events"] as const;
export type Kind = (typeof KINDS)[number];

type FieldKind = "text" | "number" | "boolean" | "list" | "time" | "availability" | "object" | "any";

const FIELDS: Record<Kind, Record<string, FieldKind>> = {
  items: {
    id: "text",
    title: "text",
    titles: "object",
    description: "text",
    url: "text",
    imageUrl: "text",
    price: "number",
    listPrice: "number",
    salePrice: "number",
    saleStartsAt: "time",
    saleEndsAt: "time",
    currency: "text",
    brand: "text",
    category: "any",
    tags: "list",
    groupId: "text",
    availability: "availability",
    quantity: "number",
    lowStockThreshold: "number",
    hidden: "boolean",
    attributes: "object",
  },
  events: {
    type: "text",
    event: "text",
    userId: "text",
    anonymousId: "text",
    messageId: "text",
    timestamp: "time",
    name: "text",
    previousId: "text",
    groupId: "text",
    properties: "object",
    traits: "object",
    context: "object",
  },
};

/** Fields that hold others: `attributes.color`, `titles.ko`, `traits.email`. */
const HOLDERS: Record<Kind, string[]> = {
  items: ["titles", "attributes"],
  events: ["properties", "traits", "context"],
};

/** `--map` as given: field and expression. */
export type Mapping = [field: string, expression: string][];

export interface MapOptions {
  /** IANA name, for times without an offset. */
  timeZone: string;
  /** Between the entries of a list in one cell. */
  listSeparator: RegExp;
}

export type Mapped = { ok: true; value: Values } | { ok: false; reason: string };
export type RowMapper = (values: Values) => Mapped;

interface Target {
  path: string[];
  kind: FieldKind;
  expressions: Expression[];
}

/** Throws an Error that says which `--map` is wrong. `columns` is empty for JSON. */
export function compileMapping(kind: Kind, mapping: Mapping, columns: string[], options: MapOptions): RowMapper {
  const targets = new Map<string, Target>();
  const add = (field: string, expression: Expression) => {
    const { path, kind: fieldKind } = locateField(kind, field);
    const known = targets.get(path.join("."));
    if (known && fieldKind !== "list") throw new Error(`--map ${field} is given twice`);
    if (known) known.expressions.push(expression);
    else targets.set(path.join("."), { path, kind: fieldKind, expressions: [expression] });
  };
  for (const [field, source] of mapping) add(field, compile(source, columns));
  for (const [field, column] of fieldsNamedLikeColumns(kind, columns)) {
    if (!targets.has(field)) add(field, compile(`{${column}}`, columns));
  }
  if (columns.length > 0) requireFields(kind, new Set(targets.keys()));
  return (values) => mapRow(kind, [...targets.values()], values, options);
}

function locateField(kind: Kind, field: string): { path: string[]; kind: FieldKind } {
  const known = FIELDS[kind][field];
  if (known) return { path: [field], kind: known };
  const [holder = "", ...rest] = field.split(".");
  if (rest.length > 0 && HOLDERS[kind].includes(holder)) return { path: [holder, rest.join(".")], kind: "any" };
  if (kind === "events" && /^[\w-]+$/.test(field)) return { path: ["properties", field], kind: "any" };
  throw new Error(`--map: "${field}" is no field of ${kind}; there are ${Object.keys(FIELDS[kind]).join(", ")}`);
}

/** `image_url`, `Image URL` and `imageUrl` are one name. For JSON every field is looked for under its own name. */
function fieldsNamedLikeColumns(kind: Kind, columns: string[]): [field: string, column: string][] {
  const plain = (name: string) => name.toLowerCase().replace(/[\s_-]/g, "");
  return Object.keys(FIELDS[kind]).flatMap((field): [string, string][] => {
    if (columns.length === 0) return [[field, field]];
    const column = columns.find((name) => plain(name) === plain(field));
    return column === undefined ? [] : [[field, column]];
  });
}

function requireFields(kind: Kind, mapped: Set<string>): void {
  const has = (...names: string[]) => names.some((name) => mapped.has(name));
  const missing =
    kind === "items"
      ? ["id", "title", "url"].filter((name) => !has(name))
      : [
          ...(has("event", "type") ? [] : ["event"]),
          ...(has("userId", "anonymousId") ? [] : ["userId"]),
          ...(has("timestamp") ? [] : ["timestamp"]),
        ];
  if (missing.length === 0) return;
  throw new Error(
    `no column says the ${missing.join(", ")}: add ${missing.map((name) => `--map ${name}=column`).join(" ")}`,
  );
}

function mapRow(kind: Kind, targets: Target[], values: Values, options: MapOptions): Mapped {
  const result: Values = {};
  for (const target of targets) {
    const found = target.expressions.map((expression) => expression(values)).filter((value) => value !== undefined);
    if (found.length === 0) continue;
    const value = convert(target, target.kind === "list" ? found.flat() : found[0], options);
    if (value instanceof Error) return { ok: false, reason: `${target.path.join(".")}: ${value.message}` };
    place(result, target.path, value);
  }
  return kind === "items" ? { ok: true, value: result } : finishEvent(result, values);
}

function place(result: Values, [field = "", inner]: string[], value: unknown): void {
  if (inner === undefined) {
    result[field] = value;
    return;
  }
  const holder = (result[field] ?? {}) as Values;
  result[field] = { ...holder, [inner]: value };
}

/**
 * The id makes a second import of the row do nothing. It is of the whole row and of what it was mapped to: rows that moved
 * within a newer export are known again, and two rows that are equal in every column are one event.
 */
function finishEvent(event: Values, row: Values): Mapped {
  if (event.timestamp === undefined) return { ok: false, reason: "timestamp: missing" };
  event.type ??= "track";
  event.messageId ??= `imp_${sha256(JSON.stringify([row, event]), 22)}`;
  return { ok: true, value: event };
}

function convert(target: Target, value: unknown, options: MapOptions): unknown {
  switch (target.kind) {
    case "text":
      return typeof value === "string" || typeof value === "number" ? String(value) : new Error("not a text");
    case "number":
      return parseAmount(value) ?? new Error(`"${String(value).slice(0, 40)}" is not a number`);
    case "boolean":
      return isTrue(value);
    case "time": {
      const at = parseTime(value, options.timeZone);
      if (at === undefined) return new Error(`"${String(value).slice(0, 40)}" is not a time`);
      return new Date(at).toISOString();
    }
    case "availability":
      return AVAILABILITY.find(([pattern]) => pattern.test(String(value)))?.[1] ?? String(value);
    case "list":
      return (value as unknown[])
        .flatMap((each) => (typeof each === "string" ? each.split(options.listSeparator) : [each]))
        .map((each) => (typeof each === "string" ? each.trim() : each))
        .filter((each) => each !== "");
    case "object":
      return typeof value === "object" && value !== null ? value : new Error("not a JSON object");
    case "any":
      return typeof value === "string" ? plainNumber(target.path.at(-1) ?? "", value) : value;
  }
}

/** Schema.org's, Merchant Center's and people's words; anything else is for the server to refuse. */
const AVAILABILITY: [RegExp, string][] = [
  [/in.?stock$/i, "in_stock"],
  [/(out.?of.?stock|sold.?out)$/i, "out_of_stock"],
  [/pre.?order$/i, "preorder"],
  [/back.?order$/i, "backorder"],
];

/** "39,000원" and "$39.90" → a number; undefined for anything that holds no number, or more than one. */
function parseAmount(value: unknown): number | undefined {
  if (typeof value === "number") return Number.isFinite(value) ? value : undefined;
  const match = /^[^\d.-]*(-?\d[\d,]*(?:\.\d+)?|-?\.\d+)[^\d]*$/.exec(String(value));
  return match?.[1] === undefined ? undefined : Number(match[1].replaceAll(",", ""));
}

/** Numbers in a file become numbers, but ids and codes stay the text they are. */
function plainNumber(field: string, text: string): string | number {
  if (/(id|sku|code)$/i.test(field) || !/^-?(0|[1-9]\d{0,14})(\.\d+)?$/.test(text)) return text;
  return Number(text);
}

/**
 * Rules over items as SQL, for what lies too deep in a catalog to be read and looked at. SQLite knows nothing of Unicode's
 * cases and forms, nor how JavaScript reads a number: where it cannot be sure a comparison is NULL, which its AND, OR and NOT
 * carry on as "unknown". What is not surely out is answered, and whoever asked looks again: never too few, rarely too many.
 */
import type { Database } from "../../deps.ts";
import { minorDigits } from "../../lib/money.ts";
import { COLUMNS, type Stored, type StoredItem, toItem } from "../store.ts";

type Scalar = string | number | boolean;

/** One comparison, by the words of rules (`eq`, `in`, `exists`, …). */
interface ItemComparison {
  property: string;
  op: string;
  value?: Scalar | Scalar[] | undefined;
}

/** A rule over items in which nothing is left to fill in. */
export type ItemTest = { all: ItemTest[] } | { any: ItemTest[] } | { not: ItemTest } | ItemComparison;

/** Living items that may be shown and may pass all the tests at `now` (epoch ms), newest first, from behind `after`. */
export async function selectPassing(
  db: Database,
  siteId: string,
  tests: ItemTest[],
  now: number,
  { after, limit, most }: { after: Pick<StoredItem, "createdAt" | "id"> | undefined; limit: number; most: number },
): Promise<StoredItem[]> {
  const sql = new RuleSql();
  const said = sql.ofTree({ all: tests });
  const passes = said.length > MOST_CHARACTERS ? UNKNOWN : said;
  const { results } = await db
    .prepare(
      `SELECT ${COLUMNS} FROM (
         SELECT *, ${computed()} FROM items WHERE site_id = ?1 AND (created_at, id) < (?2, ?3)
           AND in_stock = 1 AND hidden = 0 AND deleted_at IS NULL
         ORDER BY created_at DESC, id DESC LIMIT ?7)
       WHERE (${passes}) IS NOT 0 LIMIT ?6`,
    )
    .bind(
      siteId,
      after?.createdAt ?? Number.MAX_SAFE_INTEGER,
      after?.id ?? "",
      now,
      JSON.stringify(sql.literals),
      limit,
      most,
    )
    .all<Stored>();
  return results.map(toItem);
}

const NOW = "?4";
const UNKNOWN = "NULL";

const ON_SALE = `(sale_price IS NOT NULL AND NOT (price IS NOT NULL AND sale_price >= price)
  AND (sale_starts_at IS NULL OR sale_starts_at <= ${NOW}) AND (sale_ends_at IS NULL OR ${NOW} < sale_ends_at))`;
const CHARGED = `iif(${ON_SALE}, sale_price, price)`;
const BEFORE = `iif(${ON_SALE}, coalesce(list_price, price), list_price)`;

/** By how many minor units a major one is, as ICU knows; a hundred where it says nothing else. */
function unitsSql(): string {
  const others = [...Map.groupBy(Intl.supportedValuesOf("currency"), minorDigits)].filter(([digits]) => digits !== 2);
  const cases = others.map(([digits, codes]) => `WHEN currency IN ('${codes.join("', '")}') THEN ${10 ** digits}.0`);
  return `CASE ${cases.join(" ")} ELSE 100.0 END`;
}

let computedSql: string | undefined;

/** What rules know an item by and is in no column: each is computed once a row. */
function computed(): string {
  computedSql ??= `${CHARGED} / ${unitsSql()} AS now_price, ${BEFORE} / ${unitsSql()} AS now_list_price,
    CASE WHEN ${BEFORE} > ${CHARGED} THEN CAST((1 - ${CHARGED} * 1.0 / ${BEFORE}) * 100 + 0.5 AS INTEGER) ELSE 0 END
      AS now_discount, max(0, (${NOW} - created_at) / 86400000.0) AS now_age_days`;
  return computedSql;
}

const TEXTS: Record<string, string> = {
  id: "id",
  title: "title",
  brand: "brand",
  groupId: "group_id",
  // Of those alone that may be shown.
  availability: "'in_stock'",
};
const NUMBERS: Record<string, string> = {
  price: "now_price",
  listPrice: "now_list_price",
  discount: "now_discount",
  quantity: "quantity",
  stock: "quantity",
  createdAt: "created_at",
  ageDays: "now_age_days",
};

/**
 * Has SQLite's `lower` the last word on it? ASCII and what has neither case nor another form of itself, as far as a pattern of
 * D1's fifty bytes can say it: Latin-1 signs and small letters, punctuation, ™, Katakana, Chinese characters, Hangul.
 */
export const PLAIN = " -~\u00A0-\u00BF\u00DF-\u00FF\u2010-\u2027\u2122\u30A1-\u30FA\u4E00-\u9FFF\uAC00-\uD7A3";
const isPlain = (text: string) => `${text} NOT GLOB '*[^${PLAIN}]*'`;
/** Everything of which JavaScript makes numbers, white space around them included. */
export const NUMERIC = "0-9A-Fa-fxXoO+.\t-\r \u00A0\u1680\u2000-\u205F\u3000\uFEFF-";
const mayBeNumber = (text: string) => `(${text} GLOB '*[0-9]*' AND ${text} NOT GLOB '*[^${NUMERIC}]*')`;
const isDigits = (text: string) => `(${text} NOT GLOB '*[^0-9]*' AND length(${text}) <= 15)`;

/** D1 takes statements of 100,000 characters and of a bounded depth: comparisons beyond are unknown. */
const MOST_CHARACTERS = 90_000;
const MOST_COMPARISONS = 40;
const MOST_VALUES = 1000;
const ORDERS: Record<string, string> = { gt: ">", gte: ">=", lt: "<", lte: "<=" };

class RuleSql {
  readonly literals: unknown[] = [];
  #comparisons = 0;
  #values = 0;

  ofTree(tree: ItemTest): string {
    if ("all" in tree) return this.#join(tree.all, " AND ");
    if ("any" in tree) return this.#join(tree.any, " OR ");
    if ("not" in tree) return `(NOT ${this.ofTree(tree.not)})`;
    this.#values += Array.isArray(tree.value) ? tree.value.length : 1;
    if (++this.#comparisons > MOST_COMPARISONS || this.#values > MOST_VALUES) return UNKNOWN;
    return this.#ofComparison(tree);
  }

  #join(trees: ItemTest[], by: string): string {
    if (trees.length === 0) return by === " AND " ? "1" : "0";
    // Of many that are unknown one is enough.
    return `(${[...new Set(trees.map((each) => this.ofTree(each)))].join(by)})`;
  }

  #ofComparison({ property, op, value }: ItemComparison): string {
    if (op === "exists") return value === false ? `(NOT ${this.#exists(property)})` : this.#exists(property);
    if (op === "neq") return `(NOT ${this.#ofComparison({ property, op: "eq", value })})`;
    if (value === undefined) return UNKNOWN;
    const [text, number] = [ownOf(TEXTS, property), ownOf(NUMBERS, property)];
    if (text !== undefined) return this.#ofText(text, op, value);
    if (number !== undefined) return this.#ofNumber(number, op, value, true);
    if (property === "category") return this.#ofCategory(op, value);
    if (property === "tags") return this.#ofEntries("json_each(tags)", op, value);
    const path = pathOf(property);
    if (path === UNKNOWN) return UNKNOWN;
    return path === undefined ? "0" : this.#ofEntries(`json_each(attributes, ${this.#literal(path)})`, op, value);
  }

  #exists(property: string): string {
    const column = ownOf(TEXTS, property) ?? ownOf(NUMBERS, property);
    if (column !== undefined) return `(${column} IS NOT NULL)`;
    if (property === "category") return "(category IS NOT NULL)";
    if (property === "attributes") return "1";
    const path = property === "tags" ? undefined : pathOf(property);
    if (path === UNKNOWN) return UNKNOWN;
    if (path === undefined && property !== "tags") return "0";
    const entries = path === undefined ? "json_each(tags)" : `json_each(attributes, ${this.#literal(path)})`;
    return `EXISTS (SELECT 1 FROM ${entries} WHERE type <> 'null')`;
  }

  #ofText(text: string, op: string, value: Scalar | Scalar[]): string {
    if (op === "contains") {
      const part = fold(String(value));
      if (part === "") return `(${text} IS NOT NULL)`;
      return this.#sure(text, `instr(lower(${text}), ${this.#literal(part)}) > 0`);
    }
    const order = ORDERS[op];
    if (order !== undefined) {
      const number = numberOf(value as Scalar);
      return number === undefined ? "0" : this.#asNumber(text, `${order} ${this.#literal(number)}`, "0");
    }
    const { texts, numbers } = apart(value);
    const isOne = texts.length === 0 ? "0" : this.#sure(text, `lower(${text}) ${this.#among(texts)}`);
    return numbers.length === 0 ? isOne : this.#asNumber(text, this.#among(numbers), isOne);
  }

  /** Undefined for a text whose cases SQLite does not know; false for none. */
  #sure(text: string, comparison: string): string {
    return `(CASE WHEN ${text} IS NULL THEN 0 WHEN ${isPlain(text)} THEN ${comparison} END)`;
  }

  /** A text that is a number is compared as one; any other as `otherwise` says. */
  #asNumber(text: string, comparison: string, otherwise: string): string {
    return `(CASE WHEN ${text} IS NULL THEN 0 WHEN NOT ${mayBeNumber(text)} THEN ${otherwise}
      WHEN ${isDigits(text)} THEN CAST(${text} AS INTEGER) ${comparison} END)`;
  }

  /** `isExact`: computed as JavaScript does, not read off a text. Near to equal is unknown where one of both was read. */
  #ofNumber(number: string, op: string, value: Scalar | Scalar[], isExact: boolean): string {
    const order = ORDERS[op];
    if (op === "contains") return "0";
    const { numbers } = apart(value);
    if (numbers.length === 0) return "0";
    const each = numbers.map((own) => {
      const literal = this.#literal(own);
      const isSure = isExact && Number.isSafeInteger(own);
      const equal = isSure ? `WHEN ${number} = ${literal} THEN ${order?.includes("=") || !order ? 1 : 0}` : "";
      const apartFrom = order ? `${number} ${order} ${literal}` : "0";
      return `(CASE WHEN ${number} IS NULL THEN 0 ${equal}
        WHEN abs(${number} - ${literal}) <= 1e-9 * abs(${literal}) THEN NULL ELSE ${apartFrom} END)`;
    });
    return each.length > 8 ? UNKNOWN : `(${each.join(" OR ")})`;
  }

  /** The whole path, or any part of it. */
  #ofCategory(op: string, value: Scalar | Scalar[]): string {
    if (op === "contains") return this.#ofText("category", op, value);
    const { texts, numbers } = ORDERS[op] ? { texts: [], numbers: [0] } : apart(value);
    const padded = "' > ' || lower(category) || ' > '";
    const parts = this.#literal(texts.filter((each) => !each.includes(" > ")).map((each) => ` > ${each} > `));
    const isPart = `EXISTS (SELECT 1 FROM json_each(${parts}) WHERE instr(${padded}, value) > 0)`;
    const isOne = texts.length === 0 ? "0" : `(lower(category) ${this.#among(texts)} OR ${isPart})`;
    const hasNumber = numbers.length === 0 ? "" : "WHEN category GLOB '*[0-9]*' THEN NULL";
    return `(CASE WHEN category IS NULL THEN 0 ${hasNumber}
      WHEN ${isPlain("category")} AND category NOT GLOB '*> >*' THEN ${isOne} END)`;
  }

  /** Any one of a list's entries, or a single value; nulls are nothing. */
  #ofEntries(entries: string, op: string, value: Scalar | Scalar[]): string {
    const says = (flag: string) => (!ORDERS[op] && op !== "contains" && apart(value).texts.includes(flag) ? 1 : 0);
    const isOne = `CASE type WHEN 'text' THEN ${this.#ofText("value", op, value)}
      WHEN 'integer' THEN ${this.#ofNumber("value", op, value, true)}
      WHEN 'real' THEN ${this.#ofNumber("value", op, value, false)}
      WHEN 'true' THEN ${says("true")} WHEN 'false' THEN ${says("false")} WHEN 'null' THEN 0 END`;
    return `(SELECT CASE WHEN max(one) = 1 THEN 1 WHEN count(*) = count(one) THEN 0 END
      FROM (SELECT ${isOne} AS one FROM ${entries}))`;
  }

  #among(values: (string | number)[]): string {
    if (values.length === 1) return `= ${this.#literal(values[0])}`;
    return `IN (SELECT value FROM json_each(${this.#literal(values)}))`;
  }

  #literal(value: unknown): string {
    this.literals.push(value);
    return `(?5 ->> '$[${this.literals.length - 1}]')`;
  }
}

function ownOf(columns: Record<string, string>, property: string): string | undefined {
  return Object.hasOwn(columns, property) ? columns[property] : undefined;
}

/** Where an attribute lies in the JSON; undefined for what no item has, unknown where SQLite's paths cannot say it. */
function pathOf(property: string): string | undefined {
  const [head, key, ...others] = (property === "margin" ? "attributes.margin" : property).split(".");
  if (head !== "attributes" || key === undefined) return undefined;
  // Attributes are one level deep. A label with quotes, backslashes or control characters cannot be written.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  return others.length > 0 || key === "" || /["\\\u0000-\u001F]/.test(key) ? UNKNOWN : `$."${key}"`;
}

/** Values that are compared as numbers, and those that are compared as texts. */
function apart(value: Scalar | Scalar[]): { texts: string[]; numbers: number[] } {
  const texts: string[] = [];
  const numbers: number[] = [];
  for (const each of Array.isArray(value) ? value : [value]) {
    const number = numberOf(each);
    if (number === undefined) texts.push(fold(String(each)));
    else numbers.push(number);
  }
  return { texts, numbers };
}

/** As rules compare: "39000" is 39000. */
function numberOf(value: Scalar): number | undefined {
  if (typeof value === "boolean" || (typeof value === "string" && value.trim() === "")) return undefined;
  const number = Number(value);
  return Number.isFinite(number) ? number : undefined;
}

function fold(text: string): string {
  return text.normalize("NFC").toLowerCase();
}

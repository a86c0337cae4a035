/**
 * What stands right of `--map field=`: where a field's value comes from.
 *
 *     name                        the column `name`
 *     'text'  "text"              this text; {name} in it stands for the column
 *     {odd: name}                 a column whose name has ? : = < > or quotes in it
 *     rating>=4?liked:seen        a choice; = != > >= < <= compare, as numbers when both sides are numbers
 *     first..last                 the names of the columns from first to last whose value is 1, true, yes or y
 *
 * In a choice, a word that is no column is text, and a choice without `:` leaves the field out. A choice may hold another
 * after its colon.
 */

export type Values = Record<string, unknown>;
export type Expression = (values: Values) => unknown;

type Token = { kind: "word" | "text" | "column" | "operator"; text: string };

const TOKEN = /\s*(?:'([^']*)'|"([^"]*)"|\{([^}]*)\}|(>=|<=|!=|==?|[<>?:])|([^'"{}?:=<>!]+))/y;

function tokenize(source: string): Token[] {
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < source.trimEnd().length) {
    const at = TOKEN.lastIndex;
    const match = TOKEN.exec(source);
    if (!match) throw new Error(`cannot read "${source.slice(at)}" in "${source}"`);
    const [, single, double, column, operator, word] = match;
    const text = single ?? double;
    if (text !== undefined) tokens.push({ kind: "text", text });
    else if (column !== undefined) tokens.push({ kind: "column", text: column });
    else if (operator !== undefined) tokens.push({ kind: "operator", text: operator });
    else tokens.push({ kind: "word", text: (word ?? "").trim() });
  }
  return tokens;
}

/** Compiles one expression. `columns` is empty for JSON, whose fields are not known before. Throws an Error to show. */
export function compile(source: string, columns: string[]): Expression {
  const tokens = tokenize(source);
  let at = 0;
  const isNext = (operator: string) => tokens[at]?.kind === "operator" && tokens[at]?.text === operator;

  const requireColumn = (name: string): Expression => {
    if (columns.length > 0 && !columns.includes(name)) {
      throw new Error(
        `there is no column "${name}"; there are ${columns.join(", ")}. Text stands in quotes: "'${name}'"`,
      );
    }
    return (values) => read(values, name);
  };
  const operand = (mayBeText: boolean): Expression => {
    const token = tokens[at++];
    if (!token || token.kind === "operator") throw new Error(`something is missing in "${source}"`);
    if (token.kind === "text") return template(token.text, requireColumn);
    if (token.kind === "column") return requireColumn(token.text);
    if (columns.includes(token.text)) return requireColumn(token.text);
    if (/^-?\d+(\.\d+)?$/.test(token.text)) return () => Number(token.text);
    const range = flagRange(token.text, columns);
    if (range) return range;
    return mayBeText ? () => token.text : requireColumn(token.text);
  };
  const choice = (isBranch: boolean): Expression => {
    const left = operand(isBranch);
    const compare = tokens[at]?.kind === "operator" ? COMPARE[tokens[at]?.text ?? ""] : undefined;
    if (!compare) return left;
    at++;
    const right = operand(true);
    if (!isNext("?")) throw new Error(`"${source}" compares, but does not say what then: condition ? value : other`);
    at++;
    const yes = choice(true);
    if (!isNext(":")) return (values) => (compare(left(values), right(values)) ? yes(values) : undefined);
    at++;
    const no = choice(true);
    return (values) => (compare(left(values), right(values)) ? yes(values) : no(values));
  };

  const expression = choice(false);
  if (at < tokens.length) throw new Error(`"${tokens[at]?.text}" is not expected in "${source}"`);
  return expression;
}

/** The value of a column or of a dotted path; undefined when it is empty. */
function read(values: Values, name: string): unknown {
  let value: unknown = Object.hasOwn(values, name) ? values[name] : undefined;
  if (value === undefined && name.includes(".")) {
    value = values;
    for (const part of name.split(".")) {
      const holder: unknown = value;
      value =
        typeof holder === "object" && holder !== null && Object.hasOwn(holder, part)
          ? (holder as Values)[part]
          : undefined;
    }
  }
  if (typeof value === "string") return value.trim() === "" ? undefined : value.trim();
  return value ?? undefined;
}

/** A text with columns in it; undefined when one of them is empty, because half an address is no address. */
function template(text: string, requireColumn: (name: string) => Expression): Expression {
  const parts = text.split(/\{([^}]*)\}/);
  const columns = parts.map((part, index) => (index % 2 === 1 ? requireColumn(part) : undefined));
  return (values) => {
    let result = "";
    for (const [index, part] of parts.entries()) {
      const column = columns[index];
      const value = column ? column(values) : part;
      if (value === undefined) return undefined;
      result += String(value);
    }
    return result;
  };
}

const TRUE = new Set(["1", "true", "yes", "y"]);

export function isTrue(value: unknown): boolean {
  return TRUE.has(String(value).trim().toLowerCase());
}

function flagRange(word: string, columns: string[]): Expression | undefined {
  const [first, last] = word.split("..").map((name) => columns.indexOf(name.trim()));
  if (first === undefined || last === undefined || first < 0 || last < first) return undefined;
  const names = columns.slice(first, last + 1);
  return (values) => names.filter((name) => isTrue(values[name]));
}

/** Numbers compare as numbers; anything else as text, which orders ISO dates. An empty value is equal to nothing. */
function ordered(test: (order: number) => boolean): (left: unknown, right: unknown) => boolean {
  return (left, right) => {
    if (left === undefined || right === undefined) return false;
    const [a, b] = [Number(left), Number(right)];
    if (!Number.isNaN(a) && !Number.isNaN(b)) return test(a - b);
    return test(String(left) < String(right) ? -1 : Number(String(left) > String(right)));
  };
}

const isEqual = ordered((order) => order === 0);

const COMPARE: Record<string, (left: unknown, right: unknown) => boolean> = {
  "=": isEqual,
  "==": isEqual,
  "!=": (left, right) => !isEqual(left, right),
  ">": ordered((order) => order > 0),
  ">=": ordered((order) => order >= 0),
  "<": ordered((order) => order < 0),
  "<=": ordered((order) => order <= 0),
};

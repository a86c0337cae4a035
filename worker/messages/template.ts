/**
 * A marketer's words, in Liquid: checked when they are saved, rendered for each person. A message with a hole in it is not
 * sent: a variable that this person does not have makes the message unrenderable, unless `default` says what stands there.
 */
import { analyzeSync, ForTag, LiquidError, type Template, type Variable } from "liquidjs";
import type { Issue } from "../lib/errors.ts";
import { parseTemplate, renderParsed, SOURCE_LIMIT_CHARACTERS } from "./liquid.ts";
import {
  CHANGE_FIELDS,
  ENTRIES_LIMIT,
  ITEM_FIELDS,
  ITEM_LISTS,
  PROFILE_FIELDS,
  SITE_FIELDS,
  sampleVariables,
} from "./variables.ts";

export type Rendered =
  | { ok: true; text: string }
  | { ok: false; reason: "missing_variable" | "render_failed"; detail: string };

/** Loops inside loops, the outermost included. */
const NESTING_LIMIT = 2;
const ISSUES_LIMIT = 20;

/**
 * `detail` names the variable that is missing, or what failed where; never a value. Conditions are lenient: `if` of
 * something unknown is false. `locale` decides how money and dates are written.
 */
export function renderTemplate(source: string, variables: Record<string, unknown>, locale: string): Rendered {
  try {
    return { ok: true, text: renderParsed(parseTemplate(source), variables, locale) };
  } catch (error) {
    const missing = error instanceof Error ? missingVariable(error) : undefined;
    if (missing !== undefined) return { ok: false, reason: "missing_variable", detail: missing };
    return { ok: false, reason: "render_failed", detail: describe(error) };
  }
}

function missingVariable(error: Error): string | undefined {
  const { originalError } = error as { originalError?: { variableName?: unknown } };
  return typeof originalError?.variableName === "string" ? originalError.variableName : undefined;
}

function describe(error: unknown): string {
  if (!(error instanceof LiquidError)) return error instanceof Error ? error.message : String(error);
  const { token, originalError } = error as unknown as {
    token?: { getPosition(): number[] };
    originalError?: Error;
  };
  const [line, column] = token?.getPosition() ?? [];
  const said = (originalError?.message ?? error.message).replace(/, (file:.*, )?line:\d+, col:\d+$/, "");
  return line === undefined || column === undefined ? said : at({ row: line, col: column }, said);
}

function at(place: { row: number; col: number }, message: string): string {
  return `line ${place.row}, column ${place.col}: ${message}`;
}

/**
 * Everything that can be known to be wrong before there is a person: syntax, unknown filters, variables and fields, loops
 * too deep, filters that refuse what they are given. `path` is empty: the caller knows which field the source is.
 * `changedItem`: the words may name `item`, which a change of the catalog is about.
 */
export function checkTemplate(source: string, about: { changedItem: boolean } = { changedItem: false }): Issue[] {
  if (source.length > SOURCE_LIMIT_CHARACTERS) return [issue(`longer than ${SOURCE_LIMIT_CHARACTERS} characters`)];
  let templates: Template[];
  try {
    templates = parseTemplate(source);
  } catch (error) {
    return [issue(describe(error))];
  }
  const loops = [...loopsIn(templates, 1)];
  const { globals, variables } = analyzeSync(templates, { partials: false });
  const issues = [
    ...loops
      .filter(({ depth }) => depth > NESTING_LIMIT)
      .map(({ tag }) => at(placeOf(tag), `loops may be nested ${NESTING_LIMIT} deep`)),
    ...everyVariable(globals).flatMap((variable) => problemOf(variable, about.changedItem) ?? []),
    ...itemLoops(loops)
      .flatMap((name) => variables[name] ?? [])
      .flatMap((variable) => fieldProblem(variable, 1) ?? []),
  ];
  if (issues.length === 0) {
    for (const locale of ["ko", "en"] as const) {
      const sample = renderTemplate(source, sampleVariables(locale), locale);
      if (!sample.ok && sample.reason === "render_failed") issues.push(sample.detail);
    }
  }
  return [...new Set(issues)].slice(0, ISSUES_LIMIT).map(issue);
}

function issue(message: string): Issue {
  return { path: "", message };
}

function placeOf(tag: ForTag): { row: number; col: number } {
  const [row = 1, col = 1] = tag.token.getPosition();
  return { row, col };
}

function* loopsIn(templates: Template[], depth: number): Generator<{ tag: ForTag; depth: number }> {
  for (const template of templates) {
    const isLoop = template instanceof ForTag;
    if (isLoop) yield { tag: template, depth };
    const inside = template.children?.(false, true).next().value;
    if (Array.isArray(inside)) yield* loopsIn(inside, isLoop ? depth + 1 : depth);
  }
}

/** Names that stand for an item of a list, wherever they are bound. */
function itemLoops(loops: { tag: ForTag }[]): string[] {
  const overItems = new Map<string, boolean>();
  for (const { tag } of loops) {
    const isOver = (ITEM_LISTS as readonly string[]).includes(tag.collection.getText());
    overItems.set(tag.variable, isOver && overItems.get(tag.variable) !== false);
  }
  return [...overItems].filter(([, isOver]) => isOver).map(([name]) => name);
}

function everyVariable(globals: Record<string, Variable[]>): Variable[] {
  return Object.values(globals)
    .flat()
    .sort((a, b) => a.location.row - b.location.row || a.location.col - b.location.col);
}

function problemOf(variable: Variable, hasChangedItem: boolean): string | undefined {
  const [root, second, third] = variable.segments;
  const fail = (message: string) => at(variable.location, message);
  if (typeof root !== "string") return fail(`unknown variable ${variable}`);
  if ((ITEM_LISTS as readonly string[]).includes(root)) {
    if (second === undefined || second === "size") return undefined;
    const place = typeof second === "object" ? undefined : String(second);
    if (place !== undefined && !/^(\d+|first|last)$/.test(place)) {
      return fail(`${root} is a list: write ${root}.0.${place}`);
    }
    if (Number(place) >= ENTRIES_LIMIT) return fail(`${root} has at most ${ENTRIES_LIMIT} entries, the first is 0`);
    return third === undefined ? undefined : fieldProblem(variable, 2);
  }
  if (root === "profile") {
    return second === undefined || isOneOf(PROFILE_FIELDS, second)
      ? undefined
      : fail(`unknown field ${variable}: the profile has ${PROFILE_FIELDS.join(", ")}`);
  }
  if (root === "item" && hasChangedItem) {
    const fields = [...ITEM_FIELDS, ...CHANGE_FIELDS];
    return second === undefined || isOneOf(fields, second)
      ? undefined
      : fail(`unknown field ${variable}: the item has ${fields.join(", ")}`);
  }
  if (root === "site") {
    return second === undefined || isOneOf(SITE_FIELDS, second)
      ? undefined
      : fail(`unknown field ${variable}: the site has ${SITE_FIELDS.join(", ")}`);
  }
  return fail(`unknown variable ${variable}`);
}

function isOneOf(names: readonly string[], segment: string | number | Variable): boolean {
  return typeof segment === "object" || names.includes(String(segment));
}

function fieldProblem(variable: Variable, index: number): string | undefined {
  const field = variable.segments[index];
  if (field === undefined || isOneOf(ITEM_FIELDS, field)) return undefined;
  return at(variable.location, `unknown field ${variable}: a product has ${ITEM_FIELDS.join(", ")}`);
}

/**
 * One comparison of one value, shared by conditions on event properties and on traits. Text is compared without regard to
 * case and Unicode form, everywhere the same: "Nike" is "nike", in the admin as in the API.
 */
import * as z from "zod";

export const OPERATORS = ["eq", "neq", "gt", "gte", "lt", "lte", "contains", "in", "exists"] as const;
export type Operator = (typeof OPERATORS)[number];

const Scalar = z.union([z.string().max(256), z.number(), z.boolean()], "a text, a number, true or false");
export type Scalar = z.infer<typeof Scalar>;

/** Dotted path into the properties (`product.brand`); a step into a list means any of its entries. */
export const Path = z
  .string()
  .trim()
  .min(1)
  .max(128)
  .refine((path) => path.split(".").length <= 5, "a path has at most 5 steps");

export const comparisonShape = {
  op: z.enum(OPERATORS),
  value: z
    .union([Scalar, z.array(Scalar).min(1).max(200)], "a text, a number, true, false, or a list of them")
    .optional(),
};

export interface Comparison {
  op: Operator;
  value?: Scalar | Scalar[] | undefined;
}

/** Adds an issue when the value does not fit the operator. */
export function checkComparison({ op, value }: Comparison, context: z.RefinementCtx): void {
  const refuse = (message: string) => void context.addIssue({ code: "custom", path: ["value"], message });
  if (op === "exists") {
    if (value !== undefined && typeof value !== "boolean") refuse('"exists" takes true, false or nothing');
  } else if (op === "in") {
    if (!Array.isArray(value)) refuse('"in" needs a list of values');
  } else if (value === undefined || Array.isArray(value)) {
    refuse(`"${op}" needs one value`);
  } else if (op === "contains") {
    if (typeof value !== "string") refuse('"contains" needs a text');
  } else if (op !== "eq" && op !== "neq" && numberOf(value) === undefined) {
    refuse(`"${op}" needs a number`);
  }
}

/** `values`: everything that was found at the path, possibly nothing. Any one that fits is enough; `neq` means that none is equal. */
export function compare(values: unknown[], { op, value }: Comparison): boolean {
  switch (op) {
    case "exists":
      return values.length > 0 === (value !== false);
    case "eq":
      return values.some((each) => isSame(each, value));
    case "neq":
      return !values.some((each) => isSame(each, value));
    case "in":
      return values.some((each) => (value as Scalar[]).some((one) => isSame(each, one)));
    case "contains":
      return values.some((each) => typeof each === "string" && fold(each).includes(fold(String(value))));
    case "gt":
    case "gte":
    case "lt":
    case "lte":
      return values.some((each) => isOrdered(numberOf(each), op, numberOf(value)));
  }
}

/** What stands at a dotted path; nulls count as nothing. A flat key that contains the dots itself goes first. */
export function valuesAt(bag: Record<string, unknown>, path: string): unknown[] {
  if (Object.hasOwn(bag, path)) return present(bag[path]);
  let found: unknown[] = [bag];
  for (const step of path.split(".")) {
    found = found.flatMap((each) =>
      typeof each === "object" && each !== null && Object.hasOwn(each, step)
        ? present((each as Record<string, unknown>)[step])
        : [],
    );
  }
  return found;
}

function present(value: unknown): unknown[] {
  if (value === null || value === undefined) return [];
  return Array.isArray(value) ? value.flatMap(present) : [value];
}

function isSame(left: unknown, right: unknown): boolean {
  if (left === right) return true;
  if (typeof left === "object" || typeof right === "object") return false;
  const [a, b] = [numberOf(left), numberOf(right)];
  if (a !== undefined && b !== undefined) return a === b;
  return fold(String(left)) === fold(String(right));
}

function isOrdered(left: number | undefined, op: "gt" | "gte" | "lt" | "lte", right: number | undefined): boolean {
  if (left === undefined || right === undefined) return false;
  if (op === "gt") return left > right;
  if (op === "gte") return left >= right;
  return op === "lt" ? left < right : left <= right;
}

/** Tags send numbers as text: "39000" is 39000. */
function numberOf(value: unknown): number | undefined {
  if (typeof value === "number") return Number.isFinite(value) ? value : undefined;
  if (typeof value !== "string" || value.trim() === "") return undefined;
  const parsed = Number(value);
  return Number.isFinite(parsed) ? parsed : undefined;
}

function fold(text: string): string {
  return text.normalize("NFC").toLowerCase();
}

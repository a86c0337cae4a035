/** What a schema says is wrong, with dotted paths. */
import type * as z from "zod";
import type { Issue } from "./errors.ts";

type ZodIssue = z.core.$ZodIssue;

export function issuesOf(error: z.ZodError): Issue[] {
  return error.issues
    .flatMap(meant)
    .slice(0, 20)
    .map(({ path, message }) => ({ path: path.join("."), message }));
}

/**
 * Of a choice between shapes the one that was meant, where exactly one fits but for something deep inside: "cases.1.when.trait"
 * says more than "none of these shapes".
 */
function meant(issue: ZodIssue): ZodIssue[] {
  if (issue.code !== "invalid_union") return [issue];
  const fitting = issue.errors.filter((issues) => issues.every(({ path }) => path.length > 1));
  const [only] = fitting;
  if (fitting.length !== 1 || !only) return [issue];
  return only.flatMap((inner) => meant({ ...inner, path: [...issue.path, ...inner.path] }));
}

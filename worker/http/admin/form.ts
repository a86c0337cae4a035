/** Reading what a form sends: names with dots are objects (`sender.name`), repeated names are lists. */
import * as z from "zod";
import koreanErrors from "zod/v4/locales/ko.js";
import type { Issue } from "../../lib/errors.ts";
import { issuesOf } from "../../lib/issues.ts";
import type { Locale } from "./language.ts";
import { plainly } from "./words/checks.ts";
import { messageInKorean } from "./words/messages.ts";

export type Form = Record<string, unknown>;

const { localeError } = koreanErrors();

/** The schema's answer with messages in the page's language. */
export function checkForm<T extends z.ZodType>(
  schema: T,
  value: unknown,
  locale: Locale,
): { ok: true; data: z.infer<T> } | { ok: false; issues: Issue[] } {
  const error: z.core.$ZodErrorMap = (issue) =>
    plainly(issue, locale) ?? (locale === "ko" ? localeError(issue) : undefined);
  const result = schema.safeParse(value, { error });
  return result.success
    ? { ok: true, data: result.data }
    : { ok: false, issues: issuesIn(locale, issuesOf(result.error)) };
}

/** A room's own issues, in the page's language where there are words for them. */
export function issuesIn(locale: Locale, issues: Issue[]): Issue[] {
  return locale === "ko" ? issues.map((issue) => ({ ...issue, message: messageInKorean(issue.message) })) : issues;
}

/** One field's text, trimmed; empty when it is missing or sent twice. */
export function text(form: Form, name: string): string {
  const value = name.split(".").reduce<unknown>((part, key) => (part as Form | undefined)?.[key], form);
  return typeof value === "string" ? value.trim() : "";
}

export function list(form: Form, name: string): string[] {
  const value = form[name];
  return (Array.isArray(value) ? value : value === undefined ? [] : [value]).filter(
    (each): each is string => typeof each === "string",
  );
}

/** One entry a line. */
export const Lines = z.string().transform((lines) =>
  lines
    .split(/[\n,]/)
    .map((line) => line.trim())
    .filter(Boolean),
);

/**
 * What was refused at the door, kept so that a shop can see what its pages send wrong: counts by hour and reason, and the shape
 * of the first few of each. Person-less by construction: names of fields and kinds of values, never a value.
 */
import type { Deps } from "../../deps.ts";
import type { Issue } from "../../lib/errors.ts";
import { HOUR } from "../../lib/time.ts";
import { insertRefusals } from "./store.ts";

/** Every reason there is, for counting; what exactly was wrong is in the issues. */
export const REFUSAL_REASONS = [
  "not_an_event",
  "no_person",
  "no_name",
  "bad_time",
  "bad_text",
  "bad_field",
  "too_large",
  "too_deep",
  "too_many_fields",
  "not_proven",
] as const;
export type RefusalReason = (typeof REFUSAL_REASONS)[number];

const EXAMPLES_A_CALL = 5;

export function reasonOf(issues: Issue[]): RefusalReason {
  const [first] = issues;
  if (!first) return "bad_field";
  const { path, message } = first;
  if (path === "userHash") return "not_proven";
  if (path === "" && message.includes("KB")) return "too_large";
  if (path === "" && message.includes("levels")) return "too_deep";
  if (path === "" && message.includes("fields")) return "too_many_fields";
  if (path === "" || path === "type") return "not_an_event";
  if (message.includes("surrogate")) return "bad_text";
  if (message.includes("needs a userId")) return "no_person";
  if (path === "event" && message.includes("needs")) return "no_name";
  if (["timestamp", "originalTimestamp", "sentAt"].includes(path)) return "bad_time";
  return "bad_field";
}

const MOST_SHAPE = 1500;
const MOST_FIELDS = 40;
const MOST_LEVELS = 4;
/** A name that a programmer would give; anything else may be somebody's address or number. */
const NAME = /^[A-Za-z_$][\w$ .-]{0,47}$/;

/** Names of fields with kinds of values; long, deep and odd parts are cut off. */
export function shapeOf(value: unknown): string {
  return JSON.stringify(kindOf(value, MOST_LEVELS)).slice(0, MOST_SHAPE);
}

function kindOf(value: unknown, levels: number): unknown {
  if (value === null) return "null";
  if (typeof value === "string") return `text of ${value.length}`;
  if (typeof value !== "object") return typeof value;
  if (levels === 0) return "…";
  if (Array.isArray(value))
    return [`list of ${value.length}`, ...value.slice(0, 1).map((each) => kindOf(each, levels - 1))];
  const names = Object.keys(value);
  const shown = names.slice(0, MOST_FIELDS).map((name): [string, unknown] => {
    const kind = kindOf((value as Record<string, unknown>)[name], levels - 1);
    return [NAME.test(name) && name.isWellFormed() ? name : "(a name)", kind];
  });
  // Not an assignment: `__proto__` is a name like any other here.
  return Object.fromEntries(names.length > MOST_FIELDS ? [...shown, ["…", `${names.length} fields`]] : shown);
}

/**
 * Counts and keeps examples, after the answer: a good batch costs nothing, a bad one a row for each reason. A failure is logged and
 * forgotten: a note about what was refused is not worth an answer.
 */
export function noteRefusals(
  deps: Deps,
  siteId: string,
  caller: "browser" | "server",
  refused: { message: unknown; issues: Issue[] }[],
): void {
  if (refused.length === 0) return;
  const at = deps.clock.now();
  const counts = new Map<RefusalReason, number>();
  const examples = [];
  for (const { message, issues } of refused) {
    const reason = reasonOf(issues);
    const seen = counts.get(reason) ?? 0;
    counts.set(reason, seen + 1);
    if (seen >= EXAMPLES_A_CALL) continue;
    const told = issues.slice(0, 5).map(({ path, message }) => ({ path: safePath(path), message }));
    examples.push({ id: deps.ids.next("ref"), at, reason, caller, issues: told, shape: shapeOf(message) });
  }
  const work = insertRefusals(deps.control, siteId, Math.floor(at / HOUR), [...counts], examples);
  deps.later(work.catch((error: unknown) => deps.log.error("refusals were not noted", error, { siteId })));
}

function safePath(path: string): string {
  if (path === "") return "";
  return path
    .split(".")
    .map((name) => (/^\d{1,4}$/.test(name) || NAME.test(name) ? name : "(a name)"))
    .join(".")
    .slice(0, 120);
}

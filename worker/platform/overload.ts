/**
 * D1's errors that pass by themselves, by their texts (developers.cloudflare.com/d1/observability/debug-d1, "Error list"): the
 * database is overloaded, was reset, or could not be reached. What was asked for may have happened all the same, so whoever
 * asks again has to be able to ask twice.
 */
const PASSING = [
  "D1 DB is overloaded",
  "Network connection lost",
  "caused object to be reset",
  "reset because its code was updated",
  "Cannot resolve D1 DB due to transient issue",
  "exceeded its CPU time limit and was reset",
  "exceeded its memory limit and was reset",
];

/** Also when another error carries it as its cause, as Drizzle's does. */
export function isPassing(error: unknown): boolean {
  for (let each = error; each instanceof Error; each = each.cause) {
    const { message } = each;
    if (PASSING.some((text) => message.includes(text))) return true;
  }
  return false;
}

import type { Log, LogFields } from "../deps.ts";

/** One JSON line an entry, for Workers Logs. `base` (request id, job kind) is on every line. */
export function openLog(base: LogFields): Log {
  const write = (level: "info" | "warn" | "error", message: string, fields: LogFields | undefined) =>
    console[level](JSON.stringify({ level, message, ...base, ...fields }));
  return {
    info: (message, fields) => write("info", message, fields),
    warn: (message, fields) => write("warn", message, fields),
    error: (message, cause, fields) =>
      write("error", message, {
        ...fields,
        error: withoutParameters(cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause)),
        stack: cause instanceof Error && cause.stack ? withoutParameters(cause.stack) : undefined,
      }),
  };
}

/** Drizzle puts a failed query's parameters into its message, and they can name people. */
function withoutParameters(text: string): string {
  return text.replace(/^params: .*$/gm, "params: …");
}

/** One error envelope for the whole API: `{ error: { code, message, requestId, issues? } }`, the id in `X-Request-Id` as well. */
import { HTTPException } from "hono/http-exception";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import type * as z from "zod";
import { type Issue, Refusal } from "../lib/errors.ts";
import { issuesOf } from "../lib/issues.ts";
import { isPassing } from "../platform/overload.ts";
import type { HttpContext } from "./context.ts";

/** An overloaded database has a backlog of seconds. */
const OVERLOAD_SECONDS = 10;

export function answerError(error: Error, c: HttpContext): Response {
  if (error instanceof Refusal) {
    if (error.retryAfterSeconds !== undefined) c.header("Retry-After", String(error.retryAfterSeconds));
    return answer(c, error.status, error.code, error.message, error.issues);
  }
  if (error instanceof HTTPException) return answer(c, error.status, "bad_request", error.message);
  const deps = c.get("deps");
  if (isPassing(error)) {
    deps?.log.warn("a database is overloaded", { path: c.req.routePath });
    c.header("Retry-After", String(OVERLOAD_SECONDS));
    return answer(c, 503, "unavailable", "the database is overloaded: try again");
  }
  if (deps) deps.log.error("request failed", error);
  else
    console.error(
      JSON.stringify({
        level: "error",
        message: "request failed before start",
        requestId: c.get("requestId"),
        error: String(error),
        stack: error.stack,
      }),
    );
  return answer(c, 500, "internal", "something went wrong on our side");
}

export function answerNotFound(c: HttpContext): Response {
  return answer(c, 404, "not_found", "there is no such address");
}

function answer(
  c: HttpContext,
  status: ContentfulStatusCode,
  code: string,
  message: string,
  issues?: Issue[],
): Response {
  const requestId = c.get("requestId");
  c.header("X-Request-Id", requestId);
  return c.json({ error: { code, message, requestId, ...(issues && { issues }) } }, status);
}

/** Throws `bad_request` with the field names. */
export function check<T extends z.ZodType>(schema: T, value: unknown, what = "the request"): z.infer<T> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issues = issuesOf(result.error);
  const fields = issues.map((issue) => issue.path || "body").join(", ");
  throw new Refusal("bad_request", `${what} is not valid: ${fields}`, { issues });
}

/**
 * The request's JSON body, also gzipped, as SDKs may send it. Throws `too_large` beyond `limitBytes` (of what it unpacks to),
 * and `bad_request` when it is no JSON.
 */
export async function readJson(c: HttpContext, limitBytes: number): Promise<unknown> {
  return parseJson(await readBytes(c, limitBytes));
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: false });

/** Throws `bad_request`. */
export function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(utf8.decode(bytes));
  } catch {
    throw new Refusal("bad_request", "the body is not valid JSON in UTF-8");
  }
}

/** The body as it came, unpacked, for what is signed over it. */
export async function readBytes(c: HttpContext, limitBytes: number): Promise<Uint8Array> {
  const tooLarge = () => new Refusal("too_large", `the body is larger than ${Math.floor(limitBytes / 1024)} KB`);
  if (Number(c.req.header("content-length") ?? 0) > limitBytes) throw tooLarge();
  const encoding = c.req.header("content-encoding")?.toLowerCase() ?? "identity";
  if (encoding === "identity") {
    const bytes = new Uint8Array(await c.req.arrayBuffer());
    if (bytes.byteLength > limitBytes) throw tooLarge();
    return bytes;
  }
  if (encoding !== "gzip") throw new Refusal("unsupported_media_type", "a body may be gzipped, or as it is");
  const parts: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const part of c.req.raw.body?.pipeThrough(new DecompressionStream("gzip")) ?? []) {
      length += part.byteLength;
      // A few kilobytes unpack to gigabytes: stop while it is small.
      if (length > limitBytes) break;
      parts.push(part);
    }
  } catch {
    throw new Refusal("bad_request", "the body is not valid gzip");
  }
  if (length > limitBytes) throw tooLarge();
  return Buffer.concat(parts);
}

/** Calls whose answer the visitor waits for. */
import type { Tag } from "../collect/tag.ts";

/** What comes later than this would rather disturb than help. */
const PATIENCE_MS = 5000;

/** Undefined for every kind of failure: late, lost, refused, nothing to show. */
export async function ask(tag: Tag, path: string, query: Record<string, string | null | undefined> = {}) {
  const values = Object.entries({ ...query, ...tag.identity(), locale: tag.locale(), key: tag.key });
  const given = values.filter((entry): entry is [string, string] => Boolean(entry[1]));
  const response = await request(tag, `${path}?${new URLSearchParams(given)}`, {});
  return response?.status === 200 ? response : undefined;
}

/** `status` is 0 when there was no answer. A plain text body needs no CORS preflight. */
export async function tell(tag: Tag, path: string, body: object): Promise<{ status: number; answer?: unknown }> {
  const text = JSON.stringify({ ...body, sentAt: new Date().toISOString(), writeKey: tag.key });
  const response = await request(tag, path, { method: "POST", body: text });
  return { status: response?.status ?? 0, answer: await response?.json().catch(() => undefined) };
}

async function request(tag: Tag, path: string, init: RequestInit): Promise<Response | undefined> {
  try {
    const signal = AbortSignal.timeout?.(PATIENCE_MS);
    return await fetch(tag.edge + path, { ...init, credentials: "omit", signal });
  } catch {
    return undefined;
  }
}

/** The step that gets the file from the shop's server: only if it has changed, and only from where a customer may send us. */
import type { Deps } from "../deps.ts";
import { whyNotPublic } from "../lib/public-address.ts";
import { MINUTE } from "../lib/time.ts";
import { type Feed, FILE_LIMIT_BYTES } from "./schema.ts";
import { type Staged, stageFile, tooLarge } from "./stage.ts";

export type Fetched =
  | (Extract<Staged, { ok: true }> & { etag: string | null; lastModified: string | null })
  | { ok: false; state: "unchanged" | "failed"; reason: string };

const MOST_REDIRECTS = 5;
const PATIENCE_MS = 10 * MINUTE;
const AGENT = "nunchi-feeds/1.0";

/** An answer of a public address, redirects followed one by one so that none leads elsewhere. Throws TypeError with a reason. */
export async function askPublic(deps: Deps, address: string, init: RequestInit): Promise<Response> {
  let at = address;
  for (let hop = 0; hop <= MOST_REDIRECTS; hop++) {
    const why = deps.config.privateHosts ? undefined : whyNotPublic(at);
    if (why) throw new TypeError(`${hop > 0 ? "the server leads elsewhere" : "the address cannot be asked"}: ${why}`);
    const answer = await deps.ask(at, { ...init, redirect: "manual" });
    const location = answer.headers.get("location");
    if (answer.status < 300 || answer.status >= 400 || answer.status === 304 || !location) return answer;
    await answer.body?.cancel();
    at = new URL(location, at).href;
  }
  throw new TypeError("the server leads from address to address");
}

/**
 * Lays the file into `folder` (stage.ts). Never throws for what the shop's server does: it is `failed` with a reason in
 * words, or `unchanged` (304).
 */
export async function fetchFeed(
  deps: Deps,
  feed: Feed,
  folder: string,
  limitBytes = FILE_LIMIT_BYTES,
): Promise<Fetched> {
  const failed = (reason: string): Fetched => ({ ok: false, state: "failed", reason });
  const headers = new Headers({ accept: "*/*", "user-agent": AGENT });
  if (feed.etag) headers.set("if-none-match", feed.etag);
  if (feed.lastModified) headers.set("if-modified-since", feed.lastModified);
  let answer: Response;
  try {
    answer = await askPublic(deps, feed.url ?? "", { headers, signal: AbortSignal.timeout(PATIENCE_MS) });
  } catch (error) {
    return failed(
      error instanceof TypeError && error.message.startsWith("the ")
        ? error.message
        : "the server could not be reached",
    );
  }
  if (answer.status === 304) return { ok: false, state: "unchanged", reason: "the file is the same as last time" };
  if (!answer.ok || !answer.body) {
    await answer.body?.cancel();
    return failed(`the server answered ${answer.status}`);
  }
  // Packed, it is smaller than what it unpacks to.
  if (Number(answer.headers.get("content-length") ?? 0) > limitBytes) {
    await answer.body.cancel();
    return failed(tooLarge(limitBytes));
  }
  const staged = await stageFile(deps, folder, answer.body, limitBytes);
  if (!staged.ok) return failed(staged.reason);
  return { ...staged, etag: answer.headers.get("etag"), lastModified: answer.headers.get("last-modified") };
}

/**
 * What must reach the server, kept in the browser until it has. One storage key an entry, so that two tabs never write the
 * same key and neither loses the other's. An entry leaves when the server took it (2xx) or refused it for good (4xx but
 * 429). It may be sent twice, when a page goes before the answer comes: the server knows its `messageId`.
 */
import type { Offer } from "../../worker/onsite/schema.ts";
import { newId, timeOf } from "./id.ts";
import { parseJson } from "./json.ts";
import { forget, isHeld, keep, namesWith, recall } from "./storage.ts";

export const EVENTS = "v1/events";

export interface Queue {
  /** `path` below the edge's address. Resolves when the server has it (true) or it is given up (false). */
  add(path: string, body: object): Promise<boolean>;
  /** Sends what waits, now; settles when all is sent or one call has failed. Never rejects. */
  flush(): Promise<void>;
  /** Forgets an entry, by its name in the storage, and tells who waits for it. */
  drop(name: string, isDelivered: boolean): void;
}

/** What the answer to events may carry besides. */
export interface Answer {
  onsite?: Offer[];
}

/** Shared by the events of a call. */
export type Shared = () => { writeKey: string; context: object };

const PENDING = "q:";
const MOST_ENTRIES = 200;
const MOST_CHARACTERS = 200_000;
const BATCH_ENTRIES = 25;
/** Browsers allow 64 KB to requests that outlive the page; a Korean character is three bytes. */
const BATCH_CHARACTERS = 20_000;
/** What arises together goes together. */
const GATHER_MS = 250;
/** An entry of another tab, or of a page that is gone, is taken over when it is this old. */
const ORPHAN_MS = 30_000;
const TIMEOUT_MS = 20_000;
const FIRST_RETRY_MS = 1000;
const LAST_RETRY_MS = 300_000;

export function createQueue(edge: string, shared: Shared, hear: (answer: Answer) => void): Queue {
  /** Entries of this page, and who waits for them. */
  const own = new Map<string, (delivered: boolean) => void>();
  let inFlight: string[] = [];
  let running = Promise.resolve();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let failures = 0;

  function drop(name: string, delivered: boolean): void {
    forget(name);
    own.get(name)?.(delivered);
    own.delete(name);
  }

  /** The oldest go first when there is too much. */
  function bound(): void {
    let size = 0;
    for (const [index, name] of namesWith(PENDING).reverse().entries()) {
      size += recall(name)?.length ?? 0;
      if (index >= MOST_ENTRIES || size > MOST_CHARACTERS) drop(name, false);
    }
  }

  /** The oldest entry, with the events that follow it; `skip` is on its way already. */
  function next(skip: string[] = []): { names: string[]; path: string; text: string } | undefined {
    const names: string[] = [];
    const bodies: object[] = [];
    let path = EVENTS;
    let size = 0;
    for (const name of namesWith(PENDING)) {
      const isYoung = Date.now() - timeOf(name.slice(PENDING.length)) < ORPHAN_MS;
      if (skip.includes(name) || (isYoung && !own.has(name))) continue;
      const text = recall(name) ?? "";
      const entry = parseJson(text) as { path: string; body: object } | undefined;
      if (!entry) {
        // Delivered by another tab meanwhile, or not ours.
        drop(name, false);
        continue;
      }
      size += text.length;
      if (names.length > 0 && (entry.path !== EVENTS || path !== EVENTS || size > BATCH_CHARACTERS)) break;
      names.push(name);
      bodies.push(entry.body);
      path = entry.path;
      if (names.length === BATCH_ENTRIES) break;
    }
    if (names.length === 0) return;
    const body = path === EVENTS ? { batch: bodies } : bodies[0];
    return { names, path, text: JSON.stringify({ ...shared(), ...body, sentAt: new Date().toISOString() }) };
  }

  async function drain(): Promise<void> {
    for (let call = next(); call; call = next()) {
      inFlight = call.names;
      const response = await post(edge + call.path, call.text);
      const status = response?.status ?? 0;
      inFlight = [];
      const refused = status >= 400 && status < 500 && status !== 429;
      if (status < 200 || (status >= 300 && !refused)) {
        later(Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** failures++) * (0.5 + Math.random()));
        return;
      }
      failures = 0;
      for (const name of call.names) drop(name, !refused);
      response?.json().then(hear, () => {});
    }
  }

  function later(delayMs: number): void {
    clearTimeout(timer);
    timer = setTimeout(flush, delayMs);
  }

  function flush(): Promise<void> {
    clearTimeout(timer);
    if (isHeld()) return running;
    // While a call is under way, the one that made it goes on with what has come since.
    if (inFlight.length === 0) running = drain();
    return running;
  }

  function leave(): void {
    if (isHeld()) return;
    const gone = [...inFlight];
    for (let call = next(gone); call; call = next(gone)) {
      gone.push(...call.names);
      navigator.sendBeacon?.(edge + call.path, call.text);
    }
  }

  addEventListener("online", flush);
  addEventListener("pagehide", leave);
  document.addEventListener("visibilitychange", () => document.hidden && flush());
  setTimeout(flush, ORPHAN_MS);

  return {
    flush,
    drop,
    add(path, body) {
      const name = PENDING + newId();
      const delivered = new Promise<boolean>((resolve) => own.set(name, resolve));
      keep(name, JSON.stringify({ path, body }));
      bound();
      if (document.hidden) flush();
      else if (failures === 0) later(GATHER_MS);
      return delivered;
    },
  };
}

/** Undefined when there was no answer. Plain text needs no CORS preflight. */
async function post(url: string, body: string): Promise<Response | undefined> {
  try {
    const signal = AbortSignal.timeout?.(TIMEOUT_MS);
    const keepalive = body.length < BATCH_CHARACTERS;
    return await fetch(url, { method: "POST", body, credentials: "include", keepalive, signal });
  } catch {}
}

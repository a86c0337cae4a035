/**
 * A shop's page in happy-dom with the tag embedded as a customer would: the bundles that are served, loaded by script
 * elements from an edge that the test plays. Time is vitest's fake clock.
 */
import { type BrowserWindow, Window } from "happy-dom";
import { vi } from "vitest";
import { bundleTag } from "../../widget/build.ts";

export const EDGE = "https://edge.example/";
export const KEY = "pk_test_key";
export const NOW = Date.parse("2026-11-21T09:00:00+09:00");

const bundles = bundleTag();

export interface Sent {
  method: string;
  path: string;
  query: Record<string, string>;
  body: Record<string, unknown> & { batch?: SentEvent[] };
  via: "fetch" | "beacon";
  contentType: string | null;
  /** By the page's clock. */
  at: number;
}

export interface SentEvent {
  type: string;
  event?: string;
  messageId: string;
  anonymousId: string;
  userId?: string;
  userHash?: string;
  properties?: Record<string, unknown>;
  traits?: Record<string, unknown>;
  context: { page: Record<string, unknown> };
  timestamp: string;
}

/** "lost": the network fails. "silent": no answer ever comes. */
export type Answer = { status: number; text?: string } | "lost" | "silent";

export interface PageOptions {
  url?: string;
  /** Of the body. */
  html?: string;
  key?: string;
  /** Of the script element, besides its address and key. */
  attributes?: string;
  /** A script of the page, before the tag's. */
  before?: string;
  /** What the browser has kept from before, what it shares with another tab, or that it keeps nothing. */
  storage?: Record<string, string> | Page | "blocked";
  answer?: (sent: Sent) => Answer | undefined;
  /** Files of the tag that cannot be loaded, as paths. */
  without?: string[];
}

export interface Page {
  window: BrowserWindow;
  document: BrowserWindow["document"];
  sent: Sent[];
  /** Of events, in the order of sending. */
  events(): SentEvent[];
  names(): string[];
  call(...values: unknown[]): Promise<unknown>;
  storage(): Record<string, string>;
  leave(): void;
  hide(isHidden: boolean): void;
  /** Scrolls so that this share of the element is in view. */
  see(element: unknown, share: number): void;
  /** What the page's own error handler saw. */
  errors: unknown[];
}

export async function openPage(options: PageOptions = {}): Promise<Page> {
  const {
    url = "https://shop.example/",
    key = KEY,
    html = "",
    attributes = "",
    before = "",
    storage = {},
    without = [],
    answer,
  } = options;
  const files = await bundles;
  const sent: Sent[] = [];
  const errors: unknown[] = [];

  function reply(request: Sent): Answer {
    sent.push(request);
    return answer?.(request) ?? { status: 200, text: "{}" };
  }

  const scriptFor = (address: URL) => (without.includes(address.pathname) ? "" : files.get(address.pathname.slice(1)));

  const window = new Window({
    url,
    settings: {
      enableJavaScriptEvaluation: true,
      suppressInsecureJavaScriptEnvironmentWarning: true,
      fetch: {
        disableSameOriginPolicy: true,
        interceptor: {
          beforeSyncRequest({ request, window }) {
            const code = scriptFor(new URL(request.url));
            if (!code) throw new window.TypeError("no network");
            const headers = new window.Headers({ "content-type": "text/javascript" });
            const body = Buffer.from(code);
            return { status: 200, statusText: "OK", ok: true, url: request.url, redirected: false, headers, body };
          },
          async beforeAsyncRequest({ request, window }) {
            const address = new URL(request.url);
            const code = scriptFor(address);
            if (code) return new window.Response(code);
            const text = await request.text();
            const result = reply({
              ...bare(address, request.method),
              body: text ? JSON.parse(text) : {},
              contentType: request.headers.get("content-type"),
            });
            if (result === "lost") throw new window.TypeError("no network");
            if (result === "silent") await aborted(request.signal);
            else
              return new window.Response(result.status === 204 ? null : (result.text ?? "{}"), {
                status: result.status,
              });
          },
        },
      },
    },
  });
  const viewport = new Viewport();
  Object.assign(window, {
    Date,
    setTimeout,
    clearTimeout,
    IntersectionObserver: viewport.observer(),
    ResizeObserver: undefined,
  });
  // Backoff without its jitter
  window.eval("Math.random = () => 0.5");
  Object.assign(window.AbortSignal, { timeout: (ms: number) => abortAfter(window, ms) });
  if (storage === "blocked") {
    Object.defineProperty(window, "localStorage", {
      get() {
        throw new window.DOMException("blocked", "SecurityError");
      },
    });
  } else if (typeof storage.window === "object") {
    Object.defineProperty(window, "localStorage", { value: storage.window.localStorage });
  } else {
    for (const [name, value] of Object.entries(storage)) window.localStorage.setItem(name, String(value));
  }
  window.navigator.sendBeacon = (address: string, text: string) => {
    reply({ ...bare(new URL(address), "POST"), body: JSON.parse(text), via: "beacon" });
    return true;
  };
  window.addEventListener("error", (event) => errors.push(event));
  window.addEventListener("unhandledrejection", (event) => errors.push(event));
  window.document.write(
    `<!doctype html><html lang="ko"><head><title>Shop</title></head><body>${html}<script>${before}</script>` +
      `<script async src="${EDGE}nunchi.js" data-key="${key}" ${attributes}></script></body></html>`,
  );
  await settle();

  return {
    window: window as unknown as BrowserWindow,
    document: window.document as unknown as BrowserWindow["document"],
    sent,
    errors,
    see: (element, share) => viewport.set(element, share),
    events: () => sent.flatMap(({ body }) => body.batch ?? []),
    names: () => sent.flatMap(({ body }) => (body.batch ?? []).map(({ type, event }) => event ?? type)),
    call: (...values) =>
      (window as unknown as { nunchi: (...values: unknown[]) => Promise<unknown> }).nunchi(...values),
    storage: () => Object.fromEntries(Object.entries(window.localStorage)) as Record<string, string>,
    leave() {
      window.dispatchEvent(new window.Event("pagehide"));
    },
    hide(isHidden) {
      Object.defineProperty(window.document, "hidden", { value: isHidden, configurable: true });
      window.document.dispatchEvent(new window.Event("visibilitychange"));
    },
  };
}

/** Which elements are in view, said by the test. All but links are, unless it says otherwise. */
class Viewport {
  readonly #observers: { callback: (entries: unknown[]) => void; targets: Set<unknown> }[] = [];

  observer() {
    const observers = this.#observers;
    return class {
      readonly #own: (typeof observers)[number];
      constructor(callback: (entries: unknown[]) => void) {
        this.#own = { callback, targets: new Set() };
        observers.push(this.#own);
      }
      observe(target: { localName: string }) {
        this.#own.targets.add(target);
        const share = target.localName === "a" ? 0 : 1;
        queueMicrotask(() => this.#own.targets.has(target) && this.#own.callback([entry(target, share)]));
      }
      unobserve(target: unknown) {
        this.#own.targets.delete(target);
      }
      disconnect() {
        this.#own.targets.clear();
      }
    };
  }

  set(target: unknown, share: number): void {
    for (const { callback, targets } of this.#observers) if (targets.has(target)) callback([entry(target, share)]);
  }
}

function entry(target: unknown, share: number) {
  return { target, isIntersecting: share > 0, intersectionRatio: share };
}

/** Lets time go by, in steps between which answers arrive: they take real turns of the event loop, which no fake clock moves. */
export async function settle(ms = 1000): Promise<void> {
  const step = Math.max(50, ms / 40);
  for (let gone = 0; gone < ms; gone += step) {
    await turns();
    await vi.advanceTimersByTimeAsync(Math.min(step, ms - gone));
  }
  await turns();
}

async function turns(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve));
}

function bare(address: URL, method: string): Sent {
  return {
    method,
    path: address.pathname,
    query: Object.fromEntries(address.searchParams),
    body: {},
    via: "fetch",
    contentType: null,
    at: Date.now(),
  };
}

function aborted(signal: { addEventListener(type: string, listener: () => void): void }): Promise<never> {
  return new Promise((_, reject) => signal.addEventListener("abort", () => reject(new Error("aborted"))));
}

function abortAfter(window: Window, ms: number): unknown {
  const controller = new window.AbortController();
  setTimeout(() => controller.abort(), ms);
  return controller.signal;
}

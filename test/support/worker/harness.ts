/**
 * One site of its own per test, on the real worker with real D1, queue and R2. Clock, ids and randomness can be set; the
 * app is the product's own `createApp`.
 */
import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect } from "vitest";
import { createApp } from "../../../worker/app.ts";
import { type Bindings, type Composed, compose } from "../../../worker/compose.ts";
import { hash32 } from "../../../worker/lib/hash.ts";
import { openBuckets } from "../../../worker/platform/rate-limit.ts";
import { createKey } from "../../../worker/sites/access.ts";
import { type Site, SiteSettings } from "../../../worker/sites/schema.ts";
import { createSite } from "../../../worker/sites/site.ts";

/** 2026-03-10 12:00 in Seoul, a Tuesday: outside every quiet hour. */
export const NOON = Date.parse("2026-03-10T12:00:00+09:00");
export const ORIGIN = "https://shop.test";

export interface Harness {
  site: Site;
  publicKey: string;
  secretKey: string;
  deps: Composed;
  /** The test's clock, in epoch ms: set it to move time. */
  clock: { at: number };
  /** Jobs that were sent to the queue, instead of being delivered. */
  jobs: unknown[];
  /** A request as a server with the secret key. */
  server(method: string, path: string, body?: unknown): Promise<Response>;
  /** A request as the shop's page with the public key. */
  browser(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Response>;
  /** A request as it is. */
  fetch(path: string, init?: RequestInit): Promise<Response>;
}

const opened = new Map<string, number>();

/**
 * The same for a test in every run: people's ids are made from it, and with them the order in which they are read, sampled
 * and divided into groups.
 */
function siteIdOfTest(): string {
  const { testPath, currentTestName } = expect.getState();
  const name = `${testPath?.split("/").pop()} ${currentTestName}`;
  const count = (opened.get(name) ?? 0) + 1;
  opened.set(name, count);
  const letters = [1, 2].map((part) => hash32(`${name} ${count} ${part}`).toString(36).padStart(7, "0").slice(-4));
  return `site_${letters.join("")}`;
}

export async function harness(
  settings: Partial<SiteSettings> = {},
  override: Partial<Composed> = {},
): Promise<Harness> {
  const clock = { at: NOON };
  const jobs: unknown[] = [];
  const composeForTest = async (...args: Parameters<typeof compose>): Promise<Composed> => ({
    ...(await compose(...args)),
    // Time stands still: nothing is late unless a test says so.
    clock: { now: () => clock.at, alarm: () => ({ rings: new Promise(() => undefined), stop: () => undefined }) },
    rateLimits: openBuckets(() => clock.at),
    queue: { send: async (sent) => void jobs.push(...sent) },
    // Whoever has somebody to ask says so.
    ask: async () => Promise.reject(new TypeError("the tests ask nobody")),
    ...override,
  });
  const app = createApp(composeForTest);
  const bindings = env as unknown as Bindings;
  const deps = await composeForTest(bindings, { waitUntil: () => undefined }, {}, () => "https://nunchi.test");
  const defaults = SiteSettings.parse({
    name: "Test shop",
    origins: [ORIGIN],
    timeZone: "Asia/Seoul",
    locale: "ko",
    currency: "KRW",
    sender: { name: "테스트샵", contact: "02-1234-5678" },
    dailyCap: 2,
  });
  const site = await createSite(deps, { ...defaults, ...settings }, siteIdOfTest());
  const { key: publicKey } = await createKey(deps, site.id, "public", "test");
  const { key: secretKey } = await createKey(deps, site.id, "secret", "test");

  const fetch = async (path: string, init?: RequestInit): Promise<Response> => {
    const context = createExecutionContext();
    const response = await app.fetch(new Request(`https://nunchi.test${path}`, init), bindings, context);
    await waitOnExecutionContext(context);
    return response;
  };
  const send = (method: string, path: string, body: unknown, headers: Record<string, string>) =>
    fetch(path, {
      method,
      headers: { "content-type": "application/json", ...headers },
      ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
  return {
    site,
    publicKey,
    secretKey,
    deps,
    clock,
    jobs,
    fetch,
    server: (method, path, body) => send(method, path, body, { authorization: `Bearer ${secretKey}` }),
    browser: (method, path, body, headers = {}) =>
      send(method, path, body, {
        authorization: `Bearer ${publicKey}`,
        origin: ORIGIN,
        "user-agent": "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 Chrome/147.0 Safari/537.36",
        ...headers,
      }),
  };
}

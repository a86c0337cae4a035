/** Calls a minute at the public doors: by key and address for pages, by key for servers, without a row written. */
import { expect, it } from "vitest";
import type { Database } from "../../worker/deps.ts";
import { openBuckets, openRateLimits } from "../../worker/platform/rate-limit.ts";
import { openCampaign } from "../support/worker/campaign.ts";
import { type Harness, harness, NOON } from "../support/worker/harness.ts";

const limits = { browserPerMinute: 10, serverPerMinute: 20 };
const view = { batch: [{ type: "track", event: "viewed", anonymousId: "a1" }] };
const from = (address: string) => ({ "cf-connecting-ip": address });

async function statuses(count: number, call: () => Promise<Response>): Promise<number[]> {
  const answers: number[] = [];
  for (let index = 0; index < count; index++) answers.push((await call()).status);
  return answers;
}
const refusals = (all: number[]) => all.filter((status) => status === 429).length;

it("refuses a page's address beyond its share, with the time to wait, and lets it on after that", async () => {
  const h = await harness({ limits });
  const call = () => h.browser("POST", "/v1/events", view, from("192.0.2.1"));
  expect(refusals(await statuses(12, call))).toBe(2);
  const refused = await call();
  expect(await refused.json()).toMatchObject({ error: { code: "rate_limited" } });
  const wait = Number(refused.headers.get("retry-after"));
  expect(wait).toBeGreaterThan(0);
  h.clock.at += wait * 1000;
  expect((await call()).status).toBe(200);
  expect((await call()).status).toBe(429);
});

it("counts addresses, keys and kinds of calls apart", async () => {
  const h = await harness({ limits });
  const other = await harness({ limits });
  const collect = (each: Harness, address: string) => () => each.browser("POST", "/v1/events", view, from(address));
  expect(refusals(await statuses(11, collect(h, "192.0.2.2")))).toBe(1);
  expect(refusals(await statuses(10, collect(h, "192.0.2.3")))).toBe(0);
  expect(refusals(await statuses(10, collect(other, "192.0.2.2")))).toBe(0);
  const show = () =>
    h.browser("GET", "/v1/widgets/recommendations?placement=home&anonymousId=a1", undefined, from("192.0.2.2"));
  expect(refusals(await statuses(11, show))).toBe(1);
});

it.each([
  ["recommendations", "POST", "/v1/recommendations", { placement: "none", anonymousId: "a1" }],
  ["surveys", "GET", "/v1/surveys/none", undefined],
  ["survey answers", "POST", "/v1/surveys/none/answers", {}],
  ["consents", "POST", "/v1/consents", { channel: "web_push", granted: true, source: "page", anonymousId: "a1" }],
])("holds at the door of %s", async (_, method, path, body) => {
  const h = await harness({ limits });
  const call = () => h.browser(method, path, body, from("192.0.2.4"));
  const answers = await statuses(12, call);
  expect(answers.slice(0, 10)).not.toContain(429);
  expect(answers.slice(10)).toEqual([429, 429]);
});

it("holds where a signature is the key: one address that asks for a campaign's content", async () => {
  const h = await harness({ limits });
  await openCampaign(h);
  const { contentUrl } = (await (await h.server("GET", "/v1/campaigns/reminder")).json()) as { contentUrl: string };
  const path = `${contentUrl.replace(/^https?:\/\/[^/]+/, "")}&user_id=minji`;
  const call = (address: string) => () => h.fetch(path, { headers: from(address) });
  expect(refusals(await statuses(21, call("192.0.2.6")))).toBe(1);
  expect(refusals(await statuses(1, call("192.0.2.7")))).toBe(0);
});

it("limits a server by its key, whatever its address", async () => {
  const h = await harness({ limits });
  expect(refusals(await statuses(21, () => h.server("POST", "/v1/batch", view)))).toBe(1);
});

it("asks no database about a caller that it knows", async () => {
  const { deps } = await harness();
  let asked = 0;
  const control: Database = {
    prepare: (sql) => {
      asked++;
      return deps.control.prepare(sql);
    },
    batch: (statements) => deps.control.batch(statements),
  };
  const h = await harness({ limits }, { control });
  const call = () => h.browser("GET", "/v1/config", undefined, from("192.0.2.5"));
  await call();
  const before = asked;
  expect(refusals(await statuses(12, call))).toBe(3);
  expect(asked).toBe(before);
});

it("asks Cloudflare's binding behind its own bucket, and only then", async () => {
  const asked: string[] = [];
  const binding = (name: string, success: boolean) => ({
    limit: async ({ key }: { key: string }) => {
      asked.push(`${name} ${key}`);
      return { success };
    },
  });
  const own = openRateLimits(() => NOON, { browser: binding("browser", true), server: binding("server", false) });
  const key = crypto.randomUUID();
  expect([await own.take(key, 1, "browser"), await own.take(key, 1, "browser")]).toEqual([0, 60]);
  expect(asked).toEqual([`browser ${key}`]);
  expect(await own.take(`${key} server`, 10, "server")).toBe(60);
  expect(asked).toEqual([`browser ${key}`, `server ${key} server`]);
});

it("survives a clock that is moved back", async () => {
  let now = NOON;
  const buckets = openBuckets(() => now);
  const key = crypto.randomUUID();
  expect(await buckets.take(key, 2, "browser")).toBe(0);
  now = NOON - 3_600_000;
  expect(await buckets.take(key, 2, "browser")).toBe(0);
  expect(await buckets.take(key, 2, "browser")).toBe(30);
  now += 30_000;
  expect(await buckets.take(key, 2, "browser")).toBe(0);
});

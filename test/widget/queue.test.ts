// @vitest-environment node
import { beforeEach, expect, it, vi } from "vitest";
import { type Answer, NOW, openPage, type Page, settle } from "./page.ts";

const MINUTE = 60_000;

beforeEach(() => {
  vi.useFakeTimers({ now: NOW, toFake: ["setTimeout", "clearTimeout", "Date"] });
});

const waiting = (page: Page) => Object.keys(page.storage()).filter((name) => name.startsWith("nunchi:q:")).length;
const open = (options: Parameters<typeof openPage>[0] = {}) => openPage({ attributes: "data-manual", ...options });

it("gathers what arises together, and forgets it once it is stored", async () => {
  const page = await open();
  const delivered = Promise.all([page.call("track", "one"), page.call("track", "two"), page.call("track", "three")]);
  expect(waiting(page)).toBe(3);
  await settle();
  expect(page.sent).toHaveLength(1);
  expect(page.names()).toEqual(["one", "two", "three"]);
  expect(await delivered).toEqual([true, true, true]);
  expect(waiting(page)).toBe(0);
});

it.each<[string, Answer]>([
  ["no network", "lost"],
  ["a failure", { status: 500 }],
  ["too many calls", { status: 429 }],
  ["a worker that is being replaced", { status: 503 }],
])("%s: keeps the events and tries again, later and later", async (_name, answer) => {
  let isUp = false;
  const page = await open({ answer: () => (isUp ? undefined : answer) });
  page.call("track", "one");
  await settle(9000);
  const gaps = page.sent.slice(1).map(({ at }, index) => at - page.sent[index]!.at);
  expect(gaps.map((gap) => Math.round(gap / 1000))).toEqual([1, 2, 4]);
  expect(waiting(page)).toBe(1);
  isUp = true;
  page.call("track", "two");
  await settle(9000);
  expect(page.sent).toHaveLength(5);
  expect(page.sent[4]?.body.batch).toMatchObject([{ event: "one" }, { event: "two" }]);
  const ids = page
    .events()
    .filter(({ event }) => event === "one")
    .map(({ messageId }) => messageId);
  expect(new Set(ids).size).toBe(1);
  expect(waiting(page)).toBe(0);
});

it.each([400, 401, 403, 413])("%i refuses for good: the events go, and it is not asked again", async (status) => {
  const page = await open({ answer: () => ({ status, text: '{"error":{}}' }) });
  const delivered = page.call("track", "one");
  await settle();
  expect(await delivered).toBe(false);
  expect(waiting(page)).toBe(0);
  await settle(10 * MINUTE);
  expect(page.sent).toHaveLength(1);
});

it("does not wait for ever for an answer", async () => {
  let isUp = false;
  const page = await open({ answer: () => (isUp ? undefined : "silent") });
  page.call("track", "one");
  await settle();
  isUp = true;
  await settle(25_000);
  expect(page.sent).toHaveLength(2);
  expect(waiting(page)).toBe(0);
});

it("is back at once when the network is", async () => {
  let isUp = false;
  const page = await open({ answer: () => (isUp ? undefined : "lost") });
  page.call("track", "one");
  await settle(20_000);
  const before = page.sent.length;
  isUp = true;
  page.window.dispatchEvent(new page.window.Event("online"));
  await settle(1);
  expect(page.sent).toHaveLength(before + 1);
  expect(waiting(page)).toBe(0);
});

it("sends what is left when the page goes, and the next page makes sure", async () => {
  const first = await open();
  first.call("track", "one");
  first.leave();
  expect(first.sent).toMatchObject([{ via: "beacon", body: { batch: [{ event: "one" }] } }]);
  const kept = first.storage();
  const second = await open({ storage: kept });
  expect(second.sent).toEqual([]);
  await settle(31_000);
  expect(second.names()).toEqual(["one"]);
  expect(second.events()[0]?.messageId).toBe(first.events()[0]?.messageId);
  expect(waiting(second)).toBe(0);
});

it("does not send by beacon what is on its way already", async () => {
  const page = await open({ answer: ({ via }) => (via === "fetch" ? "silent" : undefined) });
  page.call("track", "one");
  await settle(300);
  page.call("track", "two");
  page.leave();
  expect(page.sent.map(({ via, body }) => [via, body.batch?.map(({ event }) => event)])).toEqual([
    ["fetch", ["one"]],
    ["beacon", ["two"]],
  ]);
});

it("sends at once when the tab is hidden, and what arises while it is", async () => {
  const page = await open();
  page.call("track", "one");
  page.hide(true);
  await settle(1);
  expect(page.names()).toEqual(["one"]);
  page.call("track", "two");
  await settle(1);
  expect(page.names()).toEqual(["one", "two"]);
});

it("two tabs neither lose nor send the other's events", async () => {
  const first = await open({ answer: () => "lost" });
  const second = await open({ storage: first });
  first.call("track", "of the first");
  second.call("track", "of the second");
  await settle();
  expect(new Set(first.names())).toEqual(new Set(["of the first"]));
  expect(second.names()).toEqual(["of the second"]);
  expect(waiting(first)).toBe(1);
  // The first tab's network stays down: after half a minute the second takes over.
  await settle(40_000);
  second.call("track", "later");
  await settle();
  expect(second.names()).toEqual(["of the second", "of the first", "later"]);
  expect(waiting(first)).toBe(0);
});

it("keeps events in order and consents on their own", async () => {
  const page = await open();
  page.call("track", "one");
  page.call("consent", { channel: "email", granted: false });
  page.call("track", "two");
  await settle();
  expect(page.sent.map(({ path, body }) => `${path} ${body.batch?.map(({ event }) => event) ?? body.granted}`)).toEqual(
    ["/v1/events one", "/v1/consents false", "/v1/events two"],
  );
});

it("is bounded: the oldest of too many events go", async () => {
  const page = await open({ answer: () => "lost" });
  for (let index = 0; index < 230; index++) page.call("track", `event ${index}`);
  expect(waiting(page)).toBe(200);
  const events = Object.entries(page.storage())
    .filter(([name]) => name.startsWith("nunchi:q:"))
    .map(([, text]) => JSON.parse(text).body.event);
  expect(events).not.toContain("event 29");
  expect(events).toContain("event 30");
  expect(events).toContain("event 229");
  for (let index = 0; index < 30; index++) page.call("track", "large", { text: "가".repeat(20_000) });
  const size = Object.values(page.storage()).join("").length;
  expect(size).toBeLessThan(210_000);
});

it("splits what is too large for a request that outlives its page", async () => {
  const page = await open();
  for (let index = 0; index < 6; index++) page.call("track", `event ${index}`, { text: "가".repeat(8000) });
  await settle();
  expect(page.names()).toHaveLength(6);
  for (const { body } of page.sent) expect(Buffer.byteLength(JSON.stringify(body))).toBeLessThan(64 * 1024);
});

it("goes on when storage holds what is not an event, and when it is full", async () => {
  const page = await open({ storage: { "nunchi:q:000000000broken": "{", "nunchi:recent": "" } });
  page.window.localStorage.setItem = () => {
    throw new Error("QuotaExceededError");
  };
  const delivered = page.call("track", "one");
  await settle();
  expect(page.names()).toEqual(["one"]);
  expect(await delivered).toBe(true);
  expect(page.errors).toEqual([]);
});

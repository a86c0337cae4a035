/** What is refused at the door: each with its reason, counted, shown to the shop without anybody's data, and the rest goes on. */
import { describe, expect, it } from "vitest";
import { readHistory } from "../../worker/events/history.ts";
import { reasonOf, shapeOf } from "../../worker/events/refused/note.ts";
import { listRefusalCounts, listRefused } from "../../worker/events/refused/store.ts";
import { run } from "../../worker/jobs/queue.ts";
import { DAY, HOUR } from "../../worker/lib/time.ts";
import { locatePerson } from "../../worker/profiles/person.ts";
import { type Harness, harness, NOON } from "../support/worker/harness.ts";

const view = (fields: object = {}) => ({
  type: "track",
  event: "product_viewed",
  messageId: "good",
  userId: "minji",
  timestamp: NOON,
  properties: { product_id: "p1" },
  ...fields,
});

const deep = (levels: number): unknown => JSON.parse(`${'{"a":'.repeat(levels)}1${"}".repeat(levels)}`);
const wide = (fields: number) => Object.fromEntries(Array.from({ length: fields }, (_, index) => [`k${index}`, 0]));

async function counts(h: Harness): Promise<Record<string, number>> {
  const sums: Record<string, number> = {};
  for (const { reason, count } of await listRefusalCounts(h.deps.control, h.site.id, 0))
    sums[reason] = (sums[reason] ?? 0) + count;
  return sums;
}

it("gives each kind of bad event its reason, and stores the good one between them", async () => {
  const h = await harness();
  const bad: [reason: string, message: unknown][] = [
    ["not_an_event", 7],
    ["not_an_event", view({ type: "sell" })],
    ["no_person", view({ userId: null })],
    ["no_name", view({ event: undefined })],
    ["bad_time", view({ timestamp: "yesterday" })],
    ["bad_text", view({ userId: "a\u0000b" })],
    ["bad_text", view({ messageId: "\ud83d" })],
    ["bad_field", view({ properties: "none" })],
    ["too_large", view({ properties: { text: "가".repeat(20_000) } })],
    ["too_many_fields", view({ properties: wide(10_000) })],
    ["too_many_fields", view({ properties: { list: Array.from({ length: 3000 }, () => 0) } })],
    ["too_deep", view({ properties: deep(100) })],
  ];
  const hostile = JSON.parse(
    JSON.stringify(view({ messageId: "proto", properties: { x: {}, color: "red" } })).replace('"x"', '"__proto__"'),
  );
  const answer = await h.server("POST", "/v1/batch", {
    batch: [...bad.map(([, message]) => message), hostile, view()],
  });
  expect(answer.status).toBe(200);
  const { accepted, refused } = (await answer.json()) as {
    accepted: number;
    refused: { index: number; issues: { path: string; message: string }[] }[];
  };
  expect(accepted).toBe(2);
  expect(refused.map(({ index, issues }) => [index, reasonOf(issues)])).toEqual(
    bad.map(([reason], index) => [index, reason]),
  );
  const expected: Record<string, number> = {};
  for (const [reason] of bad) expected[reason] = (expected[reason] ?? 0) + 1;
  expect(await counts(h)).toEqual(expected);
  const examples = await listRefused(h.deps.control, h.site.id, 100);
  expect(examples.map((each) => each.reason).sort()).toEqual(bad.map(([reason]) => reason).sort());
  expect(examples.every(({ at, caller, issues }) => at === NOON && caller === "server" && issues.length > 0)).toBe(
    true,
  );
  const person = await locatePerson(h.deps, h.site.id, { userId: "minji" });
  const stored = await readHistory(h.deps, person, 0, 10);
  expect(stored.map((event) => event.messageId).sort()).toEqual(["good", "proto"]);
  // A key that could become an object's prototype is no property of anything; what stands beside it is kept.
  expect(stored.find(({ messageId }) => messageId === "proto")?.properties).toEqual({ color: "red" });
});

it("costs a good batch nothing", async () => {
  const h = await harness();
  const count = async () =>
    (await h.deps.control.prepare("SELECT count(*) AS n FROM refusal_counts").first<{ n: number }>())?.n;
  const before = await count();
  const written = h.deps.meter.written;
  await h.server("POST", "/v1/batch", { batch: [view()] });
  expect(await count()).toBe(before);
  expect(h.deps.meter.written).toBe(written);
});

it("counts a flood, and keeps a few examples of it", async () => {
  const h = await harness();
  for (let call = 0; call < 4; call++) {
    const batch = Array.from({ length: 500 }, () => view({ userId: null }));
    expect((await h.server("POST", "/v1/batch", { batch })).status).toBe(400);
  }
  expect(await counts(h)).toEqual({ no_person: 2000 });
  expect((await listRefused(h.deps.control, h.site.id, 1000)).length).toBeLessThanOrEqual(10);
  h.clock.at = NOON + HOUR;
  await h.server("POST", "/v1/batch", { batch: [view({ userId: null })] });
  expect(await listRefusalCounts(h.deps.control, h.site.id, NOON / HOUR + 1)).toEqual([
    { hour: NOON / HOUR + 1, reason: "no_person", count: 1 },
  ]);
});

describe("what is kept of a refused event", () => {
  it("is names and kinds, and nothing that anybody said", async () => {
    const h = await harness();
    const secret = {
      email: "minji@mail.test",
      "010-1234-5678": 1,
      "minji@mail.test": true,
      note: "from minji@mail.test",
    };
    await h.server("POST", "/v1/batch", {
      batch: [view({ event: "", traits: secret, properties: { secret, list: [secret] } })],
    });
    const [example] = await listRefused(h.deps.control, h.site.id, 1);
    const text = JSON.stringify(example);
    expect(text).not.toContain("minji");
    expect(text).not.toContain("1234");
    expect(text).toContain("email");
    expect(text).toContain("text of 15");
  });

  it("is short, whatever was sent", () => {
    expect(shapeOf(wide(10_000)).length).toBeLessThan(1600);
    expect(shapeOf(deep(5000)).length).toBeLessThan(200);
    expect(shapeOf("x".repeat(1e6))).toBe('"text of 1000000"');
    expect(JSON.parse(shapeOf(JSON.parse('{"__proto__":{"polluted":1}}')))).toHaveProperty(["__proto__"]);
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });

  it("is forgotten after a week, and its count after three months", async () => {
    const h = await harness();
    await h.server("POST", "/v1/batch", { batch: [view({ userId: null })] });
    h.clock.at = NOON + 6 * DAY;
    await run(h.deps, { kind: "expire-definitions" });
    expect(await listRefused(h.deps.control, h.site.id, 10)).toHaveLength(1);
    h.clock.at = NOON + 8 * DAY;
    await run(h.deps, { kind: "expire-definitions" });
    expect(await listRefused(h.deps.control, h.site.id, 10)).toEqual([]);
    expect(await counts(h)).toEqual({ no_person: 1 });
    h.clock.at = NOON + 91 * DAY;
    await run(h.deps, { kind: "expire-definitions" });
    expect(await counts(h)).toEqual({});
  });

  it("is one site's own", async () => {
    const [h, other] = [await harness(), await harness()];
    await h.server("POST", "/v1/batch", { batch: [view({ userId: null })] });
    expect(await listRefused(other.deps.control, other.site.id, 10)).toEqual([]);
    expect(await counts(other)).toEqual({});
  });
});

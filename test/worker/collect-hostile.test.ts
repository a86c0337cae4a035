/** What comes in when a client is broken or means harm: stored as it was sent or refused with a reason, never lost, never 500. */
import { describe, expect, it } from "vitest";
import { readHistory } from "../../worker/events/history.ts";
import { DAY, HOUR, MINUTE, SECOND } from "../../worker/lib/time.ts";
import { getProfile, locatePerson } from "../../worker/profiles/person.ts";
import { harness, NOON } from "../support/worker/harness.ts";

type Harness = Awaited<ReturnType<typeof harness>>;
type Answer = { accepted: number; refused: { index: number; issues: { path: string; message: string }[] }[] };

const view = (fields: object = {}) => ({
  type: "track",
  event: "product_viewed",
  messageId: "m1",
  userId: "minji",
  timestamp: new Date(NOON - MINUTE).toISOString(),
  properties: { product_id: "p1" },
  ...fields,
});

async function history(h: Harness, userId = "minji") {
  return readHistory(h.deps, await locatePerson(h.deps, h.site.id, { userId }), 0, 1000);
}

function nested(levels: number): unknown {
  return JSON.parse(`${"[".repeat(levels)}1${"]".repeat(levels)}`);
}

describe("a message that is sent again", () => {
  const at = (time: number) => new Date(time).toISOString();

  it("is stored once when its body was kept and sent again hours later", async () => {
    const h = await harness();
    const body = { sentAt: at(NOON), batch: [view()] };
    await h.server("POST", "/v1/batch", body);
    for (const delay of [30 * SECOND, 15 * MINUTE, 20 * HOUR]) {
      h.clock.at = NOON + delay;
      await h.server("POST", "/v1/batch", body);
    }
    expect((await history(h)).map((event) => event.at)).toEqual([NOON - MINUTE]);
  });

  it("is stored once when its clock is a day ahead and its body was kept", async () => {
    const h = await harness();
    const body = { sentAt: at(NOON + DAY), batch: [view({ timestamp: at(NOON + DAY - MINUTE) })] };
    for (const delay of [0, HOUR, 5 * HOUR]) {
      h.clock.at = NOON + delay;
      await h.server("POST", "/v1/batch", body);
    }
    expect(await history(h)).toHaveLength(1);
  });

  it("is stored once when the client gives it a new time", async () => {
    const h = await harness();
    for (const time of [NOON - 2 * SECOND, NOON - SECOND]) {
      await h.server("POST", "/v1/batch", { batch: [view({ timestamp: at(time) })] });
    }
    await h.server("POST", "/v1/batch", {
      batch: [
        view({ messageId: "m2", timestamp: at(NOON - 500) }),
        view({ messageId: "m2", timestamp: at(NOON - 400) }),
      ],
    });
    expect((await history(h)).map((event) => event.messageId)).toEqual(["m2", "m1"]);
  });

  it("is stored once without a time, however much later it comes the same day", async () => {
    const h = await harness();
    for (const delay of [0, 40 * MINUTE]) {
      h.clock.at = NOON + delay;
      await h.server("POST", "/v1/batch", { batch: [view({ timestamp: undefined })] });
    }
    expect(await history(h)).toHaveLength(1);
  });
});

it("keeps events whose names are those of JavaScript's own properties", async () => {
  const h = await harness();
  const names = ["constructor", "__proto__", "toString", "hasOwnProperty"];
  const batch = names.map((event, index) => view({ event, messageId: `m${index}` }));
  expect(((await (await h.server("POST", "/v1/batch", { batch })).json()) as Answer).accepted).toBe(4);
  expect((await history(h)).map((event) => event.name).sort()).toEqual([...names].sort());
});

it("refuses an event that is too deep for the database, and stores the others", async () => {
  const h = await harness();
  const deep = [60, 100, 1001, 15_000].map((levels, index) =>
    view({ messageId: `d${index}`, properties: { product_id: "p1", deep: nested(levels) } }),
  );
  const traits = { type: "identify", userId: "minji", traits: { deep: nested(2000) } };
  const answer = await h.server("POST", "/v1/batch", { batch: [...deep, traits, view()] });
  expect(answer.status).toBe(200);
  const body = `{"context":{"a":${"[".repeat(200_000)}${"]".repeat(200_000)}},"batch":[${JSON.stringify(view())}]}`;
  expect((await h.server("POST", "/v1/batch", body)).status).toBe(400);
  const { accepted, refused } = (await answer.json()) as Answer;
  expect(accepted).toBe(2);
  expect(refused.map((each) => each.index)).toEqual([1, 2, 3, 4]);
  expect(refused[0]?.issues[0]?.message).toContain("levels");
  expect((await history(h)).map((event) => event.messageId).sort()).toEqual(["d0", "m1"]);
});

describe("times that cannot be", () => {
  it.each([
    ["before 1970", { timestamp: "0001-01-01T00:00:00Z" }],
    ["negative", { timestamp: -5 }],
    ["beyond all calendars", { timestamp: 1e300 }],
    ["sent beyond all calendars", { sentAt: 1e300 }],
    ["without a zone", { timestamp: "2026-03-10T12:00:00" }],
  ])("refuses a time %s and says what it wants", async (_, time) => {
    const h = await harness();
    const answer = await h.server("POST", "/v1/batch", { batch: [view(time)] });
    expect(answer.status).toBe(400);
    const { error } = (await answer.json()) as { error: { issues: { message: string }[] } };
    expect(error.issues[0]?.message).toContain("epoch milliseconds");
  });

  it("keeps people readable and erasable whatever their clocks say", async () => {
    const h = await harness();
    const times = [
      { sentAt: 8.64e15 },
      { sentAt: 1 },
      { timestamp: 8.64e15 },
      { timestamp: 1_700_000_000 },
      { timestamp: NOON - 0.5 },
    ];
    const batch = times.map((time, index) => view({ ...time, messageId: `t${index}` }));
    expect((await h.server("POST", "/v1/batch", { batch })).status).toBe(200);
    const events = await history(h);
    expect(events).toHaveLength(5);
    for (const { at } of events) {
      expect(Number.isInteger(at)).toBe(true);
      expect(at).toBeGreaterThanOrEqual(0);
      expect(at).toBeLessThanOrEqual(NOON);
    }
    const exported = await (await h.server("GET", "/v1/users/minji/export")).json();
    expect((exported as { tables: { events: unknown[] } }).tables.events).toHaveLength(5);
    expect((await h.server("DELETE", "/v1/users/minji")).status).toBe(200);
    expect(await history(h)).toEqual([]);
  });
});

it("refuses a context that would be copied into megabytes", async () => {
  const h = await harness();
  const batch = Array.from({ length: 300 }, (_, index) => ({ type: "page", userId: "minji", messageId: `p${index}` }));
  const large = { context: { page: { path: "x".repeat(20_000) } }, batch };
  expect((await h.server("POST", "/v1/batch", large)).status).toBe(413);
  const small = { context: { page: { path: "/sale" } }, batch };
  expect((await h.server("POST", "/v1/batch", small)).status).toBe(200);
  expect((await history(h))[0]?.properties.path).toBe("/sale");
});

it("keeps the profile of a person storable, however many traits are sent", async () => {
  const h = await harness();
  const { profileId } = await locatePerson(h.deps, h.site.id, { userId: "minji" });
  const size = async () => JSON.stringify((await getProfile(h.deps, profileId))?.traits).length;
  await h.server("POST", "/v1/identify", { userId: "minji", traits: { name: "민지" } });
  for (let call = 0; call < 20; call++) {
    const answer = await h.server("POST", "/v1/identify", {
      userId: "minji",
      traits: { [`k${call}`]: "x".repeat(8_000) },
    });
    expect(answer.status).toBe(200);
  }
  expect(await size()).toBeLessThan(140_000);
  const before = await size();
  await h.server("POST", "/v1/identify", { userId: "minji", traits: { k0: null } });
  expect(await size()).toBeLessThan(before);
  expect((await getProfile(h.deps, profileId))?.traits.name).toBe("민지");
});

it("stores NUL and lone surrogates in what events say, and refuses them in what events are known by", async () => {
  const h = await harness();
  const lines = [
    `"event":"viewed","messageId":"m1","properties":{"\\ud800":"\\udc00","k\\u0000":"\\u0000v","product_id":"p\\u00001"}`,
    `"event":"e\\u0000x","messageId":"m2"`,
    `"event":"viewed","messageId":"m\\u0000a"`,
    `"event":"viewed","messageId":"m3","anonymousId":"\\ud800"`,
  ].map((line) => `{"type":"track","userId":"minji","timestamp":${NOON},${line}}`);
  const answer = await h.server("POST", "/v1/batch", `{"batch":[${lines.join(",")}]}`);
  const { refused } = (await answer.json()) as Answer;
  expect(refused.map(({ index, issues }) => [index, issues[0]?.path])).toEqual([
    [1, "event"],
    [2, "messageId"],
    [3, "anonymousId"],
  ]);
  expect(refused[0]?.issues[0]?.message).toContain("NUL");
  const [event] = await history(h);
  expect(event).toMatchObject({ messageId: "m1", itemId: "p1" });
  expect(event?.properties).toEqual({ "\ud800": "\udc00", "k\u0000": "\u0000v", product_id: "p\u00001" });
});

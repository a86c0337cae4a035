import { describe, expect, it } from "vitest";
import { readHistory } from "../../worker/events/history.ts";
import { DAY } from "../../worker/lib/time.ts";
import { locatePerson } from "../../worker/profiles/person.ts";
import { harness, NOON } from "../support/worker/harness.ts";

const YEAR_AGO = NOON - 365 * DAY;

const bought = (fields: object = {}) => ({
  type: "track",
  event: "product_purchased",
  messageId: "row-1",
  userId: "minji",
  timestamp: new Date(YEAR_AGO).toISOString(),
  properties: { product_id: "coat" },
  ...fields,
});

describe("POST /v1/import/events", () => {
  it("takes a year-old event at its own time, once", async () => {
    const h = await harness();
    for (let attempt = 0; attempt < 2; attempt++) {
      h.clock.at += attempt * 60_000;
      const answer = await h.server("POST", "/v1/import/events", { batch: [bought()], sentAt: NOON - DAY });
      expect(await answer.json()).toEqual({ success: true, accepted: 1, refused: [] });
    }
    const person = await locatePerson(h.deps, h.site.id, { userId: "minji" });
    const events = await readHistory(h.deps, person, 0, 10);
    expect(events.map(({ name, at, itemId }) => [name, at, itemId])).toEqual([["product_purchased", YEAR_AGO, "coat"]]);
    expect(h.jobs).toEqual([]);
  });

  it("answers 200 with every refused row, also when all are refused", async () => {
    const h = await harness();
    const answer = await h.server("POST", "/v1/import/events", { batch: [bought({ userId: undefined }), 7] });
    expect(answer.status).toBe(200);
    const body = (await answer.json()) as { accepted: number; refused: { index: number }[] };
    expect([body.accepted, body.refused.map(({ index }) => index)]).toEqual([0, [0, 1]]);
    expect((await h.server("POST", "/v1/import/events", { batch: [] })).status).toBe(400);
  });

  it("is closed to browsers and to strangers", async () => {
    const h = await harness();
    expect((await h.browser("POST", "/v1/import/events", { batch: [bought()] })).status).toBe(403);
    const headers = { authorization: "Bearer sk_unknown_key" };
    expect((await h.fetch("/v1/import/events", { method: "POST", headers, body: "{}" })).status).toBe(401);
  });
});

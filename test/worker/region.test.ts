import { describe, expect, it } from "vitest";
import { readHistory } from "../../worker/events/history.ts";
import { locatePerson } from "../../worker/profiles/person.ts";
import { type Harness, harness, ORIGIN } from "../support/worker/harness.ts";
import { openShop, place } from "../support/worker/shop.ts";

const AGENT = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 Chrome/147.0 Safari/537.36";

/** A page's call as it comes through Cloudflare's edge. */
const throughEdge = (h: Harness, path: string, body: object, cf: object, country = "KR") =>
  h.fetch(path, {
    method: "POST",
    headers: {
      authorization: `Bearer ${h.publicKey}`,
      "content-type": "application/json",
      origin: ORIGIN,
      "user-agent": AGENT,
      "cf-ipcountry": country,
    },
    body: JSON.stringify(body),
    cf,
  } as RequestInit);

async function pageOf(h: Harness, anonymousId: string) {
  const person = await locatePerson(h.deps, h.site.id, { anonymousId });
  return (await readHistory(h.deps, person, 0, 10))[0]?.properties;
}

describe("the region of a visit", () => {
  it("is kept with a page, as the edge knows it", async () => {
    const h = await harness();
    const view = (anonymousId: string, properties: object = {}) => ({
      batch: [{ type: "page", anonymousId, properties: { path: "/", ...properties } }],
    });
    expect((await throughEdge(h, "/v1/events", view("seoul"), { regionCode: "11", region: "Seoul" })).status).toBe(200);
    expect(await pageOf(h, "seoul")).toMatchObject({ country: "KR", region: "KR-11" });
    // What a page says by this name of its own is the shop's.
    await throughEdge(h, "/v1/events", view("own", { region: "강남" }), { regionCode: "11" });
    expect(await pageOf(h, "own")).toMatchObject({ region: "강남" });
    for (const [at, cf] of [{}, { regionCode: 11 }, { regionCode: "<b>" }, { region: "Seoul" }].entries()) {
      await throughEdge(h, "/v1/events", view(`none-${at}`), cf);
      expect(await pageOf(h, `none-${at}`)).not.toHaveProperty("region");
    }
    await throughEdge(h, "/v1/events", view("tor"), { regionCode: "11" }, "XX");
    expect(await pageOf(h, "tor")).not.toHaveProperty("region");
  });

  it("is a context that a list can go by, said by a server or by the edge", async () => {
    const h = await harness();
    await openShop(h);
    await place(h);
    const ask = (context: object) =>
      h.server("POST", "/v1/recommendations", { placement: "home", anonymousId: "new", explain: true, context });
    const said = (await (await ask({ country: "KR", region: "kr-26" })).json()) as {
      explain: { contexts: string[] };
    };
    expect(said.explain.contexts).toEqual(expect.arrayContaining(["country:KR", "region:KR-26"]));
    expect((await ask({})).status).toBe(200);
    for (const region of ["Seoul", "KR-", "KR-1234", "11", 11]) {
      const refused = await ask({ region });
      expect(refused.status, `${region}`).toBe(400);
      expect(JSON.stringify(await refused.json())).toContain("region");
    }
    const body = { placement: "home", anonymousId: "new" };
    expect((await throughEdge(h, "/v1/recommendations", body, { regionCode: "26" })).status).toBe(200);
  });
});

/** Set-up in the admin: what already arrives, and what a site's own names of events mean. */
import { describe, expect, it } from "vitest";
import { readArrivals } from "../../worker/events/arrivals.ts";
import { DAY, HOUR, SECOND } from "../../worker/lib/time.ts";
import { type Harness, harness, NOON } from "../support/worker/harness.ts";
import { staffOf } from "../support/worker/staff.ts";

const event = (name: string, fields: object = {}) => ({
  type: "track",
  event: name,
  userId: "minji",
  timestamp: NOON - SECOND,
  properties: { product_id: "coat-1" },
  ...fields,
});
const send = (h: Harness, ...batch: object[]) => h.server("POST", "/v1/batch", { batch });
const namesOf = async (h: Harness) => (await readArrivals(h.deps, h.site.id)).events.map(({ name }) => name);

async function open() {
  const h = await harness();
  return { h, staff: await staffOf(h), path: `/admin/${h.site.id}/collection/setup` };
}

describe("what arrives", () => {
  it("is counted by the name that was sent, over all shards, with the items that the catalog has", async () => {
    const h = await harness();
    await h.server("POST", "/v1/items/batch", {
      items: [{ id: "coat-1", title: "코트", url: "https://shop.test/coat-1" }],
    });
    await send(
      h,
      event("Product Viewed"),
      event("Product Viewed", { userId: "jisoo", timestamp: NOON - 2 * DAY, properties: { product_id: "gone" } }),
      event("view_item", { userId: "seojun", properties: { items: [{ item_id: "coat-1" }] } }),
      event("찜", { timestamp: NOON - HOUR, properties: {} }),
      event("old", { userId: "old", timestamp: NOON - 9 * DAY }),
    );
    const { people, isWhole, events } = await readArrivals(h.deps, h.site.id);
    expect([people, isWhole]).toEqual([3, true]);
    const own = events.filter(({ name }) => name !== "old");
    expect(own).toEqual([
      {
        sent: "Product Viewed",
        name: "product_viewed",
        week: 2,
        day: 1,
        lastAt: NOON - SECOND,
        items: { named: 2, known: 1 },
      },
      {
        sent: "view_item",
        name: "product_viewed",
        week: 1,
        day: 1,
        lastAt: NOON - SECOND,
        items: { named: 1, known: 1 },
      },
      { sent: "찜", name: "찜", week: 1, day: 1, lastAt: NOON - HOUR, items: { named: 0, known: 0 } },
    ]);
  });

  it("leaves out bots, and another site's", async () => {
    const [h, other] = [await harness(), await harness()];
    await send(other, event("elsewhere"));
    await h.browser("POST", "/v1/events", { batch: [event("by a bot")] }, { "user-agent": "Googlebot/2.1" });
    await send(h, event("by a person"));
    expect(await namesOf(h)).toEqual(["by a person"]);
  });
});

describe("the set-up page", () => {
  it("shows the lines to embed, what arrives, and asks for the meaning of unknown names only", async () => {
    const { h, staff, path } = await open();
    expect(await (await staff.get(path)).text()).toContain("Nothing has come in yet");
    await send(h, event("Product Viewed"), event("quickBuy"));
    const page = await (await staff.get(path)).text();
    expect(page).toContain(`data-key=&quot;${h.publicKey}&quot;`);
    expect(page).toContain("<code>Product Viewed</code>");
    expect(page).toContain('name="meaning:quick_buy"');
    expect(page).not.toContain('name="meaning:product_viewed"');
  });

  it("gives a name its meaning from then on, and takes it back", async () => {
    const { h, staff, path } = await open();
    await send(h, event("quickBuy", { messageId: "m1", timestamp: NOON - 3 * SECOND }));
    const saved = await staff.post(path, { "meaning:quick_buy": "product_added_to_cart" });
    expect([saved.status, saved.headers.get("location")]).toEqual([303, `${path}?notice=saved`]);
    h.clock.at += 10 * SECOND;
    await send(h, event("quickBuy", { messageId: "m2" }), event("Quick Buy", { messageId: "m3" }));
    expect(await namesOf(h)).toEqual(["product_added_to_cart", "product_added_to_cart", "quickBuy"]);
    expect(await (await staff.get(path)).text()).toMatch(/value="product_added_to_cart" selected/);
    await staff.post(path, { "meaning:quick_buy": "" });
    h.clock.at += 10 * SECOND;
    await send(h, event("quickBuy", { messageId: "m4", userId: "jisoo" }));
    expect((await namesOf(h)).filter((name) => name === "quickBuy")).toHaveLength(1);
    const { events } = await readArrivals(h.deps, h.site.id);
    expect(events.find(({ name }) => name === "quickBuy")?.week).toBe(2);
  });

  it("refuses a meaning that is not offered", async () => {
    const { staff, path } = await open();
    for (const meaning of ["message_opened", "whatever"]) {
      expect((await staff.post(path, { "meaning:quick_buy": meaning })).status, meaning).toBe(422);
    }
  });

  it("is for who is signed in", async () => {
    const { h, path } = await open();
    const answer = await h.fetch(path, { redirect: "manual" });
    expect(answer.status).toBe(302);
    expect(answer.headers.get("location")).toContain("/admin/sign-in");
  });
});

describe("a visitor's cookie", () => {
  const visit = (h: Harness, headers: Record<string, string>, fields: object = {}) =>
    h.browser(
      "POST",
      "/v1/events",
      { batch: [{ ...event("product_viewed"), userId: null, anonymousId: "abc123", ...fields }] },
      headers,
    );

  it("is set where the worker is on the shop's own domain, for as long as browsers allow", async () => {
    const h = await harness({ origins: ["https://shop.nunchi.test", "https://m.nunchi.test"] });
    const answer = await visit(h, { origin: "https://shop.nunchi.test", "sec-fetch-site": "same-site" });
    expect(answer.headers.get("set-cookie")).toBe(
      "nunchi=abc123; Max-Age=34560000; Domain=nunchi.test; Path=/; Secure; SameSite=Lax",
    );
    expect(answer.headers.get("access-control-allow-credentials")).toBe("true");
  });

  it.each([
    ["a page of another site", { "sec-fetch-site": "cross-site" }, {}],
    ["who does not say so", {}, {}],
    ["a beacon, which may be late", { "sec-fetch-site": "same-site", "sec-fetch-mode": "no-cors" }, {}],
    ["an id from before the visitor's own", { "sec-fetch-site": "same-site", cookie: "nunchi=abc124" }, {}],
    ["an id that is none of the tag's", { "sec-fetch-site": "same-site" }, { anonymousId: "a; Domain=evil.test" }],
    [
      "who does not want to be recorded",
      { "sec-fetch-site": "same-site" },
      { context: { consent: { analytics: false } } },
    ],
  ])("is not set for %s", async (_, headers, fields) => {
    const answer = await visit(await harness(), headers as Record<string, string>, fields);
    expect(answer.status).toBe(200);
    expect(answer.headers.get("set-cookie")).toBeNull();
  });

  it("is not set by other clients' calls", async () => {
    const h = await harness();
    const answer = await h.browser(
      "POST",
      "/v1/track",
      { ...event("x"), anonymousId: "abc" },
      { "sec-fetch-site": "same-site" },
    );
    expect(answer.headers.get("set-cookie")).toBeNull();
  });
});

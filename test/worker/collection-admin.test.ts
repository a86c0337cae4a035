/** The pages of collection: the live debugger, refused events and the rules, for somebody who is signed in. */
import { describe, expect, it } from "vitest";
import { run } from "../../worker/jobs/queue.ts";
import { profileIdOf } from "../../worker/lib/ids.ts";
import { HOUR, MINUTE, SECOND } from "../../worker/lib/time.ts";
import { putSegment } from "../../worker/segments/segments.ts";
import { requireSite } from "../../worker/sites/site.ts";
import { act, agree, openCampaign, tick } from "../support/worker/campaign.ts";
import { type Harness, harness, NOON } from "../support/worker/harness.ts";
import { type StaffMember, staffOf } from "../support/worker/staff.ts";

interface Open {
  h: Harness;
  staff: StaffMember;
  base: string;
  page(path?: string): Promise<string>;
}

async function open(): Promise<Open> {
  const h = await harness();
  const staff = await staffOf(h);
  const base = `/admin/${h.site.id}/collection`;
  const page = async (path = "") => {
    const answer = await staff.get(`${base}${path}`);
    expect(answer.status, path).toBe(200);
    return answer.text();
  };
  return { h, staff, base, page };
}

const view = (fields: object = {}) => ({
  type: "track",
  event: "product_viewed",
  userId: "minji",
  timestamp: NOON - SECOND,
  properties: { product_id: "coat-1" },
  ...fields,
});
const send = (h: Harness, ...batch: object[]) => h.server("POST", "/v1/batch", { batch });

describe("the live debugger", () => {
  it("shows the site's last events with what they were taken for, bots and custom ones too", async () => {
    const { h, page } = await open();
    expect(await page()).toContain("Nothing has come in yet");
    await send(h, view({ event: "Product Viewed" }), view({ event: "fitting_booked", userId: "seojun" }));
    await h.browser(
      "POST",
      "/v1/events",
      { batch: [view({ userId: null, anonymousId: "crawler" })] },
      { "user-agent": "Googlebot/2.1" },
    );
    const text = await page();
    expect(text).toContain("sent as Product Viewed");
    expect(text).toContain("<code>product_viewed</code>");
    expect(text).toContain("custom event");
    expect(text).toContain("Bot");
    for (const name of ["minji", "seojun", "crawler"]) expect(text).toContain(`>${name}</a>`);
  });

  it("polls for what is new, and moves nothing while there is none", async () => {
    const { h, staff, page, base } = await open();
    await send(h, view());
    const poll = (text: string) => /hx-get="([^"]+)"/.exec(text)?.[1]?.replaceAll("&amp;", "&") ?? "";
    const first = poll(await page());
    expect(first).toContain(`${base}/events?version=`);
    expect((await staff.get(first)).status).toBe(204);
    await send(h, view({ event: "checkout_started" }));
    const second = await staff.get(first);
    expect(second.status).toBe(200);
    const fragment = await second.text();
    expect(fragment).toContain("checkout_started");
    expect(fragment).not.toContain("<html");
    expect((await staff.get(poll(fragment))).status).toBe(204);
    expect(await page("?paused")).not.toContain("hx-get");
  });

  it("follows one visitor over their browsers, found without their name in an address", async () => {
    const { h, staff, base, page } = await open();
    await send(h, view({ anonymousId: "b1" }), view({ userId: null, anonymousId: "b1", event: "in the browser" }));
    await send(h, view({ userId: "seojun", event: "somebody else's" }));
    const found = await staff.post(base, { query: "minji" });
    expect(found.status).toBe(303);
    const location = found.headers.get("location") ?? "";
    expect(location).toContain(profileIdOf(h.site.id, { userId: "minji" }));
    const text = await (await staff.get(location)).text();
    expect(text).toContain("in the browser");
    expect(text).not.toContain("somebody else");
    expect(text).toContain("person=p_");
    const missed = await staff.post(base, { query: "nobody@mail.test" });
    expect(missed.status).toBe(404);
    expect(await missed.text()).toContain("There is nobody of that name yet");
    // A key of another site's person finds nobody: the whole site is shown.
    const other = await open();
    expect(await page(`?person=${profileIdOf(other.h.site.id, { userId: "minji" })}`)).toContain("seojun");
  });

  it("says which campaign an event started, what became of it, and why nothing was sent", async () => {
    const { h, staff, base } = await open();
    await openCampaign(h);
    await act(h, { userId: "minji" }, "product_added_to_cart", "1", NOON - SECOND);
    await act(h, { userId: "minji" }, "page_viewed", undefined, NOON - SECOND);
    const person = `${base}?person=${profileIdOf(h.site.id, { userId: "minji" })}`;
    const read = async () => (await staff.get(person)).text();
    const before = await read();
    expect(before.match(/starts campaign reminder/g)).toHaveLength(1);
    h.clock.at = NOON + HOUR;
    await tick(h);
    const after = await read();
    expect(after).toContain("not sent: No consent for this channel");
    await agree(h, { userId: "seojun" });
    expect(await read()).toContain("outcome: ");
  });

  it("says which segment an event led into", async () => {
    const { h, staff, base } = await open();
    const rule = { event: "checkout_started", did: true, withinSeconds: 3600 } as const;
    await putSegment(h.deps, h.site.id, "buyers", { name: "Nearly bought", rule });
    await send(
      h,
      view({ timestamp: NOON - 2 * SECOND }),
      view({ event: "Checkout Started", timestamp: NOON - SECOND }),
    );
    h.clock.at = NOON + MINUTE;
    for (const { index: shard } of h.deps.shards.all())
      await run(h.deps, { kind: "refresh-segments", siteId: h.site.id, shard });
    const text = await (await staff.get(`${base}?person=${profileIdOf(h.site.id, { userId: "minji" })}`)).text();
    expect(text.match(/enters segment Nearly bought/g)).toHaveLength(1);
    const row = text.split("<tr>").find((each) => each.includes("enters segment"));
    expect(row).toContain("checkout_started");
  });
});

describe("refused events", () => {
  it("are shown by reason with examples, in both languages, and another site sees none", async () => {
    const { h, page, staff, base } = await open();
    expect(await page("/refused")).toContain("Nothing was refused");
    await send(h, view({ event: "minji@mail.test", userId: null }), view({ timestamp: "soon" }), view());
    const text = await page("/refused");
    expect(text).toContain("Neither userId nor anonymousId");
    expect(text).toContain("Time is not valid");
    expect(text).toContain("a time with its zone");
    expect(text).toContain("text of");
    expect(text).not.toContain("minji");
    const korean = await (await staff.get(`${base}/refused`, { "accept-language": "ko" })).text();
    expect(korean).toContain("userId도 anonymousId도 없음");
    expect(korean).toContain("시간대가 있는 시각");
    const other = await open();
    expect(await other.page("/refused")).toContain("Nothing was refused");
  });
});

describe("the rules of collection", () => {
  const fields = {
    "privacy.gpc": "no_tracking",
    "privacy.consentMode": "opt_in",
    "limits.browserPerMinute": "600",
    "limits.serverPerMinute": "60000",
    verifyUsers: "yes",
  };

  it("are saved, leave the shop's other settings, and are in the code to embed", async () => {
    const { h, staff, base, page } = await open();
    const saved = await staff.post(`${base}/rules`, fields);
    expect(saved.status).toBe(303);
    expect(await requireSite(h.deps, h.site.id)).toMatchObject({
      name: h.site.name,
      sender: h.site.sender,
      privacy: { gpc: "no_tracking", consentMode: "opt_in" },
      limits: { browserPerMinute: 600, serverPerMinute: 60000 },
      verifyUsers: true,
    });
    expect(await page("/rules")).toContain('value="600"');
    const settings = await (await staff.get(`/admin/${h.site.id}/settings`)).text();
    expect(settings).toContain("data-consent=&quot;ask&quot;");
    expect(settings).toContain("data-gpc=&quot;honor&quot;");
  });

  it("survive a change of the shop's settings", async () => {
    const { h, staff, base } = await open();
    await staff.post(`${base}/rules`, fields);
    const shop = {
      name: "New name",
      origins: "https://shop.test",
      timeZone: "Asia/Seoul",
      locale: "ko",
      currency: "KRW",
      dailyCap: "3",
    };
    expect((await staff.post(`/admin/${h.site.id}/settings`, shop)).status).toBe(303);
    expect(await requireSite(h.deps, h.site.id)).toMatchObject({
      name: "New name",
      verifyUsers: true,
      privacy: { consentMode: "opt_in" },
    });
  });

  it("say what is wrong with them", async () => {
    const { h, staff, base } = await open();
    const wrong = await staff.post(`${base}/rules`, {
      ...fields,
      "privacy.gpc": "maybe",
      "limits.browserPerMinute": "1",
    });
    expect(wrong.status).toBe(422);
    const text = await wrong.text();
    expect(text).toContain("privacy.gpc");
    expect(text).toContain("limits.browserPerMinute");
    expect((await requireSite(h.deps, h.site.id)).verifyUsers).toBe(false);
  });

  it("show the secret to staff, and another after it was renewed", async () => {
    const { staff, base, page } = await open();
    const secretOf = (text: string) => /id="identity-secret">([^<]+)</.exec(text)?.[1];
    const before = secretOf(await page("/rules"));
    expect(before).toMatch(/^[\w-]{22}$/);
    expect((await staff.post(`${base}/rules/renew`, {})).status).toBe(400);
    expect((await staff.post(`${base}/rules/renew`, { sure: "yes" })).status).toBe(303);
    expect(secretOf(await page("/rules"))).not.toBe(before);
  });
});

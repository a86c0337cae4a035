import { describe, expect, it } from "vitest";
import { MINUTE, SECOND } from "../../worker/lib/time.ts";
import type { Offer } from "../../worker/onsite/schema.ts";
import { type Harness, harness, NOON } from "../support/worker/harness.ts";
import { define, idsOf, launch, note, shop, tell, words } from "../support/worker/onsite.ts";

describe("what is in it", () => {
  it("names and shows products of this person, in the page's language", async () => {
    const h = await shop();
    const body = {
      ko: {
        title: '{{ product_viewed.0.product_name | josa: "이/가" }} 기다려요',
        buttons: ["{{ recommendation.0.product_name }}"],
      },
      en: { title: "{{ product_viewed.0.product_name }} waits", buttons: ["See {{ recommendation.0.product_name }}"] },
    };
    const buttons = [{ does: "open", url: "{{ recommendation.0.product_url }}" }];
    await launch(h, "shelf", { kind: "products", placement: "home", words: body, buttons, format: "bottom_sheet" });
    const view = { event: "product_viewed", properties: { product_id: "coat-1" } };
    expect(await tell(h, ["page"]), "nobody who has looked at nothing").toEqual([]);
    const [offer] = (await tell(h, ["page", view])) ?? [];
    const cards = [...(offer?.html ?? "").matchAll(/data-item-id="([^"]+)"/g)].map(([, id]) => id);
    expect(cards).toHaveLength(8);
    expect(cards).not.toContain("coat-1");
    expect(offer?.html).toMatch(/<h2[^>]*>[^<{]+ 기다려요<\/h2>/);
    expect(offer?.html).toMatch(new RegExp(`<a part="button" href="https://shop.test[^"]*${cards[0]}"`));
    const asked = await h.browser("GET", "/v1/onsite?anonymousId=visitor-1&locale=en-US");
    const { messages } = (await asked.json()) as { messages: Offer[] };
    expect(messages[0]?.html).toMatch(/<h2[^>]*>[^<{]+ waits<\/h2>/);
  });

  it("waits for what products are like no longer than a page does", async () => {
    const errors: string[] = [];
    const log = { info() {}, warn() {}, error: (_: string, error: unknown) => void errors.push(String(error)) };
    const { vectors } = (await harness()).deps;
    const hanging = Promise.withResolvers<[]>();
    const h = await shop({
      log,
      // It answers when nobody waits any more.
      vectors: { ...vectors, nearItem: () => hanging.promise },
      clock: { now: () => NOON, alarm: () => ({ rings: Promise.resolve(), stop: () => hanging.resolve([]) }) },
    });
    await launch(h, "shelf", { kind: "products", placement: "home", format: "bottom_sheet" });
    const view = { event: "product_viewed", properties: { product_id: "coat-1" } };
    expect(idsOf(await tell(h, ["page", view]))).toEqual(["shelf"]);
    expect(errors).toEqual(["Error: no answer within 250 ms"]);
  });

  it("escapes what people and feeds say, keeps own HTML in a sandbox, and leads nowhere but to http", async () => {
    const h = await harness();
    const named = { ko: { title: "{{ profile.name }}", html: "<b onclick='alert(1)'>{{ profile.name }}</b>" } };
    const plain = { ko: { title: "{{ profile.name }}", buttons: ["가기"] } };
    await launch(h, "own", { kind: "html", words: named, buttons: [] });
    await launch(h, "plain", { words: plain, trigger: { kind: "dwell", seconds: 1 } });
    await launch(h, "evil", {
      words: plain,
      buttons: [{ does: "open", url: "{{ profile.traits.site }}" }],
      trigger: { kind: "dwell", seconds: 1 },
    });
    const traits = { name: '<img src=x onerror="alert(1)">' };
    const visit = async (site: string) => {
      await h.server("PUT", "/v1/users/u1", { traits: { ...traits, site } });
      return (await tell(h, ["page"], { person: { userId: "u1" } })) ?? [];
    };
    for (const elsewhere of ["//evil.test", "/\\evil.test", "/\t/evil.test", "data:text/html,x", "evil"])
      expect(idsOf(await visit(elsewhere)), elsewhere).toEqual(["own", "plain"]);
    expect(idsOf(await visit("/sale?a=b//c"))).toContain("evil");
    const offers = await visit("javascript:alert(1)");
    expect(idsOf(offers)).toEqual(["own", "plain"]);
    const [own, plainOffer] = offers;
    expect(own?.html).toContain('sandbox="allow-scripts allow-popups allow-popups-to-escape-sandbox"');
    expect(own?.html).not.toMatch(/<img|<b /);
    expect(plainOffer?.html).not.toContain("<img");
    expect(plainOffer?.html).toContain("&lt;img");
  });

  it("a coupon, a rating, a review by the device's store, a push prompt with its own consent text", async () => {
    const h = await harness();
    const dwell = { kind: "dwell", seconds: 1 };
    const own = (more: object) => ({ buttons: [], words: { ko: { title: "안녕", ...more } } });
    await launch(h, "coupon", { ...own({ code: "HELLO10" }), kind: "coupon", priority: 60 });
    await launch(h, "nps", { ...own({}), kind: "rating", scale: "nps", trigger: dwell, format: "corner_card" });
    const stores = { apple: "https://apps.example/a", google: "https://apps.example/g" };
    await launch(h, "review", { ...own({}), kind: "review", stores, trigger: dwell });
    await launch(h, "push", { ...own({ body: "혜택 알림을 받습니다." }), kind: "push", trigger: dwell, priority: 99 });
    const iPhone = { "user-agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0) Mobile/15E148" };
    const offers = (await tell(h, ["page"], { headers: iPhone })) ?? [];
    const byId = Object.fromEntries(offers.map((offer) => [offer.properties.onsite_id, offer]));
    expect(byId.coupon?.html).toContain('data-code="HELLO10"');
    expect(byId.nps?.html?.match(/data-score/g)).toHaveLength(11);
    expect(byId.nps?.html).toMatch(/^<section/);
    expect(byId.review?.html).toContain("https://apps.example/a");
    expect(byId.review?.html).not.toContain("https://apps.example/g");
    const { publicKey } = (await (await h.browser("GET", "/v1/push-key")).json()) as { publicKey: string };
    expect(Buffer.from(publicKey, "base64url")).toHaveLength(65);
    expect(byId.push?.push).toEqual({ key: publicKey, worker: "/nunchi-sw.js", textVersion: "push/1/ko" });
    const consent = { channel: "web_push", granted: false, source: "page", anonymousId: "visitor-1" };
    expect((await h.browser("POST", "/v1/consents", consent)).status).toBe(200);
    expect(idsOf(await tell(h, ["page"]))).not.toContain("push");
  });

  it("gives each site keys of its own, for pages only of its own", async () => {
    const [one, two] = [await harness(), await harness()];
    const keyOf = async (h: Harness) =>
      ((await (await h.browser("GET", "/v1/push-key")).json()) as { publicKey: string }).publicKey;
    expect(await keyOf(one)).toBe(await keyOf(one));
    expect(await keyOf(one)).not.toBe(await keyOf(two));
    expect((await one.fetch("/v1/push-key")).status).toBe(401);
    const stored = await one.deps.control
      .prepare("SELECT value FROM settings WHERE name = ?1")
      .bind(`vapid:${one.site.id}`)
      .first<{ value: string }>();
    expect(stored?.value).not.toContain('"d"');
  });
});

describe("what it changed", () => {
  it("variants and the holdout, by who was shown, clicked, closed and bought", async () => {
    const h = await harness();
    const variants = [{ name: "a" }, { name: "b", format: "banner", words: words("다른 말") }];
    await launch(h, "try", { variants, holdoutPercent: 30 });
    const groups: Record<string, number> = {};
    const bought: Record<string, number> = {};
    for (let place = 0; place < 60; place++) {
      const person = { anonymousId: `person-${place}` };
      const [offer] = (await tell(h, ["page"], { person })) ?? [];
      const group = offer?.properties.variant.split(":")[1] ?? "";
      groups[group] = (groups[group] ?? 0) + 1;
      expect(offer?.html === null).toBe(group === "holdout");
      expect(offer?.properties.format).toBe(group === "b" ? "banner" : "modal");
      if (group === "b") expect(offer?.html).toContain("다른 말");
      const done =
        group === "holdout"
          ? [note("message_skipped", offer, { reason: "holdout" })]
          : [note("message_shown", offer), note(place % 2 ? "message_clicked" : "message_dismissed", offer)];
      await tell(h, done, { person });
      if (place % 3 === 0) {
        h.clock.at += SECOND;
        bought[group] = (bought[group] ?? 0) + 1;
        await tell(h, [{ event: "product_purchased", properties: { revenue: 1000, currency: "KRW" } }], { person });
      }
    }
    expect(Object.keys(groups).sort()).toEqual(["a", "b", "holdout"]);
    h.clock.at += MINUTE;
    const answer = await h.server("GET", "/v1/onsite/messages/try/report");
    const report = (await answer.json()) as {
      dismissed: Record<string, number>;
      result: {
        against: string;
        groups: { name: string; people: number; clicked: number; bought: number; differences: object }[];
      };
    };
    expect(report.result.against).toBe("holdout");
    expect(Object.fromEntries(report.result.groups.map(({ name, people }) => [name, people]))).toEqual(groups);
    expect(
      Object.fromEntries(
        report.result.groups.filter((group) => group.bought > 0).map((group) => [group.name, group.bought]),
      ),
    ).toEqual(bought);
    const [a, , held] = report.result.groups;
    expect((a?.clicked ?? 0) + (report.dismissed.a ?? 0)).toBe(groups.a);
    expect(held).toMatchObject({ name: "holdout", clicked: 0 });
    expect(a?.differences).toHaveProperty("purchase");
  });

  it("a draft has nothing to report, and another site's is not there", async () => {
    const [one, two] = [await harness(), await harness()];
    await one.server("PUT", "/v1/onsite/messages/x", { name: "x", definition: define() });
    expect(await (await one.server("GET", "/v1/onsite/messages/x/report")).json()).toMatchObject({
      measuredAt: null,
      result: null,
    });
    expect((await two.server("GET", "/v1/onsite/messages/x/report")).status).toBe(404);
  });
});

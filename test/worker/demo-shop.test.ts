import { describe, expect, it } from "vitest";
import { demoCatalog } from "../../widget/demo/catalog.ts";
import { upsertItems } from "../../worker/catalog/upsert.ts";
import { DEMO_KEY } from "../../worker/http/demo/shop.ts";
import { createKey } from "../../worker/sites/access.ts";
import { type Harness, harness } from "../support/worker/harness.ts";

const catalog = demoCatalog("https://nunchi.test");

/** The demo's key is one for the whole installation: the tests of this file share its shop. */
let opened: Promise<Harness> | undefined;
function shop(): Promise<Harness> {
  opened ??= (async () => {
    const { deps } = await harness();
    const demo = await harness({}, { config: { ...deps.config, demo: true } });
    await createKey(demo.deps, demo.site.id, "public", "demo", DEMO_KEY);
    await upsertItems(demo.deps, demo.site, catalog);
    return demo;
  })();
  return opened;
}

/** A browser with cookies. */
function visitor(h: Harness) {
  const cookies = new Map<string, string>();
  return async (path: string, form?: Record<string, string>, accept = "text/html") => {
    const answer = await h.fetch(`/demo${path}`, {
      redirect: "manual",
      headers: {
        accept,
        cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join("; "),
        ...(form ? { "content-type": "application/x-www-form-urlencoded" } : {}),
      },
      ...(form ? { method: "POST", body: new URLSearchParams(form).toString() } : {}),
    });
    for (const line of answer.headers.getSetCookie()) {
      const [name = "", value = ""] = line.split(";")[0]?.split("=") ?? [];
      if (/max-age=0/i.test(line)) cookies.delete(name);
      else cookies.set(name, value);
    }
    return { status: answer.status, to: answer.headers.get("location"), text: await answer.text() };
  };
}

/** What the page's script would tell the tag because the page was opened. */
function happened(page: string): [string, Record<string, unknown>][] {
  return [...page.matchAll(/<script type="application\/json" data-event="(\w+)"[^>]*>(.*?)<\/script>/g)].map(
    ([, event = "", facts = ""]) => [event, JSON.parse(facts)],
  );
}

describe("the demo shop", () => {
  it("is not there outside a demo", async () => {
    const h = await harness();
    for (const path of ["/", "/p/coat-1", "/shop.css", "/img/coat-1.svg"]) {
      expect((await h.fetch(`/demo${path}`)).status).toBe(404);
    }
  });

  it("embeds the tag with its public key on every page, and places recommendations", async () => {
    const go = visitor(await shop());
    for (const path of [
      "/",
      "/c/홈",
      "/c/홈/조명",
      "/sale",
      "/search?q=울",
      "/p/coat-1",
      "/cart",
      "/wishes",
      "/account",
    ]) {
      const { status, text } = await go(path);
      expect([path, status]).toEqual([path, 200]);
      expect(text).toContain(`src="/nunchi.js" data-key="${DEMO_KEY}"`);
    }
    expect((await go("/")).text).toContain('<nunchi-recommendations placement="home"');
    expect((await go("/p/coat-1")).text).toContain('item-id="coat-1"');
    expect((await go("/p/nothing")).status).toBe(404);
    expect((await go("/c/없는곳")).status).toBe(404);
  });

  it("describes a product to machines, and sells it no longer once it is sold out", async () => {
    const h = await shop();
    const go = visitor(h);
    const read = async () => {
      const { text } = await go("/p/mug-1");
      const [, json = "{}"] = text.match(/<script type="application\/ld\+json">(.*?)<\/script>/) ?? [];
      return { text, product: JSON.parse(json) };
    };
    const mug = catalog.find((item) => item.id === "mug-1");
    expect((await read()).product).toMatchObject({
      "@type": "Product",
      productID: "mug-1",
      name: mug?.title,
      offers: { price: mug?.price, priceCurrency: "KRW", availability: "https://schema.org/InStock" },
    });
    await upsertItems(h.deps, h.site, [{ ...mug, availability: "out_of_stock" }]);
    const { text, product } = await read();
    expect(product.offers.availability).toBe("https://schema.org/OutOfStock");
    expect(text).toContain("품절된 상품이에요");
    expect((await go("/cart", { id: "mug-1" }, "application/json")).text).toBe('{"count":0}');
    await upsertItems(h.deps, h.site, [mug]);
  });

  it("keeps a cart, orders it, and says what was bought", async () => {
    const go = visitor(await shop());
    const [coat, lamp] = ["coat-1", "lamp-1"].map((id) => catalog.find((item) => item.id === id));
    expect((await go("/cart", { id: "coat-1" }, "application/json")).text).toBe('{"count":1}');
    await go("/cart", { id: "coat-1" });
    await go("/cart", { id: "lamp-1" });
    await go("/cart", { id: "not-there" });
    await go("/cart", { id: "lamp-1", remove: "1" });
    await go("/cart", { id: "lamp-1" });
    expect((await go("/checkout", {})).to).toBe("/demo/thanks");
    const { text } = await go("/thanks");
    const [[event, facts] = ["", {}]] = happened(text);
    expect(event).toBe("product_purchased");
    expect(facts.revenue).toBe(2 * (coat?.price ?? 0) + (lamp?.price ?? 0));
    expect(
      (facts.products as { product_id: string; quantity: number }[]).map((each) => [each.product_id, each.quantity]),
    ).toEqual([
      ["lamp-1", 1],
      ["coat-1", 2],
    ]);
    expect((await go("/checkout", {})).to).toBe("/demo/cart");
  });

  it("remembers who signed in and in which language", async () => {
    const go = visitor(await shop());
    expect((await go("/sign-in", { name: "민지", email: "no address" })).to).toBe("/demo/account");
    expect(happened((await go("/")).text)).toEqual([]);
    expect((await go("/sign-in", { name: "<민지>", email: "Minji@Shop.example" })).to).toBe("/demo/account?joined");
    const { text } = await go("/account?joined=");
    const events = happened(text);
    expect(events.map(([event]) => event)).toEqual(["identify", "registration_completed"]);
    expect(events[0]?.[1]).toMatchObject({ traits: { name: "<민지>", email: "minji@shop.example" } });
    expect(text).not.toContain("<민지>");
    await go("/sign-out", {});
    expect(happened((await go("/")).text)).toEqual([]);
    expect((await go("/?lang=en")).text).toContain('<html lang="en">');
    expect((await go("/c/홈")).text).toContain("Lighting");
  });

  it("finds products in both languages, and says what was looked for", async () => {
    const go = visitor(await shop());
    const korean = await go("/search?q=울 코트");
    expect(korean.text).toContain('href="/demo/p/coat-1"');
    expect(happened(korean.text)).toEqual([["product_searched", { query: "울 코트", results: 1 }]]);
    expect((await go("/search?q=wool coat&lang=en")).text).toContain('href="/demo/p/coat-1"');
    const script = await go("/search?q=</script><img>");
    expect(script.text).not.toContain("<img>");
  });
});

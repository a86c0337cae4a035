import { describe, expect, it } from "vitest";
import type { Item } from "../../worker/catalog/price.ts";
import type { HistoryEvent } from "../../worker/events/store.ts";
import { MINUTE } from "../../worker/lib/time.ts";
import { checkTemplate, renderTemplate } from "../../worker/messages/template.ts";
import { buildVariables, itemIdsFor } from "../../worker/messages/variables.ts";
import type { Profile } from "../../worker/profiles/store.ts";
import { bareItem } from "../support/item.ts";

const NOW = Date.parse("2026-03-10T12:00:00+09:00");
const SITE = { name: "눈치샵", currency: "KRW", timeZone: "Asia/Seoul" };

const item = (id: string, fields: Partial<Item> = {}): Item =>
  bareItem(NOW, {
    id,
    title: "울 코트",
    titles: { ko: "울 코트", en: "Wool coat" },
    url: `https://shop.test/${id}`,
    imageUrl: `https://shop.test/${id}.jpg`,
    price: 39_000,
    regular: { price: 39_000, listPrice: null },
    brand: "눈치",
    category: "여성 > 아우터",
    ...fields,
  });

const profile = (traits: Record<string, unknown> = {}): Profile => ({
  profileId: "p_aaaaaaaa_x",
  siteId: "site_aaaaaaaa",
  userId: "u1",
  anonymousId: null,
  email: null,
  phone: null,
  traits,
  locale: "ko",
  timeZone: null,
  firstSeenAt: NOW,
  lastSeenAt: NOW,
});

/** Minutes before now, name, properties; given oldest first, as it happened. */
function history(...said: [number, string, Record<string, unknown>][]): HistoryEvent[] {
  return said
    .map(([minutesAgo, name, properties], index) => ({
      profileId: "p_aaaaaaaa_x",
      at: NOW - minutesAgo * MINUTE,
      messageId: `m${index}`,
      name,
      itemId: null,
      properties,
    }))
    .toReversed();
}

function variables(events: HistoryEvent[], more: Partial<Parameters<typeof buildVariables>[0]> = {}) {
  const items = new Map(itemIdsFor(events).map((id) => [id, item(id)]));
  return buildVariables({ profile: profile(), events, items, recommended: [], site: SITE, locale: "ko", ...more });
}

function render(source: string, events: HistoryEvent[], more: Partial<Parameters<typeof buildVariables>[0]> = {}) {
  return renderTemplate(source, variables(events, more), more.locale ?? "ko");
}

describe("a person's products in a message", () => {
  const added: [number, string, Record<string, unknown>] = [5, "product_added_to_cart", { product_id: "p1" }];

  it("names the product of the cart, with the particle that fits, in Korean and English", () => {
    const korean =
      '{{product_added_to_cart.0.product_name}} {{ product_added_to_cart.0.product_name | josa: "을/를" }}';
    expect(render(korean, history(added))).toEqual({ ok: true, text: "울 코트 울 코트를" });
    const english =
      "Still thinking about the {{product_added_to_cart.0.product_name}} for {{product_added_to_cart.0.product_price}}?";
    expect(render(english, history(added), { locale: "en" })).toEqual({
      ok: true,
      text: "Still thinking about the Wool coat for ₩39,000?",
    });
  });

  it("knows every field of a product", () => {
    const [first] = variables(history([5, "product_purchased", { product_id: "p1", quantity: 2 }]))
      .product_purchased as object[];
    expect(first).toEqual({
      product_id: "p1",
      product_name: "울 코트",
      product_price: "39,000원",
      product_price_amount: 39_000,
      product_url: "https://shop.test/p1",
      product_image_url: "https://shop.test/p1.jpg",
      product_brand: "눈치",
      product_category: "여성 > 아우터",
      quantity: 2,
      at: new Date(NOW - 5 * MINUTE).toISOString(),
    });
  });

  it("lists each product once, the newest first, ten at most", () => {
    const views = Array.from({ length: 14 }, (_, i): [number, string, object] => [
      20 - i,
      "product_viewed",
      { product_id: `p${i % 12}` },
    ]);
    const { product_viewed } = variables(history(...(views as [number, string, Record<string, unknown>][]))) as {
      product_viewed: { product_id: string }[];
    };
    expect(product_viewed.map((each) => each.product_id)).toEqual([
      "p1",
      "p0",
      "p11",
      "p10",
      "p9",
      "p8",
      "p7",
      "p6",
      "p5",
      "p4",
    ]);
  });

  it("describes an item that the catalog does not know by the event's own words", () => {
    const order = {
      products: [
        { product_id: "x", name: "린넨 셔츠", price: 19.9, currency: "USD" },
        { id: "y", name: "모자" },
      ],
    };
    const source = "{% for p in product_purchased %}{{p.product_name}}:{{p.product_price | default: '-'}} {% endfor %}";
    const unknown = render(source, history([5, "product_purchased", order]), { items: new Map() });
    expect(unknown).toEqual({ ok: true, text: "모자:- 린넨 셔츠:US$19.90 " });
  });

  it.each<[string, [number, string, Record<string, unknown>][], string[]]>([
    ["adding twice adds up", [added, [4, "product_added_to_cart", { product_id: "p1", quantity: 2 }]], ["p1 × 3"]],
    [
      "a removal takes its number",
      [
        [9, "product_added_to_cart", { product_id: "p1", quantity: 3 }],
        [4, "product_removed_from_cart", { product_id: "p1", quantity: 1 }],
      ],
      ["p1 × 2"],
    ],
    [
      "a removal without a number takes all",
      [
        [9, "product_added_to_cart", { product_id: "p1", quantity: 3 }],
        [4, "product_removed_from_cart", { product_id: "p1" }],
      ],
      [],
    ],
    [
      "what was bought afterwards is not in the cart",
      [
        added,
        [3, "product_added_to_cart", { product_id: "p2" }],
        [2, "product_purchased", { products: [{ product_id: "p1" }] }],
      ],
      ["p2 × 1"],
    ],
    ["what was bought before is", [[9, "product_purchased", { product_id: "p1" }], added], ["p1 × 1"]],
  ])("cart: %s", (_, events, expected) => {
    const cart = variables(history(...events)).product_added_to_cart as { product_id: string; quantity: number }[];
    expect(cart.map((each) => `${each.product_id} × ${each.quantity}`)).toEqual(expected);
  });

  it("names recommended products by the same fields", () => {
    const recommended = [
      {
        id: "r1",
        title: "코트",
        url: "https://shop.test/r1",
        imageUrl: null,
        price: 10,
        listPrice: null,
        currency: "KRW",
        brand: null,
        category: null,
        priceText: "10원",
        listPriceText: null,
      },
    ];
    const source = "{{recommendation.0.product_name}} {{recommendation.0.product_url}}";
    expect(render(source, [], { recommended })).toEqual({ ok: true, text: "코트 https://shop.test/r1" });
    expect(render("{{recommendation.0.product_image_url}}", [], { recommended })).toMatchObject({
      reason: "missing_variable",
    });
  });

  it("knows the profile, its traits and the site", () => {
    const source = "{{profile.name}} {{profile.traits.size}} {{profile.traits.tags[1]}} {{site.name}}";
    const traits = { name: "민지", size: 90, tags: ["a", "b"], empty: "", none: null };
    expect(render(source, [], { profile: profile(traits) })).toEqual({ ok: true, text: "민지 90 b 눈치샵" });
    for (const name of ["empty", "none", "unknown"]) {
      expect(render(`{{profile.traits.${name}}}`, [], { profile: profile(traits) })).toEqual({
        ok: false,
        reason: "missing_variable",
        detail: `profile.traits.${name}`,
      });
    }
  });
});

describe("a variable that this person does not have", () => {
  it("makes the message unrenderable instead of leaving a hole", () => {
    expect(render("{{product_added_to_cart.0.product_name}} 어때요?", [])).toEqual({
      ok: false,
      reason: "missing_variable",
      detail: "product_added_to_cart.0",
    });
  });

  it("is filled by default, and false in a condition", () => {
    expect(render('{{profile.name | default: "고객"}}님', [])).toEqual({ ok: true, text: "고객님" });
    expect(render("{% if profile.name %}{{profile.name}}님, {% endif %}안녕하세요", [])).toEqual({
      ok: true,
      text: "안녕하세요",
    });
    expect(render("{% if product_viewed.0.product_brand == '눈치' %}a{% else %}b{% endif %}", [])).toEqual({
      ok: true,
      text: "b",
    });
  });

  it("is not found in prototypes", () => {
    expect(render("{{profile.constructor}}", [])).toMatchObject({ reason: "missing_variable" });
    expect(render("{{profile.__proto__}}", [])).toMatchObject({ reason: "missing_variable" });
  });
});

describe("filters", () => {
  it.each([
    ['{{ "MP3" | josa: "을/를" }}', "MP3을"],
    ['{{ "MP3" | josa: "를/을" }}', "MP3을"],
    ["{{ 39000 | money }}", "39,000원"],
    ['{{ "1234.5" | money: "USD" }}', "US$1,234.50"],
    ['{{ "2026-03-10T15:30:00Z" | date }}', "2026년 3월 11일"],
    ['{{ "2026-03-10T15:30:00Z" | date: "%Y-%m-%d %H:%M" }}', "2026-03-11 00:30"],
    ["{{ 'a\"b\\\\c' | json_escape }}", 'a\\"b\\\\c'],
    ["{{ '울 코트&=?' | url_param_escape }}", "%EC%9A%B8%20%EC%BD%94%ED%8A%B8%26%3D%3F"],
    ["{{ 'abc' | upcase | append: '!' }}", "ABC!"],
    ["{{ 'a long name' | truncate: 6 }}", "a l..."],
  ])("%s → %s", (source, text) => {
    expect(render(source, [])).toEqual({ ok: true, text });
  });

  it("write money and dates in English for an English reader", () => {
    const source = '{{ 39000 | money }} {{ "2026-03-10T15:30:00Z" | date }}';
    expect(render(source, [], { locale: "en" })).toEqual({ ok: true, text: "₩39,000 March 11, 2026" });
  });
});

describe("bounds", () => {
  const traits = { many: Array.from({ length: 50 }, (_, i) => i) };
  it.each([
    ["loops over ranges", "{% for i in (1..9999999) %}x{% endfor %}"],
    ["loops in loops", "{% for i in (1..2000) %}{% for j in (1..2000) %}{% endfor %}{% endfor %}"],
    ["captures that double", `{% assign a = 'xxxxxxxxxx' %}${"{% capture a %}{{a}}{{a}}{% endcapture %}".repeat(40)}`],
    ["text that grows", "{% for i in (1..3000) %}0123456789012345678901234567890123456789{% endfor %}"],
  ])("stop %s", (_, source) => {
    expect(render(source, [], { profile: profile(traits) })).toMatchObject({ ok: false, reason: "render_failed" });
  });

  it("never print a group of fields", () => {
    expect(render("{{profile}}", [])).toMatchObject({ ok: false, reason: "render_failed" });
  });
});

describe("checkTemplate", () => {
  it("has nothing to say about a good template", () => {
    const good = `{% if profile.name %}{{ profile.name }}님, {% endif %}{{product_added_to_cart.0.product_name | josa: "을/를"}} 담아두셨어요.
      {% for p in recommendation limit: 3 %}{{ forloop.index }}. {{ p.product_name }} {{ p.product_price }} {% endfor %}
      {% assign first = product_viewed.first %}{{ first.product_url }} {{ profile.traits.anything.at.all }} {{ product_viewed.size }}`;
    expect(checkTemplate(good)).toEqual([]);
  });

  it.each([
    [
      "a tag that is not closed",
      "안녕\n{% if profile.name %}",
      "line 2, column 1: tag {% if profile.name %} not closed",
    ],
    ["an output that is not closed", "안녕 {{ profile.name", 'line 1, column 4: output "{{ profile.name" not closed'],
    ["an unknown tag", "{% foo %}", 'line 1, column 1: tag "foo" not found'],
    ["a partial", "{% include 'x' %}", 'line 1, column 1: tag "include" not found'],
    ["an unknown filter", "a\nb {{ profile.name | shout }}", "line 2, column 3: undefined filter: shout"],
    ["an unknown variable", "{{ product_view.0.product_name }}", "line 1, column 4: unknown variable product_view"],
    ["an unknown field", "{{product_viewed.0.product_nmae}}", "unknown field product_viewed"],
    ["an unknown field in a loop", "{% for p in product_viewed %}{{p.nmae}}{% endfor %}", "unknown field p.nmae"],
    ["an unknown field of the profile", "{{profile.nmae}}", "unknown field profile.nmae"],
    ["an unknown field of the site", "{{site.url}}", "unknown field site.url"],
    ["a list taken for a product", "{{product_viewed.product_name}}", "write product_viewed.0.product_name"],
    ["an eleventh entry", "{{product_viewed.10.product_name}}", "at most 10 entries"],
    ["a particle that does not exist", '{{site.name | josa: "을"}}', "josa knows no"],
    ["money of a word", "{{site.name | money}}", "money needs a number"],
    [
      "loops three deep",
      "{% for a in product_viewed %}{% for b in product_viewed %}{% if b %}{% for c in product_viewed %}{% endfor %}{% endif %}{% endfor %}{% endfor %}",
      "nested 2 deep",
    ],
    ["too much text", "x".repeat(20_001), "longer than 20000 characters"],
  ])("names %s and its place", (_, source, message) => {
    const issues = checkTemplate(source);
    expect(issues).toHaveLength(1);
    expect(issues[0]?.message).toContain(message);
  });

  it("names every unknown variable at once", () => {
    expect(checkTemplate("{{a}} {{b}}\n{{profile.c}}").map((issue) => issue.message.split(":")[0])).toEqual([
      "line 1, column 3",
      "line 1, column 9",
      "line 2, column 3",
    ]);
  });
});

import { describe, expect, it } from "vitest";
import { CONTENT_LIMIT_BYTES } from "../../worker/campaigns/content.ts";
import { deletePlacement } from "../../worker/recommend/placements.ts";
import { act, openCampaign } from "../support/worker/campaign.ts";
import { type Harness, harness } from "../support/worker/harness.ts";
import { item, stock } from "../support/worker/shop.ts";

/** The path that a marketer copies into another tool, with somebody's id behind it. */
async function contentPath(h: Harness, query = "", id = "reminder"): Promise<string> {
  const { contentUrl } = (await (await h.server("GET", `/v1/campaigns/${id}`)).json()) as { contentUrl: string };
  expect(contentUrl).toMatch(/^https:\/\/nunchi\.test\/v1\/content\//);
  return `${contentUrl.slice("https://nunchi.test".length)}${query}`;
}

async function content(h: Harness, query: string) {
  const answer = await h.fetch(await contentPath(h, query));
  expect(answer.status).toBe(200);
  const text = await answer.text();
  expect(Buffer.byteLength(text)).toBeLessThanOrEqual(CONTENT_LIMIT_BYTES);
  expect(text).not.toMatch(/\{\{|\}\}"|\{%|%\}/);
  return JSON.parse(text) as { title: string; url: string; items: { id: string }[]; product: { id: string } | null };
}

describe("GET /v1/content/{campaignId}", () => {
  it("has the person's own words and product, without label or gate", async () => {
    const h = await harness();
    await openCampaign(h);
    await act(h, { userId: "minji" }, "product_added_to_cart", "coat-1");
    const mine = await content(h, "&user_id=minji");
    expect(mine).toMatchObject({ title: "울 코트 coat-1이 기다려요", is_personal: true });
    expect(mine.items.length).toBeGreaterThan(2);
    expect(mine.product?.id).toBe(mine.items[0]?.id);
    expect(mine.url).toBe(`https://shop.test/items/${mine.product?.id}`);
  });

  it.each(["&user_id=nobody", "&user_id=", "", "&anonymous_id=b"])(
    "answers for a stranger (%j) with a product",
    async (query) => {
      const h = await harness();
      await openCampaign(h);
      const any = await content(h, query);
      expect(any).toMatchObject({ is_personal: false, body: "10,000원" });
      expect(any.title).toBe(`울 코트 ${any.product?.id}`);
    },
  );

  it("answers when nothing is left to recommend from", async () => {
    const h = await harness();
    await openCampaign(h);
    await deletePlacement(h.deps, h.site.id, "message");
    expect(await content(h, "&user_id=minji")).toMatchObject({
      title: "Test shop",
      url: "https://shop.test",
      product: null,
      items: [],
      is_personal: false,
    });
  });

  it("stays small, and holds nothing that another tool would render", async () => {
    const h = await harness();
    await openCampaign(h, { message: { ko: { title: "{{ recommendation.0.product_name }}", body: "b" } } });
    const long = `https://shop.test/${"x".repeat(1900)}`;
    const all = Array.from({ length: 10 }, (_, i) =>
      item(["coat-1", "coat-2", "coat-3", "scarf-1", "scarf-2", "lamp-1", "lamp-2", "lamp-3", "bulb-1", "bulb-2"][i]!, {
        title: `{{ secret }} {% if %} ${"긴이름".repeat(120)}`,
        url: long,
        imageUrl: long,
      }),
    );
    await stock(h, all);
    const answer = await content(h, "&user_id=minji");
    expect(answer.title).toMatch(/^\{ \{ secret \} \} \{ % if % \}/);
    expect(answer.items.length).toBeGreaterThan(0);
  });

  it("keeps out whoever has no signature, or another campaign's or site's", async () => {
    const [h, other] = [await harness(), await harness()];
    await openCampaign(h);
    await openCampaign(other);
    await openCampaign(h, {}, "second");
    const own = await contentPath(h, "&user_id=minji");
    expect((await h.fetch(own)).status).toBe(200);
    expect((await h.fetch("/v1/content/reminder?user_id=minji")).status).toBe(403);
    expect((await h.fetch(own.replace("/reminder?", "/second?"))).status).toBe(403);
    expect((await h.fetch(own.replace(h.site.id, other.site.id))).status).toBe(403);
    expect((await h.fetch(`/v1/content/reminder?sig=${"x".repeat(500)}`)).status).toBe(400);
    await h.server("POST", "/v1/campaigns/reminder/pause");
    expect((await h.fetch(own)).status).toBe(200);
    await h.server("DELETE", "/v1/campaigns/reminder");
    expect((await h.fetch(own)).status).toBe(404);
  });
});

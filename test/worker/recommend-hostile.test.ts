/** A forged history or request, or a placement of an earlier release, costs a good list, never an error. */
import { expect, it } from "vitest";
import { trainNow } from "../../worker/recommend/train.ts";
import { harness } from "../support/worker/harness.ts";
import { openShop } from "../support/worker/shop.ts";

it("recommends to somebody whose taste and page carry the names of JavaScript's own properties", async () => {
  const h = await harness();
  await openShop(h);
  await trainNow(h.deps, h.site.id);
  const names = ["constructor", "__proto__", "toString"];
  const properties = { survey_id: "taste", picked_item_ids: names, picked_categories: [...names, "패션"] };
  await h.server("POST", "/v1/track", { anonymousId: "forger", event: "survey_answered", properties });
  const answer = await h.server("POST", "/v1/recommendations", {
    placement: "home",
    anonymousId: "forger",
    itemId: "__proto__",
    excludeItemIds: ["constructor"],
    context: { recentItemIds: names },
    filter: [{ property: "attributes.__proto__", op: "neq", value: "x" }],
  });
  expect(answer.status).toBe(200);
  expect(((await answer.json()) as { items: unknown[] }).items.length).toBeGreaterThan(0);
});

it("recommends by a placement that was saved before there were boosts, pins and rests", async () => {
  const h = await harness();
  await openShop(h);
  const rules = { ways: ["trending"], count: 3, layout: "grid", title: { ko: "인기", en: "Popular" } };
  await h.deps.control.prepare("UPDATE placements SET rules = ?1").bind(JSON.stringify(rules)).run();
  const answer = await h.server("POST", "/v1/recommendations", { placement: "home", anonymousId: "visitor" });
  expect(answer.status).toBe(200);
  expect(((await answer.json()) as { items: unknown[] }).items).toHaveLength(3);
});

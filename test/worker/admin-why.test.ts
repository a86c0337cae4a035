/** The admin explains any recommendation of any person: the way to it, what it says, and whom it keeps out. */
import { describe, expect, it } from "vitest";
import { putExperiment, startExperiment } from "../../worker/experiments/experiments.ts";
import { ExperimentInput } from "../../worker/experiments/schema.ts";
import { profileIdOf } from "../../worker/lib/ids.ts";
import { DAY, HOUR } from "../../worker/lib/time.ts";
import { recommend } from "../../worker/recommend/recommend.ts";
import { RecommendationRequest } from "../../worker/recommend/schema.ts";
import { trainNow } from "../../worker/recommend/train.ts";
import { type Harness, harness } from "../support/worker/harness.ts";
import { openShop, place, visit } from "../support/worker/shop.ts";
import { staffOf } from "../support/worker/staff.ts";

async function office() {
  const h = await harness();
  await openShop(h);
  await place(h);
  const staff = await staffOf(h);
  const base = `/admin/${h.site.id}`;
  const page = async (path: string) => {
    const response = await staff.get(`${base}${path}`);
    expect(response.status, path).toBe(200);
    return response.text();
  };
  return { h, staff, base, page };
}

async function show(h: Harness, person: object, id: string, more: object = {}): Promise<void> {
  const properties = { recommendation_id: id, placement: "home", fallback_level: "personal", ...more };
  const event = { type: "track", event: "recommendation_shown", messageId: `${id}-${crypto.randomUUID()}` };
  const message = { ...event, ...person, properties };
  expect((await h.server("POST", "/v1/batch", { batch: [message] })).status).toBe(200);
}

const key = (h: Harness, userId: string) => profileIdOf(h.site.id, { userId });

describe("a preview's address", () => {
  it("shows a person's list in a situation, with the way to the same again, and no name in it", async () => {
    const { h, page, base } = await office();
    await visit(h, { userId: "minji@shop.test" }, ["coat-1", "coat-2"]);
    const person = key(h, "minji@shop.test");
    const text = await page(`/placements/home?person=${person}&item=coat-3&device=phone&campaign=spring`);
    expect(text).toContain("For minji@shop.test");
    expect(text).toContain('value="coat-3"');
    expect(text).toContain("campaign spring, device phone");
    const again = `${base}/placements/home?person=${person}&amp;item=coat-3&amp;device=phone&amp;campaign=spring#preview`;
    expect(text).toContain(`href="${again}"`);
    expect(text.split("#preview")[0]).not.toContain("?person=minji");
  });

  it("shows what somebody new would see who comes this way", async () => {
    const { page, staff, base } = await office();
    const text = await page("/placements/home?referrer=https://search.example/x&campaign=spring");
    expect(text).toContain("For somebody new");
    expect(text).toContain("referrer search.example");
    const posted = await staff.post(`${base}/placements/home/preview`, { previewDevice: "phone", person: "" });
    expect(await posted.text()).toContain("device phone");
  });

  it("says that there is no such person, and no such item", async () => {
    const { page } = await office();
    const text = await page("/placements/home?person=nobody&item=coat-99");
    expect(text).toContain("Nobody is known as &quot;nobody&quot;");
    expect(text).toContain("There is no item &quot;coat-99&quot;");
    expect(await page("/placements/home?item=coat-1")).not.toContain("There is no item");
  });

  it("keeps out whoever is not signed in, and knows nobody of another site", async () => {
    const [{ h, page }, other] = [await office(), await office()];
    await visit(other.h, { userId: "minji" }, ["coat-1"]);
    const path = `/admin/${h.site.id}/placements/home?person=${key(other.h, "minji")}`;
    expect((await h.fetch(path, { redirect: "manual" })).status).toBe(302);
    expect(await page(`/placements/home?person=${key(other.h, "minji")}`)).toContain("Nobody is known as");
  });
});

describe("what a person was shown", () => {
  it("stands in their timeline in words, and leads to why", async () => {
    const { h, page, base } = await office();
    await visit(h, { userId: "minji" }, ["coat-1"]);
    const ids = ["coat-2", "scarf-1", "lamp-1", "lamp-2", "bulb-1", "bulb-2", "coat-3", "gone"];
    await show(h, { userId: "minji" }, "rec_1", { item_ids: ids, variant: "ways:short" });
    await show(h, { userId: "minji" }, "rec_1", { item_ids: ["gone"] });
    await show(h, { userId: "minji" }, "rec_2", { item_ids: ["gone"], variant: "auto:b:history.phone" });
    await show(h, { userId: "minji" }, "rec_3", { item_ids: ["gone"], page_item_id: "coat-1" });
    const text = await page(`/people/${key(h, "minji")}`);
    for (const part of ["Wool coat 2", "Cashmere scarf 1", "and 2 more", "Personal", "Experiment: variant short"])
      expect(text).toContain(part);
    const preview = `href="${base}/placements/home?person=${key(h, "minji")}`;
    expect(text.split(`${preview}&amp;list=rec_1#preview"`)).toHaveLength(3);
    // Of the placement beside the timeline: as of now.
    expect(text.split(`${preview}#preview"`)).toHaveLength(2);
    expect(text.split('id="rec_1"')).toHaveLength(2);
    expect(text).toContain(`?person=${key(h, "minji")}&amp;device=phone&amp;list=rec_2#preview`);
    expect(text).toContain(`?person=${key(h, "minji")}&amp;item=coat-1&amp;list=rec_3#preview`);
  });

  it("is found by the recommendation's id, as long as it was made lately", async () => {
    const [{ h, staff, base }, other] = [await office(), await office()];
    const find = async (query: string) => {
      const answer = await staff.post(`${base}/people`, { query });
      return answer.headers.get("location") ?? (await answer.text());
    };
    // As it is made: the time in the first twelve digits.
    const made = h.clock.at - 5 * DAY;
    const id = `rec_${made.toString(16).padStart(12, "0")}7abc8def000000000001`;
    h.clock.at = made + HOUR;
    await show(h, { anonymousId: "reader" }, id, { item_ids: ["coat-1"] });
    h.clock.at = made + 5 * DAY;
    await show(h, { userId: "late" }, "rec_of_another_kind", { item_ids: ["coat-1"] });
    const reader = profileIdOf(h.site.id, { anonymousId: "reader" });
    expect(await find(id)).toBe(`${base}/people/${reader}#${id}`);
    expect(await find("rec_of_another_kind")).toBe(`${base}/people/${key(h, "late")}#rec_of_another_kind`);
    expect(await find("rec_nothing")).toContain("No such person");
    await show(other.h, { userId: "theirs" }, "rec_theirs");
    expect(await find("rec_theirs")).toContain("No such person");
    h.clock.at += 3 * DAY;
    expect(await find("rec_of_another_kind")).toContain("No such person");
    expect(await find(id)).toContain(reader);
  });
});

describe("a list that was shown", () => {
  const listId = (madeAt: number) => `rec_${madeAt.toString(16).padStart(12, "0")}7abc8def000000000001`;

  /** The part of the page that explains, without the rest of it. */
  const explained = (text: string) => text.slice(text.indexOf('class="explain"'), text.indexOf('id="placement-form"'));

  it("is explained by what was known then, and says what is as of now", async () => {
    const { h, staff, base, page } = await office();
    await trainNow(h.deps, h.site.id);
    const minji = { userId: "minji" };
    h.clock.at += DAY;
    await visit(h, minji, ["coat-1", "coat-2"]);
    const { items } = await recommend(
      h.deps,
      h.site,
      RecommendationRequest.parse({ placement: "home", count: 3, ...minji }),
    );
    const made = h.clock.at;
    h.clock.at += 20_000;
    const seen = items.map(({ id }) => id);
    await show(h, minji, listId(made), { item_ids: seen.slice(0, 2) });
    await show(h, minji, listId(made), { item_ids: [seen[2], "gone"] });
    h.clock.at += 2 * HOUR;
    await visit(h, minji, ["lamp-1", "bulb-2"]);
    const path = `/placements/home?person=${key(h, "minji")}`;
    const now = await page(path);
    expect(now).toContain("As of now.");
    expect(explained(now)).toContain("Desk lamp 1");
    const then = await page(`${path}&list=${listId(made)}`);
    expect(explained(then)).toContain("Wool coat 2");
    expect(explained(then)).not.toContain("<td>Desk lamp 1</td>");
    for (const part of [
      "Made again from what",
      "Model: the one that served then.",
      "Rules: as they were then.",
      "3 of the 4 items",
    ])
      expect(then).toContain(part);
    expect(then).toContain("The log names no item whose page it was on");
    await show(h, minji, listId(made + 1), { item_ids: [seen[0]], page_item_id: "bulb-1" });
    const ofPage = await page(`${path}&item=bulb-1&list=${listId(made + 1)}`);
    expect(ofPage).toMatch(/It was on the page of this item: <a href="[^"]*">Bulb 1</);
    expect(ofPage).not.toContain("The log names no item");
    // Nothing of it is remembered: what the person did since counts at once.
    expect(explained(await page(path))).toContain("<td>Desk lamp 1</td>");
    // While rules are tried the list stays asked for.
    expect(then).toContain(`name="previewList" value="${listId(made)}"`);
    const form = { person: key(h, "minji"), previewList: listId(made) };
    const tried = await (await staff.post(`${base}/placements/home/preview`, form)).text();
    expect(tried).toContain("Made again from what");
    h.clock.at += DAY;
    await place(h);
    await trainNow(h.deps, h.site.id);
    const later = await page(`${path}&list=${listId(made)}`);
    for (const part of ["Model: another one serves by now", "Rules: changed since"]) expect(later).toContain(part);
  });

  it("is explained to the shop's servers, and to nobody's browser", async () => {
    const { h } = await office();
    const minji = { userId: "minji" };
    await visit(h, minji, ["coat-1"]);
    const made = h.clock.at;
    h.clock.at += 20_000;
    await show(h, minji, listId(made), { item_ids: ["coat-2", "gone"] });
    await visit(h, minji, ["lamp-1"], h.clock.at);
    const ask = { placement: "home", ...minji, explainShown: listId(made) };
    const then = await (await h.server("POST", "/v1/recommendations", ask)).json();
    expect(then).toMatchObject({
      shown: { at: made, pageItemId: null, itemIds: ["coat-2", "gone"], again: 1, model: "none", rules: "same" },
      explain: { seeds: [{ itemId: "coat-1" }] },
    });
    // Its events say on which item's page it was; the request may say another, or none.
    const onPage = listId(made + 1);
    await show(h, minji, onPage, { item_ids: ["coat-2"], page_item_id: "bulb-1" });
    const seedsOf = async (more: object) => {
      const answer = await h.server("POST", "/v1/recommendations", { ...ask, explainShown: onPage, ...more });
      const { shown, explain } = (await answer.json()) as {
        shown: { pageItemId: string | null };
        explain: { seeds: { itemId: string }[] };
      };
      return [shown.pageItemId, ...explain.seeds.map(({ itemId }) => itemId)];
    };
    expect(await seedsOf({})).toEqual(["bulb-1", "bulb-1", "coat-1"]);
    expect(await seedsOf({ itemId: "scarf-1" })).toEqual(["bulb-1", "scarf-1", "coat-1"]);
    expect(await seedsOf({ itemId: null })).toEqual(["bulb-1", "coat-1"]);
    const never = await (await h.server("POST", "/v1/recommendations", { ...ask, explainShown: "rec_never" })).json();
    expect(never).toMatchObject({ shown: null, explain: { seeds: [{ itemId: "lamp-1" }, { itemId: "coat-1" }] } });
    expect((await h.browser("POST", "/v1/recommendations", ask)).status).toBe(403);
    const other = await harness();
    await place(other);
    const theirs = await (await other.server("POST", "/v1/recommendations", ask)).json();
    expect(theirs).toMatchObject({ shown: null });
    expect((await h.server("POST", "/v1/recommendations", { ...ask, placement: "nowhere" })).status).toBe(404);
  });

  it("is explained as of now, and said so, where the person's log does not have it", async () => {
    const { h, staff, page } = await office();
    await visit(h, { userId: "minji" }, ["coat-1"]);
    await show(h, { userId: "other" }, listId(h.clock.at), { item_ids: ["coat-2"] });
    await show(h, { userId: "minji" }, "rec_cart", { item_ids: ["coat-2"], placement: "cart" });
    const path = `/placements/home?person=${key(h, "minji")}`;
    for (const list of [listId(h.clock.at), "rec_cart", "rec_never"])
      expect(await page(`${path}&list=${list}`)).toContain("so this is as of now");
    const korean = await staff.get(`/admin/${h.site.id}${path}&list=rec_never`, { "accept-language": "ko" });
    expect(await korean.text()).toContain("지금 시점으로 설명합니다");
  });
});

describe("a running experiment", () => {
  async function run(h: Harness, definition: object): Promise<void> {
    const input = {
      name: "Ways",
      definition: { placement: "home", variants: [{ name: "b", rules: { count: 2 } }], ...definition },
    };
    await putExperiment(h.deps, h.site.id, "ways", ExperimentInput.parse(input));
    await startExperiment(h.deps, h.site.id, "ways");
  }
  const previewOf = async (page: (path: string) => Promise<string>, person: string) => {
    const [, text = ""] = (await page(`/placements/home?person=${person}`)).split('id="preview"');
    return text.split("Popular with everybody")[0] ?? "";
  };

  it("decides what the preview shows, and is named there", async () => {
    const { h, page, base, staff } = await office();
    await visit(h, { userId: "minji" }, ["coat-1"]);
    const { length } = (await previewOf(page, key(h, "minji"))).split("<li");
    expect(length - 1).toBeGreaterThan(2);
    await run(h, {
      variants: [
        { name: "a", rules: { count: 2 } },
        { name: "b", rules: { count: 2 } },
      ],
    });
    h.clock.at += HOUR;
    const text = await previewOf(page, key(h, "minji"));
    expect(text).toMatch(/Experiment: variant [ab]</);
    expect(text).toContain(`${base}/placements/home/experiments/ways`);
    expect(text.split("<li").length - 1).toBe(2);
    // Also by rules that are being edited, which the variant's are laid over.
    const draft = {
      name: "Home",
      "title.ko": "추천",
      "title.en": "For you",
      ways: "trending",
      layout: "grid",
      count: "8",
    };
    const edited = await staff.post(`${base}/placements/home/preview`, { ...draft, person: "minji" });
    expect(await edited.text()).toMatch(/Experiment: variant [ab]</);
  });

  it("says of whom it holds out that they see nothing, and explains what they miss", async () => {
    const { h, page } = await office();
    await run(h, { holdout: { share: 0.5, shows: "nothing" } });
    h.clock.at += HOUR;
    const isHeldOut = async (userId: string) => {
      const answer = await h.server("POST", "/v1/recommendations", { placement: "home", userId });
      return ((await answer.json()) as { variant: string }).variant === "ways:holdout";
    };
    let userId = "";
    for (let number = 0; userId === ""; number++) if (await isHeldOut(`p${number}`)) userId = `p${number}`;
    await visit(h, { userId }, ["coat-1"]);
    const heldOut = await previewOf(page, key(h, userId));
    expect(heldOut).toContain("Held out: sees nothing");
    expect(heldOut).not.toContain("<li");
    const person = key(h, userId);
    const whole = await page(`/placements/home?person=${person}`);
    expect(whole).toContain("This person is held out and sees nothing");
    expect(whole).toContain("What each way proposes");
  });
});

describe("why these", () => {
  it("counts what each rule took out, with some examples", async () => {
    const { h, page } = await office();
    const filter = [{ property: "brand", op: "eq", value: "coat" }];
    await place(h, "home", { ways: ["trending", "new"], filter, excludeViewed: false });
    await visit(h, { userId: "minji" }, ["coat-1"]);
    const text = await page(`/placements/home?person=${key(h, "minji")}&item=coat-2`);
    const [, removed = ""] = text.split("Left out</h3>");
    expect(removed).toMatch(/filter · condition 1 <span class="muted">\d+<\/span>/);
    expect(removed).toMatch(/the item of the page <span class="muted">1<\/span>/);
    const [, examples = ""] = /condition 1 .*?<p class="hint">(.*?)<\/p>/s.exec(removed) ?? [];
    expect(examples.split(" · ").length).toBeLessThanOrEqual(5);
    expect(text).not.toContain("secondT");
    const [, rules = ""] = text.split("The rules as they held for this person");
    expect(rules).toContain("filter · condition 1: brand is coat");
  });
});

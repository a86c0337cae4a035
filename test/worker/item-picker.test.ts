/** Finding a product for a placement's pins and for the page that it is previewed on. */
import { describe, expect, it } from "vitest";
import { requirePlacement } from "../../worker/recommend/placements.ts";
import { harness } from "../support/worker/harness.ts";
import { item, openShop, place, stock } from "../support/worker/shop.ts";
import { ADMIN, staffOf } from "../support/worker/staff.ts";

async function office() {
  const h = await harness();
  await openShop(h);
  await place(h);
  const staff = await staffOf(h);
  const base = `/admin/${h.site.id}`;
  const post = async (path: string, fields: Record<string, string>) => {
    const answer = await staff.post(`${base}${path}`, fields);
    return { status: answer.status, text: await answer.text() };
  };
  return { h, staff, base, post };
}

const FORM = {
  name: "Home",
  "title.ko": "추천",
  "title.en": "For you",
  ways: "trending",
  layout: "grid",
  count: "6",
};
const offered = (text: string) => [...text.matchAll(/value="pins:add:([^"]+)"/g)].map(([, id]) => id);

describe("finding a product", () => {
  it("goes by a part of its title or id in any language, the id itself first", async () => {
    const { post } = await office();
    const found = async (pinSearch: string) =>
      offered((await post("/choices", { for: "pin", placement: "home", pinSearch })).text);
    expect(await found("울 코트")).toEqual(["coat-1", "coat-2", "coat-3"]);
    expect(await found("Desk lamp 2")).toEqual(["lamp-2"]);
    expect(await found("bulb-")).toEqual(["bulb-1", "bulb-2"]);
    expect((await found("lamp-3"))[0]).toBe("lamp-3");
    expect(await found("")).toEqual([]);
    const none = await post("/choices", { for: "pin", placement: "home", pinSearch: "<b>" });
    expect(none.text).toContain("No item is called “&lt;b&gt;”");
    const page = await post("/choices", { for: "page", placement: "home", previewItem: "scarf" });
    expect([...page.text.matchAll(/name="pick" value="([^"]+)"/g)].map(([, id]) => id)).toEqual(["scarf-1", "scarf-2"]);
    expect(page.text).toContain('/placements/home/preview"');
  });

  it("pins what was found, without a script too, and saves nothing by it", async () => {
    const { h, post } = await office();
    const searched = await post("/placements/home", {
      ...FORM,
      pins: "1=coat-1",
      pinSearch: "lamp",
      act: "pins:search",
    });
    expect([searched.status, offered(searched.text)]).toEqual([200, ["lamp-1", "lamp-2", "lamp-3"]]);
    const pinned = async (fields: Record<string, string>) =>
      /id="pins"[^>]* value="([^"]*)"/.exec((await post("/placements/home", { ...FORM, ...fields })).text)?.[1];
    expect(await pinned({ pins: "1=coat-1", act: "pins:add:lamp-2" })).toBe("1=coat-1, 2=lamp-2");
    expect(await pinned({ pins: "1=coat-1", pinPlace: "4", act: "pins:add:lamp-2" })).toBe("1=coat-1, 4=lamp-2");
    expect(await pinned({ act: "pins:add:id:with:colons" })).toBe("1=id:with:colons");
    expect((await requirePlacement(h.deps, h.site.id, "home")).rules.pins).toEqual([]);
  });

  it("pins and leaves out items whose ids have commas and equals signs", async () => {
    const { h, post } = await office();
    const [pinned, left] = ['mug=1, "blue"', "mug=2, red"];
    await stock(h, [item(pinned), item(left)]);
    const unescaped = (text = "") => text.replaceAll("&quot;", '"');
    const { text } = await post("/choices", { for: "pin", placement: "home", pinSearch: pinned });
    const act = unescaped(/value="(pins:add:[^"]+)"/.exec(text)?.[1]);
    const edited = (await post("/placements/home", { ...FORM, act })).text;
    const pins = unescaped(/id="pins"[^>]* value="([^"]*)"/.exec(edited)?.[1]);
    const saved = await post("/placements/home", { ...FORM, pins, excludeItemIds: `"${left}", coat-1` });
    expect(saved.status).toBe(303);
    expect((await requirePlacement(h.deps, h.site.id, "home")).rules).toMatchObject({
      pins: [{ itemId: pinned, position: 1 }],
      excludeItemIds: [left, "coat-1"],
    });
  });

  it("chooses the page of a preview, and offers what is called like a text that is no id", async () => {
    const { post } = await office();
    const unknown = await post("/placements/home/preview", {
      person: "",
      previewDevice: "phone",
      previewItem: "Desk lamp",
    });
    expect(unknown.text).toContain("There is no item &quot;Desk lamp&quot;");
    expect(unknown.text).toContain('name="pick" value="lamp-1"');
    const picked = await post("/placements/home/preview", {
      person: "",
      previewDevice: "phone",
      previewItem: "Desk lamp",
      pick: "lamp-1",
    });
    expect(picked.text).toContain('name="previewItem" value="lamp-1"');
    expect(picked.text).not.toContain("There is no item");
  });

  it("finds nothing of another site", async () => {
    const [{ post }, other] = [await office(), await office()];
    const text = (await post("/choices", { for: "pin", pinSearch: "coat-1" })).text;
    expect(offered(text)).toEqual(["coat-1"]);
    const headers = { origin: ADMIN, "content-type": "application/x-www-form-urlencoded" };
    const stranger = { method: "POST", headers, body: "for=pin&pinSearch=coat" };
    expect((await other.h.fetch(`${other.base}/choices`, stranger)).status).toBe(401);
  });
});

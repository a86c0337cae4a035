import { describe, expect, it } from "vitest";
import { readOnsiteFields, toOnsiteDefinition, toOnsiteFields } from "../../worker/http/admin/onsite-form.ts";
import { STARTER } from "../../worker/http/admin/onsite-starter.ts";
import { OnsiteDefinition } from "../../worker/onsite/definition.ts";
import { requireOnsite } from "../../worker/onsite/messages.ts";
import { harness } from "../support/worker/harness.ts";
import { ADMIN, staffOf } from "../support/worker/staff.ts";

async function openAdmin() {
  const h = await harness();
  const staff = await staffOf(h);
  const base = `/admin/${h.site.id}`;
  const post = (path: string, fields?: Record<string, string>) => staff.post(`${base}${path}`, fields);
  const page = async (path: string) => {
    const answer = await staff.get(`${base}${path}`);
    expect(answer.status, path).toBe(200);
    return answer.text();
  };
  return { h, staff, base, post, page };
}

const locationOf = (answer: Response) => new URL(answer.headers.get("location") ?? "", ADMIN).pathname;

/** The form as a browser sends it: dotted names are objects by the time that a page reads them. */
function formOf(definition: OnsiteDefinition, name = "Hello"): Record<string, string> {
  const { plain, words } = toOnsiteFields(name, definition);
  const spoken = Object.entries(words).flatMap(([locale, fields]) =>
    Object.entries(fields).map(([field, value]) => [`words.${locale}.${field}`, value]),
  );
  return {
    ...plain,
    ...Object.fromEntries(spoken),
    "audience.mode": "json",
    "audience.json": definition.audience ? JSON.stringify(definition.audience) : "",
  };
}

const nested = (flat: Record<string, string>) => {
  const form: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(flat)) {
    const steps = name.split(".");
    const last = steps.pop() ?? "";
    const parent = steps.reduce<Record<string, unknown>>((part, step) => {
      part[step] ??= {};
      return part[step] as Record<string, unknown>;
    }, form);
    parent[last] = value;
  }
  return form;
};

describe("the form", () => {
  it.each<[string, object]>([
    ["the starter", {}],
    [
      "an event with conditions",
      {
        trigger: {
          kind: "event",
          events: ["product_viewed"],
          count: 3,
          withinSeconds: 7200,
          where: [{ property: "brand", op: "eq", value: "Nike" }],
        },
      },
    ],
    ["a cart between two values", { trigger: { kind: "cart", atLeast: 30000, below: 50000.5 } }],
    ["a segment", { trigger: { kind: "segment", segmentId: "loyal" } }],
    [
      "a way back and no rest",
      { trigger: { kind: "exit", idleSeconds: null, back: true }, restSeconds: null, totalCap: 3 },
    ],
    [
      "a video, a survey, pages and dates",
      {
        media: { kind: "video", url: "https://a.example/v.mp4", poster: "https://a.example/p.jpg", alt: "v" },
        buttons: [{ does: "survey", surveyId: "taste" }],
        pages: { include: ["/a/*", "/b"], exclude: ["*/c"], where: [{ property: "kind", op: "exists" }] },
        from: "2026-12-01T00:00:00+09:00",
        until: "2026-12-31T00:00:00+09:00",
        device: "phone",
      },
    ],
    [
      "variants",
      {
        variants: [
          { name: "a", share: 1 },
          { name: "b", share: 2, format: "banner" },
        ],
      },
    ],
    [
      "a push prompt",
      { kind: "push", buttons: [], words: { ko: { title: "알림", body: "", buttons: [] } }, serviceWorker: "/sw.js" },
    ],
    [
      "own HTML",
      {
        kind: "html",
        buttons: [],
        words: { en: { title: "x", body: "", buttons: [], html: "<b>x</b>\n<i>y</i>" } },
        height: 200,
      },
    ],
  ])("says %s and reads it back", (_, more) => {
    const definition = OnsiteDefinition.parse({ ...STARTER, ...more });
    const fields = readOnsiteFields(nested(formOf(definition)));
    expect(OnsiteDefinition.parse(toOnsiteDefinition(fields))).toEqual(definition);
  });
});

describe("the pages", () => {
  it("make a message, run it, show what it changed, stop and delete it", async () => {
    const { h, post, page, base } = await openAdmin();
    expect(locationOf(await post("/onsite/new", formOf(STARTER, "First order")))).toBe(`${base}/onsite/first-order`);
    expect(await page("/onsite")).toContain("First order");
    const edited = formOf({ ...STARTER, priority: 70 }, "First order");
    expect((await post("/onsite/first-order", { ...edited, act: "launch" })).status).toBe(303);
    const message = await requireOnsite(h.deps, h.site.id, "first-order");
    expect(message).toMatchObject({ state: "running", version: 2, definition: { priority: 70 } });
    expect(await page("/onsite/first-order/report")).toContain("Saw it");
    await post("/onsite/first-order/pause");
    expect((await requireOnsite(h.deps, h.site.id, "first-order")).state).toBe("paused");
    expect(locationOf(await post("/onsite/first-order/delete"))).toBe(`${base}/onsite`);
    await expect(requireOnsite(h.deps, h.site.id, "first-order")).rejects.toThrow("no such on-site message");
  });

  it("show what is written on two devices, without saving it, in a frame that runs nothing", async () => {
    const { h, post } = await openAdmin();
    const words = {
      ...STARTER.words,
      en: { ...STARTER.words.en, title: "<script>alert(1)</script>", body: "", buttons: ["Go"] },
    };
    const html = await (await post("/onsite/preview", { ...formOf({ ...STARTER, words }), language: "en" })).text();
    expect(html.match(/<iframe[^>]+sandbox=""/g)).toHaveLength(2);
    expect(html).not.toMatch(/<script/);
    expect(html).toContain("&amp;lt;script&amp;gt;");
    const gone = await (await post("/onsite/preview", formOf({ ...STARTER, placement: "gone" }))).text();
    expect(gone).toContain("there is no placement");
    await expect(requireOnsite(h.deps, h.site.id, "hello")).rejects.toThrow();
  });

  it("refuse what is wrong, and keep a draft that cannot run", async () => {
    const { h, post } = await openAdmin();
    expect((await post("/onsite/new", { ...formOf(STARTER), "words.ko.title": "", "words.en.title": "" })).status).toBe(
      422,
    );
    expect((await post("/onsite/new", { ...formOf(STARTER), more: "no json" })).status).toBe(422);
    const unknown = { ...formOf(STARTER, "Broken"), "words.en.title": "{{ nobody }}", act: "launch" };
    const answer = await post("/onsite/new", unknown);
    expect(answer.status).toBe(422);
    expect(await answer.text()).toContain("nobody");
    expect((await requireOnsite(h.deps, h.site.id, "broken")).state).toBe("draft");
  });

  it("of one site are not to be had under the address of another", async () => {
    const [one, two] = [await openAdmin(), await openAdmin()];
    await one.post("/onsite/new", formOf(STARTER, "First order"));
    for (const path of ["/onsite/first-order", "/onsite/first-order/report"])
      expect((await two.staff.get(`${two.base}${path}`)).status, path).toBe(404);
    for (const path of ["/onsite/first-order", "/onsite/first-order/pause", "/onsite/first-order/delete"])
      expect((await two.post(path, formOf(STARTER))).status, path).toBe(404);
  });
});

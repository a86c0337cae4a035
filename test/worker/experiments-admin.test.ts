import { describe, expect, it } from "vitest";
import { putExperiment, requireExperiment, startExperiment } from "../../worker/experiments/experiments.ts";
import { ExperimentInput } from "../../worker/experiments/schema.ts";
import { DAY, HOUR } from "../../worker/lib/time.ts";
import { type Harness, harness, NOON } from "../support/worker/harness.ts";
import { item, place, stock, visit } from "../support/worker/shop.ts";
import { type StaffMember, staffOf } from "../support/worker/staff.ts";

/** What the editor sends. */
function form(changes: Record<string, string> = {}): Record<string, string> {
  return {
    name: "Short list",
    mode: "fixed",
    metric: "purchase",
    "window.amount": "2",
    "window.unit": "days",
    trafficPercent: "50",
    holdoutPercent: "12.5",
    shows: "nothing",
    "variants.0.name": "control",
    "variants.0.share": "1",
    "variants.0.count": "",
    "variants.0.layout": "",
    "variants.0.titleKo": "",
    "variants.0.titleEn": "",
    "variants.0.others": "",
    "variants.1.name": "short",
    "variants.1.share": "3",
    "variants.1.ways": "trending",
    "variants.1.count": "4",
    "variants.1.layout": "scroll",
    "variants.1.titleKo": "넷",
    "variants.1.titleEn": "Four",
    "variants.1.others": '{"perBrandCap": 1}',
    ...changes,
  };
}

const DEFINITION = {
  placement: "home",
  mode: "fixed",
  traffic: 0.5,
  holdout: { share: 0.125, shows: "nothing" },
  variants: [
    { name: "control", share: 1, rules: {} },
    {
      name: "short",
      share: 3,
      rules: { perBrandCap: 1, ways: ["trending"], count: 4, layout: "scroll", title: { ko: "넷", en: "Four" } },
    },
  ],
  metric: { kind: "purchase", windowSeconds: 172_800 },
  learning: { warmUp: 100, floor: 0.05 },
};

interface Office {
  h: Harness;
  staff: StaffMember;
  base: string;
  html(path?: string): Promise<string>;
}

async function office(): Promise<Office> {
  const h = await harness();
  await stock(
    h,
    Array.from({ length: 6 }, (_, number) => item(`i${number}`)),
  );
  await place(h, "home", { count: 6 });
  const staff = await staffOf(h);
  const base = `/admin/${h.site.id}/placements/home/experiments`;
  const html = async (path = "") => {
    const response = await staff.get(`${base}${path}`);
    expect(response.status, path).toBe(200);
    return response.text();
  };
  return { h, staff, base, html };
}

describe("a placement's experiments", () => {
  it("are planned, changed, started, watched, widened, stopped and deleted", async () => {
    const { h, staff, base, html } = await office();
    expect(await html()).toContain("No experiments yet");
    expect(await (await staff.get(`/admin/${h.site.id}/placements/home`)).text()).toContain(base);
    expect(await html("/new")).toContain('value="control"');
    const made = await staff.post(`${base}/new`, form());
    expect([made.status, made.headers.get("location")]).toEqual([303, `${base}/short-list?notice=saved`]);
    expect((await requireExperiment(h.deps, h.site.id, "short-list")).definition).toEqual(DEFINITION);
    // What is shown in the form is what it was made of.
    const draft = await html("/short-list");
    for (const value of ["12.5", "Four", "&quot;perBrandCap&quot;: 1"]) expect(draft).toContain(value);
    await staff.post(`${base}/short-list`, form({ name: "Short", "variants.1.others": "" }));
    expect((await requireExperiment(h.deps, h.site.id, "short-list")).definition.variants[1]?.rules).not.toHaveProperty(
      "perBrandCap",
    );
    expect((await staff.post(`${base}/short-list/start`)).headers.get("location")).toContain("experiment-started");
    h.clock.at = NOON + HOUR;
    const shown = (person: string, group: string) => ({
      type: "track",
      event: "recommendation_shown",
      anonymousId: person,
      messageId: `${person}-shown`,
      properties: { placement: "home", variant: `short-list:${group}`, item_ids: ["i1"] },
    });
    await h.server("POST", "/v1/batch", { batch: [shown("a", "control"), shown("b", "short"), shown("c", "short")] });
    await visit(h, { anonymousId: "b" }, [["product_purchased", "i1"]], h.clock.at + 1);
    h.clock.at += DAY;
    const result = await html("/short-list");
    expect(result).toContain("Against control");
    expect(result).toContain("50%");
    expect(result).toContain("Do not decide before a week has passed");
    expect(await html("/short-list?against=holdout")).toContain("Against Holdout");
    await staff.post(`${base}/short-list`, { name: "Wider", trafficPercent: "80" });
    expect(await requireExperiment(h.deps, h.site.id, "short-list")).toMatchObject({
      name: "Wider",
      definition: { traffic: 0.8 },
    });
    const narrower = await staff.post(`${base}/short-list`, { name: "Wider", trafficPercent: "20" });
    expect([narrower.status, await narrower.text()]).toEqual([422, expect.stringContaining("but not shrink")]);
    await staff.post(`${base}/short-list/stop`);
    expect(await html("/short-list")).toContain("Ended");
    expect((await staff.post(`${base}/short-list/delete`)).headers.get("location")).toBe(`${base}?notice=deleted`);
    expect((await staff.get(`${base}/short-list`)).status).toBe(404);
  });

  it("grow and lose variants in the editor without saving anything", async () => {
    const { h, staff, base } = await office();
    const added = await staff.post(`${base}/new`, form({ act: "variants:add" }));
    expect([added.status, await added.text()]).toEqual([200, expect.stringContaining('value="variant-3"')]);
    const removed = await (await staff.post(`${base}/new`, form({ act: "variants:remove:0" }))).text();
    expect(removed).not.toContain('value="control"');
    expect(removed).toContain('value="short"');
    await expect(requireExperiment(h.deps, h.site.id, "short-list")).rejects.toThrow("no such experiment");
  });

  it("show what automatic mode has learned", async () => {
    const { h, html } = await office();
    const input = ExperimentInput.parse({
      name: "Auto",
      definition: { ...DEFINITION, mode: "auto", metric: { kind: "click", windowSeconds: 3600 } },
    });
    await putExperiment(h.deps, h.site.id, "auto", input);
    await startExperiment(h.deps, h.site.id, "auto");
    expect(await html("/auto")).toContain("No try is over yet");
    h.clock.at = NOON + HOUR;
    const label = "auto:short:nothing.phone";
    const properties = { placement: "home", variant: label, item_ids: ["i1"] };
    const event = { type: "track", event: "recommendation_shown", anonymousId: "a", messageId: "a1", properties };
    await h.server("POST", "/v1/batch", { batch: [event] });
    h.clock.at += 3 * HOUR;
    const page = await html("/auto");
    for (const text of ["Nothing known · phone", "Cost of learning", "Share now", "of 1 tries", "Against Holdout"])
      expect(page).toContain(text);
    // Two groups can be compared the other way round as well.
    expect(page).toContain('name="against"');
    expect(await html("/auto?against=variants")).toContain("Against All variants");
  });

  it.each([
    ["no name", { name: "" }],
    ["a share that is no number", { "variants.0.share": "x" }],
    ["two variants of one name", { "variants.1.name": "control" }],
    ["rules that are no JSON", { "variants.1.others": "{" }],
    ["rules that are a list", { "variants.1.others": "[1]" }],
    ["an unknown rule", { "variants.1.others": '{"cuont": 1}' }],
    ["a title in one language", { "variants.1.titleEn": "" }],
    ["a holdout of 60 %", { holdoutPercent: "60" }],
    ["automatic mode for revenue", { mode: "auto", metric: "revenue" }],
  ])("refuse %s, and keep what was typed", async (_, changes) => {
    const { h, staff, base } = await office();
    const response = await staff.post(`${base}/new`, form(changes));
    const text = await response.text();
    expect(response.status).toBe(422);
    expect(text).toContain('role="alert"');
    expect(text).toContain("넷");
    expect((await h.server("GET", "/v1/experiments")).status).toBe(200);
    expect(await (await h.server("GET", "/v1/experiments")).json()).toEqual({ experiments: [] });
  });

  it("start one at a time, and say so", async () => {
    const { staff, base } = await office();
    await staff.post(`${base}/new`, form({ name: "one" }));
    await staff.post(`${base}/new`, form({ name: "two" }));
    await staff.post(`${base}/one/start`);
    const second = await staff.post(`${base}/two/start`);
    expect([second.status, await second.text()]).toEqual([
      409,
      expect.stringContaining("Another experiment is running on this placement"),
    ]);
    expect((await staff.post(`${base}/one/delete`)).status).toBe(409);
  });

  it("belong to their placement and their site, and to who is signed in", async () => {
    const { h, staff, base } = await office();
    await staff.post(`${base}/new`, form());
    await place(h, "cart");
    const elsewhere = base.replace("/home/", "/cart/");
    const nowhere = base.replace("/home/", "/nowhere/");
    for (const path of [`${elsewhere}/short-list`, nowhere, `${base}/none`])
      expect((await staff.get(path)).status).toBe(404);
    for (const act of ["start", "stop", "delete"])
      expect((await staff.post(`${elsewhere}/short-list/${act}`)).status).toBe(404);
    const stranger = await h.fetch(base);
    expect([stranger.status, stranger.headers.get("location")]).toEqual([
      302,
      expect.stringContaining("/admin/sign-in"),
    ]);
    const forged = await staff.post(`${base}/short-list/start`, { csrf: "forged" });
    expect(forged.status).toBe(403);
    expect((await requireExperiment(h.deps, h.site.id, "short-list")).state).toBe("draft");
  });
});

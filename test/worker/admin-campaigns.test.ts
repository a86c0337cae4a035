import { describe, expect, it } from "vitest";
import { listCampaigns, requireCampaign } from "../../worker/campaigns/campaigns.ts";
import { HOUR } from "../../worker/lib/time.ts";
import { listSegments, requireSegment } from "../../worker/segments/segments.ts";
import { requireSurvey } from "../../worker/survey/surveys.ts";
import { type Admin, locationOf, openAdmin, segmentForm, surveyForm } from "../support/worker/admin.ts";
import { act, agree, openCampaign, tick } from "../support/worker/campaign.ts";
import { openShop, visit } from "../support/worker/shop.ts";

describe("surveys", () => {
  it("are made by a form, get a new version by a change, and are previewed before they are saved", async () => {
    const { h, post, page, base } = await openAdmin();
    await openShop(h);
    expect(locationOf(await post("/surveys/new", surveyForm("taste")))).toBe(`${base}/surveys/taste`);
    expect((await requireSurvey(h.deps, h.site.id, "taste")).version).toBe(1);
    await post("/surveys/taste", surveyForm("taste", { "questions.0.most": "3" }));
    expect(await requireSurvey(h.deps, h.site.id, "taste")).toMatchObject({ version: 2 });
    expect(await page("/surveys/taste")).toContain("version 2");
    expect(await page("/surveys")).toContain("Pick some");
    const preview = await (
      await post("/surveys/preview", surveyForm("x", { "questions.0.titleEn": "Not saved" }))
    ).text();
    expect(preview).toContain("Not saved");
    // Four tiles, on a phone and a desktop, in both languages.
    expect(preview.match(/<label part="tile">/g)).toHaveLength(4 * 2 * 2);
    await post("/surveys/taste/delete");
    expect((await post("/surveys/taste", surveyForm("taste"))).status).toBe(404);
  });

  it("are refused with what is wrong; adding a question saves nothing", async () => {
    const { h, post } = await openAdmin();
    expect((await post("/surveys/new", surveyForm("Two Words"))).status).toBe(422);
    expect((await post("/surveys/new", surveyForm("taste", { "questions.0.most": "0" }))).status).toBe(422);
    const added = await post("/surveys/new", surveyForm("taste", { act: "questions:add" }));
    expect(added.status).toBe(200);
    expect(await added.text()).toContain("Question 2");
    await expect(requireSurvey(h.deps, h.site.id, "taste")).rejects.toThrow("no such survey");
  });
});

describe("segments", () => {
  it("are made by a form or as JSON, and get an id from their name", async () => {
    const { h, post, page, base } = await openAdmin();
    expect(locationOf(await post("/segments/new", segmentForm("Loyal buyers")))).toBe(`${base}/segments/loyal-buyers`);
    const { rule } = await requireSegment(h.deps, h.site.id, "loyal-buyers");
    const bought = { event: "product_purchased", did: true, withinSeconds: 30 * 86_400 };
    expect(rule).toEqual({ ...bought, count: { op: "gte", value: 2 } });
    const json = JSON.stringify({ not: bought });
    await post("/segments/loyal-buyers", { name: "Others", "rule.mode": "json", "rule.json": json });
    expect(await requireSegment(h.deps, h.site.id, "loyal-buyers")).toMatchObject({
      name: "Others",
      rule: { not: bought },
    });
    expect(await page("/segments")).toContain("not (Purchased within 30 days)");
    await post("/segments/loyal-buyers/delete");
    expect(await listSegments(h.deps, h.site.id)).toEqual([]);
  });

  it("never take the place of another one of that name", async () => {
    const { h, post } = await openAdmin();
    await post("/segments/new", segmentForm("Buyers"));
    await post("/segments/new", segmentForm("Buyers"));
    expect((await listSegments(h.deps, h.site.id)).map(({ id }) => id).sort()).toEqual(["buyers", "buyers-2"]);
  });

  it("are refused without a rule, with a broken one, and while a row is added", async () => {
    const { h, post } = await openAdmin();
    const broken = { name: "X", "rule.mode": "json", "rule.json": '{"all":[' };
    for (const fields of [{ name: "X" }, broken, segmentForm("X", { "rule.rows.0.event": "" }), segmentForm("")]) {
      expect((await post("/segments/new", fields)).status).toBe(422);
    }
    const added = await post("/segments/new", segmentForm("X", { act: "rule:add" }));
    expect(await added.text()).toContain("Remove condition 2");
    expect(await listSegments(h.deps, h.site.id)).toEqual([]);
  });

  it("are estimated before they are saved", async () => {
    const { h, post } = await openAdmin();
    for (const userId of ["a", "b", "c"]) await visit(h, { userId }, ["coat-1"]);
    await visit(h, { userId: "a" }, [["product_purchased", "coat-1"]]);
    const estimate = await post("/segments/estimate", segmentForm("X", { "rule.rows.0.countOp": "" }));
    expect(await estimate.text()).toMatch(/>1<.*of 3 people/s);
    const unfinished = await post("/segments/estimate", segmentForm("X", { "rule.rows.0.event": "" }));
    expect(await unfinished.text()).toContain("once the rule is complete");
  });
});

describe("campaigns", () => {
  const form = (fields: Record<string, string> = {}) => ({
    name: "Cart reminder",
    events: "product_added_to_cart",
    "delay.amount": "2",
    "delay.unit": "hours",
    reentry: "every",
    "window.amount": "1",
    "window.unit": "days",
    "audience.mode": "form",
    "exclude.mode": "form",
    "exclude.rows.0.kind": "did",
    "exclude.rows.0.event": "product_purchased",
    "exclude.rows.0.within": "2",
    "exclude.rows.0.unit": "days",
    channel: "web_push",
    placement: "home",
    "link.kind": "recommended",
    "message.en.title": "{{ product_added_to_cart.0.product_name }} waits",
    "message.en.body": "See {{ recommendation.0.product_name }}",
    isAd: "yes",
    holdoutPercent: "0",
    dailyCap: "1",
    "conversion.event": "product_purchased",
    "conversion.amount": "7",
    "conversion.unit": "days",
    ...fields,
  });

  async function openWithShop(): Promise<Admin> {
    const admin = await openAdmin();
    await openShop(admin.h);
    await agree(admin.h, { userId: "minji" });
    await visit(admin.h, { userId: "minji" }, ["coat-1", ["product_added_to_cart", "coat-2"]]);
    return admin;
  }

  it("are written, started, paused and started again", async () => {
    const { h, post, page, base } = await openWithShop();
    const path = "/campaigns/cart-reminder";
    expect(locationOf(await post("/campaigns/new", form()))).toBe(`${base}${path}`);
    const state = async () => (await requireCampaign(h.deps, h.site.id, "cart-reminder")).state;
    expect(await state()).toBe("draft");
    await post(path, form({ act: "launch", "delay.amount": "3" }));
    expect(await state()).toBe("running");
    expect(await page("/campaigns")).toContain("3 hours after: Added to cart");
    await post(`${path}/pause`);
    expect(await state()).toBe("paused");
    expect((await post(`${path}/pause`)).status).toBe(409);
    await post(`${path}/launch`);
    expect(await state()).toBe("running");
    expect((await post(`${path}/delete`)).status).toBe(409);
    await post(`${path}/pause`);
    await post(`${path}/delete`);
    expect(await listCampaigns(h.deps, h.site.id)).toEqual([]);
  });

  it("stay drafts, with what is missing said, when they cannot start", async () => {
    const { h, post } = await openWithShop();
    const answer = await post("/campaigns/new", form({ act: "launch", "message.en.body": "Hi {{ product_bought }}" }));
    expect(answer.status).toBe(422);
    const text = await answer.text();
    expect(text).toContain("line 1, column 7: unknown variable product_bought");
    const [campaign] = await listCampaigns(h.deps, h.site.id);
    expect(campaign?.state).toBe("draft");
    expect(text).toContain(`/campaigns/${campaign?.id}`);
  });

  it.each([
    ["no events", { events: "" }],
    ["no words", { "message.en.title": "", "message.en.body": "" }],
    ["half of the words", { "message.en.body": "" }],
    ["a delay that is no number", { "delay.amount": "soon" }],
    ["an audience that is no rule", { "audience.mode": "json", "audience.json": "{}" }],
  ])("are refused with %s", async (_, fields) => {
    const { h, post } = await openWithShop();
    expect((await post("/campaigns/new", form(fields))).status).toBe(422);
    expect(await listCampaigns(h.deps, h.site.id)).toEqual([]);
  });

  it("show the message of a real person while they are written, and the gate's word on it", async () => {
    const { h, post } = await openWithShop();
    const preview = async (fields: Record<string, string> = {}) =>
      (await post("/campaigns/preview", form({ person: "minji", ...fields }))).text();
    const allowed = await preview();
    for (const part of ["(광고)", "coat 2", "Would be sent now"]) expect(allowed).toContain(part);
    expect(await preview({ channel: "email" })).toContain("No consent for this channel");
    h.clock.at += 10 * HOUR;
    expect(await preview()).toContain("waits until");
    expect(await preview({ "message.en.title": "{% if %}" })).toMatch(/line 1, column \d+/);
    expect(await preview({ "message.en.title": "{{ profile.name }}" })).toContain("profile.name");
    expect(await preview({ placement: "gone" })).toContain("there is no placement");
    expect(await preview({ person: "nobody" })).toContain("Nobody is known by that name");
  });

  it("say in Korean what is wrong to who reads Korean", async () => {
    const { staff, base } = await openWithShop();
    const answer = await staff.post(
      `${base}/campaigns/preview`,
      form({ person: "minji", "message.en.title": "{{ nothing }}" }),
      { "accept-language": "ko" },
    );
    expect(await answer.text()).toContain("1행 4열: 알 수 없는 변수 nothing");
  });

  it("report what happened and why the others got nothing", async () => {
    const { h, page } = await openAdmin();
    await openCampaign(h);
    await agree(h, { userId: "minji" });
    for (const userId of ["minji", "jisoo"]) await act(h, { userId }, "product_added_to_cart", "coat-1");
    h.clock.at += HOUR;
    await tick(h);
    const text = await page("/campaigns/reminder/report");
    expect(text).toContain("No consent for this channel");
    expect(text).toMatch(/Sent<\/th>.*?>1<\/td>/s);
    const outbox = await page("/outbox");
    expect(outbox).toContain("울 코트 coat-1");
    expect(await page("/outbox?state=skipped")).toContain("No consent for this channel");
  });
});

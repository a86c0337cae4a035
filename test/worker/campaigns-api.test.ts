import { describe, expect, it } from "vitest";
import { act, agree, openCampaign, REMINDER, runsOf, tick } from "../support/worker/campaign.ts";
import { type Harness, harness } from "../support/worker/harness.ts";
import { item, place, stock } from "../support/worker/shop.ts";

const minji = { userId: "minji" };
const put = (h: Harness, definition: object = {}, id = "reminder") =>
  h.server("PUT", `/v1/campaigns/${id}`, { name: "장바구니", definition: { ...REMINDER, ...definition } });
const launch = (h: Harness, id = "reminder") => h.server("POST", `/v1/campaigns/${id}/launch`);

async function errorOf(
  answer: Response,
): Promise<{ code: string; message: string; issues: { path: string; message: string }[] }> {
  return ((await answer.json()) as { error: { code: string; message: string; issues: [] } }).error;
}

describe("/v1/campaigns", () => {
  it("keeps a draft, launches, pauses, launches again and deletes", async () => {
    const h = await harness();
    await stock(h, [item("coat-1")]);
    await place(h, "message");
    expect(await (await put(h)).json()).toMatchObject({ id: "reminder", state: "draft", version: 0 });
    await act(h, minji, "product_added_to_cart", "coat-1");
    expect(await runsOf(h, minji)).toEqual([]);
    expect(await (await launch(h)).json()).toMatchObject({ state: "running", version: 1, launchedAt: h.clock.at });
    expect((await launch(h)).status).toBe(409);
    expect((await h.server("DELETE", "/v1/campaigns/reminder")).status).toBe(409);
    expect(await (await h.server("POST", "/v1/campaigns/reminder/pause")).json()).toMatchObject({ state: "paused" });
    expect(await (await launch(h)).json()).toMatchObject({ state: "running", version: 2 });
    const { campaigns } = (await (await h.server("GET", "/v1/campaigns")).json()) as { campaigns: object[] };
    expect(campaigns).toMatchObject([{ id: "reminder", name: "장바구니", definition: { isAd: true, dailyCap: 1 } }]);
    await h.server("POST", "/v1/campaigns/reminder/pause");
    expect((await h.server("DELETE", "/v1/campaigns/reminder")).status).toBe(200);
    expect((await h.server("GET", "/v1/campaigns/reminder")).status).toBe(404);
  });

  it("lets people go whose campaign was deleted on the way", async () => {
    const h = await harness();
    await openCampaign(h);
    await act(h, minji, "product_added_to_cart", "coat-1");
    await h.server("POST", "/v1/campaigns/reminder/pause");
    await h.server("DELETE", "/v1/campaigns/reminder");
    h.clock.at += 3_600_000;
    await tick(h);
    expect(await runsOf(h, minji)).toEqual(["reminder: ended"]);
  });

  it("does not launch a campaign without a sender, and says so by name", async () => {
    const h = await harness({ sender: null });
    await place(h, "message");
    await put(h);
    const answer = await launch(h);
    expect(answer.status).toBe(422);
    const error = await errorOf(answer);
    expect(error.message).toContain("a campaign without a sender");
    expect(error.issues.map((issue) => issue.path)).toEqual(["site.sender"]);
  });

  it.each([
    ["a syntax error", { ko: { title: "{{ profile.name", body: "b" } }, "definition.message.ko.title", "line 1"],
    [
      "an unknown variable",
      { ko: { title: "t", body: "{{ producs_viewed.0.product_name }}" } },
      "definition.message.ko.body",
      "producs_viewed",
    ],
    [
      "an unknown filter",
      { en: { title: "{{ profile.name | yell }}", body: "b" } },
      "definition.message.en.title",
      "yell",
    ],
    [
      "a label of the marketer's own",
      { ko: { title: "[광고] 세일", body: "b" } },
      "definition.message.ko.title",
      "(광고)",
    ],
  ])("does not launch %s", async (_, message, path, words) => {
    const h = await harness();
    await place(h, "message");
    await put(h, { message });
    const answer = await launch(h);
    expect(answer.status).toBe(422);
    const { issues } = await errorOf(answer);
    expect(issues[0]?.path).toBe(path);
    expect(issues[0]?.message).toContain(words);
  });

  it("does not launch a recommendation from nowhere", async () => {
    const h = await harness();
    await put(h);
    expect((await errorOf(await launch(h))).issues).toMatchObject([{ path: "definition.placement" }]);
    await put(h, { placement: null });
    expect((await errorOf(await launch(h))).issues).toMatchObject([{ path: "definition.placement" }]);
  });

  it("does not break what runs", async () => {
    const h = await harness();
    await openCampaign(h);
    expect((await put(h, { message: { ko: { title: "{{", body: "b" } } })).status).toBe(422);
    expect((await put(h, { message: { ko: { title: "새 제목", body: "새 내용" } } })).status).toBe(200);
    expect(await (await h.server("GET", "/v1/campaigns/reminder")).json()).toMatchObject({
      state: "running",
      definition: { message: { ko: { title: "새 제목" } } },
    });
  });

  it("refuses a definition by field", async () => {
    const h = await harness();
    const paths = async (definition: object) =>
      (await errorOf(await put(h, definition))).issues.map((issue) => issue.path);
    expect(await paths({ channel: "pigeon" })).toEqual(["definition.channel"]);
    expect(await paths({ message: {} })).toEqual(["definition.message"]);
    expect(await paths({ audience: { all: [{ event: "x" }] } })).toEqual(["definition.audience.all.0.did"]);
    expect(await paths({ holdoutPercent: 90, colour: "red" })).toEqual(["definition.holdoutPercent", "definition"]);
    expect((await put(h, {}, "No%20Id")).status).toBe(400);
  });

  it("previews the message of a real person, with the gate's word on it", async () => {
    const h = await harness();
    await openCampaign(h);
    await act(h, minji, "product_added_to_cart", "coat-1");
    const preview = async (path: string) => (await h.server("GET", `/v1/campaigns/reminder/preview?${path}`)).json();
    expect(await preview("userId=minji")).toMatchObject({
      fit: "fits",
      verdict: { allowed: false, reason: "no_consent" },
      locale: "ko",
      content: { title: "(광고) 울 코트 coat-1이 기다려요" },
      problem: null,
    });
    await agree(h, minji);
    expect(await preview("userId=minji")).toMatchObject({ verdict: { allowed: true } });
    expect(await preview("anonymousId=nobody")).toMatchObject({
      fit: "not_in_audience",
      content: null,
      problem: { reason: "missing_variable", detail: expect.stringContaining("product_added_to_cart") },
    });
    const unsaved = {
      definition: { ...REMINDER, message: { en: { title: "Hello {{ profile.name | default: 'you' }}", body: "b" } } },
    };
    const answer = await h.server("POST", "/v1/campaigns/new/preview?userId=minji", unsaved);
    expect(await answer.json()).toMatchObject({ locale: "en", content: { title: "(광고) Hello you" } });
    expect((await h.server("GET", "/v1/campaigns/reminder/preview")).status).toBe(400);
    expect((await h.server("GET", "/v1/campaigns/nothing/preview?userId=minji")).status).toBe(404);
  });

  it("keeps out pages and other sites", async () => {
    const [h, other] = [await harness(), await harness()];
    await openCampaign(h);
    for (const [method, path] of [
      ["GET", ""],
      ["GET", "/reminder"],
      ["PUT", "/reminder"],
      ["DELETE", "/reminder"],
      ["POST", "/reminder/launch"],
      ["POST", "/reminder/pause"],
      ["GET", "/reminder/preview?userId=minji"],
      ["POST", "/reminder/preview?userId=minji"],
    ] as const) {
      expect([
        method,
        path,
        (await h.browser(method, `/v1/campaigns${path}`, method === "GET" ? undefined : {})).status,
      ]).toEqual([method, path, 403]);
    }
    expect((await h.fetch("/v1/campaigns")).status).toBe(401);
    expect((await other.server("GET", "/v1/campaigns/reminder")).status).toBe(404);
    expect((await other.server("POST", "/v1/campaigns/reminder/pause")).status).toBe(404);
    expect((await other.server("GET", "/v1/campaigns/reminder/preview?userId=minji")).status).toBe(404);
    expect(await (await h.server("GET", "/v1/campaigns/reminder")).json()).toMatchObject({ state: "running" });
  });
});

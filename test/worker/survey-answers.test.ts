import { describe, expect, it } from "vitest";
import { readHistory } from "../../worker/events/history.ts";
import type { Job } from "../../worker/job.ts";
import { run } from "../../worker/jobs/queue.ts";
import { profileIdOf } from "../../worker/lib/ids.ts";
import { DAY, MINUTE } from "../../worker/lib/time.ts";
import { getProfile, locatePerson } from "../../worker/profiles/person.ts";
import { putPlacement } from "../../worker/recommend/placements.ts";
import { PlacementRules } from "../../worker/recommend/schema.ts";
import { changeSite } from "../../worker/sites/site.ts";
import type { SurveyScreen } from "../../worker/survey/schema.ts";
import { define, runsOf } from "../support/worker/campaign.ts";
import { type Harness, ORIGIN } from "../support/worker/harness.ts";
import { place } from "../support/worker/shop.ts";
import { ask, CHOICE, shop, survey, TILES, tilesOf } from "../support/worker/survey.ts";

const history = async (h: Harness, person: { userId: string } | { anonymousId: string }) =>
  readHistory(h.deps, await locatePerson(h.deps, h.site.id, person), 0, 50);

describe("POST /v1/surveys/{id}/answers", () => {
  const post = (h: Harness, body: object, headers?: Record<string, string>) =>
    h.browser("POST", "/v1/surveys/taste/answers", { anonymousId: "visitor-1", ...body }, headers);

  it("stores the answer and answers with recommendations that already know it", async () => {
    const differing = { ...TILES, tiles: ["tent-1", "backpack-1", "dress-1", "serum-1"].map((itemId) => ({ itemId })) };
    const h = await shop([differing, CHOICE]);
    for (const job of h.jobs) await run(h.deps, job as Job);
    const { ticket } = await ask(h);
    const answer = await post(h, {
      ticket,
      answers: [
        { questionId: "likes", picked: ["item:tent-1"] },
        { questionId: "for", picked: ["me"] },
      ],
      // As a tag may have kept them: nothing of it costs the answer.
      recentItemIds: ["", "x".repeat(300)],
    });
    expect(answer.status).toBe(200);
    const body = (await answer.json()) as {
      picked: number;
      ignored: number;
      recommendations: { placement: string; fallbackLevel: string; items: { category: string }[] }[];
    };
    expect(body).toMatchObject({ picked: 2, ignored: 0 });
    expect(body.recommendations).toHaveLength(1);
    const [first] = body.recommendations;
    expect(first).toMatchObject({ placement: "home", fallbackLevel: "survey" });
    expect(first?.items).toHaveLength(8);
    expect(first?.items.slice(0, 4).every((item) => item.category.startsWith("아웃도어"))).toBe(true);
    const [event] = (await history(h, { anonymousId: "visitor-1" })).filter((each) => each.name === "survey_answered");
    expect(event?.properties).toEqual({
      survey_id: "taste",
      survey_version: 1,
      picked_item_ids: ["tent-1"],
      passed_item_ids: ["backpack-1", "dress-1", "serum-1"],
      picked_categories: [],
      passed_categories: [],
      choices: { for: ["me"] },
      is_complete: true,
    });
    const profile = await getProfile(h.deps, profileIdOf(h.site.id, { anonymousId: "visitor-1" }));
    expect(profile?.traits).toEqual({ shopping_for: "me" });
  });

  it("is one answer when it is sent twice, with the client's id also long after", async () => {
    const h = await shop([TILES, CHOICE]);
    const screen = await ask(h);
    const answers = [{ questionId: "likes", picked: [tilesOf(screen)[0]?.key] }];
    const plain = { ticket: screen.ticket, answers };
    for (let i = 0; i < 3; i++) {
      expect((await post(h, plain)).status).toBe(200);
      h.clock.at += 5000;
    }
    const own = { ...plain, messageId: "answer-1", timestamp: new Date(h.clock.at).toISOString() };
    for (let i = 0; i < 2; i++) {
      expect((await post(h, own)).status).toBe(200);
      h.clock.at += 60 * MINUTE;
    }
    const events = await history(h, { anonymousId: "visitor-1" });
    expect(events.filter((event) => event.name === "survey_answered")).toHaveLength(2);
  });

  it("counts and ignores picks of what was not shown, and refuses an answer of nothing else", async () => {
    const h = await shop();
    const screen = await ask(h);
    const shown = tilesOf(screen)[0]?.key;
    const mixed = await post(h, {
      ticket: screen.ticket,
      answers: [
        { questionId: "likes", picked: [shown, "item:not-shown", shown] },
        { questionId: "nobody-asked", picked: ["yes"] },
      ],
    });
    expect(await mixed.json()).toMatchObject({ picked: 1, ignored: 2 });
    const [event] = await history(h, { anonymousId: "visitor-1" });
    expect(event?.properties.picked_item_ids).toEqual([shown?.slice("item:".length)]);
    const foreign = await post(h, { ticket: screen.ticket, answers: [{ questionId: "likes", picked: ["item:x"] }] });
    expect(foreign.status).toBe(400);
  });

  it.each(["too many picks", "a forged ticket", "another survey's ticket", "an old ticket", "nobody", "no JSON"])(
    "refuses %s and stores nothing",
    async (what) => {
      const h = await shop();
      await h.server("PUT", "/v1/surveys/other", survey());
      const screen = await ask(h);
      const keys = tilesOf(screen).map((tile) => tile.key);
      const body: Record<string, unknown> = {
        ticket: screen.ticket,
        answers: [{ questionId: "likes", picked: keys.slice(0, 1) }],
      };
      if (what === "too many picks") body.answers = [{ questionId: "likes", picked: keys.slice(0, 4) }];
      if (what === "a forged ticket") {
        const [payload = "", signature] = String(screen.ticket).split(".");
        const opened = JSON.parse(Buffer.from(payload, "base64url").toString());
        opened.questions.likes.shown.push("item:coat-1");
        body.ticket = `${Buffer.from(JSON.stringify(opened)).toString("base64url")}.${signature}`;
      }
      if (what === "another survey's ticket") {
        body.ticket = ((await (await h.browser("GET", "/v1/surveys/other")).json()) as SurveyScreen).ticket;
      }
      if (what === "an old ticket") h.clock.at += 8 * DAY;
      if (what === "nobody") body.anonymousId = undefined;
      const answer =
        what === "no JSON" ? await h.browser("POST", "/v1/surveys/taste/answers", "{") : await post(h, body);
      expect(answer.status).toBe(400);
      expect(await history(h, { anonymousId: "visitor-1" })).toEqual([]);
    },
  );

  it("starts campaigns as any other event does", async () => {
    const h = await shop();
    await place(h, "message");
    await define(h, { trigger: { kind: "event", events: ["survey_answered"] } }, "welcome");
    const screen = await ask(h);
    await post(h, { ticket: screen.ticket, answers: [{ questionId: "likes", picked: [tilesOf(screen)[0]?.key] }] });
    expect(await runsOf(h, { anonymousId: "visitor-1" })).toEqual(["welcome: waiting"]);
  });

  it("speaks for a user only where the page may", async () => {
    const h = await shop();
    await changeSite(h.deps, h.site.id, { verifyUsers: true });
    expect((await h.browser("GET", "/v1/surveys/taste?userId=minji")).status).toBe(403);
    expect((await h.browser("GET", "/v1/surveys/taste?anonymousId=a")).status).toBe(200);
  });

  it("answers who does not want to be recorded, and stores nothing of them", async () => {
    const h = await shop([TILES, CHOICE]);
    await changeSite(h.deps, h.site.id, { privacy: { gpc: "no_tracking", consentMode: "off" } });
    const screen = await ask(h);
    const body = {
      ticket: screen.ticket,
      answers: [
        { questionId: "likes", picked: [tilesOf(screen)[0]?.key] },
        { questionId: "for", picked: ["gift"] },
      ],
    };
    const answer = await post(h, body, { "sec-gpc": "1" });
    expect(await answer.json()).toMatchObject({ picked: 2, ignored: 0, recommendations: [{ placement: "home" }] });
    expect(await history(h, { anonymousId: "visitor-1" })).toEqual([]);
    expect(await getProfile(h.deps, profileIdOf(h.site.id, { anonymousId: "visitor-1" }))).toBeUndefined();
    await post(h, body);
    expect(await history(h, { anonymousId: "visitor-1" })).not.toEqual([]);
  });

  it("answers for the placements on the page, and leaves out one that is not there", async () => {
    const h = await shop();
    await putPlacement(h.deps, h.site.id, "row", { name: "Row", rules: PlacementRules.parse({ count: 4 }) });
    const screen = await ask(h);
    const answer = await post(h, {
      ticket: screen.ticket,
      placements: ["row", "not-there", "home"],
      html: true,
      answers: [{ questionId: "likes", picked: [tilesOf(screen)[0]?.key] }],
    });
    const { recommendations, fragments } = (await answer.json()) as {
      recommendations: { placement: string; recommendationId: string; items: unknown[] }[];
      fragments: Record<string, string>;
    };
    expect(recommendations.map(({ placement, items }) => [placement, items.length])).toEqual([
      ["row", 4],
      ["home", 8],
    ]);
    expect(Object.keys(fragments)).toEqual(["row", "home"]);
    for (const { placement, recommendationId } of recommendations) {
      expect(fragments[placement]).toContain(`data-recommendation-id="${recommendationId}"`);
    }
  });

  it("takes the key in the body from an allowed origin, and keeps others out", async () => {
    const [h, other] = [await shop(), await shop()];
    const screen = await ask(h);
    const body = JSON.stringify({
      writeKey: h.publicKey,
      anonymousId: "visitor-1",
      ticket: screen.ticket,
      answers: [{ questionId: "likes", picked: [tilesOf(screen)[0]?.key] }],
    });
    const send = (origin: string) =>
      h.fetch("/v1/surveys/taste/answers", {
        method: "POST",
        headers: { origin, "content-type": "text/plain", "user-agent": "Mozilla/5.0 Chrome/147.0 Safari/537.36" },
        body,
      });
    expect((await send("https://evil.test")).status).toBe(403);
    expect((await send(ORIGIN)).status).toBe(200);
    expect((await h.fetch("/v1/surveys/taste/answers", { method: "POST", body: "{}" })).status).toBe(401);
    // Another site's page cannot hand in this site's ticket.
    const foreign = await post(other, {
      ticket: screen.ticket,
      answers: [{ questionId: "likes", picked: ["item:coat-1"] }],
    });
    expect(foreign.status).toBe(400);
  });
});

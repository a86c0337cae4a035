/** Surveys that follow what is answered: the next question, tiles after a tap, other kinds of questions, who is asked. */
import { describe, expect, it } from "vitest";
import { demoCatalog } from "../../widget/demo/catalog.ts";
import { simulateVisitors } from "../../widget/demo/simulator.ts";
import { upsertItems } from "../../worker/catalog/upsert.ts";
import { collect } from "../../worker/events/collect.ts";
import { readHistory } from "../../worker/events/history.ts";
import type { Job } from "../../worker/job.ts";
import { run } from "../../worker/jobs/queue.ts";
import { profileIdOf } from "../../worker/lib/ids.ts";
import { DAY } from "../../worker/lib/time.ts";
import { getProfile, locatePerson } from "../../worker/profiles/person.ts";
import { openInsight } from "../../worker/recommend/insight.ts";
import { trainNow } from "../../worker/recommend/train.ts";
import type { ShownQuestion, SurveyScreen } from "../../worker/survey/schema.ts";
import { type Harness, harness } from "../support/worker/harness.ts";
import { place } from "../support/worker/shop.ts";

const words = (text: string) => ({ ko: text, en: `${text} (en)` });
const PICKS = { id: "picks", kind: "tiles", title: words("골라요"), tiles: { auto: "items", count: 6 } };
const KINDS = { id: "kinds", kind: "tiles", title: words("무엇을?"), tiles: { auto: "categories", count: 6 }, most: 3 };

async function shop(questions: object[], more: object = {}): Promise<Harness> {
  const h = await harness();
  await upsertItems(h.deps, h.site, demoCatalog("https://shop.test"));
  await place(h, "home", { count: 8 });
  await put(h, questions, more);
  return h;
}

async function put(h: Harness, questions: object[], more: object = {}, id = "taste"): Promise<void> {
  const definition = { placement: "home", questions, ...more };
  const answer = await h.server("PUT", `/v1/surveys/${id}`, { name: "첫 방문", definition });
  expect(await answer.text()).not.toContain("error");
}

async function ask(h: Harness, query = "?html=true&anonymousId=visitor-1"): Promise<SurveyScreen> {
  return (await h.browser("GET", `/v1/surveys/taste${query}`)).json();
}

async function answer(h: Harness, body: object, who = "visitor-1") {
  const sent = await h.browser("POST", "/v1/surveys/taste/answers", { anonymousId: who, html: true, ...body });
  return {
    status: sent.status,
    body: (await sent.json()) as {
      picked: number;
      next?: SurveyScreen;
      recommendations?: {
        fallbackLevel: string;
        items: { id: string; category: string; reason: string; price: number | null }[];
      }[];
      fragments?: Record<string, string>;
    },
  };
}

function questionOf(screen: SurveyScreen | undefined): ShownQuestion {
  const [question, ...others] = screen?.screen?.questions ?? [];
  expect(others).toEqual([]);
  if (!question) throw new Error("no question");
  return question;
}

function keysOf(screen: SurveyScreen | undefined): string[] {
  const question = questionOf(screen);
  return question.kind === "tiles" ? question.tiles.map(({ key }) => key) : [];
}

const answered = async (h: Harness, anonymousId = "visitor-1") => {
  const events = await readHistory(h.deps, await locatePerson(h.deps, h.site.id, { anonymousId }), 0, 50);
  return events.filter(({ name }) => name === "survey_answered").map(({ properties }) => properties);
};

describe("one question after the other", () => {
  it("goes from categories to products of what was picked, and recommends by both", async () => {
    const h = await shop([KINDS, PICKS]);
    const first = await ask(h);
    expect(first).toMatchObject({ screen: { step: 1, steps: 2 }, group: "asked" });
    expect(first.html).toContain('type="checkbox" name="kinds"');
    const home = keysOf(first).find((key) => key.includes("홈")) as string;
    const second = await answer(h, {
      ticket: first.ticket,
      continues: true,
      answers: [{ questionId: "kinds", picked: [home] }],
    });
    expect(second.status).toBe(200);
    expect(second.body.recommendations).toBeUndefined();
    expect(second.body.next).toMatchObject({ screen: { step: 2, steps: 2 } });
    expect(second.body.next?.html).not.toContain("data-required");
    h.clock.at += 5000;
    const products = keysOf(second.body.next);
    const catalog = new Map(demoCatalog("https://shop.test").map((item) => [`item:${item.id}`, item.category]));
    const atHome = products.filter((key) => `category:${catalog.get(key)}`.startsWith(home));
    expect(atHome.length).toBeGreaterThanOrEqual(3);
    const last = await answer(h, {
      ticket: second.body.next?.ticket,
      continues: true,
      answers: [{ questionId: "picks", picked: [atHome[0]] }],
    });
    expect(last.body.next).toBeUndefined();
    expect(last.body.fragments?.home).toContain("data-item-id");
    const [latest, earlier] = await answered(h);
    expect(earlier).toMatchObject({ is_complete: false, picked_categories: [home.slice("category:".length)] });
    expect(latest).toMatchObject({
      is_complete: true,
      picked_categories: [home.slice("category:".length)],
      picked_item_ids: [atHome[0]?.slice("item:".length)],
      passed_item_ids: products.filter((key) => key !== atHome[0]).map((key) => key.slice("item:".length)),
      pictured_item_ids: [expect.any(String)],
    });
  });

  it("asks by the answer before, at most so many, and passes over what has nothing to show", async () => {
    const choice = (id: string, more: object = {}) => ({
      id,
      kind: "choice",
      title: words(id),
      options: ["a", "b"].map((value) => ({ value, label: words(value) })),
      ...more,
    });
    const gone = { id: "gone", kind: "tiles", title: words("?"), tiles: [{ itemId: "gone-1" }, { itemId: "gone-2" }] };
    const questions = [
      choice("one"),
      choice("after-a", { when: { question: "one", anyOf: ["a"] } }),
      gone,
      choice("last"),
    ];
    const h = await shop(questions);
    const path = async (picked: string[]) => {
      const asked: string[] = [];
      let screen: SurveyScreen | undefined = await ask(h);
      while (screen?.screen) {
        const question = questionOf(screen);
        asked.push(question.id);
        const sent = await answer(h, {
          ticket: screen.ticket,
          continues: true,
          answers: [{ questionId: question.id, picked: picked.slice(asked.length - 1, asked.length) }],
        });
        screen = sent.body.next;
      }
      return asked.join(">");
    };
    expect(await path(["a", "a"])).toBe("one>after-a");
    expect(await path(["b", "a"])).toBe("one>last");
    await put(h, questions, { screens: 3 });
    expect(await path(["a", "b", "a"])).toBe("one>after-a>last");
    const late = await h.server("PUT", "/v1/surveys/taste", {
      name: "x",
      definition: { questions: [choice("one", { when: { question: "two", anyOf: ["a"] } }), choice("two")] },
    });
    expect(late.status).toBe(400);
  });

  it("keeps prices, sizes and words as attributes, without any recommender", async () => {
    const h = await harness();
    const questions = [
      { id: "band", kind: "price", title: words("얼마?"), min: 0, max: 200_000, step: 10_000, trait: "budget" },
      { id: "size", kind: "size", title: words("사이즈?"), sizes: ["S", "M", "L"], trait: "sizes" },
      { id: "why", kind: "text", title: words("왜?"), most: 20, trait: "why" },
    ];
    await put(h, questions, { placement: null, screens: 3 });
    const screen = await ask(h, "?locale=ko");
    expect(screen.screen?.questions.map(({ kind }) => kind)).toEqual(["price", "size", "text"]);
    const sent = await answer(h, {
      ticket: screen.ticket,
      answers: [
        { questionId: "band", picked: ["120000", "30000"] },
        { questionId: "size", picked: ["M", "XXL"] },
        { questionId: "why", picked: [` ${"가".repeat(30)}`] },
      ],
    });
    expect(sent.body).toMatchObject({ picked: 4, ignored: 1, recommendations: [] });
    const [event] = await answered(h);
    expect(event).toMatchObject({ price_band: { min: 30_000, max: 120_000 }, choices: { size: ["M"] } });
    const profile = await getProfile(h.deps, profileIdOf(h.site.id, { anonymousId: "visitor-1" }));
    expect(profile?.traits).toEqual({
      budget_min: 30_000,
      budget_max: 120_000,
      sizes: ["M"],
      why: "가".repeat(20),
    });
    const untouched = await answer(h, {
      ticket: screen.ticket,
      answers: [{ questionId: "band", picked: ["0", "200000"] }],
    });
    expect(untouched.status).toBe(400);
  });
});

describe("a price band", () => {
  it("counts in what is recommended", async () => {
    const band = { id: "band", kind: "price", title: words("얼마?"), min: 0, max: 500_000, step: 10_000 };
    const picks = { ...PICKS, tiles: ["coat-1", "tent-1", "mug-1"].map((itemId) => ({ itemId })) };
    const h = await shop([picks, band]);
    for (const job of h.jobs) await run(h.deps, job as Job);
    const prices = async (who: string, picked: string[]) => {
      const { ticket } = await ask(h, `?anonymousId=${who}`);
      const answers = [
        { questionId: "picks", picked: ["item:coat-1"] },
        { questionId: "band", picked },
      ];
      const sent = await answer(h, { ticket, answers }, who);
      return sent.body.recommendations?.[0]?.items.map(({ price }) => price ?? 0) ?? [];
    };
    const all = await prices("one", ["0", "500000"]);
    const within = (list: number[]) => list.slice(0, 4).filter((price) => price <= 150_000).length;
    const some = await prices("two", ["0", "150000"]);
    expect(some).toHaveLength(8);
    expect(within(some)).toBeGreaterThan(within(all));
  });
});

describe("POST /v1/surveys/{id}/tiles", () => {
  const tap = (h: Harness, body: object, headers?: Record<string, string>) =>
    h.browser("POST", "/v1/surveys/taste/tiles", body, headers);

  it("chooses the tiles behind a tap anew; what stands before it and what is picked stay", async () => {
    const h = await shop([PICKS]);
    const screen = await ask(h);
    const shown = keysOf(screen);
    const tapped = shown[1] as string;
    const sent = await tap(h, { ticket: screen.ticket, picked: [shown[1], shown[4]], tapped, html: true });
    const { tiles, ticket, html } = (await sent.json()) as {
      tiles: { key: string; title: string }[];
      ticket: string;
      html: string;
    };
    const now = tiles.map(({ key }) => key);
    expect(now).toHaveLength(6);
    expect(new Set(now).size).toBe(6);
    expect([now[0], now[1], now[4]]).toEqual([shown[0], shown[1], shown[4]]);
    expect(tiles.every(({ title }) => title !== "")).toBe(true);
    expect(html.match(/<label/g)).toHaveLength(6);
    const done = await answer(h, { ticket, answers: [{ questionId: "picks", picked: [tapped, shown[5], now[5]] }] });
    expect(done.body.picked).toBe(
      new Set([tapped, now[5]]).size + (now.includes(shown[5] as string) && shown[5] !== now[5] ? 1 : 0),
    );
    const [event] = await answered(h);
    expect(event?.passed_item_ids).toEqual(
      now.filter((key) => key !== tapped && key !== now[5]).map((key) => key.slice("item:".length)),
    );
  });

  it("refuses a foreign ticket, a tile that is not shown, and tiles that a marketer has named", async () => {
    const h = await shop([PICKS]);
    const screen = await ask(h);
    const [first] = keysOf(screen);
    expect((await tap(h, { ticket: "no.ticket", picked: [], tapped: first })).status).toBe(400);
    expect((await tap(h, { ticket: screen.ticket, picked: [], tapped: "item:not-shown" })).status).toBe(400);
    await put(h, [{ ...PICKS, tiles: ["coat-1", "tent-1"].map((itemId) => ({ itemId })) }]);
    const named = await ask(h);
    expect((await tap(h, { ticket: named.ticket, picked: ["item:coat-1"], tapped: "item:coat-1" })).status).toBe(400);
  });

  it("keeps other pages and other sites out", async () => {
    const [h, other] = [await shop([PICKS]), await shop([PICKS])];
    const screen = await ask(h);
    const body = { ticket: screen.ticket, picked: [], tapped: keysOf(screen)[0] };
    expect((await tap(h, body, { origin: "https://evil.test" })).status).toBe(403);
    expect((await tap(other, body)).status).toBe(400);
    expect((await h.fetch("/v1/surveys/taste/tiles", { method: "POST", body: JSON.stringify(body) })).status).toBe(401);
  });
});

describe("with what visitors have done", () => {
  it("counts an insight in a training, asks by it, and the not-picked tiles count in the recommendations", async () => {
    const h = await shop([PICKS], { screens: 1 });
    const catalog = demoCatalog("https://shop.test");
    const batch: unknown[] = [];
    for (const message of simulateVisitors({ seed: 5, visitors: 80, days: 30, now: h.clock.at, catalog })) {
      batch.push({ ...message, event: message.event });
    }
    const envelope = { siteId: h.site.id, now: h.clock.at, sentAt: undefined, isBot: false };
    for (let at = 0; at < batch.length; at += 2000) await collect(h.deps, envelope, batch.slice(at, at + 2000));
    const { version } = await trainNow(h.deps, h.site.id);
    const insight = await openInsight(h.deps, h.site.id, version);
    expect(insight?.people).toBeGreaterThan(50);
    expect(insight?.tiles.some((key) => key.startsWith("category:"))).toBe(true);

    const screen = await ask(h);
    const keys = keysOf(screen);
    const [picked] = keys;
    const one = await answer(h, { ticket: screen.ticket, answers: [{ questionId: "picks", picked: [picked] }] });
    expect(one.body.recommendations?.[0]?.fallbackLevel).toBe("survey");
    // The same pick from another screen, on which other things were passed over, is another taste.
    await put(h, [
      { ...PICKS, tiles: [picked, "tent-2", "mug-2", "lamp-2"].map((key) => ({ itemId: key?.replace("item:", "") })) },
    ]);
    const other = await ask(h, "?html=true&anonymousId=visitor-2");
    const two = await answer(
      h,
      { ticket: other.ticket, answers: [{ questionId: "picks", picked: [picked] }] },
      "visitor-2",
    );
    const ids = (sent: typeof one) => sent.body.recommendations?.[0]?.items.map(({ id }) => id);
    expect(ids(one)).toHaveLength(8);
    expect(ids(two)).not.toEqual(ids(one));
  }, 30_000);
});

describe("who is asked", () => {
  it("holds a share out, the same people every time, but never where the page calls", async () => {
    const h = await shop([PICKS], { show: { holdout: 0.5 } });
    const groups = await Promise.all(
      Array.from({ length: 24 }, (_, visitor) => ask(h, `?html=true&anonymousId=v${visitor}`)),
    );
    const heldOut = groups.flatMap(({ group }, visitor) => (group === "holdout" ? [visitor] : []));
    expect(heldOut.length).toBeGreaterThan(4);
    expect(heldOut.length).toBeLessThan(20);
    const [first] = heldOut;
    expect(await ask(h, `?html=true&anonymousId=v${first}`)).toMatchObject({
      group: "holdout",
      screen: null,
      ticket: null,
    });
    expect(await ask(h, `?html=true&called=true&anonymousId=v${first}`)).toMatchObject({ group: "asked" });
  });

  it("compares surveys by visitor; one that is gone is replaced by itself", async () => {
    const h = await shop([PICKS], { against: [{ survey: "other" }] });
    const ids = async () =>
      new Set(
        (await Promise.all(Array.from({ length: 12 }, (_, visitor) => ask(h, `?anonymousId=v${visitor}`)))).map(
          ({ id }) => id,
        ),
      );
    expect(await ids()).toEqual(new Set(["taste"]));
    await put(h, [KINDS], {}, "other");
    h.clock.at += DAY;
    expect(await ids()).toEqual(new Set(["taste", "other"]));
    const screens = await Promise.all(Array.from({ length: 12 }, (_, visitor) => ask(h, `?anonymousId=v${visitor}`)));
    expect(new Set(screens.map(({ of }) => of))).toEqual(new Set(["taste"]));
  });
});

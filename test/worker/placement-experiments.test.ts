import { describe, expect, it } from "vitest";
import { profileIdOf } from "../../worker/lib/ids.ts";
import { MINUTE } from "../../worker/lib/time.ts";
import { recommend } from "../../worker/recommend/recommend.ts";
import { recommendToMany } from "../../worker/recommend/recommend-many.ts";
import { PlacementRules, RecommendationRequest } from "../../worker/recommend/schema.ts";
import { harness } from "../support/worker/harness.ts";
import { ask, trainedShop } from "../support/worker/trained-shop.ts";

describe("an experiment", () => {
  const variants = [
    { name: "as-is", share: 1, rules: {} },
    { name: "short", share: 1, rules: { count: 2 } },
  ];
  const running = async (more: object = {}) => {
    const h = await trainedShop();
    const definition = { placement: "home", variants, ...more };
    expect((await h.server("PUT", "/v1/experiments/test", { name: "Test", definition })).status).toBe(200);
    expect((await h.server("POST", "/v1/experiments/test/start")).status).toBe(200);
    return h;
  };

  it("keeps a person's variant when they sign in, and on their next devices", async () => {
    const h = await running();
    for (let visitor = 0; visitor < 12; visitor++) {
      const [first, second, userId] = [`first-${visitor}`, `second-${visitor}`, `user-${visitor}`];
      const { variant } = await ask(h, { anonymousId: first });
      // On the request that signs in the link may not be stored yet.
      expect((await ask(h, { anonymousId: first, userId })).variant).toBe(variant);
      await h.server("POST", "/v1/identify", { anonymousId: first, userId });
      expect((await ask(h, { userId })).variant).toBe(variant);
      h.clock.at += MINUTE;
      await h.server("POST", "/v1/identify", { anonymousId: second, userId });
      expect((await ask(h, { anonymousId: second, userId })).variant).toBe(variant);
    }
  });

  it("reaches messages: a person's list there is that of their variant, and nobody is left without", async () => {
    const h = await running({ holdout: { share: 0.5, shows: "nothing" } });
    const people = Array.from({ length: 24 }, (_, number) => ({
      profileId: profileIdOf(h.site.id, { anonymousId: `mail-${number}` }),
      history: [],
    }));
    const lists = await recommendToMany(h.deps, h.site, "home", people, 4);
    const lengths = await Promise.all(
      people.map(async ({ profileId }, number) => {
        const page = await ask(h, { anonymousId: `mail-${number}`, count: 4 });
        return [page.variant, page.items.length || 4, lists.get(profileId)!.length];
      }),
    );
    for (const [, page, mail] of lengths) expect(mail).toBe(page);
    expect(new Set(lengths.map(([variant]) => variant)).size).toBe(3);
  });

  it("ends with a variant as the rule for everybody, once or twice", async () => {
    const h = await running();
    const apply = (variant: string) => h.server("POST", "/v1/experiments/test/apply", { variant });
    const answer = (await (await apply("short")).json()) as { rules: PlacementRules };
    expect(answer.rules).toMatchObject({ count: 2, layout: "grid" });
    expect(await (await h.server("GET", "/v1/experiments/test")).json()).toMatchObject({ state: "ended" });
    const { variant, items } = await ask(h, { anonymousId: "anybody" });
    expect([variant, items.length, (await apply("short")).status]).toEqual([null, 2, 200]);
  });

  it("refuses a winner that is none, and keeps browsers and other sites out", async () => {
    const [h, other] = [await running(), await harness()];
    const apply = (body: unknown) => h.server("POST", "/v1/experiments/test/apply", body);
    expect([(await apply({ variant: "gone" })).status, (await apply({})).status]).toEqual([404, 400]);
    await h.server("PUT", "/v1/experiments/plan", { name: "Plan", definition: { placement: "home", variants } });
    expect((await h.server("POST", "/v1/experiments/plan/apply", { variant: "short" })).status).toBe(409);
    const path = "/v1/experiments/test/apply";
    expect((await h.browser("POST", path, { variant: "short" })).status).toBe(403);
    expect((await other.server("POST", path, { variant: "short" })).status).toBe(404);
    expect((await h.fetch(path, { method: "POST" })).status).toBe(401);
    expect(await (await h.server("GET", "/v1/experiments/test")).json()).toMatchObject({ state: "running" });
  });

  it("is laid over a draft of the rules: a preview is what each person gets", async () => {
    const h = await running({ holdout: { share: 0.3, shows: "nothing" } });
    const draft = { rules: PlacementRules.parse({ count: 7 }) };
    const answers = await Promise.all(
      Array.from({ length: 12 }, async (_, number) => {
        const [page, preview] = await Promise.all([
          ask(h, { anonymousId: `v-${number}` }),
          ask(h, { anonymousId: `v-${number}`, explain: true }, draft),
        ]);
        expect(preview.variant).toBe(page.variant);
        return preview;
      }),
    );
    const seen = new Set(
      answers.map(({ variant, items, explain }) => `${variant} ${items.length} ${explain?.variant?.shows}`),
    );
    expect([...seen].sort()).toEqual(["test:as-is 7 rules", "test:holdout 0 nothing", "test:short 2 rules"]);
    const held = answers.find(({ explain }) => explain?.variant?.shows === "nothing");
    expect(held?.explain?.variant?.label).toBe(held?.variant);
    expect(held?.explain?.candidates.length).toBeGreaterThan(0);
    const popular = await recommend(
      h.deps,
      h.site,
      RecommendationRequest.parse({ placement: "home", anonymousId: "v-1" }),
      {
        ...draft,
        isForAll: true,
      },
    );
    expect([popular.variant, popular.items.length]).toEqual([null, 7]);
  });
});

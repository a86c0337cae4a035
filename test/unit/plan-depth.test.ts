import { describe, expect, it } from "vitest";
import type { RowSource, Supply } from "../../worker/recommend/candidates.ts";
import { SOURCE } from "../../worker/recommend/engine/candidates.ts";
import { CODES_PER_ENTRY } from "../../worker/recommend/engine/codec.ts";
import type { Engine, Ranked, RankOptions } from "../../worker/recommend/engine/engine.ts";
import { planFor } from "../../worker/recommend/plan.ts";
import { NO_POPULAR } from "../../worker/recommend/popularity.ts";
import type { Way } from "../../worker/recommend/schema.ts";
import { readTaste } from "../../worker/recommend/taste.ts";
import { settledRules } from "../support/placement.ts";

const NOW = 1_700_000_000_000;
const ids = Array.from({ length: 100 }, (_, index) => `item-${index}`);
const rows: RowSource = {
  indexOf: (id) => (ids.includes(id) ? ids.indexOf(id) : undefined),
  idOf: (index) => ids[index],
  rowOf: () => ({ targets: Int32Array.of(1), codes: new Uint8Array(CODES_PER_ENTRY).fill(200) }),
  listOf: () => undefined,
};
/** Ranks everything by its number, and counts how often it is asked. Every third is there for its contents, too. */
function supplyOf(asked: number[]): Supply {
  const rank = (clicks: number[], _: unknown, { limit = 0, exclude, extra = [], sources = ~0 }: RankOptions) => {
    asked.push(limit);
    const ranked: Ranked[] = [];
    let found = 0;
    for (const item of ids.keys()) {
      const isExtra = Array.from(extra).includes(item);
      const from = SOURCE.behavior | (item % 3 === 0 ? SOURCE.likeness : 0) | (isExtra ? SOURCE.extra : 0);
      const isWanted = isExtra || (from & sources) !== 0;
      if (exclude?.has(item) || (ranked.length > 0 && (!isWanted || (found >= limit && !isExtra)))) continue;
      ranked.push({ item, score: -item / 10, seen: clicks.includes(item), sources: from, likeness: 0, place: item });
      if (isWanted) found++;
    }
    return ranked;
  };
  return {
    rows,
    engine: {
      core: { net: {}, statistics: { all: new Float32Array(100) }, embeddings: [] },
      hears: { likeness: false, arrivals: false, judgment: false },
      rank,
    } as unknown as Engine,
    neighbors: {},
    popular: { ...NO_POPULAR, trending: ["item-99", "else-1", "else-2"], allTime: [] },
    contexts: [],
    arrivals: [],
  };
}
const viewer = readTaste({
  history: [
    { profileId: "p" as never, at: NOW - 1, messageId: "m", name: "product_viewed", itemId: "item-0", properties: {} },
  ],
  landmarks: [],
  itemId: undefined,
  recentItemIds: [],
  purchasedWithinDays: 0,
  now: NOW,
  timeZone: "Asia/Seoul",
});
const title = { ko: "추천", en: "For you" };
const planOf = (asked: number[], more: object = {}, taste = viewer) =>
  planFor(
    settledRules({ title, ways: ["personalized", "trending"], count: 3, ...more }),
    taste,
    supplyOf(asked),
    {},
    "p",
    NOW,
  );

describe("how deep a list is ranked", () => {
  it("is twice its length and eight beside, and further only for a list that comes to the end of that: what is theirs before what is popular", () => {
    const asked: number[] = [];
    const plan = planOf(asked);
    expect(plan.ranked.map(({ id }) => id)).toEqual(ids.slice(1, 15));
    expect(asked).toEqual([14]);
    const lowest = plan.ranked.at(-1)?.score ?? 0;
    const rest = plan.rest?.(lowest) ?? [];
    expect(rest.map(({ id }) => id)).toEqual([...ids.slice(15), "item-99", "else-1", "else-2"]);
    expect(asked).toEqual([14, 120]);
    const scores = [lowest, ...rest.map(({ score }) => score)];
    expect(scores).toEqual(scores.toSorted((one, other) => other - one));
  });

  it.each<[string, Way[], number[]]>([
    ["other ways propose what ranks far below", ["personalized", "also_viewed"], [1, 2, 3]],
    ["most of what ranks is for another way", ["also_viewed", "similar"], [3, 6, 9]],
  ])("leaves out nothing that is better than what it lists, where %s", (_, ways, best) => {
    const targets = Int32Array.from({ length: 10 }, (_, place) => 60 + place);
    const codes = new Uint8Array(targets.length * CODES_PER_ENTRY).fill(200);
    const proposing = { ...rows, rowOf: () => ({ targets, codes }) };
    const listOf = (more: object) => {
      const supply = supplyOf([]);
      supply.rows = proposing;
      if (supply.engine) Object.assign(supply.engine.hears, { likeness: true });
      const plan = planFor(settledRules({ title, ways, count: 3, ...more }), viewer, supply, {}, "p", NOW);
      const first = plan.ranked.map(({ id }) => id);
      return { first, all: [...first, ...(plan.rest?.(0) ?? []).map(({ id }) => id).filter((id) => ids.includes(id))] };
    };
    const whole = listOf({ diversity: 0.3 }).first;
    const { first, all } = listOf({});
    expect(first.slice(0, 3)).toEqual(best.map((item) => `item-${item}`));
    expect(first).toEqual(whole.slice(0, first.length));
    expect([first.length, whole.includes("item-65")]).toEqual([14, true]);
    expect(all.slice(0, whole.length)).toEqual(whole);
  });

  it("is deeper by what was shown and left alone, which sinks", () => {
    const asked: number[] = [];
    const taste = {
      ...viewer,
      ignored: new Map([
        ["item-1", 3],
        ["item-2", 2],
        ["item-3", 1],
      ]),
    };
    planOf(asked, { restAfterIgnored: 2 }, taste);
    expect(asked).toEqual([16]);
  });

  it("is as far as candidates go where a filter leaves few of them, or the order is not the net's alone", () => {
    const filter = [{ property: "price", op: "lt", value: 1 }];
    const ways = {
      order: [
        { way: "personalized", count: 2 },
        { way: "trending", count: 1 },
      ],
    };
    for (const more of [{ filter }, { diversity: 0.3 }, { booster: [{ when: filter[0], by: 2 }] }, { ways }]) {
      const asked: number[] = [];
      expect(planOf(asked, more).ranked.length).toBeGreaterThan(90);
      expect(asked).toEqual([120]);
    }
  });

  it("says who spoke for a candidate when it is asked to, and not before", () => {
    const plan = planOf([]);
    const [first] = plan.ranked;
    expect(first).not.toHaveProperty("seed");
    if (first) plan.name(first);
    expect(first?.seed?.itemId).toBe("item-0");
  });
});

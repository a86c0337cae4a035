import { describe, expect, it } from "vitest";
import { packArrays, unpackArrays } from "../../worker/lib/arrays.ts";
import { DAY, MINUTE } from "../../worker/lib/time.ts";
import { actionsOf } from "../../worker/recommend/actions.ts";
import { NO_BEHAVIOR } from "../../worker/recommend/behaviors.ts";
import { deedOf } from "../../worker/recommend/engine/deeds.ts";
import { casesOf, cutOf, rankByList, reciprocalRanks } from "../../worker/recommend/evaluate.ts";
import { type Material, MaterialBuilder } from "../../worker/recommend/material.ts";
import {
  type MaterialColumn,
  packMaterial,
  unpackIds,
  unpackSessions,
} from "../../worker/recommend/material-columns.ts";
import { countInterest, listPopular, popularIn, popularNow } from "../../worker/recommend/popularity.ts";
import type { TasteInput } from "../../worker/recommend/taste.ts";
import { cutVisits, packVisits, type Visit } from "../../worker/recommend/visits.ts";
import { NOON, taste as tasteOf } from "../support/history.ts";

const event = (
  name: string,
  itemId: string | null,
  properties: object = {},
  at = NOON,
  profileId = "p_abcdefgh_AAAAAAAAAAAAAAAAAAAA",
) => ({
  profileId,
  at,
  messageId: `${name}${at}`,
  name,
  itemId,
  properties: { ...(itemId === null ? {} : { product_id: itemId }), ...properties },
});

describe("what an event says about taste", () => {
  it.each([
    ["a view", event("product_viewed", "a"), "a:1"],
    ["a cart", event("product_added_to_cart", "a"), "a:2"],
    [
      "an order of two",
      event("product_purchased", "a", { products: [{ product_id: "a" }, { product_id: "b" }] }),
      "a:2.5 b:2.5",
    ],
    ["a page without an item", event("page_viewed", null), ""],
    ["a refund", event("product_refunded", "a"), ""],
    ["what we showed", event("recommendation_shown", "a"), ""],
    ["five stars", event("product_rated", "a", { rating: 5 }), "a:1.5"],
    ["two stars", event("product_rated", "a", { rating: 2 }), ""],
    ["an event of the site's own", event("video_played", "a"), "a:0.5"],
  ])("%s", (_, given, expected) => {
    expect(
      actionsOf(given)
        .map(({ itemId, weight }) => `${itemId}:${weight}`)
        .join(" "),
    ).toBe(expected);
  });
});

describe("taste", () => {
  const bought = (days: number) => event("product_purchased", "a", {}, NOON - days * DAY);
  const read = (more: Partial<TasteInput>) => tasteOf({ purchasedWithinDays: 30, ...more });

  it("starts where the person is, then what the page knows, then what they did", () => {
    const taste = read({
      itemId: "here",
      recentItemIds: ["r1", "h1"],
      history: [event("product_viewed", "h1"), event("product_added_to_cart", "h2"), event("product_viewed", "h2")],
    });
    expect(taste.seeds.map(({ itemId, lag, from, weight }) => [itemId, lag, from, weight])).toEqual([
      ["here", 0, "current", 2],
      ["r1", 1, "page", 1],
      ["h1", 2, "page", 1],
      ["h2", 3, "history", 2],
    ]);
    expect([...taste.viewed]).toEqual(["r1", "h1", "h2"]);
  });

  it.each<[string, ReturnType<typeof event>[], string]>([
    ["a look of this week", [event("product_viewed", "a", {}, NOON - 6 * DAY)], "a page"],
    ["a look of last month", [event("product_viewed", "a", {}, NOON - 30 * DAY)], "page"],
    ["what it was bought after", [bought(3), event("product_viewed", "a", {}, NOON - 4 * DAY)], "page"],
    ["a look at what was bought", [event("product_viewed", "a", {}, NOON - 2 * DAY), bought(3)], "a page"],
    ["a purchase of what the page still remembers", [event("product_purchased", "page", {}, NOON - 11 * DAY)], ""],
  ])("was seen lately, by the latest deed with each item: %s", (_, history, expected) => {
    expect([...read({ history, recentItemIds: ["page"] }).viewed].sort().join(" ")).toBe(expected);
  });

  it("does not count what the page remembers of a purchase that newer events have pushed out of sight", () => {
    const landmarks = [event("product_purchased", "page", {}, NOON - 11 * DAY)];
    expect([...read({ landmarks, recentItemIds: ["page", "other"] }).viewed]).toEqual(["other"]);
  });

  it("lets an answer fade as behavior comes, and forgets it after half a year", () => {
    const answer = event("survey_answered", null, { picked_item_ids: ["x"], passed_item_ids: ["y"] }, NOON - DAY);
    const lagOfPick = (history: ReturnType<typeof event>[]) =>
      read({ history, landmarks: [answer] }).seeds.find((seed) => seed.itemId === "x")?.lag;
    expect([lagOfPick([]), lagOfPick([event("product_viewed", "a"), event("product_viewed", "b")])]).toEqual([0, 2]);
    expect(read({ landmarks: [answer] }).seeds.find((seed) => seed.itemId === "y")?.weight).toBeLessThan(0);
    expect(read({ landmarks: [{ ...answer, at: NOON - 181 * DAY }] }).seeds).toEqual([]);
  });

  it("knows what was bought within the days", () => {
    const order = event("product_purchased", "a", {}, NOON - 10 * DAY);
    expect([...read({ landmarks: [order] }).purchased.keys()]).toEqual(["a"]);
    expect([...read({ landmarks: [order], purchasedWithinDays: 10 }).purchased.keys()]).toEqual([]);
    expect([...read({ landmarks: [order], purchasedWithinDays: 0 }).purchased.keys()]).toEqual([]);
  });
});

describe("visits", () => {
  it("end after half an hour, and make one step of a look, a reload and a cart", () => {
    const at = (minutes: number) => NOON + minutes * MINUTE;
    const visits = cutVisits(
      [
        event("product_viewed", "a", {}, at(0)),
        event("product_viewed", "a", {}, at(1)),
        event("product_added_to_cart", "a", {}, at(2)),
        event("page_viewed", null, {}, at(20)),
        event("product_viewed", "b", {}, at(32)),
        event("product_viewed", "c", {}, at(63)),
      ],
      new Map(),
    );
    expect(visits.map(({ items, weights }) => [items, weights])).toEqual([
      [
        ["a", "b"],
        [2, 1],
      ],
      [["c"], [1]],
    ]);
  });
});

const visitAt = (person: number, minute: number, items: string[]): Visit => ({
  person,
  start: NOON + minute * MINUTE,
  end: NOON + (minute + 5) * MINUTE,
  items,
  weights: items.map(() => 1),
  deeds: items.map(() => deedOf(0, 0, false)),
  behaviors: items.map(() => NO_BEHAVIOR),
});

function build(parts: Visit[][], isKept = (_: string) => true, mostActions = 1000): Material {
  const builder = new MaterialBuilder(mostActions);
  const packed = parts.map(packVisits);
  for (const part of packed) builder.survey(part);
  for (const part of packed) builder.arrange(part);
  for (const part of packed) builder.add(part);
  builder.keep(parts.flat().flatMap(({ items }) => items.filter(isKept)));
  return builder.join();
}

const lists = ({ ids, sessions }: Material) =>
  [...sessions.starts.subarray(1)].map((end, session) =>
    [...sessions.items.subarray(sessions.starts[session], end)].map((index) => ids.at(index)).join(""),
  );

describe("learning material", () => {
  it("joins a visit that was cut in two, orders sessions by time and drops what is not for sale", () => {
    const material = build(
      [
        [visitAt(1, 0, ["a", "b"]), visitAt(2, 60, ["c", "gone"])],
        [visitAt(1, 20, ["b", "c"]), visitAt(1, -90, ["d", "gone", "d"])],
      ],
      (id) => id !== "gone",
    );
    expect(lists(material)).toEqual(["d", "abc", "c"]);
    expect([...material.startedAt]).toEqual([NOON - 90 * MINUTE, NOON, NOON + 60 * MINUTE]);
    expect([...material.sessions.previous!]).toEqual([-1, 0, -1]);
    const packed = Object.fromEntries(packMaterial(material)) as Record<MaterialColumn, Uint8Array>;
    const { itemCount, ...sessions } = unpackSessions(packed);
    expect({ ids: unpackIds(packed.ids).bytes(), ...sessions }).toEqual({ ...material, ids: material.ids.bytes() });
    expect(itemCount).toBe(4);
  });

  it("knows which visit a person made before, past one that nothing is left of", () => {
    const material = build(
      [[visitAt(1, 0, ["a"]), visitAt(2, 10, ["b"]), visitAt(1, 60, ["gone"]), visitAt(1, 120, ["c"])]],
      (id) => id !== "gone",
    );
    expect(lists(material)).toEqual(["a", "b", "c"]);
    expect([...material.sessions.previous!]).toEqual([-1, -1, 0]);
  });

  it("keeps the newest days when there is too much", () => {
    const day = 24 * 60;
    const material = build(
      [[visitAt(1, -3 * day, ["a", "b"]), visitAt(2, -2 * day, ["c", "d"]), visitAt(3, -day, ["e", "f"])]],
      undefined,
      4,
    );
    expect(lists(material)).toEqual(["cd", "ef"]);
  });

  it("is empty without visits", () => {
    expect(lists(build([]))).toEqual([]);
    expect(lists(build([[]]))).toEqual([]);
  });
});

it("packs arrays of every kind behind a header of any length", () => {
  for (const header of ["", "한", "가나다", { a: [1] }]) {
    const arrays = {
      a: Int32Array.of(-1, 2, 3),
      b: Float64Array.of(0.5),
      c: new Uint32Array(0),
      d: Float32Array.of(1.5, 2),
    };
    const bytes = packArrays(header, arrays);
    expect(unpackArrays(bytes)).toEqual({ header, arrays });
    const shifted = new Uint8Array(bytes.length + 3);
    shifted.set(bytes, 3);
    expect(unpackArrays(shifted.subarray(3)).arrays).toEqual(arrays);
  }
});

describe("popularity", () => {
  const material = build([
    [
      visitAt(1, -30 * 24 * 60, ["old", "x"]),
      visitAt(2, -30 * 24 * 60 + 1, ["old", "y"]),
      visitAt(3, -30 * 24 * 60 + 2, ["old"]),
    ],
    [visitAt(4, 0, ["new"])],
  ]);
  const interest = countInterest({ ...material, itemCount: material.ids.length });
  const popular = listPopular(material.ids, interest, (id) => (id === "x" ? null : id === "new" ? "A > B" : "A"));

  it("halves every week", () => {
    expect(popular.trending[0]).toBe("new");
    expect(popular.allTime[0]).toBe("old");
    expect(popularNow(popular).sort()).toEqual(["new", "old", "x", "y"]);
  });

  it("knows each part of a category's path, and takes turns between picked ones", () => {
    expect(popular.categories["A > B"]).toEqual(["new"]);
    expect(popular.categories.A).toEqual(["new", "old", "y"]);
    expect(popularIn(popular, ["A", "A > B", "toString"])).toEqual(["new", "old", "y"]);
  });
});

describe("evaluation", () => {
  it("asks for the next new item of sessions that were held back", () => {
    const { sessions, startedAt } = build([
      Array.from({ length: 20 }, (_, i) => visitAt(i, i * 60, ["a", "b", "a", `c${i}`])),
    ]);
    const cut = cutOf(startedAt, undefined);
    expect(cut).toBe(18);
    const cases = casesOf(sessions, cut, startedAt);
    expect(cases).toHaveLength(4);
    expect(reciprocalRanks(cases, rankByList([1, 0]))).toEqual([0, 1, 0, 1].reverse());
  });

  it("judges by what the serving model has not seen, or else by a last part that is worth it", () => {
    const hours = Float64Array.from({ length: 20_000 }, (_, hour) => hour * 60 * MINUTE);
    const untilLast = (sessions: number) => hours[20_000 - 1 - sessions];
    expect(cutOf(hours, untilLast(300))).toBe(19_700);
    for (const until of [undefined, untilLast(20), untilLast(9000)]) expect(cutOf(hours, until)).toBe(19_000);
    expect(cutOf(new Float64Array(0), undefined)).toBe(0);
  });
});

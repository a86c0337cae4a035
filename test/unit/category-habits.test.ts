import { describe, expect, it } from "vitest";
import { packArrays, unpackArrays } from "../../worker/lib/arrays.ts";
import { DAY } from "../../worker/lib/time.ts";
import type { Supply } from "../../worker/recommend/candidates.ts";
import { Dictionary } from "../../worker/recommend/dictionary.ts";
import { emptyHabits, HabitCounter } from "../../worker/recommend/habit-counts.ts";
import { habitsBytes, readHabits } from "../../worker/recommend/habits.ts";
import { NO_POPULAR } from "../../worker/recommend/popularity.ts";
import { type Asked, propose } from "../../worker/recommend/ways.ts";
import { NOON, order, taste } from "../support/history.ts";

const KINDS = ["coffee", "filter", "soap", "towel", "sofa"];
const EACH = 6;
const ids = KINDS.flatMap((kind) => Array.from({ length: EACH }, (_, k) => `${kind}-${k}`));
const categoryOf = (id: string) => `home > ${id.split("-")[0]}`;
const dictionary = Dictionary.of(ids);

/** Coffee is bought with filters and again after weeks, soap before towels; of each kind the last was never bought, and no sofa. */
function bytesOf(people = 60): Uint8Array {
  const counter = new HabitCounter(NOON, "Asia/Seoul");
  for (let person = 0; person < people; person++) {
    const profileId = `p_abcdefgh_${String(person).padStart(20, "A")}`;
    const own = (kind: string, step = 0) => `${kind}-${(person + step) % (EACH - 1)}`;
    const events =
      person % 2 === 0
        ? [
            order([own("coffee"), own("filter", 1)], NOON - 50 * DAY, profileId),
            order([own("coffee")], NOON - 30 * DAY, profileId),
            order([own("coffee", 1)], NOON - 10 * DAY, profileId),
          ]
        : [
            order([own("soap")], NOON - 50 * DAY, profileId),
            order([own("soap", 1)], NOON - 45 * DAY, profileId),
            order([own("towel", person % 3)], NOON - 40 * DAY, profileId),
          ];
    counter.add(events, new Map());
  }
  return habitsBytes(counter.counts, dictionary, categoryOf);
}

const asked = (known: Parameters<typeof taste>[0], bytes = bytesOf()): Asked => {
  const supply: Supply = {
    rows: {
      indexOf: (id) => dictionary.indexOf(id),
      idOf: (index) => dictionary.at(index),
      rowOf: () => undefined,
      listOf: () => undefined,
    },
    habits: readHabits(bytes),
    neighbors: {},
    popular: { ...NO_POPULAR, categories: { home: ids } },
    contexts: [],
    arrivals: [],
  };
  return { taste: taste(known), supply, skip: new Set(), never: new Set(), explain: false };
};
const kindsOf = (way: "bought_together" | "complementary", known: Parameters<typeof taste>[0], bytes?: Uint8Array) => [
  ...new Set(propose(way, asked(known, bytes)).map(({ id }) => id.split("-")[0])),
];
const bought = (id: string) => ({ history: [order([id], NOON - DAY)] });

describe("what nobody has bought yet", () => {
  it("goes with what its category goes with", () => {
    expect(kindsOf("bought_together", { itemId: "coffee-5" })).toEqual(["filter"]);
    expect(kindsOf("bought_together", { itemId: "filter-5" })).toEqual(["coffee"]);
    expect(kindsOf("complementary", bought("soap-5"))).toEqual(["towel"]);
    expect(propose("complementary", asked(bought("soap-5")))[0]).toMatchObject({
      because: "category",
      seed: { itemId: "soap-5" },
    });
  });

  it("is not followed by its own category, unless that is bought again", () => {
    expect(kindsOf("complementary", bought("towel-5"))).toEqual([]);
    expect(kindsOf("complementary", bought("coffee-5"))).toContain("coffee");
  });

  it("is asked about by a page, before what was bought", () => {
    expect(kindsOf("complementary", { ...bought("coffee-5"), itemId: "soap-5" })).toEqual(["towel"]);
    expect(kindsOf("complementary", { ...bought("soap-5"), itemId: "sofa-1" })).toEqual(["towel"]);
    expect(kindsOf("complementary", { itemId: "sofa-1" })).toEqual([]);
  });

  it("comes behind what an item's own purchases say", () => {
    const list = propose("bought_together", asked({ itemId: "coffee-0" }));
    expect(list[0]).not.toHaveProperty("because");
    expect(list[0]!.value).toBe(1);
    expect(list.some(({ because }) => because === "category")).toBe(true);
  });

  it("says nothing by chance, or by a model that has not learned it", () => {
    expect(kindsOf("bought_together", { itemId: "coffee-5" }, bytesOf(2))).toEqual([]);
    const { header, arrays } = unpackArrays(bytesOf());
    const older = Object.entries(arrays).filter(([name]) => !/Kinds|Categories|category/.test(name));
    expect(older.length).toBeLessThan(Object.keys(arrays).length);
    expect(kindsOf("bought_together", { itemId: "coffee-5" }, packArrays(header, Object.fromEntries(older)))).toEqual(
      [],
    );
  });

  it("takes a bounded place, however many categories there are", () => {
    const counts = emptyHabits();
    const many = Array.from({ length: 9000 }, (_, k) => `x-${String(k).padStart(4, "0")}`);
    for (const [place, id] of many.entries()) {
      counts.orders.set(id, 5);
      counts.together.set(id, new Map(Array.from({ length: 20 }, (_, k) => [many[(place + k + 1) % 9000]!, 5])));
    }
    const { arrays } = unpackArrays(habitsBytes(counts, Dictionary.of(many), (id) => id));
    expect(arrays.togetherKindsTargets!.length).toBeLessThanOrEqual(6 * 5000);
    expect(arrays.itemCategories!.byteLength).toBe(2 * 9000);
  });
});

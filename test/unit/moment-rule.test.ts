import { describe, expect, it } from "vitest";
import type { HistoryEvent } from "../../worker/events/store.ts";
import { issuesOf } from "../../worker/lib/issues.ts";
import { DAY, HOUR } from "../../worker/lib/time.ts";
import { cartOf, knownOf, type Moment } from "../../worker/recommend/moment-rule.ts";
import { PlacementRules, waysOf } from "../../worker/recommend/schema.ts";
import { settle } from "../../worker/recommend/settle.ts";

const NOON = Date.parse("2026-03-10T12:00:00+09:00");

let sequence = 0;
const event = (name: string, itemId: string, at: number): HistoryEvent => ({
  profileId: "p_abcdefgh_AAAAAAAAAAAAAAAAAAAA",
  at,
  messageId: `m${sequence++}`,
  name,
  itemId,
  properties: { product_id: itemId },
});

const moment = (more: Partial<Moment> = {}): Moment => ({
  visit: {},
  knows: "nothing",
  itemId: undefined,
  history: [],
  landmarks: [],
  segments: [],
  intention: undefined,
  now: NOON,
  timeZone: "Asia/Seoul",
  ...more,
});

const intention = (mode: "exploring" | "comparing" | "about_to_buy", chance = 0.5) => ({ mode, chance, behavior: {} });

const OTHERWISE = { ways: ["personalized", "similar"] };
const rulesOf = (...cases: unknown[]) => PlacementRules.parse({ ways: { cases } });
const chosen = (rules: PlacementRules, more: Partial<Moment> = {}) => settle(rules, moment(more)).rules.ways;

describe("a mix for some moments", () => {
  it("goes to those about to buy, and the other to everybody else", () => {
    const rules = rulesOf(
      { when: { trait: "intention_mode", op: "eq", value: "about_to_buy" }, ways: ["complementary"] },
      OTHERWISE,
    );
    expect(chosen(rules, { intention: intention("about_to_buy") })).toEqual(["complementary"]);
    for (const other of [undefined, intention("exploring")])
      expect(chosen(rules, { intention: other })).toEqual(OTHERWISE.ways);
    expect(waysOf(rules.ways)).toEqual(["complementary", "personalized", "similar"]);
  });

  it("is the first whose condition holds, and says which, and what was known", () => {
    const rules = rulesOf(
      { when: { trait: "purchase_intention", op: "gte", value: 0.9 }, ways: { weights: { complementary: 1 } } },
      {
        when: {
          all: [{ trait: "device", op: "eq", value: "phone" }, { not: { trait: "current_item", op: "exists" } }],
        },
        ways: { order: [{ way: "trending", count: 2 }] },
      },
      { when: { trait: "segment", op: "in", value: ["vip"] }, ways: ["new"] },
      OTHERWISE,
    );
    const at = (more: Partial<Moment>) => settle(rules, moment(more)).chosen?.case;
    expect([
      at({ intention: intention("comparing", 0.95), visit: { device: "phone" } }),
      at({ visit: { device: "phone" }, segments: ["vip"] }),
      at({ visit: { device: "phone" }, itemId: "coat", segments: ["vip"] }),
      at({ visit: { device: "phone" }, itemId: "coat", segments: ["other"] }),
    ]).toEqual([0, 1, 2, 3]);
    expect(settle(rules, moment({ visit: { device: "phone", campaign: "Spring" } })).chosen).toMatchObject({
      case: 1,
      when: { all: [{ trait: "device" }, { not: { trait: "current_item" } }] },
      known: { device: "phone", campaign: "spring", hour: 12, knows: "nothing", cart_items: 0 },
    });
  });

  it("hears what the person did, purchases from long ago among it", () => {
    const rules = rulesOf(
      { when: { event: "product_purchased", did: true, withinSeconds: (30 * DAY) / 1000 }, ways: ["complementary"] },
      OTHERWISE,
    );
    const bought = event("product_purchased", "coat", NOON - 20 * DAY);
    expect(chosen(rules, { landmarks: [bought] })).toEqual(["complementary"]);
    expect(chosen(rules, { landmarks: [{ ...bought, at: NOON - 40 * DAY }] })).toEqual(OTHERWISE.ways);
  });
});

describe("what lies in a cart", () => {
  it("was put there, and neither taken out nor bought since", () => {
    const history = [
      event("product_purchased", "hat", NOON - HOUR),
      event("product_added_to_cart", "bag", NOON - 2 * HOUR),
      event("product_removed_from_cart", "bag", NOON - 3 * HOUR),
      event("product_removed_from_cart", "shoe", NOON - 4 * HOUR),
      event("product_added_to_cart", "shoe", NOON - 5 * HOUR),
      event("checkout_started", "hat", NOON - 6 * HOUR),
      event("product_viewed", "coat", NOON - 7 * HOUR),
    ];
    expect([...cartOf({ history, landmarks: history.slice(0, 1) })]).toEqual(["bag"]);
    expect(knownOf(moment({ history })).cart_items).toBe(1);
  });
});

describe("a case", () => {
  const when = { trait: "device", op: "eq", value: "phone" };
  it.each<[string, unknown[], string, RegExp]>([
    [
      "an unknown trait",
      [{ when: { ...when, trait: "intention_mod" }, ways: ["new"] }, OTHERWISE],
      "0.when.trait",
      /did you mean "intention_mode"/,
    ],
    [
      "a value that there is not",
      [{ when: { all: [{ ...when, value: "tablet" }] }, ways: ["new"] }, OTHERWISE],
      "0.when.all.0.value",
      /phone, desktop/,
    ],
    [
      "any segment, whichever",
      [{ when: { not: { trait: "segment", op: "exists" } }, ways: ["new"] }, OTHERWISE],
      "0.when.not.op",
      /ids of segments/,
    ],
    [
      "a number for a text's comparison",
      [{ when: { trait: "hour", op: "gte", value: "late" }, ways: ["new"] }, OTHERWISE],
      "0.when.value",
      /needs a number/,
    ],
    [
      "an event that is not read",
      [{ when: { event: "Page Viewed", did: true }, ways: ["new"] }, OTHERWISE],
      "0.when.event",
      /does not look at/,
    ],
    [
      "an unknown way",
      [{ when, ways: { order: [{ way: "magic", count: 1 }] } }, OTHERWISE],
      "0.ways.order.0.way",
      /Invalid option/,
    ],
    ["no condition", [{ ways: ["new"] }, OTHERWISE], "0.when", /needs a condition/],
    [
      "a condition on the last",
      [
        { when, ways: ["new"] },
        { ...OTHERWISE, when },
      ],
      "1.when",
      /every other moment/,
    ],
  ])("refuses %s, and names the field", (_, cases, path, message) => {
    const result = PlacementRules.safeParse({ ways: { cases } });
    const [issue] = result.success ? [] : issuesOf(result.error);
    expect(issue).toEqual({ path: `ways.cases.${path}`, message: expect.stringMatching(message) });
  });
});

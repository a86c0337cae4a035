/** Intention of people who have left: a shop's people come, some want something, some of those come back for it within a day. */
import { describe, expect, it } from "vitest";
import {
  type Act,
  BEHAVIOR_COLUMNS,
  behaviorRow,
  intentionExamples,
  judgeIntention,
} from "../../worker/intention/behavior.ts";
import { learnIntention } from "../../worker/intention/learn.ts";
import { seeded } from "../../worker/lib/seeded.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const begin = Date.UTC(2026, 0, 1);
const until = begin + 30 * DAY;

/** One visit in six wants something: a cart, and a purchase at once, or some hours later, or never. */
function personOf(random: () => number): Act[] {
  const acts: Act[] = [];
  let at = begin;
  while (true) {
    at += -Math.log(random()) * 6 * DAY;
    if (at >= until) return acts;
    const isHot = random() < 1 / 6;
    let time = at;
    for (let view = 1 + Math.floor(random() * (isHot ? 8 : 6)); view > 0; view--) {
      acts.push({ at: time, kind: "view", itemId: `i${Math.floor(random() * (isHot ? 3 : 60))}`, category: "c" });
      time += (0.5 + 3 * random()) * MINUTE;
    }
    if (random() < (isHot ? 0.7 : 0.03)) acts.push({ at: time, kind: "cart", itemId: "i0" });
    const fate = isHot ? random() : 1;
    if (fate < 0.4) acts.push({ at: time + 4 * MINUTE, kind: "purchase", itemId: "i0" });
    else if (fate < 0.65) acts.push({ at: time - Math.log(random()) * 6 * HOUR, kind: "purchase" });
    at = Math.max(at, acts.at(-1)!.at);
  }
}

const random = seeded(11);
const moments = Array.from({ length: 800 }, () => intentionExamples(personOf(random), until, random))
  .flat()
  .toSorted((one, other) => one.at - other.at);
const left = Date.UTC(2026, 1, 1);
/** Five looks and a cart, and nothing since. */
const wants: Act[] = [0, 1, 2, 3, 4].map((at) => ({
  at: left - (9 - at) * MINUTE,
  kind: "view",
  itemId: `i${at % 3}`,
  category: "c",
}));
wants.push({ at: left, kind: "cart", itemId: "i0" });

describe("whoever has left", () => {
  it("is in no session: what counts now is empty, and how long ago they left is known", () => {
    const rowAt = (now: number) =>
      Object.fromEntries(BEHAVIOR_COLUMNS.map((name, index) => [name, behaviorRow(wants, now)[index]]));
    expect(rowAt(left + 10 * MINUTE)).toMatchObject({ "views now": 5, "carts now": 1, "minutes in session": 19 });
    expect(rowAt(left + 2 * HOUR)).toMatchObject({
      "views now": 0,
      "items now": 0,
      "carts now": 0,
      "searches now": 0,
      "minutes in session": 0,
      "mean dwell": 0,
      "latest dwell": 0,
      pace: 0,
      "carts this week": 1,
      "sessions this week": 1,
      "hours since session before": 2,
      "hours since a cart": 2,
      "hours since the last act": 2,
    });
  });

  it("is among the moments that are learned from, at any time of the week after", () => {
    const away = moments.map(({ row }) => Number(row.at(-1))).filter((hours) => hours > 0.5);
    expect(away.length / moments.length).toBeGreaterThan(0.2);
    expect(away.length / moments.length).toBeLessThan(0.6);
    expect(away.filter((hours) => hours > 24).length).toBeGreaterThan(50);
  });

  it("is the less likely to buy the longer ago that was, and what is foretold of them comes true as often", () => {
    const { model, metrics } = learnIntention(moments, undefined, 1)!;
    const chances = [0.01, 1, 24, 160].map((hours) => judgeIntention(model!, wants, left + hours * HOUR).chance);
    for (const [place, chance] of chances.entries()) {
      if (place > 0) expect(chance).toBeLessThan(chances[place - 1]!);
    }
    expect(judgeIntention(model!, wants, left + 160 * HOUR).mode).not.toBe("about_to_buy");
    expect(metrics.here!.bins).toHaveLength(5);
    expect(metrics.away!.bins.length).toBe(Math.min(5, Math.floor(metrics.away!.bought / 8)));
    expect(metrics.here!.calibrationError).toBeLessThan(0.06);
    expect(metrics.away!.calibrationError).toBeLessThan(0.06);
  }, 30_000);
});

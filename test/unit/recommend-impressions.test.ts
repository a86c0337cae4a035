import { describe, expect, it } from "vitest";
import type { HistoryEvent } from "../../worker/events/store.ts";
import type { ProfileId } from "../../worker/lib/ids.ts";
import { seeded } from "../../worker/lib/seeded.ts";
import { HOUR } from "../../worker/lib/time.ts";
import {
  clickWeight,
  countBetween,
  estimateExamination,
  ImpressionCounter,
  joinImpressions,
} from "../../worker/recommend/impressions.ts";

const event = (person: string, at: number, name: string, properties: Record<string, unknown>): HistoryEvent => ({
  profileId: person as ProfileId,
  at,
  messageId: `${person}-${at}-${name}`,
  name: `recommendation_${name}`,
  itemId: typeof properties.item_id === "string" ? properties.item_id : null,
  properties: { placement: "home", ...properties },
});

describe("impressions", () => {
  it("are counted by hour and by place, a list as it comes into view", async () => {
    const counter = new ImpressionCounter();
    counter.add([
      event("p1", 0, "shown", { recommendation_id: "r1", item_ids: ["a", "b"] }),
      event("p1", 5, "shown", { recommendation_id: "r1", item_ids: ["b", "c"] }),
      event("p1", HOUR, "clicked", { recommendation_id: "r1", item_id: "c", position: 3 }),
      event("p2", 2 * HOUR, "shown", { recommendation_id: "r1", item_ids: ["a"] }),
      event("p2", 2 * HOUR, "shown", { item_ids: ["x"] }),
    ]);
    const counted = counter.take();
    expect(counted.hours).toEqual({
      0: { shown: 3, clicked: 0 },
      1: { shown: 0, clicked: 1 },
      2: { shown: 1, clicked: 0 },
    });
    expect(counted.cells).toEqual({
      "home|1|a": { shown: 2, clicked: 0 },
      "home|2|b": { shown: 1, clicked: 0 },
      "home|3|c": { shown: 1, clicked: 1 },
    });
    const both = await joinImpressions([counted, counted]);
    expect(both.cells["home|1|a"]).toEqual({ shown: 4, clicked: 0 });
    expect(countBetween(both, HOUR, 3 * HOUR)).toEqual({ shown: 2, clicked: 2 });
  });

  /** Appealing items stand first, as they would; each is shown in a few places around its own. */
  function shop(looks: number[], people: number) {
    const random = seeded(3);
    const counter = new ImpressionCounter();
    const appeal = Array.from({ length: 30 }, (_, item) => 0.5 * 0.93 ** item);
    for (let person = 0; person < people; person++) {
      const order = appeal.map((_, item) => item + 6 * (random() - 0.5)).map((rank, item) => ({ rank, item }));
      order.sort((one, other) => one.rank - other.rank);
      const list = order.slice(0, looks.length).map(({ item }) => item);
      const id = `r${person}`;
      counter.add([
        event(`p${person}`, 0, "shown", { recommendation_id: id, item_ids: list.map((item) => `i${item}`) }),
      ]);
      list.forEach((item, place) => {
        if (random() < (looks[place] ?? 0) * (appeal[item] ?? 0)) {
          counter.add([event(`p${person}`, 1, "clicked", { item_id: `i${item}`, position: place + 1 })]);
        }
      });
    }
    return counter.take();
  }

  it("tell how much a place is looked at, apart from how good the items are that stand there", () => {
    const looks = [1, 0.8, 0.6, 0.45, 0.35, 0.3, 0.25, 0.2];
    const counted = shop(looks, 6000);
    const { home = [] } = estimateExamination(counted);
    expect(home).toHaveLength(looks.length);
    looks.forEach((look, place) => {
      expect(Math.abs((home[place] ?? 0) - look)).toBeLessThan(0.12);
    });
    // The click rate by place alone would be further off: the better items stand first.
    const cells = Object.entries(counted.cells);
    const rate = (place: number) => {
      const own = cells.filter(([key]) => key.split("|")[1] === `${place}`);
      const sum = (what: "shown" | "clicked") => own.reduce((total, [, count]) => total + count[what], 0);
      return sum("clicked") / sum("shown");
    };
    const naive = looks.reduce((sum, look, place) => sum + Math.abs(rate(place + 1) / rate(1) - look), 0);
    const ours = looks.reduce((sum, look, place) => sum + Math.abs((home[place] ?? 0) - look), 0);
    expect(ours).toBeLessThan(0.8 * naive);
  });

  it("make a click far down count more, within bounds, and nothing else", () => {
    const examination = { home: [1, 0.5, 0.1] };
    const at = (properties: Record<string, unknown>, name = "clicked") =>
      clickWeight(examination, event("p", 0, name, properties));
    expect([1, 2, 3, 40].map((position) => at({ position }))).toEqual([1, 2, 3, 3]);
    expect(at({ position: 2, placement: "other" })).toBe(1);
    expect(at({ position: "far" })).toBe(1);
    expect(at({ position: 2 }, "shown")).toBe(1);
  });

  it("of many parts are bounded, whatever the catalog's size", async () => {
    const part = (name: string) => ({
      hours: {},
      cells: Object.fromEntries(
        Array.from({ length: 60_000 }, (_, item) => [`home|1|${name}-${item}`, { shown: 1, clicked: 0 }]),
      ),
    });
    const [one, other] = [part("a"), part("b")];
    const { cells } = await joinImpressions([one, other, one]);
    expect(Object.keys(cells)).toHaveLength(100_000);
    expect(cells["home|1|a-59999"]).toEqual({ shown: 2, clicked: 0 });
  });

  it("are told apart through a flood of made-up ones", () => {
    const counter = new ImpressionCounter();
    for (let number = 0; number < 60_000; number++) {
      const isReal = number > 50_000 && number % 100 === 0;
      const list = { recommendation_id: `r${number}`, item_ids: [isReal ? "a" : `made-up-${number}`] };
      counter.add([event(`p${number}`, 0, "shown", list)]);
    }
    const { cells } = counter.take();
    expect([Object.keys(cells).length, cells["home|1|a"]]).toEqual([20_000, { shown: 99, clicked: 0 }]);
  });

  it("of many parts are added one by one: none is asked for before the one before it is counted", async () => {
    let open = 0;
    async function* parts() {
      for (let part = 0; part < 3; part++) {
        open++;
        const cells = { "home|1|a": { shown: 1, clicked: part % 2 } };
        yield {
          hours: {},
          get cells() {
            open--;
            return cells;
          },
        };
        expect(open).toBe(0);
      }
    }
    expect((await joinImpressions(parts())).cells).toEqual({ "home|1|a": { shown: 3, clicked: 1 } });
  });

  it("of a placement with few impressions say nothing", () => {
    expect(estimateExamination(shop([1, 0.5], 20))).toEqual({});
  });
});

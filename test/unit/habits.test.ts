import { describe, expect, it } from "vitest";
import { DAY } from "../../worker/lib/time.ts";
import type { Supply } from "../../worker/recommend/candidates.ts";
import { contextNames, contextOfPage } from "../../worker/recommend/context.ts";
import { ContextCounts, EVERYBODY } from "../../worker/recommend/context-counts.ts";
import { Dictionary } from "../../worker/recommend/dictionary.ts";
import { addHabits, emptyHabits, HabitCounter, packHabits, unpackHabits } from "../../worker/recommend/habit-counts.ts";
import { type Habits, habitsBytes, readHabits } from "../../worker/recommend/habits.ts";
import { popularHere } from "../../worker/recommend/popular-here.ts";
import { NO_POPULAR } from "../../worker/recommend/popularity.ts";
import { event, NOON, order } from "../support/history.ts";

describe("a shop's habits", () => {
  const people = Array.from({ length: 60 }, (_, number) => `p_abcdefgh_${String(number).padStart(20, "A")}`);
  const counter = new HabitCounter(NOON, "Asia/Seoul");
  const events = people.flatMap((person, number) => {
    const isPhone = number % 2 === 0;
    const start = NOON - 50 * DAY;
    return [
      event(
        "page_viewed",
        null,
        start,
        { device: isPhone ? "phone" : "desktop", referrer: "https://www.google.com/" },
        person,
      ),
      event("product_viewed", isPhone ? "case" : "desk", start + 1, {}, person),
      event("product_viewed", isPhone ? "case" : "desk", start + 2, {}, person),
      order(["coffee", "filter"], start + 3, person),
      ...(number < 30 ? [order(["coffee"], start + 28 * DAY, person)] : []),
      ...(number < 30 ? [order(["grinder"], start + 29 * DAY, person)] : []),
    ];
  });
  counter.add(events, new Map(people.map((person, number) => [person, number % 2 === 0 ? ["vip"] : []])));
  const ids = ["coffee", "filter", "grinder", "case", "desk", "unseen"];
  const dictionary = Dictionary.of(ids);
  const read = (counts = counter.counts) =>
    readHabits(habitsBytes(counts, dictionary, (id) => (id === "unseen" ? "food" : null)));
  const names = (list: { item: number }[]) => list.map(({ item }) => ids[item]);

  it("know what is in the same order, and what comes after it", () => {
    const habits = read();
    expect(names(habits.together(0))).toEqual(["filter"]);
    expect(names(habits.after(1))).toContain("grinder");
    expect(names(habits.after(0))).toContain("grinder");
    expect([habits.together(3), habits.after(2), habits.together(99)]).toEqual([[], [], []]);
  });

  it("know when the same is bought again, and of what it never is", () => {
    const habits = read();
    expect(habits.rebuyDays(0)).toBeCloseTo(28, 5);
    expect([habits.rebuyDays(1), habits.rebuyDays(2), habits.rebuyDays(5)]).toEqual([undefined, undefined, undefined]);
  });

  it("know what people who come like this look at more than others", () => {
    const { contexts } = read();
    const of = (name: string) =>
      [...(contexts.get(name)?.items ?? [])].flatMap((item) =>
        ["case", "desk"].includes(ids[item]!) ? [ids[item]] : [],
      );
    expect([of("device:phone"), of("device:desktop"), of("segment:vip")]).toEqual([["case"], ["desk"], ["case"]]);
    expect(contexts.has("campaign:spring")).toBe(false);
  });

  it("come out the same however the events are cut, and over the wire", () => {
    const [one, other] = [new HabitCounter(NOON, "Asia/Seoul"), new HabitCounter(NOON, "Asia/Seoul")];
    const cut = events.findIndex(({ profileId }) => profileId === people[31]);
    one.add(events.slice(0, 10), new Map());
    one.add(events.slice(10, cut), new Map());
    other.add(events.slice(cut), new Map());
    const sum = emptyHabits();
    for (const { counts } of [one, other]) addHabits(sum, unpackHabits(packHabits(counts)));
    const whole = new HabitCounter(NOON, "Asia/Seoul");
    whole.add(events, new Map());
    expect(sum.together).toEqual(whole.counts.together);
    expect(sum.again).toEqual(whole.counts.again);
    expect(Buffer.from(habitsBytes(sum, dictionary, () => null))).toEqual(
      Buffer.from(habitsBytes(whole.counts, dictionary, () => null)),
    );
  });

  it("hear campaigns and segments through a flood of made-up ones, in bounded memory", () => {
    const visit = (person: string, campaign: string, itemId: string) => [
      event("page_viewed", null, NOON, { utm_campaign: campaign }, person),
      event("product_viewed", itemId, NOON, {}, person),
    ];
    const sum = emptyHabits();
    for (let part = 0; part < 4; part++) {
      const own = new HabitCounter(NOON, "Asia/Seoul");
      for (let number = 0; number < 3000; number++) {
        const person = `p_abcdefgh_${String(part * 3000 + number).padStart(20, "B")}`;
        const isReal = number > 1000 && number % 100 === 99;
        own.add(
          isReal ? visit(person, "spring", "case") : visit(person, `made-up-${part}-${number}`, `invented-${number}`),
          new Map([[person, isReal ? ["vip"] : []]]),
        );
      }
      expect([...own.counts.contexts.entries()].length).toBeLessThan(600);
      addHabits(sum, unpackHabits(packHabits(own.counts)), (id) => ids.includes(id));
    }
    expect([...sum.contexts.entries()].length).toBeLessThan(600);
    expect([...sum.contexts.get(EVERYBODY)!.items.keys()]).toEqual(["case"]);
    const { contexts } = read(sum);
    expect([...contexts.keys()].filter((name) => !name.startsWith("hour:")).sort()).toEqual([
      "campaign:spring",
      "segment:vip",
    ]);
    expect([...contexts.get("campaign:spring")!.items].map((item) => ids[item])).toEqual(["case"]);
  });

  it("tell a bounded number of items apart in a context, the most looked at", () => {
    const counts = new ContextCounts();
    for (let item = 0; item < 30_000; item++) {
      counts.add("device:phone", `rare-${item}`, 1);
      if (item % 100 === 0) counts.add("device:phone", "often", 1);
    }
    const { items, interest } = counts.get("device:phone")!;
    expect([interest, items.get("often"), items.size <= 8000]).toEqual([30_300, 300, true]);
  });

  it("are empty before anything has happened", () => {
    const habits = readHabits(habitsBytes(emptyHabits(), dictionary, () => null));
    expect([habits.contexts.size, habits.together(0), habits.rebuyDays(0), habits.share(0)]).toEqual([
      0,
      [],
      undefined,
      undefined,
    ]);
  });
});

describe("the context of a visit", () => {
  it.each([
    [
      { device: "phone", referrer: "https://m.search.naver.com/x?q=1", campaign: "Spring" },
      "campaign:spring referrer:search.naver.com device:phone hour:afternoon",
    ],
    [{ referrer: "WWW.Google.com" }, "referrer:google.com hour:afternoon"],
    [{ device: "toaster", referrer: "not a host", country: "kr" }, "country:KR hour:afternoon"],
    [{ country: "KR", region: "kr-11" }, "country:KR region:KR-11 hour:afternoon"],
    [{ region: "Seoul" }, "hour:afternoon"],
    [{}, "hour:afternoon"],
  ])("%o", (context, expected) => {
    expect(contextNames(context, NOON, "Asia/Seoul").join(" ")).toBe(expected);
  });

  it("is read off a page's event, the shop's own pages aside", () => {
    const of = (properties: Record<string, unknown>) => contextOfPage({ properties });
    expect(of({ url: "https://shop.test/?utm_campaign=Mai", referrer: "https://shop.test/other" })).toMatchObject({
      campaign: "Mai",
      referrer: undefined,
    });
    expect(of({ url: "https://shop.test/", referrer: "https://blog.test/a" }).referrer).toBe("https://blog.test/a");
    expect(of({ region: "KR-26" }).region).toBe("KR-26");
    expect(of({ url: 7, referrer: {} })).toEqual({});
  });
});

describe("what is popular with people who come like this", () => {
  const contexts = new Map([["device:phone", { items: Int32Array.of(1), lifts: Float32Array.of(30) }]]);
  const supply: Supply = {
    rows: {
      indexOf: (id) => ["a", "b"].indexOf(id),
      idOf: (index) => ["a", "b"][index],
      rowOf: () => undefined,
      listOf: () => undefined,
    },
    habits: { contexts, share: () => -1 } as unknown as Habits,
    neighbors: {},
    popular: { ...NO_POPULAR, trending: ["a", "b"] },
    contexts: [],
    arrivals: [],
  };
  const here = (...names: string[]) => popularHere({ ...supply, contexts: names });

  it("is listed once, whatever else they come with that nobody has heard of", () => {
    const [all, phone] = [here("device:desktop"), here("device:phone")];
    expect([all, phone].map((list) => list.map(({ id }) => id))).toEqual([
      ["a", "b"],
      ["b", "a"],
    ]);
    for (let campaign = 0; campaign < 150; campaign++) {
      expect(here(`campaign:${campaign}`, "device:phone")).toBe(phone);
      expect(here(`campaign:${campaign}`)).toBe(all);
    }
  });
});

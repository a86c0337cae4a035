import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { HistoryEvent } from "../../worker/events/store.ts";
import { actOf, actsAt } from "../../worker/intention/acts.ts";
import {
  type Act,
  BEHAVIOR_COLUMNS,
  behaviorRow,
  type Example,
  FARTHEST,
  intentionExamples,
  isAway,
  judgeIntention,
  lookBack,
  MOMENT_EVENTS,
} from "../../worker/intention/behavior.ts";
import { learnIntention } from "../../worker/intention/learn.ts";
import { MomentSample, packMoments, unpackMoments } from "../../worker/intention/moments.ts";
import { openPanel } from "../../worker/intention/panel.ts";
import { scriptPanel } from "../../worker/intention/perceptron.ts";
import { encodeRow, fitEncoding } from "../../worker/intention/tabular.ts";
import {
  foretell,
  type IntentionModel,
  intentionBytes,
  judgeFolds,
  readIntention,
  reliability,
  trainIntention,
} from "../../worker/intention/training.ts";
import { seeded } from "../../worker/lib/seeded.ts";
import { KERNELS } from "../../worker/recommend/engine/kernel/build.ts";

const MINUTE = 60_000;
const now = Date.UTC(2026, 0, 31, 12);
const view = (itemId: string, minutesAgo: number, more: Partial<Act> = {}): Act => ({
  at: now - minutesAgo * MINUTE,
  kind: "view",
  itemId,
  category: "shoes",
  price: 100,
  ...more,
});
const columns = (acts: Act[]) =>
  Object.fromEntries(BEHAVIOR_COLUMNS.map((name, index) => [name, behaviorRow(acts, now)[index]]));

/** A model that says the same of everybody. */
const zero = fitEncoding([behaviorRow([], now)]);
const weights = new Float32Array(4 * (zero.width + 1) + 4 * 5 + 5);
const net = { width: zero.width, first: 4, second: 4, weights };
const sure = (shift: number): IntentionModel => ({
  encoding: zero,
  nets: [net],
  slope: 1,
  shift,
  usual: 0.05,
  panel: scriptPanel([net]),
});

describe("behavior", () => {
  it("is counted for this session and for the week", () => {
    const row = columns([
      view("old", 8 * 24 * 60),
      view("a", 120),
      view("a", 10, { dwellSeconds: 20 }),
      view("b", 5, { price: 200, category: "bags", dwellSeconds: 40 }),
      { at: now - MINUTE, kind: "cart", itemId: "b" },
    ]);
    expect(row).toMatchObject({
      "views now": 2,
      "views this week": 3,
      "items this week": 2,
      "most views of an item": 2,
      "carts now": 1,
      "sessions this week": 2,
      "mean dwell": 30,
      "latest dwell": 40,
      "days since purchase": 8,
    });
    expect(row["repeat share"]).toBeCloseTo(1 / 3);
    expect(row["price spread"]).toBeCloseTo(Math.log(2));
    expect(row["share of latest category"]).toBeCloseTo(1 / 3);
  });

  it("does not look into the future, and is full of numbers even for nobody", () => {
    expect(behaviorRow([view("a", 5), view("b", -5)], now)).toEqual(behaviorRow([view("a", 5)], now));
    expect(behaviorRow([], now).every((cell) => Number.isFinite(cell))).toBe(true);
    expect(behaviorRow([], now)).toHaveLength(BEHAVIOR_COLUMNS.length);
  });

  it("makes one example a session, before the purchase, once the day after is over", () => {
    const acts: Act[] = [view("a", 5000), { at: now - 4995 * MINUTE, kind: "purchase" }, view("b", 3000), view("c", 5)];
    const examples = intentionExamples(acts, now, seeded(1)).filter(({ row }) => !isAway(row));
    expect(examples.map(({ bought }) => bought)).toEqual([1, 0]);
  });

  it("is judged by what a person did, however many pages and lists came after", () => {
    const event = (name: string, minutesAgo: number, itemId: string | null = null): HistoryEvent => ({
      profileId: "p_x" as HistoryEvent["profileId"],
      messageId: `${name}-${minutesAgo}`,
      at: now - minutesAgo * MINUTE,
      name,
      itemId,
      properties: {},
    });
    const pages = Array.from({ length: 30 }, (_, at) => event(at % 3 ? "page" : "recommendation_shown", at / 2));
    const looks = Array.from({ length: 25 }, (_, at) => event("product_viewed", 16 + at / 4, `i${at % 3}`));
    const acts = actsAt([...pages, ...looks], now);
    expect(acts).toHaveLength(MOMENT_EVENTS);
    expect(acts.at(-1)?.at).toBe(now - 16 * MINUTE);
    expect(judgeIntention(sure(-3), acts, now).mode).toBe("comparing");
    expect(judgeIntention(sure(-3), actsAt(pages, now), now).mode).toBe("exploring");
    // And training looks back just as far.
    const random = () => 0.999;
    const [example] = intentionExamples([...pages, ...looks].reverse().map(actOf), now + 2 * 24 * 60 * MINUTE, random);
    expect(example?.row.slice(0, 7)).toEqual(behaviorRow(acts, example!.at).slice(0, 7));
  });

  it("are looked for further back only where the newest events have few of them", () => {
    const every = (step: number) => {
      const seen: number[] = [];
      const acts = lookBack(400, (before) => {
        seen.push(before);
        return before % step === 0 ? { at: -before, kind: "view" } : null;
      });
      return [acts.length, seen.length];
    };
    expect(every(2)).toEqual([11, MOMENT_EVENTS]);
    expect(every(4)).toEqual([MOMENT_EVENTS, 4 * (MOMENT_EVENTS - 1) + 1]);
    expect(every(50)).toEqual([4, FARTHEST]);
  });
});

describe("the intention model", () => {
  const random = seeded(5);
  const rows = Array.from({ length: 1500 }, () => [
    Math.floor(random() * 10),
    random() < 0.3 ? 0 : random() * 50,
    random() < 0.5 ? "app" : "web",
  ]);
  const answers = Uint8Array.from(rows, ([views, , kind]) =>
    random() < (Number(views) >= 7 && kind === "app" ? 0.7 : 0.05) ? 1 : 0,
  );

  it("finds what goes together with a purchase, calibrated", () => {
    const { auc, calibrationError } = judgeFolds(rows, answers, 3, 1);
    expect(auc).toBeGreaterThan(0.78);
    expect(calibrationError).toBeLessThan(0.06);
    const model = trainIntention(rows, answers, 2);
    expect(foretell(model, [9, 10, "app"])).toBeGreaterThan(0.5);
    expect(foretell(model, [9, 10, "web"])).toBeLessThan(0.25);
    expect(foretell(model, [1, 10, "a word it never saw"])).toBeLessThan(0.25);
  }, 30_000);

  it("says in which mode a person is", () => {
    const looks = [view("a", 9), view("b", 5, { category: "bags" })];
    expect(judgeIntention(sure(-3), looks, now).mode).toBe("exploring");
    expect(judgeIntention(sure(-3), [...looks, view("b", 3), view("b", 1)], now).mode).toBe("comparing");
    expect(judgeIntention(sure(0), looks, now)).toMatchObject({ chance: 0.5, mode: "about_to_buy" });
  });

  it("bins what was foretold by what came true", () => {
    const foretold = Array.from({ length: 100 }, (_, index) => index / 100);
    const bins = reliability(
      foretold,
      foretold.map((chance) => (chance >= 0.5 ? 1 : 0)),
    );
    expect(bins).toHaveLength(10);
    expect(bins[0]).toMatchObject({ came: 0, visits: 10 });
    expect(bins[9]).toMatchObject({ came: 1, visits: 10 });
  });
});

describe("learning from moments", () => {
  const random = seeded(9);
  const moments = (count: number, isTrue: (views: number) => boolean): Example[] =>
    Array.from({ length: count }, (_, at) => {
      const views = Math.floor(random() * 10);
      return {
        at,
        row: BEHAVIOR_COLUMNS.map((_, column) => (column === 0 ? views : 0)),
        bought: isTrue(views) ? 1 : 0,
      };
    });
  const truly = (views: number) => random() < (views >= 8 ? 0.8 : 0.05);

  it("serves the new one, unless it is worse beyond noise on the newest", () => {
    const { model: good } = learnIntention(moments(800, truly), undefined, 1)!;
    const fair = learnIntention(moments(800, truly), good, 1)!;
    expect(fair.metrics).toMatchObject({ serves: "new", moments: 640, judged: 160 });
    expect(fair.metrics.auc).toBeGreaterThan(0.75);
    expect(fair.model).not.toBe(good);
    const spoiled = [...moments(640, () => random() < 0.5), ...moments(160, truly)];
    const kept = learnIntention(spoiled, good, 1)!;
    expect(kept.metrics).toMatchObject({ serves: "before", reason: "worse" });
    expect(kept.model).toBe(good);
    expect(learnIntention(spoiled, undefined, 1)!.metrics.serves).toBe("new");
    expect(learnIntention(moments(100, truly), undefined, 1)).toBeUndefined();
  }, 30_000);

  it("does not serve where too few of the newest moments were before a purchase, or too few were not, and says so", () => {
    const { model: good } = learnIntention(moments(800, truly), undefined, 1)!;
    const nobody = [...moments(640, truly), ...moments(160, () => false)];
    const everybody = [...moments(640, truly), ...moments(160, () => true)];
    for (const list of [nobody, everybody]) {
      expect(learnIntention(list, undefined, 1)).toMatchObject({
        metrics: { serves: "none", reason: "unjudged" },
        model: undefined,
      });
      const kept = learnIntention(list, good, 1)!;
      expect(kept.metrics).toMatchObject({ serves: "before", reason: "unjudged" });
      expect(kept.model).toBe(good);
    }
    const few = (count: number) =>
      nobody.map((moment, at) => (at < 800 - count ? moment : { ...moment, bought: 1 as const }));
    expect(learnIntention(few(9), undefined, 1)!.metrics.serves).toBe("none");
    expect(learnIntention(few(10), undefined, 1)!.metrics.serves).toBe("new");
  }, 60_000);

  it("is the same model after it was stored, and refused when damaged", () => {
    const { panel: _, ...learned } = learnIntention(moments(400, truly), undefined, 1)!.model!;
    const bytes = intentionBytes(learned);
    expect(readIntention(bytes)).toMatchObject(learned);
    bytes[100]! ^= 1;
    expect(() => readIntention(bytes)).toThrow("damaged");
  });

  it("samples moments fairly and keeps their order in time", () => {
    const sample = new MomentSample(50, seeded(3));
    for (const moment of moments(1000, () => false)) sample.add(moment);
    const kept = sample.take().map(({ at }) => at);
    expect(kept).toHaveLength(50);
    expect(kept).toEqual(kept.toSorted((one, other) => one - other));
    expect(kept.filter((at) => at >= 500).length).toBeGreaterThan(15);
    expect(unpackMoments(packMoments(moments(3, () => true)))).toMatchObject([{ bought: 1 }, { bought: 1 }, { at: 2 }]);
  });
});

describe("encoding", () => {
  it("gives zero an input of its own and divides the rest into bins", () => {
    const encoding = fitEncoding([[0], [1], [2], [3]]);
    const into = new Float32Array(encoding.width);
    encodeRow(encoding, [0], into);
    expect(into[1]).toBe(1);
    expect([...into.slice(2)].every((value) => value === 0)).toBe(true);
    encodeRow(encoding, [2.5], into);
    expect([...into.slice(1)]).toEqual([0, 1, 0.5]);
  });
});

describe("a panel of nets", () => {
  const path = KERNELS.find((each) => each.endsWith("panel"));
  const module = new WebAssembly.Module(readFileSync(`${path}.wasm`));
  const netsOf = (count: number, width: number, first: number, second: number) => {
    const random = seeded(31, width);
    const size = first * (width + 1) + second * (first + 1) + second + 1;
    const weights = () => Float32Array.from({ length: size }, () => random() - 0.5);
    return Array.from({ length: count }, () => ({ width, first, second, weights: weights() }));
  };

  it.each([
    [3, 173, 32, 16],
    [1, 7, 4, 4],
    [2, 30, 20, 8],
  ])("of %i over %i inputs says the same with SIMD and without", (count, width, first, second) => {
    const nets = netsOf(count, width, first, second);
    const [simd, script] = [openPanel(module, nets), scriptPanel(nets)];
    const random = seeded(32);
    const said = Array.from({ length: 40 }, () => {
      for (let k = 0; k < width; k++) simd.row[k] = script.row[k] = random() < 0.6 ? 0 : 2 * random() - 1;
      expect(simd.ask()).toBeCloseTo(script.ask(), 5);
      return script.ask();
    });
    expect(Math.max(...said) - Math.min(...said)).toBeGreaterThan(0.05);
  });

  it("is asked by SIMD where that can be had: its sums have fewer digits", () => {
    const nets = netsOf(3, 173, 32, 16);
    const [simd, script] = [openPanel(module, nets), scriptPanel(nets)];
    for (let k = 0; k < 173; k++) simd.row[k] = script.row[k] = Math.fround(Math.sin(k + 1));
    expect(simd.ask()).not.toBe(script.ask());
  });

  it("falls back where SIMD cannot be had, and says nothing without nets", () => {
    const nets = netsOf(2, 9, 8, 4);
    const [panel, script] = [openPanel("not a module", nets), scriptPanel(nets)];
    panel.row.fill(0.5);
    script.row.fill(0.5);
    expect(panel.ask()).toBe(script.ask());
    expect(openPanel(module, []).ask()).toBe(0);
  });

  it("is whom a model asks that was read with it", () => {
    const bytes = intentionBytes({ ...sure(0), slope: 2 });
    expect(foretell(readIntention(bytes), behaviorRow([], now))).toBe(0.5);
    const panelOf = () => ({ row: new Float32Array(zero.width), ask: () => Math.log(3) / 2 });
    expect(foretell(readIntention(bytes, panelOf), behaviorRow([], now))).toBeCloseTo(0.75);
  });
});

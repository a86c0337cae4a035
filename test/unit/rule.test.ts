import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { HistoryEvent } from "../../worker/events/store.ts";
import { DAY, HOUR, MINUTE, SECOND } from "../../worker/lib/time.ts";
import type { Profile } from "../../worker/profiles/store.ts";
import { evaluate, eventNames, Rule, type Subject, windowSeconds, windowsOf } from "../../worker/segments/rule.ts";
import specifications from "../cases/rules.json" with { type: "json" };

const NOW = Date.parse("2026-03-10T12:00:00+09:00");
const UNITS: Record<string, number> = { second: SECOND, minute: MINUTE, hour: HOUR, day: DAY };

/** "3 hours" → milliseconds. */
function ago(text: string): number {
  const [count, unit = ""] = text.split(" ");
  const ms = UNITS[unit.replace(/s$/, "")];
  if (ms === undefined) throw new Error(`"${text}" is no time`);
  return Number(count) * ms;
}

interface Case {
  events?: { event: string; ago: string; properties?: Record<string, unknown> }[];
  traits?: Record<string, unknown>;
  email?: string;
  fits: boolean;
}

function subjectOf(given: Case): Subject {
  const profile: Profile = {
    profileId: "p",
    siteId: "s",
    userId: "u",
    anonymousId: null,
    email: given.email ?? null,
    phone: null,
    traits: given.traits ?? {},
    locale: null,
    timeZone: null,
    firstSeenAt: NOW - DAY,
    lastSeenAt: NOW,
  };
  const events = (given.events ?? []).map((each, index) =>
    event(each.event, NOW - ago(each.ago), index, each.properties),
  );
  return { profile, events: events.sort((a, b) => b.at - a.at) };
}

function event(name: string, at: number, index = 0, properties: Record<string, unknown> = {}): HistoryEvent {
  return { profileId: "p", at, messageId: `m${index}`, name, itemId: null, properties };
}

it("looks again at whoever left, some hours and some days later, where a rule asks for their intention", () => {
  const hours = windowsOf(Rule.parse({ trait: "purchase_intention", op: "gte", value: 0.2 })).map(
    (each) => each / 3600,
  );
  expect(hours).toEqual([0.5, 4, 24, 72, 168]);
  expect(windowsOf(Rule.parse({ trait: "email", op: "exists" }))).toEqual([]);
});

describe.each(specifications as { name: string; rule: unknown; cases: Case[] }[])("$name", ({ rule, cases }) => {
  const parsed = Rule.parse(rule);
  it.each(cases)("$fits for case %#", (given) => {
    expect(evaluate(parsed, subjectOf(given), NOW)).toBe(given.fits);
  });
});

describe("the schema", () => {
  const issues = (value: unknown) =>
    Rule.safeParse(value).error?.issues.map((issue) => [issue.path.join("."), issue.message]);

  it.each([
    [{}, "", "a rule is one of"],
    [{ all: [] }, "all", "Too small"],
    [{ all: [{ event: "x", did: true }, { evnt: "x" }] }, "all.1", "a rule is one of"],
    [{ event: "x" }, "did", "expected boolean"],
    [{ event: "x", did: true, within: 5 }, "", "Unrecognized key"],
    [
      { not: { any: [{ event: "x", did: true, where: [{ property: "price", op: "gt", value: "dear" }] }] } },
      "not.any.0.where.0.value",
      '"gt" needs a number',
    ],
    [{ trait: "grade", op: "in", value: "gold" }, "value", '"in" needs a list'],
    [{ trait: "grade", op: "eq" }, "value", '"eq" needs one value'],
    [{ trait: "a.b.c.d.e.f", op: "exists" }, "trait", "at most 5 steps"],
  ])("refuses %j at %j", (value, path, message) => {
    const found = issues(value);
    expect(found?.[0]?.[0]).toBe(path);
    expect(found?.[0]?.[1]).toContain(message);
  });

  it("bounds depth and size, also for hostile input", () => {
    let deep: unknown = { event: "x", did: true };
    for (let i = 0; i < 50_000; i++) deep = { not: deep };
    expect(issues(deep)?.[0]?.[1]).toContain("levels");
    const wide = { any: Array.from({ length: 51 }, () => ({ event: "x", did: true })) };
    expect(issues(wide)?.[0]?.[1]).toContain("conditions");
    expect(issues({ any: wide.any.slice(0, 50) })).toBeUndefined();
  });

  it("parses what it has parsed to the same", () => {
    for (const { rule } of specifications) {
      const once = Rule.parse(rule);
      expect(Rule.parse(JSON.parse(JSON.stringify(once)))).toEqual(once);
    }
  });
});

const names = ["product_viewed", "product_purchased", "page_viewed"];
const leaf = fc.record(
  {
    event: fc.constantFrom(...names),
    did: fc.boolean(),
    withinSeconds: fc.constantFrom(60, 3600, 86_400),
    count: fc.record({ op: fc.constantFrom("gte", "lte", "eq"), value: fc.integer({ min: 0, max: 3 }) }),
  },
  { requiredKeys: ["event", "did"] },
);
const rules = fc
  .letrec<{ rule: unknown }>((tie) => ({
    rule: fc.oneof(
      { depthSize: "small", maxDepth: 3 },
      leaf,
      fc.record({ not: tie("rule") }),
      fc.record({ all: fc.array(tie("rule"), { minLength: 1, maxLength: 3 }) }),
      fc.record({ any: fc.array(tie("rule"), { minLength: 1, maxLength: 3 }) }),
    ),
  }))
  .rule.map((rule) => Rule.parse(rule));
const histories = fc
  .array(fc.tuple(fc.constantFrom(...names), fc.integer({ min: 0, max: 2 * DAY })), { maxLength: 12 })
  .map((list) => list.map(([name, before], i) => event(name, NOW - before, i)).sort((a, b) => b.at - a.at));

describe("for all rules and histories", () => {
  const at = (events: HistoryEvent[]): Subject => ({ ...subjectOf({ fits: true }), events });

  it("a rule or its negation fits, never both", () => {
    fc.assert(
      fc.property(rules, histories, (rule, events) => {
        expect(evaluate({ not: rule }, at(events), NOW)).toBe(!evaluate(rule, at(events), NOW));
      }),
    );
  });

  it("De Morgan", () => {
    fc.assert(
      fc.property(rules, rules, histories, (a, b, events) => {
        const left = evaluate({ not: { all: [a, b] } }, at(events), NOW);
        expect(left).toBe(evaluate({ any: [{ not: a }, { not: b }] }, at(events), NOW));
      }),
    );
  });

  it("events outside the rule's window, and of other names, change nothing", () => {
    fc.assert(
      fc.property(rules, histories, (rule, events) => {
        const seconds = windowSeconds(rule);
        const asked = eventNames(rule);
        const since = seconds === undefined ? 0 : NOW - seconds * SECOND;
        const seen = events.filter((each) => each.at > since && asked.has(each.name));
        expect(evaluate(rule, at(seen), NOW)).toBe(evaluate(rule, at(events), NOW));
      }),
    );
  });

  it("without new events the answer changes only when an event leaves a window", () => {
    fc.assert(
      fc.property(rules, histories, fc.integer({ min: 1, max: 2 * DAY }), (rule, events, later) => {
        const leaves = events.some((each) =>
          windowsOf(rule).some((seconds) => {
            const end = each.at + seconds * SECOND;
            return end > NOW && end <= NOW + later;
          }),
        );
        if (!leaves) expect(evaluate(rule, at(events), NOW + later)).toBe(evaluate(rule, at(events), NOW));
      }),
    );
  });
});

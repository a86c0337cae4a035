import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { assign, pickVariant } from "../../worker/experiments/assign.ts";
import { formatLabel, parseLabel } from "../../worker/experiments/label.ts";
import { hashUnit } from "../../worker/lib/hash.ts";
import { profileIdOf } from "../../worker/lib/ids.ts";
import specifications from "../cases/assignment.json" with { type: "json" };

interface Split {
  id?: string;
  traffic?: number;
  holdout?: number;
  shares?: Record<string, number>;
}

interface Case extends Split {
  name: string;
  /** Group → share of people; "nobody" takes no part. */
  expect?: Record<string, number>;
  /** Everybody is where this would put them. */
  like?: Split;
  /** What is changed, and who moves by it: "from > to" → share of people. Nobody else does. */
  then?: Split;
  moves?: Record<string, number>;
}

const PEOPLE = Array.from({ length: 20_000 }, (_, number) => profileIdOf("site_shop0001", { userId: `u${number}` }));
/** Five standard errors of a half of 20,000 people. */
const TOLERANCE = 0.018;

function groupsBy({ id = "home-ways", traffic = 1, holdout = 0, shares = {} }: Split): string[] {
  const variants = Object.entries(shares).map(([name, share]) => ({ name, share }));
  const rules = { traffic, holdout: { share: holdout, shows: "popular" as const } };
  return PEOPLE.map((person) => assign(id, rules, variants, person) ?? "nobody");
}

function sharesOf(names: string[]): Map<string, number> {
  return new Map([...Map.groupBy(names, (name) => name)].map(([name, all]) => [name, all.length / names.length]));
}

describe("who gets what", () => {
  it.each(specifications as unknown as Case[])("$name", (given) => {
    const groups = groupsBy(given);
    const close = (found: Map<string, number>, meant: Record<string, number>) => {
      expect([...found.keys()].sort()).toEqual(Object.keys(meant).sort());
      for (const [name, share] of Object.entries(meant)) {
        expect(Math.abs((found.get(name) ?? 0) - share), name).toBeLessThan(TOLERANCE);
      }
    };
    if (given.expect) close(sharesOf(groups), given.expect);
    if (given.like) expect(groups).toEqual(groupsBy(given.like));
    if (given.then) {
      const later = groupsBy({ ...given, ...given.then });
      const moves = groups.map((from, place) => (from === later[place] ? "" : `${from} > ${later[place]}`));
      const found = sharesOf(moves);
      found.delete("");
      close(found, given.moves ?? {});
    }
  });

  it("stays as it is from version to version: people keep what they were shown", () => {
    const first = PEOPLE.slice(0, 12).map((person) => pickVariant("home-ways", [one("a"), one("b")], person));
    expect(first.join("")).toBe("aaabbaaaabba");
  });

  it("does not let the draws of one person say anything of each other", () => {
    for (const [one, other] of [
      ["variant a", "variant b"],
      ["traffic", "holdout"],
      ["holdout", "variant a"],
    ]) {
      const cells = new Float64Array(64);
      for (const person of PEOPLE) {
        const cell = (draw: string | undefined) => Math.floor(hashUnit(`home-ways\n${draw}\n${person}`) * 8);
        cells[cell(one) * 8 + cell(other)]!++;
      }
      const even = PEOPLE.length / 64;
      const chiSquare = cells.reduce((sum, count) => sum + (count - even) ** 2 / even, 0);
      // Once in a thousand with 63 degrees of freedom.
      expect(chiSquare).toBeLessThan(103.4);
    }
  });

  it("moves people only to shares that grew, whatever the shares", () => {
    const share = fc.integer({ min: 1, max: 100 });
    fc.assert(
      fc.property(
        fc.array(share, { minLength: 2, maxLength: 5 }),
        fc.nat(),
        fc.integer({ min: 1, max: 100 }),
        (shares, at, more) => {
          const names = shares.map((each, place) => ({ name: `v${place}`, share: each }));
          const grown = names.map((each, place) =>
            place === at % names.length ? { ...each, share: each.share + more } : each,
          );
          for (const person of PEOPLE.slice(0, 200)) {
            const [before, after] = [pickVariant("x", names, person), pickVariant("x", grown, person)];
            if (before !== after) expect(after).toBe(`v${at % names.length}`);
          }
        },
      ),
      { numRuns: 50 },
    );
  });

  it("refuses to choose where there is nothing to choose from", () => {
    expect(() => pickVariant("x", [], "p")).toThrow(RangeError);
    expect(() => pickVariant("x", [{ name: "a", share: 0 }], "p")).toThrow(RangeError);
  });
});

function one(name: string) {
  return { name, share: 1 };
}

describe("a label", () => {
  it.each([
    ["home-ways:b", { experimentId: "home-ways", group: "b" }],
    ["home-ways:b:history.phone", { experimentId: "home-ways", group: "b", context: "history.phone" }],
    ["home-ways:holdout", { experimentId: "home-ways", group: "holdout" }],
  ])("%s is read as it is written", (text, label) => {
    expect(parseLabel(text)).toEqual(label);
    expect(formatLabel(label)).toBe(text);
  });

  it.each([undefined, null, 7, "", "home", "home:", ":b", "a:b:c:d", { group: "b" }])("%s is none", (text) => {
    expect(parseLabel(text)).toBeUndefined();
  });
});

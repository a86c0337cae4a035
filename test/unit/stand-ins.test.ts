import { describe, expect, it } from "vitest";
import type { Candidate, Supply } from "../../worker/recommend/candidates.ts";
import { nameStandIns } from "../../worker/recommend/stand-ins.ts";
import type { Seed } from "../../worker/recommend/taste.ts";

const seed: Seed = { itemId: "coat", lag: 0, weight: 1, from: "history", kind: "viewed" };
const supply = {
  standIns: new Map([["coat", new Set(["lent", "both"])]]),
  neighbors: {
    similar_design: new Map([
      ["coat", [{ id: "lent", score: 0.5 }]],
      ["scarf", [{ id: "both", score: 0.9 }]],
    ]),
  },
} as unknown as Supply;
const named = (candidate: Partial<Candidate>) => {
  const one: Candidate = { id: "lent", score: 0.5, way: "similar_design", parts: {}, ...candidate };
  nameStandIns([one], supply);
  return one;
};

describe("what stands in for a similar design", () => {
  it("is called what it is, also where nobody asks what each way says of it", () => {
    expect(named({ seed })).toMatchObject({ way: "similar", parts: {} });
    expect(named({ seed, parts: { similar_design: 0.25, similar: 0.5 } })).toMatchObject({
      way: "similar",
      parts: { similar: 0.75 },
    });
  });

  it("adds to likeness where another way speaks louder, and only there where nothing that looks like it did", () => {
    const parts = { personalized: 0.5, similar_design: 0.25 };
    expect(named({ seed, way: "personalized", parts })).toMatchObject({
      way: "personalized",
      parts: { personalized: 0.5, similar: 0.25 },
    });
    expect(named({ id: "both", seed, way: "personalized", parts })).toMatchObject({ parts });
  });

  it("is no stand-in for another item, which it does look like", () => {
    const scarf = { ...seed, itemId: "scarf" };
    expect(named({ id: "both", seed: scarf })).toMatchObject({ way: "similar_design" });
  });
});

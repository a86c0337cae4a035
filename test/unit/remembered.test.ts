import { describe, expect, it } from "vitest";
import { remembered } from "../../worker/lib/remembered.ts";

describe("what is remembered of a key", () => {
  it("is made once, and forgotten only when a further key has no room", () => {
    const made: string[] = [];
    const lengthOf = remembered(2, (key: string) => {
      made.push(key);
      return key.length;
    });
    expect(["a", "bb", "a", "bb"].map(lengthOf)).toEqual([1, 2, 1, 2]);
    expect(made).toEqual(["a", "bb"]);
    expect(["ccc", "a", "ccc"].map(lengthOf)).toEqual([3, 1, 3]);
    expect(made).toEqual(["a", "bb", "ccc", "a"]);
  });
});

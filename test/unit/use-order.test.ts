import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { UseOrder } from "../../worker/lib/use-order.ts";

describe("a map in the order of use", () => {
  it("has first what was neither set nor used for longest, and otherwise is a map", () => {
    const key = fc.integer({ min: 0, max: 4 });
    const step = fc.tuple(fc.constantFrom("set", "use", "get", "delete"), key);
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const map = new UseOrder<number, string>();
        let order: number[] = [];
        for (const [name, at] of steps) {
          const isKnown = order.includes(at);
          if (name === "set") map.set(at, `${at}`);
          if (name === "use") expect(map.use(at)).toBe(isKnown ? `${at}` : undefined);
          if (name === "get") expect(map.get(at)).toBe(isKnown ? `${at}` : undefined);
          if (name === "delete") expect(map.delete(at)).toBe(isKnown);
          if (name === "set" || (name === "use" && isKnown)) order = [...order.filter((each) => each !== at), at];
          if (name === "delete") order = order.filter((each) => each !== at);
          expect([...map.keys()]).toEqual(order);
        }
      }),
    );
  });
});

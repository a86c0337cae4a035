import { expect, it } from "vitest";
import { TtlCache } from "../../worker/lib/cache.ts";

it("keeps a value for its time, and a moved clock does not keep it longer", async () => {
  const cache = new TtlCache<number>(1000);
  let loads = 0;
  const load = async () => ++loads;
  expect([await cache.get("a", 0, load), await cache.get("a", 999, load), await cache.get("a", 1000, load)]).toEqual([
    1, 1, 2,
  ]);
  expect(await cache.get("a", -5000, load)).toBe(3);
});

it("does not keep what was read before a change and came back after it", async () => {
  const cache = new TtlCache<string>(1000);
  let answer: (value: string) => void = () => undefined;
  const slow = cache.get("key", 0, () => new Promise<string>((resolve) => (answer = resolve)));
  cache.drop("key");
  answer("live");
  expect(await slow).toBe("live");
  expect(await cache.get("key", 1, async () => "revoked")).toBe("revoked");
});

it("holds no more than it may", async () => {
  const cache = new TtlCache<string>(1000, 2);
  for (const key of ["a", "b", "c"]) await cache.get(key, 0, async () => key);
  expect(await cache.get("c", 1, async () => "again")).toBe("c");
  expect(await cache.get("a", 1, async () => "again")).toBe("again");
});

it("says what it knows without asking, for as long as it holds", async () => {
  const cache = new TtlCache<string>(1000, 2);
  expect(cache.peek("a", 0)).toBeUndefined();
  for (const key of ["a", "b", "b", "c"]) cache.keep(key, 0, key);
  expect(["a", "b", "c"].map((key) => cache.peek(key, 999))).toEqual([undefined, "b", "c"]);
  expect([cache.peek("c", 1000), cache.peek("c", -5000)]).toEqual([undefined, undefined]);
});

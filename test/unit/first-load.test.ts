import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { FirstLoad } from "../../worker/recommend/first-load.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const never = () => new Promise<never>(() => undefined);
const many = <T>(count: number, ask: (number: number) => Promise<T>) =>
  Promise.all(Array.from({ length: count }, (_, number) => ask(number)));

it("is made by one of many, who all have what it found", async () => {
  const loads = new FirstLoad<string>();
  let count = 0;
  const slow = async () => {
    count++;
    await new Promise((resolve) => setTimeout(resolve, 500));
    return "model";
  };
  const answers = many(20, () => loads.share("m", 0, slow));
  await vi.advanceTimersByTimeAsync(600);
  expect([await answers, count]).toEqual([Array(20).fill("model"), 1]);
  expect(loads.isUnderWay("m", 0, 1000)).toBe(false);
});

it("is taken over from one who was cut off, by one of those who wait", async () => {
  const loads = new FirstLoad<string>();
  void loads.share("m", 0, never);
  expect(loads.isUnderWay("m", 500, 1000)).toBe(true);
  let count = 0;
  const answers = many(20, () => loads.share("m", 0, async () => `model ${++count}`));
  await vi.advanceTimersByTimeAsync(10_000);
  expect([await answers, count]).toEqual([Array(20).fill("model 1"), 1]);
});

it("is waited for no longer than some seconds, whoever is cut off", async () => {
  const loads = new FirstLoad<string>();
  void loads.share("m", 0, never);
  // Whoever takes over is cut off too.
  const [, ...answers] = Array.from({ length: 5 }, (_, number) =>
    loads.share("m", 0, number === 0 ? never : async () => "own"),
  );
  await vi.advanceTimersByTimeAsync(10_000);
  expect(await Promise.all(answers)).toEqual(Array(4).fill("own"));
});

it("that fails is said by the one who made it, and leaves the others without", async () => {
  const loads = new FirstLoad<string>();
  const failing = loads.share("m", 0, async () => {
    await new Promise((resolve) => setTimeout(resolve, 100));
    throw new Error("R2 down");
  });
  const others = many(3, () => loads.share("m", 0, async () => "unexpected"));
  const failed = expect(failing).rejects.toThrow("R2 down");
  await vi.advanceTimersByTimeAsync(1000);
  await failed;
  expect(await others).toEqual([undefined, undefined, undefined]);
  expect(await loads.share("m", 0, async () => "later")).toBe("later");
});

it("of several names are independent of each other", async () => {
  const loads = new FirstLoad<string>();
  void loads.share("one", 0, never);
  expect(await loads.share("other", 0, async () => "other")).toBe("other");
});

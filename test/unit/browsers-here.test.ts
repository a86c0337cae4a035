import { expect, it } from "vitest";
import type { Deps, Known, Remembered } from "../../worker/deps.ts";
import { readPast } from "../../worker/events/history.ts";
import { profileIdOf } from "../../worker/lib/ids.ts";

const browserOf = (userId: string) => profileIdOf("shop", { anonymousId: `browser of ${userId}` });
const nothing = { events: [], passed: [], isCrowded: false, landmarks: [], older: [], readFrom: null };

/** A memory in which each user has one browser and has done nothing, and whom it was asked about, trip by trip. */
function remembering() {
  const trips: string[][] = [];
  const owners = new Map<string, string>();
  const read = async (_: number, asked: (Remembered & { known?: Known | undefined })[]) => {
    trips.push(asked.map(({ subject }) => subject));
    const values = asked.map(({ subject, name, known }) => {
      const value = JSON.stringify(name === "browsers" ? [browserOf(owners.get(subject) as string)] : nothing);
      return { filling: "one", added: 0, more: [], ...(known ? {} : { value }) };
    });
    return { lease: "one", values };
  };
  const deps = { clock: { now: () => 0 }, memory: { placeOf: () => 0, read } } as unknown as Deps;
  const ask = async (userId: string) => {
    owners.set(profileIdOf("shop", { userId }), userId);
    trips.length = 0;
    await readPast(deps, "shop", { userId }, 20, { days: 1, limit: 1 }, []);
    return trips.length;
  };
  return ask;
}

it("whoever comes again and again is read in one trip, however many others an isolate has to remember", async () => {
  const ask = remembering();
  const trips: number[] = [];
  for (let user = 0; user < 23_000; user++) {
    await ask(`user ${user}`);
    if (user >= 1000 && user % 100 === 0) trips.push(await ask("regular"));
  }
  expect(trips).toEqual([2, ...Array(trips.length - 1).fill(1)]);
  expect(await ask("user 0")).toBe(2);
});

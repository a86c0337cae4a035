import { describe, expect, it } from "vitest";
import type { Deps, Known, Remembered } from "../../worker/deps.ts";
import { profileIdOf } from "../../worker/lib/ids.ts";
import { type Question, recall } from "../../worker/platform/memory/recall.ts";

const questionOf = (person: number): Question<string[]> => {
  const owner = profileIdOf("shop", { anonymousId: `visitor ${person}` });
  return { owner, subject: owner, name: "deeds", ask: () => [], answer: () => [] };
};

/** A memory that holds an empty list of everybody, and what it is asked with. */
function remembering() {
  const known: (Known | undefined)[] = [];
  const read = async (_: number, asked: (Remembered & { known?: Known | undefined })[]) => {
    known.push(...asked.map((each) => each.known));
    const told = asked.map((each) => ({
      filling: "one",
      added: 0,
      more: [],
      ...(each.known ? {} : { value: "[]" }),
    }));
    return { lease: "one", values: told };
  };
  const deps = { memory: { placeOf: () => 0, read } } as unknown as Deps;
  return { deps, known };
}

describe("what an isolate was told of people", () => {
  it("is kept of so many that they fit it, however little is known of each", async () => {
    const { deps, known } = remembering();
    const ask = async (person: number) => {
      const question = questionOf(person);
      const answers = await recall(deps, [question]);
      expect(answers(question)).toEqual([]);
      return known.splice(0)[0] !== undefined;
    };
    expect([await ask(0), await ask(0)]).toEqual([false, true]);
    for (let person = 1; person <= 30_000; person++) await ask(person);
    expect([await ask(30_000), await ask(0)]).toEqual([true, false]);
  });
});

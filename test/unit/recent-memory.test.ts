import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Known } from "../../worker/deps.ts";
import { isUnchanged, RecentMemory } from "../../worker/platform/memory/recent.ts";
import { asWritten, written } from "../../worker/platform/memory/wire.ts";

const BOUNDS = { characters: 1000, each: 0, holdMs: 100 };
const open = (bounds = BOUNDS) => new RecentMemory("one", bounds);
/** What is remembered of each: the value and what was added. */
const said = (
  memory: RecentMemory,
  asked: { subject: string; name: string; known?: Known | undefined }[],
  now: number,
) => memory.read(asked, now).values.map((told) => told && [told.value, ...told.more]);
const one = (subject: string, name = "deeds") => [{ subject, name }];

function fill(memory: RecentMemory, subject: string, value: string, now = 0, name = "deeds"): void {
  memory.fill(memory.read([], now).lease, [{ subject, name, value }], now);
}

describe("what was read lately", () => {
  it("is answered until it has been held long enough", () => {
    const memory = open();
    fill(memory, "minji", "coat");
    expect(said(memory, [...one("minji"), ...one("sujin"), ...one("minji", "browsers")], 99)).toEqual([
      ["coat"],
      undefined,
      undefined,
    ]);
    expect(said(memory, one("minji"), 100)).toEqual([undefined]);
    // A clock that was set back proves nothing.
    expect(said(memory, one("minji"), -100)).toEqual([undefined]);
  });

  it("says what was added since it was filled in, of each answer from then on", () => {
    const memory = open();
    fill(memory, "minji", "coat");
    memory.note([{ subject: "minji", added: "scarf" }]);
    fill(memory, "minji", "phone", 0, "browsers");
    memory.note([{ subject: "minji", added: "gloves" }]);
    expect(said(memory, [...one("minji"), ...one("minji", "browsers")], 1)).toEqual([
      ["coat", "scarf", "gloves"],
      ["phone", "gloves"],
    ]);
  });

  it("is read again once it changed in another way, or in too many ways", () => {
    const memory = open();
    fill(memory, "minji", "coat");
    memory.note([{ subject: "minji" }]);
    expect(said(memory, one("minji"), 1)).toEqual([undefined]);
    fill(memory, "minji", "coat");
    for (let count = 0; count < 41; count++) memory.note([{ subject: "minji", added: String(count) }]);
    expect(said(memory, one("minji"), 1)).toEqual([undefined]);
  });

  it("says of an answer that is known only what was added since then", () => {
    const memory = open();
    fill(memory, "minji", "coat");
    const [told] = memory.read(one("minji"), 0).values;
    const known = told && { filling: told.filling, added: told.added };
    expect(said(memory, [{ subject: "minji", name: "deeds", known }], 0)).toEqual([[undefined]]);
    memory.note([{ subject: "minji", added: "scarf" }]);
    memory.note([{ subject: "minji", added: "gloves" }]);
    expect(said(memory, [{ subject: "minji", name: "deeds", known }], 0)).toEqual([[undefined, "scarf", "gloves"]]);
    expect(memory.read([{ subject: "minji", name: "deeds", known }], 0).values[0]?.added).toBe(2);
    // What was filled in anew is another answer, here and in a memory that was restarted.
    fill(memory, "minji", "lamp");
    expect(said(memory, [{ subject: "minji", name: "deeds", known }], 0)).toEqual([["lamp"]]);
    const restarted = new RecentMemory("two", BOUNDS);
    fill(restarted, "minji", "phone");
    expect(said(restarted, [{ subject: "minji", name: "deeds", known }], 0)).toEqual([["phone"]]);
  });

  it("takes nothing under a lease of before the change, of another memory or of none", () => {
    const memory = open();
    const { lease } = memory.read(one("minji"), 0);
    memory.note([{ subject: "minji", added: "scarf" }]);
    memory.fill(lease, [{ subject: "minji", name: "deeds", value: "coat" }], 0);
    memory.fill(lease, [{ subject: "sujin", name: "deeds", value: "lamp" }], 0);
    expect(said(memory, [...one("minji"), ...one("sujin")], 0)).toEqual([undefined, ["lamp"]]);
    const restarted = new RecentMemory("two", BOUNDS);
    restarted.fill(lease, [{ subject: "minji", name: "deeds", value: "coat" }], 0);
    restarted.fill("", [{ subject: "minji", name: "deeds", value: "coat" }], 0);
    expect(said(restarted, one("minji"), 0)).toEqual([undefined]);
  });

  it("takes no lease that is older than the changes it knows of", () => {
    const memory = open();
    const { lease } = memory.read(one("minji"), 0);
    memory.note([{ subject: "minji" }]);
    for (let count = 0; count < 10_000; count++) memory.note([{ subject: `person ${count}` }]);
    memory.fill(lease, [{ subject: "minji", name: "deeds", value: "coat" }], 0);
    expect(said(memory, one("minji"), 0)).toEqual([undefined]);
  });

  it("lets go of what came first and was not asked for since when there is too much", () => {
    const memory = open({ characters: 10, each: 0, holdMs: 100 });
    for (const name of ["haru", "minji", "sujin"]) fill(memory, name, name === "haru" ? "1" : "1234");
    // All are spared once, as they have just come; then the first goes.
    fill(memory, "jiho", "12");
    memory.read(one("minji"), 1);
    fill(memory, "nari", "123");
    const people = ["haru", "minji", "sujin", "jiho", "nari"].flatMap((name) => one(name));
    expect(said(memory, people, 1)).toEqual([undefined, ["1234"], undefined, ["12"], ["123"]]);
    // What is added counts.
    memory.note([{ subject: "jiho", added: "123456789" }]);
    expect(said(memory, [...one("minji"), ...one("jiho")], 1)).toEqual([["1234"], undefined]);
  });

  it("counts what a value takes beside its characters, once", () => {
    const memory = open({ characters: 25, each: 10, holdMs: 100 });
    fill(memory, "minji", "");
    fill(memory, "sujin", "");
    for (let again = 0; again < 9; again++) fill(memory, "sujin", "12345");
    expect(said(memory, [...one("minji"), ...one("sujin")], 1)).toEqual([[""], ["12345"]]);
    fill(memory, "jiho", "");
    expect(said(memory, [...one("minji"), ...one("sujin"), ...one("jiho")], 1)).toEqual([undefined, ["12345"], [""]]);
  });

  /** A database of one number a subject; writers write, then note; readers take a lease, read, then fill. Any interleaving. */
  it("never answers less than what was acknowledged before the question", () => {
    type Reader = { subject: string; lease: string; read?: string[] };
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom("write", "note", "ask", "read", "fill"), fc.nat(2), fc.boolean()), {
          maxLength: 60,
        }),
        (steps) => {
          const memory = open({ characters: 60, each: 0, holdMs: 1000 });
          const stored = new Map<string, string[]>();
          const acknowledged = new Map<string, string[]>();
          const noting: { subject: string; deed: string; isAdded: boolean }[] = [];
          const readers: Reader[] = [];
          const kept = new Map<string, { known: Known; deeds: string[] }>();
          let deeds = 0;
          for (const [step, who, isAdded] of steps) {
            const subject = `person ${who}`;
            if (step === "write") {
              const deed = `d${deeds++}`;
              stored.set(subject, [...(stored.get(subject) ?? []), deed]);
              noting.push({ subject, deed, isAdded });
            } else if (step === "note") {
              const change = noting.shift();
              if (!change) continue;
              memory.note([{ subject: change.subject, ...(change.isAdded ? { added: change.deed } : {}) }]);
              acknowledged.set(change.subject, [...(acknowledged.get(change.subject) ?? []), change.deed]);
            } else if (step === "ask") {
              const before = isAdded ? kept.get(subject) : undefined;
              const { lease, values } = memory.read([{ subject, name: "deeds", known: before?.known }], 0);
              const told = values[0];
              if (told === undefined) readers.push({ subject, lease });
              else {
                const { value, more, ...known } = told;
                const deeds = [...(value === undefined ? (before?.deeds ?? []) : JSON.parse(value)), ...more];
                kept.set(subject, { known, deeds });
                const seen = new Set(deeds);
                expect((acknowledged.get(subject) ?? []).filter((deed) => !seen.has(deed))).toEqual([]);
              }
            } else if (step === "read") {
              const reader = readers.find(({ read }) => read === undefined);
              if (reader) reader.read = stored.get(reader.subject) ?? [];
            } else {
              const index = readers.findIndex(({ read }) => read !== undefined);
              const [reader] = index < 0 ? [] : readers.splice(index, 1);
              if (reader) {
                const value = JSON.stringify(reader.read);
                memory.fill(reader.lease, [{ subject: reader.subject, name: "deeds", value }], 0);
              }
            }
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe("what a memory is asked", () => {
  it("comes out of the text as it went in", () => {
    const asked = fc.array(
      fc.record({
        subject: fc.stringMatching(/^p_[a-z0-9]{1,8}$/),
        name: fc.constantFrom("deeds 50 180 600", "browsers", "segments a b"),
        known: fc.option(fc.record({ filling: fc.uuid(), added: fc.nat(40) }), { nil: undefined }),
      }),
    );
    fc.assert(
      fc.property(asked, (each) => {
        expect(asWritten(written(each))).toEqual(each);
      }),
    );
  });

  it("is unchanged only where each of it was known, and nothing was added", () => {
    const memory = open();
    fill(memory, "minji", "coat");
    const [told] = memory.read(one("minji"), 0).values;
    const known = told && { filling: told.filling, added: told.added };
    const asked = [{ subject: "minji", name: "deeds", known }];
    const isSame = (each: typeof asked) => isUnchanged(each, memory.read(each, 0));
    expect(isSame(asked)).toBe(true);
    expect(isSame([...asked, { subject: "sujin", name: "deeds", known }])).toBe(false);
    expect(isUnchanged(one("minji"), memory.read(one("minji"), 0))).toBe(false);
    memory.note([{ subject: "minji", added: "scarf" }]);
    expect(isSame(asked)).toBe(false);
    fill(memory, "minji", "lamp");
    expect(isSame(asked)).toBe(false);
  });
});

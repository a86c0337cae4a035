import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Categories } from "../../worker/recommend/categories.ts";
import { Dictionary, IdTable } from "../../worker/recommend/dictionary.ts";

const all = (dictionary: Dictionary) => Array.from({ length: dictionary.length }, (_, index) => dictionary.at(index));

describe("a dictionary", () => {
  it("knows every id by its index and every index by its id, whatever the letters", () => {
    const texts = fc.uniqueArray(
      fc.oneof(fc.string({ maxLength: 90 }), fc.string({ unit: "grapheme", maxLength: 80 })),
      {
        maxLength: 200,
      },
    );
    fc.assert(
      fc.property(texts, texts, (ids, others) => {
        const dictionary = Dictionary.read(Dictionary.of(ids).bytes());
        expect(all(dictionary)).toEqual(ids);
        for (const [index, id] of ids.entries()) expect(dictionary.indexOf(id)).toBe(index);
        for (const id of others) if (!ids.includes(id)) expect(dictionary.indexOf(id)).toBeUndefined();
        expect([dictionary.at(-1), dictionary.at(ids.length)]).toEqual([undefined, undefined]);
      }),
    );
  });

  it("finds its way among more ids than it remembers, asked in any order", () => {
    const ids = Array.from({ length: 30_000 }, (_, item) => `상품-${item}`);
    const dictionary = Dictionary.of(ids);
    for (const index of [0, 8192, 0, 16_384, 8192, 29_999, 21_807, 29_999])
      expect(dictionary.at(index)).toBe(ids[index]);
    expect(ids.every((id, index) => dictionary.indexOf(id) === index)).toBe(true);
  });

  it("takes a few bytes an item beside the letters", () => {
    const ids = Array.from({ length: 300_000 }, (_, item) => `sku-${item}`);
    const dictionary = Dictionary.read(Dictionary.of(ids).bytes());
    expect(dictionary.memory / dictionary.length).toBeLessThan(25);
  });

  it("goes on behind what it knows, as often as is asked", () => {
    const built = Dictionary.of(["a", "b"]);
    const refreshed = built.extended(["c"]).extended(["d", "e"]);
    expect(all(refreshed)).toEqual(["a", "b", "c", "d", "e"]);
    expect(["a", "d", "e", "f"].map((id) => refreshed.indexOf(id))).toEqual([0, 3, 4, undefined]);
    expect([all(built), refreshed.added, built.extended([])]).toEqual([["a", "b"], ["c", "d", "e"], built]);
  });

  it("refuses bytes that are damaged", () => {
    const bytes = Dictionary.of(["a", "b"]).bytes();
    bytes[bytes.length - 6]! ^= 1;
    expect(() => Dictionary.read(bytes)).toThrow("damaged");
  });
});

describe("a table of ids", () => {
  it("numbers each id when it first comes, however many come and how often", () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: "grapheme", maxLength: 3 }), { maxLength: 400 }), (ids) => {
        const table = new IdTable();
        const distinct = [...new Set(ids)];
        for (const id of ids) expect(table.add(id)).toBe(distinct.indexOf(id));
        expect(Array.from({ length: table.length }, (_, index) => table.at(index))).toEqual(distinct);
        const stored = Dictionary.read(table.bytes());
        for (const [index, id] of distinct.entries()) expect(stored.indexOf(id)).toBe(index);
      }),
    );
  });
});

describe("categories", () => {
  it("are those of the catalog, of items that a dictionary knows and of others", () => {
    const categories = new Categories(Dictionary.of(["coat", "gone", "plain"]));
    categories.add("coat", "Women > Coats");
    categories.add("plain", null);
    categories.add("new", "Women > Coats");
    expect(["coat", "gone", "plain", "new", "unheard of"].map((id) => [categories.has(id), categories.of(id)])).toEqual(
      [
        [true, "Women > Coats"],
        [false, null],
        [true, null],
        [true, "Women > Coats"],
        [false, null],
      ],
    );
  });
});

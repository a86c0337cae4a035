/** Rules over items as SQL against the same rules in memory: nothing that passes may be missed, and little that fails be answered. */
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { type ItemTest, NUMERIC, PLAIN } from "../../worker/catalog/passing/store.ts";
import { listPassing } from "../../worker/catalog/passing.ts";
import type { Item } from "../../worker/catalog/price.ts";
import { listItems } from "../../worker/catalog/read.ts";
import type { Statement } from "../../worker/deps.ts";
import { DAY, HOUR, MINUTE } from "../../worker/lib/time.ts";
import { findPassing } from "../../worker/recommend/deep-search.ts";
import {
  fieldsOf,
  type ItemRule,
  ItemRule as ItemRuleSchema,
  meetsRule,
  ownFields,
  type ResolvedRule,
  resolveRule,
} from "../../worker/recommend/item-rule.ts";
import { type Harness, harness } from "../support/worker/harness.ts";
import { item, stock } from "../support/worker/shop.ts";

/** Texts that SQLite reads otherwise than JavaScript, or might. */
const ODD = [
  ...["É", "é", "e\u0301", "Σ", "ς", "İ", "ß", "ẞ", "ＡＢ", "ガ", "カ\u3099", "ｶﾞ", "카페".normalize("NFD"), "ǅ", "😀"],
  ...["501", "5.01e2", "0x1F5", "501.0", "\u2003501", "１２", "0501", "-501", "Levi's 501", "12345678901234567890"],
  ...["true", "FALSE", "NaN", "Infinity", "1e999", "'", '"', "%_*?[", "a>b", "ab".repeat(60)],
];
const EASY = ["A", "a", "wool", "Wool Coat", "코트", "카페", "울 코트", "—™", "ア", "毛"];
const NUMBERS = [0, 1, 10, 10_000, 39.9, 0.1 + 0.2, 501, 1e15];
const OPS = ["eq", "neq", "gt", "gte", "lt", "lte", "contains", "in", "exists"] as const;
const PROPERTIES = [
  ...["id", "title", "brand", "groupId", "category", "tags", "price", "listPrice", "discount", "createdAt", "ageDays"],
  ...["quantity", "stock", "margin", "availability"],
  ...["attributes.fit", "attributes.margin", "attributes.sizes", "attributes.색", "attributes.new"],
];
const STRANGE = ["attributes", "attributes.", 'attributes.q"uote', "attributes.a.b", "title.x", "nothing", "__proto__"];

const anyOf = (texts: string[], numbers: number[]) =>
  fc.oneof(fc.constantFrom(...texts), fc.constantFrom(...numbers), fc.boolean());

/** Conditions that the schema of rules takes. */
const leaf = (properties: string[], texts: string[], numbers: number[], current: boolean) =>
  fc
    .record({
      property: fc.constantFrom(...properties),
      op: fc.constantFrom(...OPS),
      value: anyOf(texts, numbers),
      list: fc.array(anyOf(texts, numbers), { minLength: 1, maxLength: 4 }),
      own: fc.option(
        fc.record(
          { current: fc.constantFrom("price", "category", "brand", "tags"), times: fc.constantFrom(0.5, 0.9, 1.1) },
          { requiredKeys: ["current"] },
        ),
        { nil: undefined, freq: current ? 4 : 1e9 },
      ),
    })
    .map(({ property, op, value, list, own }) => {
      if (op === "exists") return { property, op, value: value !== false };
      if (own && op !== "in" && op !== "contains") return { property, op, value: own };
      return { property, op, value: op === "in" ? list : value };
    })
    // Strange names are refused at the door; here they are asked for all the same.
    .filter(
      (condition) => ItemRuleSchema.safeParse({ ...condition, property: "id" }).success,
    ) as fc.Arbitrary<ItemRule>;

const ruleOf = (condition: fc.Arbitrary<ItemRule>) =>
  fc.letrec<{ tree: ItemRule }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 3, depthSize: "small" },
      condition,
      fc.record({ all: fc.array(tie("tree"), { minLength: 1, maxLength: 3 }) }),
      fc.record({ any: fc.array(tie("tree"), { minLength: 1, maxLength: 3 }) }),
      fc.record({ not: tie("tree") }),
    ),
  })).tree;

const itemWith = (texts: string[], numbers: number[]) => {
  const text = fc.constantFrom(...texts);
  const some = <T>(of: fc.Arbitrary<T>) => fc.option(of, { nil: undefined });
  return fc.record({
    title: text,
    brand: some(text),
    groupId: some(text),
    category: some(fc.array(text, { minLength: 1, maxLength: 3 })),
    tags: some(fc.array(text, { maxLength: 3 })),
    price: some(fc.constantFrom(...numbers.filter((each) => each <= 1e12))),
    listPrice: some(fc.constantFrom(10, 20_000, 12_500, 60)),
    salePrice: some(fc.constantFrom(5, 8000, 39)),
    saleStartsAt: some(fc.constantFrom(-HOUR, HOUR)),
    saleEndsAt: some(fc.constantFrom(-HOUR / 2, 2 * HOUR)),
    currency: fc.constantFrom("KRW", "USD", "KWD", "EUR"),
    quantity: some(fc.constantFrom(1, 10, 501)),
    attributes: fc.dictionary(
      fc.constantFrom("fit", "margin", "sizes", "색", "new", 'q"uote', "a"),
      fc.oneof(text, fc.constantFrom(...numbers), fc.boolean(), fc.array(text, { maxLength: 3 })),
    ),
  });
};

interface Shop {
  h: Harness;
  items: Item[];
}

async function shopOf(texts: string[], numbers: number[]): Promise<Shop> {
  const h = await harness();
  const drawn = fc.sample(itemWith(texts, numbers), 150);
  for (let part = 0; part < 3; part++) {
    const now = h.clock.at;
    const rows = drawn.slice(50 * part, 50 * part + 50).map(({ saleStartsAt, saleEndsAt, ...others }, place) =>
      item(`nr-${part}-${place}`, {
        ...others,
        ...(saleStartsAt === undefined ? {} : { saleStartsAt: now + saleStartsAt }),
        ...(saleEndsAt === undefined ? {} : { saleEndsAt: now + saleEndsAt }),
      }),
    );
    await stock(h, rows);
    h.clock.at += 2 * DAY;
  }
  const items = await listItems(h.deps, h.site.id, { limit: 500 });
  expect(items.length).toBeGreaterThan(140);
  return { h, items };
}

const resolved = ({ h, items }: Shop, rule: ItemRule, here: number | undefined): ResolvedRule | undefined => {
  const current = here === undefined ? undefined : items[here % items.length];
  return resolveRule(rule, current && ownFields(current, h.clock.at));
};

const found = async ({ h }: Shop, tests: ItemTest[]) =>
  (await listPassing(h.deps, h.site.id, tests, { after: undefined, limit: 500, most: -1 })).map(({ id }) => id).sort();

const passing = ({ h, items }: Shop, rules: ResolvedRule[]) =>
  items
    .filter((each) => rules.every((rule) => meetsRule(rule, fieldsOf(each, h.clock.at))))
    .map(({ id }) => id)
    .sort();

const LIMIT_MS = 60_000;
const here = fc.option(fc.nat(140), { nil: undefined });

describe("any rule", () => {
  let odd: Shop;
  let easy: Shop;
  const whole = NUMBERS.filter(Number.isInteger);
  beforeAll(async () => {
    odd = await shopOf([...ODD, ...EASY], NUMBERS);
    easy = await shopOf(EASY, whole);
  });

  it(
    "misses nothing, whatever texts and numbers look like",
    async () => {
      const condition = leaf([...PROPERTIES, ...STRANGE], [...ODD, ...EASY], NUMBERS, true);
      await fc.assert(
        fc.asyncProperty(ruleOf(condition), here, async (rule, current) => {
          const own = resolved(odd, rule, current);
          if (!own) return;
          const answered = new Set(await found(odd, [own]));
          expect(passing(odd, [own]).filter((id) => !answered.has(id))).toEqual([]);
        }),
        { numRuns: 150 },
      );
    },
    LIMIT_MS,
  );

  it(
    "is exact over plain texts and whole numbers, relative ones too",
    async () => {
      const condition = leaf(PROPERTIES, EASY, whole, true);
      await fc.assert(
        fc.asyncProperty(ruleOf(condition), ruleOf(condition), here, async (one, other, current) => {
          const own = [one, other].flatMap((rule) => resolved(easy, rule, current) ?? []);
          expect(await found(easy, own)).toEqual(passing(easy, own));
        }),
        { numRuns: 150 },
      );
    },
    LIMIT_MS,
  );

  it("may be as long as the grammar allows, and longer", async () => {
    const values = Array.from({ length: 200 }, (_, number) => `${"값".repeat(200)}${number}`);
    const rule: ItemRule = {
      all: Array.from({ length: 50 }, (_, number) =>
        number === 0
          ? { property: "brand", op: "eq", value: "wool" }
          : { not: { any: [{ property: "attributes.fit", op: "in", value: values }] } },
      ),
    };
    const own = Array.from({ length: 20 }, () => resolved(easy, rule, undefined)!);
    const expected = passing(easy, [own[0]!]);
    expect(expected.length).toBeGreaterThan(0);
    expect(await found(easy, own)).toEqual(expected);
  });

  it("is asked a part at a time, and no further into the catalog than is said", async () => {
    const { h } = easy;
    const all: ItemTest[] = [{ property: "title", op: "exists" }];
    const list = (after: Item | undefined, limit: number, most: number) =>
      listPassing(h.deps, h.site.id, all, { after, limit, most });
    const first = await list(undefined, 40, -1);
    const second = await list(first.at(-1), 40, -1);
    expect(new Set([...first, ...second].map(({ id }) => id)).size).toBe(80);
    expect(second.every(({ createdAt }) => createdAt <= first.at(-1)!.createdAt)).toBe(true);
    expect(await list(undefined, 40, 7)).toHaveLength(7);
    expect(await list({ ...first[0]!, createdAt: 0 }, 40, -1)).toEqual([]);
  });
});

describe("a search of the catalog", () => {
  const rule = (title: string): ResolvedRule => ({ property: "title", op: "eq", value: title });
  const shop = async () => {
    const h = await harness();
    await stock(h, [item("a", { title: "A" }), item("b", { title: "B" }), item("c", { title: "C" })]);
    const logged: string[] = [];
    const note = (message: string) => void logged.push(message);
    return { h, logged, deps: { ...h.deps, log: { ...h.deps.log, warn: note, error: note } } };
  };

  it("is made for a few rules at once, and for the others a moment later", async () => {
    const { h, logged, deps } = await shop();
    const ask = (title: string) => findPassing(deps, h.site.id, [rule(title)], 0);
    expect(await Promise.all([ask("A"), ask("B"), ask("C")])).toEqual([["a"], ["b"], []]);
    expect(logged).toEqual(["too many searches by rules at once"]);
    expect(await ask("C")).toEqual(["c"]);
    h.deps.meter.read = 0;
    expect([await ask("A"), h.deps.meter.read]).toEqual([["a"], 0]);
  });

  it("for callers' own rules costs those of placements neither their turn nor what is known of them", async () => {
    const { h, deps } = await shop();
    const ask = (title: string, most?: number) => findPassing(deps, h.site.id, [rule(title)], 0, most);
    expect(await ask("A")).toEqual(["a"]);
    for (let flood = 0; flood < 250; flood++) await ask(`none ${flood}`, 100);
    h.deps.meter.read = 0;
    expect([await ask("A"), h.deps.meter.read]).toEqual([["a"], 0]);
    expect(await Promise.all([ask("B", 100), ask("C", 100), ask("D", 100), ask("B")])).toEqual([
      ["b"],
      ["c"],
      [],
      ["b"],
    ]);
  });

  it("that fails or is cut off costs this list, not the next", async () => {
    const { h, logged, deps } = await shop();
    const down = {
      prepare: () => {
        throw new Error("D1 is down");
      },
      batch: () => Promise.reject(new Error("down")),
    };
    expect(await findPassing({ ...deps, control: down }, h.site.id, [rule("A")], 0)).toEqual([]);
    expect(logged).toEqual(["the catalog could not be searched by rules"]);
    const bound: Statement = {
      bind: () => bound,
      all: () => new Promise(() => undefined),
      first: async () => null,
      run: () => Promise.reject(),
    };
    const silent = { prepare: () => bound, batch: () => Promise.reject(new Error("down")) };
    for (const title of ["x", "y"]) void findPassing({ ...deps, control: silent }, h.site.id, [rule(title)], 0);
    expect(await findPassing(deps, h.site.id, [rule("A")], 0)).toEqual([]);
    h.clock.at += MINUTE;
    expect(await findPassing(deps, h.site.id, [rule("A")], 0)).toEqual(["a"]);
  });
});

describe("the patterns that say what SQLite can compare", () => {
  const characters = (set: string) =>
    [...set.matchAll(/(.)-(.)|(.)/gsu)].flatMap(([, from, to, one]) => {
      const [first, last] = [(from ?? one)!.codePointAt(0)!, (to ?? one)!.codePointAt(0)!];
      return Array.from({ length: last - first + 1 }, (_, place) => String.fromCodePoint(first + place));
    });

  it("name only what has no case beyond ASCII and no other form, beside whatever it stands", () => {
    const odd = characters(PLAIN).filter((each) => {
      const isAscii = each < "\u0080";
      const isSteady = isAscii || each.toLowerCase() === each;
      return !isSteady || each.normalize("NFC") !== each || /[\p{M}\u1100-\u11FF]/u.test(each);
    });
    expect(odd).toEqual([]);
    expect(characters(PLAIN).length).toBeGreaterThan(32_000);
  });

  it("hold whatever JavaScript reads a number out of", () => {
    const known = new Set(characters(NUMERIC));
    const others = Array.from({ length: 0xffff }, (_, code) => String.fromCharCode(code)).filter(
      (each) => !known.has(each),
    );
    const read = others.filter((each) =>
      [`${each}1`, `1${each}`, `1${each}1`, `0${each}1`].some((text) => Number.isFinite(Number(text))),
    );
    expect(read).toEqual([]);
  });

  it("are no longer than D1 takes", () => {
    for (const set of [PLAIN, NUMERIC]) expect(Buffer.byteLength(`*[^${set}]*`)).toBeLessThanOrEqual(50);
  });
});

import { describe, expect, it } from "vitest";
import { compile } from "../../worker/cli/expression.ts";
import { compileMapping, type Kind, type Mapping } from "../../worker/cli/mapping.ts";

const OPTIONS = { timeZone: "Asia/Seoul", listSeparator: /[|;,]/ };

function map(kind: Kind, mapping: Record<string, string>, row: Record<string, unknown>, columns = Object.keys(row)) {
  const mapped = compileMapping(kind, Object.entries(mapping) as Mapping, columns, OPTIONS)(row);
  return mapped.ok ? mapped.value : mapped.reason;
}

describe("an expression", () => {
  const row = {
    id: "7",
    rating: "4",
    stock: "0",
    name: "울 코트",
    "Price: sale": "39",
    from: "1",
    "a b": "0",
    to: "yes",
  };
  const columns = Object.keys(row);

  it.each([
    ["rating", "4"],
    ["'rating'", "rating"],
    ['"https://shop.example/{id}?q={rating}"', "https://shop.example/7?q=4"],
    ["{Price: sale}", "39"],
    ["rating>=4?product_purchased:product_viewed", "product_purchased"],
    ["rating > 4 ? product_purchased : product_viewed", "product_viewed"],
    ["stock>0?in_stock:stock=0?out_of_stock:'unknown'", "out_of_stock"],
    ["name='울 코트'?id:rating", "7"],
    ["rating!=4?liked", undefined],
    ["'{missing}{id}'", Error],
    ["from..to", ["from", "to"]],
  ])("%s is %s", (source, expected) => {
    if (expected === Error) expect(() => compile(source, columns)).toThrow("there is no column");
    else expect(compile(source, columns)(row)).toEqual(expected);
  });

  it("compares numbers as numbers, and an empty cell with nothing", () => {
    expect(compile("a>9?yes:no", ["a"])({ a: "10" })).toBe("yes");
    expect(compile("a>=0?yes:no", ["a"])({ a: " " })).toBe("no");
    expect(compile("a!=0?yes:no", ["a"])({ a: "" })).toBe("yes");
    expect(compile("a>='2024-02'?new:old", ["a"])({ a: "2024-03-01" })).toBe("new");
  });

  it("is empty when a column of a text is", () => {
    expect(compile("'https://shop.example/{id}'", ["id"])({ id: "" })).toBeUndefined();
  });

  it.each(["itme", "rating>=4", "rating>=4?", "'open", "rating id", "", "rating>=4?a:b:c"])(
    "%s is a mistake",
    (source) => {
      expect(() => compile(source, columns)).toThrow();
    },
  );

  it("reads paths of JSON objects, whose fields are not known before", () => {
    expect(compile("customer.id", [])({ customer: { id: 5 } })).toBe(5);
    expect(compile("kind=buy?product_purchased:seen", [])({ kind: "buy" })).toBe("product_purchased");
    expect(compile("constructor.name", [])({})).toBeUndefined();
  });
});

describe("items", () => {
  it("take columns by name and say the rest by --map", () => {
    const row = {
      ID: "c1",
      title: "울 코트",
      link: "/p/c1",
      "Image URL": "https://shop.example/c1.jpg",
      price: "₩39,000",
      tags: "wool; winter",
      stock: "InStock",
      color: "navy",
    };
    const mapping = { url: "'https://shop.example{link}'", availability: "stock", "attributes.color": "color" };
    expect(map("items", mapping, row)).toEqual({
      id: "c1",
      title: "울 코트",
      url: "https://shop.example/p/c1",
      imageUrl: "https://shop.example/c1.jpg",
      price: 39000,
      tags: ["wool", "winter"],
      availability: "in_stock",
      attributes: { color: "navy" },
    });
  });

  it("are refused by field", () => {
    const row = { id: "c1", title: "t", url: "u", price: "ask us" };
    expect(map("items", {}, row)).toBe('price: "ask us" is not a number');
  });

  it("need an id, a title and an address, and known fields", () => {
    expect(() => map("items", {}, { id: "1", name: "t" })).toThrow("--map title=column --map url=column");
    expect(() => map("items", { colour: "id" }, { id: "1", title: "t", url: "u" })).toThrow('"colour" is no field');
    expect(() =>
      compileMapping(
        "items",
        [
          ["id", "a"],
          ["id", "b"],
        ],
        ["a", "b"],
        OPTIONS,
      ),
    ).toThrow("twice");
  });
});

describe("events", () => {
  const row = { user: "196", item: "0242", rating: "5", time: "881250949", note: "" };
  const mapping = {
    userId: "user",
    product_id: "item",
    rating: "rating",
    note: "note",
    timestamp: "time",
    event: "rating>=4?product_purchased:product_viewed",
  };

  it("become track calls with properties; ids stay text, numbers become numbers", () => {
    expect(map("events", mapping, row)).toEqual({
      type: "track",
      userId: "196",
      event: "product_purchased",
      timestamp: "1997-12-04T15:55:49.000Z",
      properties: { product_id: "0242", rating: 5 },
      messageId: expect.stringMatching(/^imp_[\w-]{22}$/),
    });
  });

  it("have an id that depends on the row and on what it became, and on nothing else", () => {
    const idOf = (changed: object = {}, changedMapping: object = {}) =>
      (map("events", { ...mapping, ...changedMapping }, { ...row, ...changed }) as { messageId: string }).messageId;
    expect(idOf()).toBe(idOf());
    const ids = [idOf(), idOf({ note: "x" }), idOf({ time: "881250950" }), idOf({}, { event: "'product_rated'" })];
    expect(new Set(ids).size).toBe(4);
  });

  it("are refused without a time, and the import without a column for it", () => {
    expect(map("events", mapping, { ...row, time: "" })).toBe("timestamp: missing");
    expect(map("events", mapping, { ...row, time: "soon" })).toBe('timestamp: "soon" is not a time');
    expect(() => map("events", { event: "'x'" }, { user: "1" })).toThrow("--map userId=column --map timestamp=column");
  });

  it("pass as they are when a JSON line is a message already", () => {
    const message = {
      type: "identify",
      messageId: "m1",
      userId: "minji",
      timestamp: "2024-03-01T00:00:00Z",
      traits: { email: "minji@shop.example" },
    };
    expect(map("events", {}, message, [])).toEqual({ ...message, timestamp: "2024-03-01T00:00:00.000Z" });
  });
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { maskEmail, maskId } from "../../worker/http/admin/mask.ts";
import { fitAttribute, isPersonalName, typeOf } from "../../worker/profiles/attribute.ts";
import { countryOf, emailOf, phoneOf } from "../../worker/profiles/contact.ts";

describe("a telephone number", () => {
  it.each([
    ["010-1234-5678", "+821012345678"],
    ["01012345678", "+821012345678"],
    ["010 1234 5678", "+821012345678"],
    ["+82 10-1234-5678", "+821012345678"],
    ["82-10-1234-5678", "+821012345678"],
    ["0082 10 1234 5678", "+821012345678"],
    ["+82 (0)10 1234 5678", "+821012345678"],
    ["02-312-4567", "+8223124567"],
    ["070-7712-3456", "+827077123456"],
    ["+1 415 555 2671", "+14155552671"],
    ["010-1234", undefined],
    ["not a number", undefined],
    ["", undefined],
    ["+82 99 9999 9999", undefined],
  ])("in Korea, %s is %s", (said, stored) => expect(phoneOf(said, "KR")).toBe(stored));

  it("is dialed where the site's currency is from, and whole anywhere", () => {
    expect([countryOf("KRW"), countryOf("USD"), countryOf("EUR")]).toEqual(["KR", "US", undefined]);
    expect(phoneOf("(415) 555-2671", countryOf("USD"))).toBe("+14155552671");
    expect(phoneOf("010-1234-5678", countryOf("EUR"))).toBeUndefined();
  });

  it("is stored as itself the second time, whatever it was", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[+\d ()-]{0,20}$/), (said) => {
        const stored = phoneOf(said, "KR");
        if (stored !== undefined) expect(phoneOf(stored, undefined)).toBe(stored);
      }),
    );
  });
});

describe("an e-mail address", () => {
  it.each([
    [" Minji@Mail.Example ", "Minji@mail.example"],
    ["a.b+c@sub.shop.co.kr", "a.b+c@sub.shop.co.kr"],
    ["민지@회사.한국", "민지@회사.한국"],
    ["minji", undefined],
    ["minji@", undefined],
    ["a@b", undefined],
    ["a@@b.com", undefined],
    ["a b@c.com", undefined],
    [`${"x".repeat(250)}@a.com`, undefined],
  ])("%s is %s", (said, stored) => expect(emailOf(said)).toBe(stored));
});

describe("an attribute", () => {
  it.each<[unknown, Parameters<typeof fitAttribute>[2], unknown]>([
    ["42", "number", 42],
    [42, "string", "42"],
    ["yes", "number", "not a number"],
    [Number.NaN, "number", "not a number"],
    ["TRUE", "boolean", true],
    ["maybe", "boolean", "not a boolean"],
    ["2026-03-10", "date", "2026-03-10"],
    ["2026-03-10T12:00:00+09:00", "date", "2026-03-10T12:00:00+09:00"],
    ["2026-13-40", "date", "not a date"],
    [["a", 1], "list", ["a", 1]],
    [[{ a: 1 }], "list", "not a list"],
    ["a", "list", "not a list"],
    [{ a: 1 }, "object", { a: 1 }],
    [{ a: 1 }, undefined, { a: 1 }],
    ["x".repeat(9000), undefined, "longer than 8192 characters"],
    [new Array(101).fill(1), undefined, "a list of more than 100"],
  ])("%j as %s", (value, type, expected) => {
    const fit = fitAttribute("it", value, type);
    expect(fit.ok ? fit.value : fit.reason).toEqual(expected);
  });

  it("has a name of bounded length, a type of its own, and may be personal by its name", () => {
    expect(fitAttribute("x".repeat(129), 1, undefined).ok).toBe(false);
    expect(["a", 1, true, ["a"], { a: 1 }, "2026-03-10", "2026"].map(typeOf)).toEqual([
      "string",
      "number",
      "boolean",
      "list",
      "object",
      "date",
      "string",
    ]);
    expect(
      ["first_name", "firstName", "생일", "birthday", "user_email", "grade", "filename"].map(isPersonalName),
    ).toEqual([true, true, true, true, true, false, false]);
  });
});

it("shows in lists who it is, and not how to reach them", () => {
  expect(maskEmail("minji@mail.example")).toBe("m••••@mail.example");
  expect(["minji", "minji@mail.example", "010-1234-5678", "+821012345678", "u-1024"].map(maskId)).toEqual([
    "minji",
    "m••••@mail.example",
    "010-••••78",
    "+821••••78",
    "u-1024",
  ]);
});

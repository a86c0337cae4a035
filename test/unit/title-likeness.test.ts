import { describe, expect, it } from "vitest";
import { namespaceOf, titleVector } from "../../worker/catalog/likeness.ts";
import { soundOf } from "../../worker/catalog/sound.ts";
import { fillTitle, TitleText } from "../../worker/recommend/title.ts";

const cosine = (one: string[], other: string[]): number => {
  const [a, b] = [titleVector(one, 1024), titleVector(other, 1024)];
  const dot = (x: Float32Array, y: Float32Array) => x.reduce((sum, value, place) => sum + value * y[place]!, 0);
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
};

describe("titles that are alike", () => {
  it.each([
    ["another spelling", "오버핏 쟈켓", "오버핏 자켓", "오버핏 티셔츠"],
    ["a loan word written otherwise", "초콜릿 케이크", "초콜렛 케익", "초밥 세트"],
    ["a slip of the finger", "캐시미어 니트", "캐시미어 니투", "캐리어 24인치"],
    ["an English plural", "Running sneakers", "running sneaker", "Running watch"],
    ["an English typo", "cashmere scarf", "cashmire scarf", "cash box"],
    ["an order of words", "wool coat black", "black wool coat", "black wool socks"],
  ])("%s is nearer than another thing", (_, title, same, other) => {
    expect(cosine([title], [same])).toBeGreaterThan(cosine([title], [other]) + 0.1);
    expect(cosine([title], [same])).toBeGreaterThan(0.4);
  });

  it.each([
    ["블루투스", "bluetooth", "blouse"],
    ["아이폰", "iPhone", "phone case"],
    ["블루투스 이어폰", "Bluetooth earphone", "Running shoes"],
    ["텀블러", "tumbler", "table"],
    ["캐시미어 카디건", "cashmere cardigan", "cotton shirt"],
    ["프리미엄 스니커즈", "premium sneakers", "premium coffee"],
    ["갤럭시", "Galaxy", "gloves"],
  ])("%s is %s in the other script, and not %s", (title, same, other) => {
    expect(cosine([title], [same])).toBeGreaterThan(0.15);
    expect(cosine([title], [same])).toBeGreaterThan(cosine([title], [other]) + 0.1);
  });

  it.each([
    ["러닝", "running", "LNG"],
    ["베이지", "beige", "PS"],
    ["클래식", "classic", "KLSK"],
    ["백팩", "backpack", "PKPK"],
    ["셔츠", "shirts", "SS"],
    ["컬렉션", "collection", "KLKSN"],
    ["원피스", "onepiece", "ANPS"],
  ])("%s and %s sound like %s", (korean, english, sound) => {
    expect([soundOf(korean), soundOf(english)]).toEqual([sound, sound]);
  });

  it("hears nothing in numbers, mixtures and other scripts", () => {
    for (const word of ["2024", "mp3", "코트xl", "ソニー", "café", ""]) expect(soundOf(word), word).toBe("");
  });

  it("does not take short words for each other because they sound alike", () => {
    expect(cosine(["코트"], ["카드"])).toBeLessThan(0.3);
    expect(cosine(["울 코트"], ["신용 카드"])).toBeLessThan(0.15);
  });

  it("finds the language that both have", () => {
    expect(cosine(["울 코트", "Wool coat"], ["Wool coats"])).toBeGreaterThan(0.4);
    expect(titleVector(["…"], 64).every((value) => value === 0)).toBe(true);
  });

  it("keeps the kinds of likeness apart in the index, whatever an item is called", () => {
    expect(namespaceOf("site_a", "content")).toBe("site_a");
    expect(`${namespaceOf("site_a", "titles")}/x`).not.toBe(`${namespaceOf("site_a", "content")}/titles/x`);
  });
});

describe("a title with an item in it", () => {
  it.each([
    ["'{item}'{와/과} 함께 많이 본 상품", "울 코트", "'울 코트'와 함께 많이 본 상품"],
    ["'{item}'{와/과} 함께 많이 본 상품", "스니커즈 230", "'스니커즈 230'과 함께 많이 본 상품"],
    ["{item}{을/를} 보셨다면", "wool coat", "wool coat를 보셨다면"],
    ["Often viewed with '{item}'", "Wool coat", "Often viewed with 'Wool coat'"],
    ["{item} $& {item}", "$1", "$1 $& $1"],
  ])("%s · %s", (text, item, expected) => {
    expect(fillTitle(TitleText.parse(text), item)).toBe(expected);
  });

  it("knows no other words in braces", () => {
    for (const text of ["{name}", "{}", "{와/가}"]) expect(TitleText.safeParse(text).success).toBe(false);
  });

  it("stays short however long the item's title is", () => {
    expect([...fillTitle("{item}", "가".repeat(80))]).toHaveLength(30);
  });
});

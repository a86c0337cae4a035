import { expect, it } from "vitest";
import { particleAfter } from "../../worker/lib/josa.ts";

it.each([
  ["울 코트", "와/과", "와"],
  ["데님", "와/과", "과"],
  ["셔츠 (블랙)", "을/를", "을"],
  ["원피스 (L)", "을/를", "을"],
  ["100", "을/를", "을"],
  ["100", "으로/로", "으로"],
  ["7", "으로/로", "로"],
  ["3", "을/를", "을"],
  ["2", "을/를", "를"],
  ["10%", "을/를", "를"],
  ["MP3", "을/를", "을"],
  ["LEVEL", "으로/로", "로"],
  ["USR", "을/를", "을"],
  ["Sneaker", "을/를", "를"],
  ["Denim", "은/는", "은"],
  ["코트 🧥", "이/가", "가"],
  ["", "을/를", "를"],
  ["Star Wars (1977)", "와/과", "과"],
] as const)("%s + %s = %s", (text, particle, expected) => {
  expect(particleAfter(text, particle)).toBe(expected);
});

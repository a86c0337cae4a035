import { expect, it } from "vitest";
import { type Particle, particleAfter } from "../../worker/lib/josa.ts";
import cases from "../cases/josa.json" with { type: "json" };

it.each(cases)("$name: $text + $particle = $expected", ({ text, particle, expected }) => {
  expect(particleAfter(text, particle as Particle)).toBe(expected);
});

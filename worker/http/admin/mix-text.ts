/**
 * A marketer's own mix of ways as a line of text: "3 also_viewed, 1 trending" takes turns, "0.7 personalized + 0.3 trending"
 * weighs. Ways go by the names that the pages give them, in either language, or by the API's. Pure; what a line says is
 * checked by the schema.
 */
import { type Mix, WAYS, type Way } from "../../recommend/schema.ts";
import type { Locale } from "./language.ts";
import { placementWords } from "./words/placements.ts";

/** A case's mix has no boxes to tick: names alone ("personalized, similar") are blended, as boxes are. */
export function caseText(mix: Mix, locale: Locale): string {
  return Array.isArray(mix) ? mix.map((way) => nameOf(way, locale)).join(", ") : mixText(mix, locale);
}

/** Not yet checked. */
export function readCase(text: string): unknown {
  return /[\d+]/.test(text) ? readMix(text) : partsOf(text, ",").map(wayNamed);
}

export function mixText(mix: Mix, locale: Locale): string {
  if (Array.isArray(mix)) return "";
  if ("order" in mix) return mix.order.map(({ way, count }) => `${count} ${nameOf(way, locale)}`).join(", ");
  return Object.entries(mix.weights)
    .map(([way, weight]) => `${weight} ${nameOf(way as Way, locale)}`)
    .join(" + ");
}

/** Not yet checked. A part without a number counts once. */
export function readMix(text: string): unknown {
  const isSum = text.includes("+");
  const parts = partsOf(text, isSum ? "+" : ",").map((part) => {
    const [, before, name = "", after] = /^([\d.]+)?\s*[*×]?\s*(.*?)\s*[*×]?\s*([\d.]+)?$/.exec(part) ?? [];
    return { way: wayNamed(name), number: Number(before ?? after ?? 1) };
  });
  if (!isSum) return { order: parts.map(({ way, number }) => ({ way, count: number })) };
  const weights: Record<string, number> = {};
  for (const { way, number } of parts) weights[way] = (weights[way] ?? 0) + number;
  return { weights };
}

function partsOf(text: string, between: string): string[] {
  return text
    .replace(/\s+/g, " ")
    .split(between)
    .map((part) => part.trim())
    .filter(Boolean);
}

function nameOf(way: Way, locale: Locale): string {
  const [korean, english] = placementWords[`way.${way}`];
  return locale === "ko" ? korean : english;
}

const spelled = (name: string) =>
  name
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[\s_]+/g, "");
const WAY_BY_NAME = new Map(
  WAYS.flatMap((way) => [way, ...placementWords[`way.${way}`]].map((name) => [spelled(name), way] as const)),
);

/** What is no way's name stays as it was written. */
function wayNamed(name: string): string {
  return WAY_BY_NAME.get(spelled(name)) ?? name;
}

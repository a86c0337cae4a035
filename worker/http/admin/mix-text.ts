/**
 * A marketer's own mix of ways as a line of text: "3 also_viewed, 1 trending" takes turns, "0.7 personalized + 0.3 trending"
 * weighs. Pure; what a line says is checked by the schema.
 */
import type { Mix } from "../../recommend/schema.ts";

/** A case's mix has no boxes to tick: names alone ("personalized, similar") are blended, as boxes are. */
export function caseText(mix: Mix): string {
  return Array.isArray(mix) ? mix.join(", ") : mixText(mix);
}

/** Not yet checked. */
export function readCase(text: string): unknown {
  return /[\d+]/.test(text)
    ? readMix(text)
    : text
        .split(",")
        .map((way) => way.trim())
        .filter(Boolean);
}

export function mixText(mix: Mix): string {
  if (Array.isArray(mix)) return "";
  if ("order" in mix) return mix.order.map(({ way, count }) => `${count} ${way}`).join(", ");
  return Object.entries(mix.weights)
    .map(([way, weight]) => `${weight} ${way}`)
    .join(" + ");
}

/** Not yet checked. A part without a number counts once. */
export function readMix(text: string): unknown {
  const isSum = text.includes("+");
  const parts = text.split(isSum ? "+" : ",").map((part) => {
    const [, number = "1", way = part.trim()] = /^\s*([\d.]+)\s*[*×]?\s*(\S+)\s*$/.exec(part) ?? [];
    return { way, number: Number(number) };
  });
  if (isSum) return { weights: Object.fromEntries(parts.map(({ way, number }) => [way, number])) };
  return { order: parts.map(({ way, number }) => ({ way, count: number })) };
}

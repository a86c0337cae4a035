/** Why an item is shown, in the person's language. Pure. */
import { particleAfter } from "../lib/josa.ts";
import type { Candidate } from "./candidates.ts";

const TITLE_LIMIT = 30;

function short(title: string): string {
  const characters = [...title];
  return characters.length <= TITLE_LIMIT
    ? title
    : `${characters
        .slice(0, TITLE_LIMIT - 1)
        .join("")
        .trimEnd()}…`;
}

/** `seedTitle` is the title of the item that spoke for the candidate, where it is known. */
export function reasonFor(candidate: Candidate, seedTitle: string | undefined, locale: "ko" | "en"): string {
  return locale === "ko"
    ? korean(candidate, seedTitle && short(seedTitle))
    : english(candidate, seedTitle && short(seedTitle));
}

function korean({ way, seed, category, seen }: Candidate, title: string | undefined): string {
  if (seen) return "최근 본 상품";
  const quoted = title && `'${title}'`;
  const withIt = title && `${quoted}${particleAfter(title, "와/과")}`;
  switch (way) {
    case "together":
      if (!title || !seed) return "최근 본 상품과 함께 많이 본 상품";
      if (seed.kind === "picked") return `고르신 ${withIt} 어울리는 상품`;
      if (seed.kind === "bought") return `${quoted}${particleAfter(title, "을/를")} 구매하고 함께 찾는 상품`;
      return `${withIt} 함께 많이 본 상품`;
    case "similar":
      if (!title) return "최근 본 상품과 비슷한 상품";
      return seed?.kind === "picked" ? `고르신 ${withIt} 비슷한 상품` : `${withIt} 비슷한 상품`;
    case "popular":
      return category ? `${category.split(" > ").pop()}에서 인기 있는 상품` : "지금 많이 찾는 상품";
    case "new":
      return "새로 들어온 상품";
  }
}

function english({ way, seed, category, seen }: Candidate, title: string | undefined): string {
  if (seen) return "You looked at this lately";
  switch (way) {
    case "together":
      if (!title || !seed) return "Often viewed with what you just saw";
      if (seed.kind === "picked") return `Goes with '${title}', which you picked`;
      if (seed.kind === "bought") return `Chosen by people who bought '${title}'`;
      return `Often viewed with '${title}'`;
    case "similar":
      return title ? `Similar to '${title}'` : "Similar to what you just saw";
    case "popular":
      return category ? `Popular in ${category.split(" > ").pop()}` : "Popular right now";
    case "new":
      return "New in";
  }
}

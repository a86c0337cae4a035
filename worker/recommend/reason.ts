/** Why an item is shown, in the person's language. Pure. */
import { particleAfter } from "../lib/josa.ts";
import type { Candidate } from "./candidates.ts";
import { shortTitle } from "./title.ts";

/** `seedTitle` is the title of the item that spoke for the candidate, where it is known. */
export function reasonFor(candidate: Candidate, seedTitle: string | undefined, locale: "ko" | "en"): string {
  return locale === "ko"
    ? korean(candidate, seedTitle && shortTitle(seedTitle))
    : english(candidate, seedTitle && shortTitle(seedTitle));
}

/** Nothing is known that speaks for it. */
function isPlain({ pinned, filler, old }: Candidate): boolean {
  return pinned === true || filler === true || old === true;
}

function korean(candidate: Candidate, title: string | undefined): string {
  const { way, seed, category, seen, because } = candidate;
  if (isPlain(candidate)) return "추천 상품";
  if (seen) return "최근 본 상품";
  if (because === "survey") return "고르신 취향에 맞는 상품";
  const quoted = title && `'${title}'`;
  const withIt = title && `${quoted}${particleAfter(title, "와/과")}`;
  switch (way) {
    case "personalized":
    case "also_viewed":
      if (!title || !seed) return "최근 본 상품과 함께 많이 본 상품";
      if (seed.kind === "picked") return `고르신 ${withIt} 어울리는 상품`;
      if (seed.kind === "bought") return `${quoted}${particleAfter(title, "을/를")} 구매하고 함께 찾는 상품`;
      return `${withIt} 함께 많이 본 상품`;
    case "bought_together":
      return title ? `${withIt} 함께 구매한 상품` : "함께 구매한 상품";
    case "complementary":
      return title ? `${quoted} 구매 후 많이 찾는 상품` : "구매 후 많이 찾는 상품";
    case "similar":
      if (!title) return "최근 본 상품과 비슷한 상품";
      return seed?.kind === "picked" ? `고르신 ${withIt} 비슷한 상품` : `${withIt} 비슷한 상품`;
    case "similar_titles":
      return title ? `${withIt} 이름이 비슷한 상품` : "최근 본 상품과 이름이 비슷한 상품";
    case "similar_design":
      return title ? `${withIt} 디자인이 비슷한 상품` : "최근 본 상품과 디자인이 비슷한 상품";
    case "trending":
      if (category) return `${category.split(" > ").pop()}에서 인기 있는 상품`;
      if (because === "context") return "비슷하게 방문한 분들이 많이 찾는 상품";
      return because === "segment" ? "비슷한 고객들이 많이 찾는 상품" : "지금 많이 찾는 상품";
    case "new":
      return "새로 들어온 상품";
    case "recently_viewed":
      return "최근 본 상품";
  }
}

function english(candidate: Candidate, title: string | undefined): string {
  const { way, seed, category, seen, because } = candidate;
  if (isPlain(candidate)) return "Featured";
  if (seen) return "You looked at this lately";
  if (because === "survey") return "Matches what you picked";
  switch (way) {
    case "personalized":
    case "also_viewed":
      if (!title || !seed) return "Often viewed with what you just saw";
      if (seed.kind === "picked") return `Goes with '${title}', which you picked`;
      if (seed.kind === "bought") return `Chosen by people who bought '${title}'`;
      return `Often viewed with '${title}'`;
    case "bought_together":
      return title ? `Bought together with '${title}'` : "Often bought together";
    case "complementary":
      return title ? `Often bought after '${title}'` : "Often bought next";
    case "similar":
      return title ? `Similar to '${title}'` : "Similar to what you just saw";
    case "similar_titles":
      return title ? `Named like '${title}'` : "Named like what you just saw";
    case "similar_design":
      return title ? `Looks like '${title}'` : "Looks like what you just saw";
    case "trending":
      if (category) return `Popular in ${category.split(" > ").pop()}`;
      if (because === "context") return "Popular with visitors like you";
      return because === "segment" ? "Popular with customers like you" : "Popular right now";
    case "new":
      return "New in";
    case "recently_viewed":
      return "You looked at this lately";
  }
}

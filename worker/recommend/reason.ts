/** Why an item is shown, in the person's language. Pure. */
import { particleAfter } from "../lib/josa.ts";
import { remembered } from "../lib/remembered.ts";
import type { Candidate } from "./candidates.ts";
import { shortTitle } from "./title.ts";

/** `seedTitle` is the title of the item that spoke for the candidate, where it is known. */
export function reasonFor(candidate: Candidate, seedTitle: string | undefined, locale: "ko" | "en"): string {
  return locale === "ko" ? korean(candidate, seedTitle) : english(candidate, seedTitle);
}

/** Nothing is known that speaks for it. */
function isPlain({ pinned, filler, old }: Candidate): boolean {
  return pinned === true || filler === true || old === true;
}

const NAMES_KEPT = 200;

/** A sentence with a name in it. Lists start from the same few items: of each it is one text. */
const naming = (write: (name: string) => string) => remembered(NAMES_KEPT, write);
const withTitle = (write: (title: string) => string) => naming((title) => write(shortTitle(title)));
const withIt = (write: (quotedWith: string) => string) =>
  withTitle((title) => write(`'${title}'${particleAfter(title, "와/과")}`));

const KOREAN = {
  viewed: withIt((it) => `${it} 함께 많이 본 상품`),
  picked: withIt((it) => `고르신 ${it} 어울리는 상품`),
  bought: withIt((it) => `구매하신 ${it} 어울리는 상품`),
  boughtTogether: withIt((it) => `${it} 함께 구매한 상품`),
  boughtNext: withTitle((title) => `'${title}' 구매 후 많이 찾는 상품`),
  goesWith: withIt((it) => `${it} 어울리는 상품`),
  similar: withIt((it) => `${it} 비슷한 상품`),
  similarToPicked: withIt((it) => `고르신 ${it} 비슷한 상품`),
  namedLike: withIt((it) => `${it} 이름이 비슷한 상품`),
  looksLike: withIt((it) => `${it} 디자인이 비슷한 상품`),
  searched: withTitle((query) => `'${query}' 검색과 이름이 비슷한 상품`),
  popularIn: naming((category) => `${lastOf(category)}에서 인기 있는 상품`),
};

function korean(candidate: Candidate, title: string | undefined): string {
  const { way, seed, category, seen, search, because } = candidate;
  if (isPlain(candidate)) return "추천 상품";
  if (seen) return "최근 본 상품";
  if (search !== undefined) return KOREAN.searched(search);
  if (because === "survey") return "고르신 취향에 맞는 상품";
  if (because === "category") return title ? KOREAN.goesWith(title) : "함께 어울리는 상품";
  switch (way) {
    case "personalized":
    case "also_viewed":
      if (!title || !seed) return "최근 본 상품과 함께 많이 본 상품";
      if (seed.kind === "picked") return KOREAN.picked(title);
      return seed.kind === "bought" ? KOREAN.bought(title) : KOREAN.viewed(title);
    case "bought_together":
      return title ? KOREAN.boughtTogether(title) : "함께 구매한 상품";
    case "complementary":
      return title ? KOREAN.boughtNext(title) : "구매 후 많이 찾는 상품";
    case "similar":
      if (!title) return "최근 본 상품과 비슷한 상품";
      return seed?.kind === "picked" ? KOREAN.similarToPicked(title) : KOREAN.similar(title);
    case "similar_titles":
      return title ? KOREAN.namedLike(title) : "최근 본 상품과 이름이 비슷한 상품";
    case "similar_design":
      return title ? KOREAN.looksLike(title) : "최근 본 상품과 디자인이 비슷한 상품";
    case "trending":
      if (category) return KOREAN.popularIn(category);
      if (because === "context") return "비슷하게 방문한 분들이 많이 찾는 상품";
      return because === "segment" ? "비슷한 고객들이 많이 찾는 상품" : "지금 많이 찾는 상품";
    case "new":
      return "새로 들어온 상품";
    case "recently_viewed":
      return "최근 본 상품";
  }
}

const ENGLISH = {
  viewed: withTitle((title) => `Often viewed with '${title}'`),
  picked: withTitle((title) => `Goes with '${title}', which you picked`),
  bought: withTitle((title) => `Goes with '${title}', which you bought`),
  boughtTogether: withTitle((title) => `Bought together with '${title}'`),
  boughtNext: withTitle((title) => `Often bought after '${title}'`),
  goesWith: withTitle((title) => `Goes with '${title}'`),
  similar: withTitle((title) => `Similar to '${title}'`),
  namedLike: withTitle((title) => `Named like '${title}'`),
  looksLike: withTitle((title) => `Looks like '${title}'`),
  searched: withTitle((query) => `Because you searched for '${query}'`),
  popularIn: naming((category) => `Popular in ${lastOf(category)}`),
};

function english(candidate: Candidate, title: string | undefined): string {
  const { way, seed, category, seen, search, because } = candidate;
  if (isPlain(candidate)) return "Featured";
  if (seen) return "You looked at this lately";
  if (search !== undefined) return ENGLISH.searched(search);
  if (because === "survey") return "Matches what you picked";
  if (because === "category") return title ? ENGLISH.goesWith(title) : "Goes with what you chose";
  switch (way) {
    case "personalized":
    case "also_viewed":
      if (!title || !seed) return "Often viewed with what you just saw";
      if (seed.kind === "picked") return ENGLISH.picked(title);
      return seed.kind === "bought" ? ENGLISH.bought(title) : ENGLISH.viewed(title);
    case "bought_together":
      return title ? ENGLISH.boughtTogether(title) : "Often bought together";
    case "complementary":
      return title ? ENGLISH.boughtNext(title) : "Often bought next";
    case "similar":
      return title ? ENGLISH.similar(title) : "Similar to what you just saw";
    case "similar_titles":
      return title ? ENGLISH.namedLike(title) : "Named like what you just saw";
    case "similar_design":
      return title ? ENGLISH.looksLike(title) : "Looks like what you just saw";
    case "trending":
      if (category) return ENGLISH.popularIn(category);
      if (because === "context") return "Popular with visitors like you";
      return because === "segment" ? "Popular with customers like you" : "Popular right now";
    case "new":
      return "New in";
    case "recently_viewed":
      return "You looked at this lately";
  }
}

function lastOf(category: string): string {
  return category.split(" > ").pop() ?? category;
}

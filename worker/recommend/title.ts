/** Titles of lists, with the item that a list starts from in them: `{item}`, and a Korean particle after it as `{와/과}`. Pure. */
import * as z from "zod";
import { titleOf } from "../catalog/read.ts";
import { type Particle, particleAfter } from "../lib/josa.ts";
import type { SettledRules } from "./schema.ts";
import type { Selected } from "./select.ts";
import type { CatalogShelf } from "./shelf.ts";

const PARTICLES = [
  "이/가",
  "을/를",
  "은/는",
  "으로/로",
  "와/과",
  "이나/나",
  "이란/란",
  "아/야",
  "이랑/랑",
  "이에요/예요",
  "으로서/로서",
  "으로써/로써",
  "으로부터/로부터",
  "이라/라",
] as const satisfies readonly Particle[];
const TOKEN = /\{([^{}]*)\}/g;
const isParticle = (text: string): text is Particle => (PARTICLES as readonly string[]).includes(text);

export const TitleText = z
  .string()
  .trim()
  .min(1)
  .max(80)
  .refine(
    (text) => [...text.matchAll(TOKEN)].every(([, token = ""]) => token === "item" || isParticle(token)),
    "in braces stands item, or a particle such as 와/과",
  );

const ITEM_LIMIT = 30;

/** A title that fits into a sentence. */
export function shortTitle(title: string): string {
  if (title.length <= ITEM_LIMIT) return title;
  const characters = [...title];
  if (characters.length <= ITEM_LIMIT) return title;
  return `${characters
    .slice(0, ITEM_LIMIT - 1)
    .join("")
    .trimEnd()}…`;
}

export function fillTitle(text: string, itemTitle: string): string {
  const item = shortTitle(itemTitle);
  return text.replace(TOKEN, (_, token: string) => (isParticle(token) ? particleAfter(item, token) : item));
}

/** The title that names an item, where one item speaks for most of the list and is known. */
export function titleFor(
  { title, titleWithItem }: Pick<SettledRules, "title" | "titleWithItem">,
  list: Selected[],
  shelf: CatalogShelf,
  locale: "ko" | "en",
): string {
  if (!titleWithItem) return title[locale];
  const speakers = new Map<string, number>();
  for (const { candidate } of list) {
    if (candidate.seed) speakers.set(candidate.seed.itemId, (speakers.get(candidate.seed.itemId) ?? 0) + 1);
  }
  const [loudest] = [...speakers].sort((one, other) => other[1] - one[1]);
  const item = loudest && loudest[1] * 2 > list.length ? shelf.get(loudest[0]) : undefined;
  return item ? fillTitle(titleWithItem[locale], titleOf(item, locale)) : title[locale];
}

/** What of an item is embedded, and the hash by which stale vectors are told from fresh ones. */
import type { Deps } from "../deps.ts";
import { sha256 } from "../lib/hash.ts";
import { TITLE_VECTORS } from "./likeness.ts";
import type { StoredItem } from "./store.ts";

export type Words = Pick<StoredItem, "title" | "titles" | "brand" | "category" | "tags" | "description">;

/**
 * What is embedded: the names, and below an empty line only the beginning of a description, which soon speaks of delivery and
 * care. A model that reads takes the names for the headline; the embedded one weighs what is below the line less (`platform/ai`).
 */
export function contentText(item: Words): string {
  const parts = [item.title, item.titles.ko, item.titles.en, item.category, item.brand, ...item.tags];
  const names = [...new Set(parts.filter(Boolean))].join("\n");
  return item.description ? `${names}\n\n${item.description.slice(0, 300)}` : names;
}

/** Begins every hash of words that vectors were made from: a change of the embedder, or of the titles' vectors, makes all of them stale. */
export function embedderMark({ embedder, dimensions }: Deps["ai"]): string {
  return `${sha256(`${embedder} ${dimensions} ${TITLE_VECTORS}`, 6)}:`;
}

/** Of the words, and of what makes vectors of them. */
export function wordsHash(item: Words, ai: Deps["ai"]): string {
  return embedderMark(ai) + sha256(contentText(item), 22);
}

/** Vectors of an item's words: what it is like, and what it is called. Made only when the words have changed. */
import type { Deps } from "../deps.ts";
import { sha256 } from "../lib/hash.ts";
import { namespaceOf, titleVector } from "./likeness.ts";
import { readItems } from "./read.ts";
import type { StoredItem } from "./store.ts";
import { markEmbedded, selectEmbeddedHashes } from "./vectors/store.ts";

type Words = Pick<StoredItem, "title" | "titles" | "brand" | "category" | "tags" | "description">;

/** What is embedded: the names first, and only the beginning of a description, which soon speaks of delivery and care. */
function contentText(item: Words): string {
  const parts = [item.title, item.titles.ko, item.titles.en, item.category, item.brand, ...item.tags];
  const names = [...new Set(parts.filter(Boolean))].join("\n");
  return item.description ? `${names}\n${item.description.slice(0, 300)}` : names;
}

function titlesOf({ title, titles }: Words): string[] {
  return [...new Set([title, titles.ko, titles.en].filter((each) => each !== undefined))];
}

/** Of the words and of the model's dimension: a change of either makes the vector stale. */
export function contentHash(item: Words, dimensions: number): string {
  return sha256(`${dimensions}\n${contentText(item)}`, 22);
}

/** The job `embed-items`. Throws when the model or the index fails, so that the queue tries again; the catalog stays as it is. */
export async function embedItems(deps: Deps, siteId: string, itemIds: string[]): Promise<void> {
  const [items, hashes] = await Promise.all([
    readItems(deps, siteId, itemIds),
    selectEmbeddedHashes(deps.control, siteId, itemIds),
  ]);
  const stale = [...items.values()].flatMap((item) => {
    const hash = contentHash(item, deps.ai.dimensions);
    return item.deletedAt === null && hashes.get(item.id) !== hash
      ? [{ id: item.id, hash, text: contentText(item), titles: titlesOf(item) }]
      : [];
  });
  if (stale.length === 0) return;
  const vectors = await deps.ai.embed(stale.map(({ text }) => text));
  await deps.vectors.upsert(
    siteId,
    stale.flatMap(({ id }, index) => {
      const values = vectors[index];
      return values ? [{ id, values }] : [];
    }),
  );
  await deps.vectors.upsert(
    namespaceOf(siteId, "titles"),
    stale.map(({ id, titles }) => ({ id, values: titleVector(titles, deps.ai.dimensions) })),
  );
  await markEmbedded(deps.control, siteId, stale);
}

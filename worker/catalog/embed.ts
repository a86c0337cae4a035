/** Vectors of an item's words: what it is like, and what it is called. Made only when the words have changed. */
import type { Deps } from "../deps.ts";
import { namespaceOf, titleVector } from "./likeness.ts";
import { readItems } from "./read.ts";
import { markEmbedded, selectEmbeddedHashes } from "./vectors/store.ts";
import { contentText, type Words, wordsHash } from "./words.ts";

function titlesOf({ title, titles }: Words): string[] {
  return [...new Set([title, titles.ko, titles.en].filter((each) => each !== undefined))];
}

/** The job `embed-items`. Throws when the model or the index fails, so that the queue tries again; the catalog stays as it is. */
export async function embedItems(deps: Deps, siteId: string, itemIds: string[]): Promise<void> {
  const [items, hashes] = await Promise.all([
    readItems(deps, siteId, itemIds),
    selectEmbeddedHashes(deps.control, siteId, itemIds),
  ]);
  const stale = [...items.values()].flatMap((item) => {
    const hash = wordsHash(item, deps.ai);
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

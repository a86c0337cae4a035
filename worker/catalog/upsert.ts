/** The one way into the catalog: a bad item is refused by index and field, the others are stored; the same again writes nothing. */
import type { Deps } from "../deps.ts";
import type { Job } from "../job.ts";
import type { Issue } from "../lib/errors.ts";
import { sha256 } from "../lib/hash.ts";
import { toMinor } from "../lib/money.ts";
import { DAY } from "../lib/time.ts";
import { partsOf } from "../platform/db.ts";
import type { Site } from "../sites/schema.ts";
import { announce } from "./announce.ts";
import type { GuardedChange } from "./changes/store.ts";
import { changesBetween } from "./changes.ts";
import { DESIGN_VECTORS, fitted, namespaceOf } from "./likeness.ts";
import { ITEM_BATCH_LIMIT, ItemInput } from "./schema.ts";
import { hasItemBefore, type ItemRow, type Known, selectKnown, upsertRows } from "./store.ts";
import { wordsHash } from "./words.ts";

export interface UpsertResult {
  /** Items that are stored now as they were sent. */
  accepted: number;
  /** Those of them that were stored like this before: nothing was written for them. */
  unchanged: number;
  /** `index` counts from 0 in `inputs`. */
  refused: { index: number; issues: Issue[] }[];
}

/** Items a job: each becomes one call of the embedding model. */
const EMBED_AT_ONCE = 100;

/** An item as it is stored, and its picture's vector, which goes to the index. */
export type NewItem = ItemRow & { imageVector?: number[] };

function toRow(input: ItemInput, site: Site): NewItem {
  const currency = input.currency ?? site.currency;
  const minor = (amount: number | null | undefined) => (amount == null ? null : toMinor(amount, currency));
  const said = {
    id: input.id,
    title: input.title,
    titles: input.titles ?? {},
    description: input.description,
    url: input.url,
    imageUrl: input.imageUrl ?? null,
    price: minor(input.price),
    listPrice: minor(input.listPrice),
    salePrice: minor(input.salePrice),
    saleStartsAt: input.saleStartsAt ?? null,
    saleEndsAt: input.saleEndsAt ?? null,
    currency,
    brand: input.brand,
    category: input.category,
    tags: input.tags ?? [],
    groupId: input.groupId,
    attributes: input.attributes ?? {},
    inStock: input.availability !== "out_of_stock" && input.quantity !== 0,
    quantity: input.quantity ?? null,
    lowStockThreshold: input.lowStockThreshold ?? null,
    hidden: input.hidden,
  };
  const { imageVector } = input;
  if (!imageVector) return { ...said, contentHash: sha256(JSON.stringify(said), 22) };
  return { ...said, imageVector, contentHash: sha256(JSON.stringify([said, imageVector, DESIGN_VECTORS]), 22) };
}

/** Whoever fills a catalog for the first time adds nothing that anybody waits for. */
const NEWS_AFTER_MS = DAY;

/**
 * Per 500 items one read of what is known of them, and one transaction (several where texts are long) for those that are
 * different: items, what that changes for people who wait (`changes.ts`), and the catalog's version. An id that occurs twice is stored as it was sent last.
 */
export async function upsertItems(deps: Deps, site: Site, inputs: unknown[]): Promise<UpsertResult> {
  const refused: UpsertResult["refused"] = [];
  const rows = new Map<string, NewItem>();
  for (const [index, input] of inputs.entries()) {
    const row = rowOf(site, input);
    if (row.ok) rows.set(row.row.id, row.row);
    else refused.push({ index, issues: row.issues });
  }
  const distinct = [...rows.values()];
  let written = 0;
  for (let start = 0; start < distinct.length; start += ITEM_BATCH_LIMIT) {
    const stored = await storeRows(deps, site.id, distinct.slice(start, start + ITEM_BATCH_LIMIT));
    written += stored.written;
  }
  const accepted = inputs.length - refused.length;
  return { accepted, unchanged: distinct.length - written, refused };
}

/** What would be stored of an input, or what is wrong with it. */
export function rowOf(site: Site, input: unknown): { ok: true; row: NewItem } | { ok: false; issues: Issue[] } {
  const checked = ItemInput.safeParse(input);
  if (checked.success) return { ok: true, row: toRow(checked.data, site) };
  const issues = checked.error.issues.slice(0, 5);
  return { ok: false, issues: issues.map(({ path, message }) => ({ path: path.join("."), message })) };
}

/** At most 500 rows with distinct ids. `known`: what was stored of them before; `changes`: what this told those who wait. */
export async function storeRows(
  deps: Deps,
  siteId: string,
  rows: NewItem[],
  feedId?: string,
): Promise<{ written: number; known: Map<string, Known>; changes: GuardedChange[] }> {
  const now = deps.clock.now();
  const known = await selectKnown(
    deps.control,
    siteId,
    rows.map(({ id }) => id),
  );
  const different = rows.filter((row) => {
    const item = known.get(row.id);
    const claims = feedId !== undefined && item?.feedId === null;
    return item?.contentHash !== row.contentHash || item.deletedAt !== null || claims;
  });
  if (different.length === 0) return { written: 0, known, changes: [] };
  const isAdding = different.some(({ id }) => !known.has(id));
  const isNews = isAdding && (await hasItemBefore(deps.control, siteId, now - NEWS_AFTER_MS));
  const changes = different.flatMap((row) => changesBetween(known.get(row.id), row, now, isNews));
  const written: { id: string; embeddedHash: string | null }[] = [];
  for (const part of partsOf(await putDesigns(deps, siteId, different))) {
    const ids = new Set(part.map(({ id }) => id));
    const own = changes.filter(({ itemId }) => ids.has(itemId));
    const changed = await upsertRows(deps.control, siteId, part, now, { feedId, changes: own });
    await announce(deps, siteId, changed.version);
    written.push(...changed.rows);
  }
  const byId = new Map(different.map((row) => [row.id, row]));
  const stale = written.filter(({ id, embeddedHash }) => {
    const row = byId.get(id);
    return row !== undefined && wordsHash(row, deps.ai) !== embeddedHash;
  });
  await sendEmbedJobs(
    deps,
    siteId,
    stale.map(({ id }) => id),
  );
  return { written: written.length, known, changes };
}

/**
 * Pictures' vectors of items that are different, before the items say that they have them. An index that does not answer must
 * not fail a catalog: such items are stored under a hash that nothing has, so that the next import tells of them again.
 */
async function putDesigns(deps: Deps, siteId: string, items: NewItem[]): Promise<ItemRow[]> {
  const designs = items.flatMap(({ id, imageVector }) =>
    imageVector ? [{ id, values: fitted(imageVector, deps.ai.dimensions) }] : [],
  );
  let isDone = true;
  try {
    if (designs.length > 0) await deps.vectors.upsert(namespaceOf(siteId, "design"), designs);
  } catch (error) {
    isDone = false;
    deps.log.error("pictures' vectors could not be stored", error, { siteId, items: designs.length });
  }
  return items.map(({ imageVector, ...row }) =>
    imageVector && !isDone ? { ...row, contentHash: `${row.contentHash}?` } : row,
  );
}

/** Vectors are an extra: a queue that does not answer must not fail a catalog that is stored. Training sends what is missing. */
export async function sendEmbedJobs(deps: Deps, siteId: string, itemIds: string[]): Promise<void> {
  if (itemIds.length === 0) return;
  const jobs: Job[] = [];
  for (let start = 0; start < itemIds.length; start += EMBED_AT_ONCE) {
    jobs.push({ kind: "embed-items", siteId, itemIds: itemIds.slice(start, start + EMBED_AT_ONCE) });
  }
  try {
    await deps.queue.send(jobs);
  } catch (error) {
    deps.log.error("embed-items could not be queued", error, { siteId, items: itemIds.length });
  }
}

/** The one way into the catalog: a bad item is refused by index and field, the others are stored; the same again writes nothing. */
import type { Deps } from "../deps.ts";
import type { Job } from "../job.ts";
import type { Issue } from "../lib/errors.ts";
import { sha256 } from "../lib/hash.ts";
import { toMinor } from "../lib/money.ts";
import type { Site } from "../sites/schema.ts";
import { announce } from "./announce.ts";
import { contentHash } from "./embed.ts";
import { ITEM_BATCH_LIMIT, ItemInput } from "./schema.ts";
import { type ItemRow, upsertRows } from "./store.ts";

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

function toRow(input: ItemInput, site: Site): ItemRow {
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
    currency,
    brand: input.brand,
    category: input.category,
    tags: input.tags ?? [],
    groupId: input.groupId,
    attributes: input.attributes ?? {},
    inStock: input.availability !== "out_of_stock",
    hidden: input.hidden,
  };
  return { ...said, contentHash: sha256(JSON.stringify(said), 22) };
}

/** One statement per 500 items. An id that occurs twice is stored as it was sent last. */
export async function upsertItems(deps: Deps, site: Site, inputs: unknown[]): Promise<UpsertResult> {
  const refused: UpsertResult["refused"] = [];
  const rows = new Map<string, ItemRow>();
  for (const [index, input] of inputs.entries()) {
    const checked = ItemInput.safeParse(input);
    if (checked.success) rows.set(checked.data.id, toRow(checked.data, site));
    else {
      const issues = checked.error.issues.slice(0, 5);
      refused.push({ index, issues: issues.map(({ path, message }) => ({ path: path.join("."), message })) });
    }
  }
  const distinct = [...rows.values()];
  const now = deps.clock.now();
  const stale: string[] = [];
  let written = 0;
  for (let start = 0; start < distinct.length; start += ITEM_BATCH_LIMIT) {
    const slice = distinct.slice(start, start + ITEM_BATCH_LIMIT);
    const changed = await upsertRows(deps.control, site.id, slice, now);
    await announce(deps, site.id, changed.version);
    written += changed.rows.length;
    for (const { id, embeddedHash } of changed.rows) {
      const row = rows.get(id);
      if (row && contentHash(row, deps.ai.dimensions) !== embeddedHash) stale.push(id);
    }
  }
  await sendEmbedJobs(deps, site.id, stale);
  const accepted = inputs.length - refused.length;
  return { accepted, unchanged: distinct.length - written, refused };
}

/** Vectors are an extra: a queue that does not answer must not fail a catalog that is stored. Training sends what is missing. */
export async function sendEmbedJobs(deps: Deps, siteId: string, itemIds: string[]): Promise<void> {
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

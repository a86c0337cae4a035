/** Records of one slice → items in the catalog, five hundred at a time, with what came of each of them. */
import { ITEM_BATCH_LIMIT } from "../catalog/schema.ts";
import { sellOutItems } from "../catalog/sell-out.ts";
import type { ItemRow } from "../catalog/store.ts";
import { rowOf, storeRows } from "../catalog/upsert.ts";
import type { Deps } from "../deps.ts";
import type { Site } from "../sites/schema.ts";
import { toItemInput } from "./item.ts";
import type { Mapping } from "./mapping.ts";
import type { FeedRecord } from "./records.ts";
import { type Feed, type FeedImport, type ImportCounts, REFUSED_KEPT, type RefusedRow } from "./schema.ts";
import type { SeenIds } from "./seen.ts";

const SAMPLE_SIZE = 20;

/** What is known of the file as a whole. */
interface FileSense {
  mapping: Mapping;
  /** Ids that it has named until here. */
  seen: SeenIds;
  /** It names only what changed, and of what is sold out perhaps nothing but the id. */
  isOfChanges: boolean;
}

export class Intake {
  readonly counts: ImportCounts;
  readonly refused: RefusedRow[];
  readonly sample: { id: string; url: string }[];
  readonly #deps: Deps;
  readonly #site: Site;
  readonly #feed: Feed;
  readonly #file: FileSense;
  readonly #options: Parameters<typeof toItemInput>[2];
  readonly #startedAt: number;
  #rows: ItemRow[] = [];
  #soldOut: string[] = [];

  constructor(deps: Deps, site: Site, feed: Feed, run: FeedImport, file: FileSense) {
    this.#deps = deps;
    this.#site = site;
    this.#feed = feed;
    this.#file = file;
    this.#options = { ...feed, timeZone: site.timeZone };
    this.#startedAt = run.startedAt;
    this.counts = structuredClone(run.counts);
    this.refused = [...run.refused];
    this.sample = [...run.sample];
  }

  async add(record: FeedRecord): Promise<void> {
    const { counts } = this;
    counts.records++;
    const { input, isRepaired } = toItemInput(record.fields, this.#file.mapping, this.#options);
    const id = typeof input.id === "string" ? input.id.trim() : "";
    if (record.problem !== undefined) return this.#refuse(record, id, record.problem);
    // A row that is refused names its product all the same: it must not be removed for a typing error.
    if (id !== "" && !this.#file.seen.add(id)) {
      counts.duplicates++;
      return this.#refuse(record, id, "id: a row before has the same one");
    }
    const row = rowOf(this.#site, input);
    if (!row.ok) {
      if (input.availability === "out_of_stock" && this.#file.isOfChanges && id !== "") {
        this.#soldOut.push(id);
        if (this.#soldOut.length >= ITEM_BATCH_LIMIT) await this.flush();
        return;
      }
      return this.#refuse(record, id, row.issues.map(({ path, message }) => `${path}: ${message}`).join("; "));
    }
    if (isRepaired) {
      counts.brokenText++;
      this.#note(record, id, "stored; characters that are broken in the file were left out");
    }
    if (row.row.imageUrl === null) counts.missingImage++;
    if (row.row.price === 0) counts.zeroPrice++;
    this.#choose(row.row);
    this.#rows.push(row.row);
    if (this.#rows.length >= ITEM_BATCH_LIMIT) await this.flush();
  }

  async flush(): Promise<void> {
    const rows = this.#rows.splice(0);
    const soldOut = this.#soldOut.splice(0);
    const { counts } = this;
    if (soldOut.length > 0) {
      const sold = await sellOutItems(this.#deps, this.#site.id, soldOut);
      counts.changed += sold;
      counts.unchanged += soldOut.length - sold;
    }
    if (rows.length === 0) return;
    const { known, changes } = await storeRows(this.#deps, this.#site.id, rows, this.#feed.id);
    for (const row of rows) {
      const item = known.get(row.id);
      if (!item || item.deletedAt !== null) counts.added++;
      else if (item.contentHash !== row.contentHash) counts.changed++;
      // Written by this import already, by a slice that was killed before it could say so.
      else if (item.createdAt > this.#startedAt) counts.added++;
      else if (item.updatedAt > this.#startedAt) counts.changed++;
      else counts.unchanged++;
    }
    for (const { kind } of changes) counts.changes[kind] = (counts.changes[kind] ?? 0) + 1;
  }

  #refuse(record: FeedRecord, id: string, reason: string): void {
    this.counts.refused++;
    this.#note(record, id, reason);
  }

  #note({ number }: FeedRecord, id: string, reason: string): void {
    if (this.refused.length >= REFUSED_KEPT) return;
    const shown = id.slice(0, 128).toWellFormed();
    this.refused.push({ number, id: shown || null, reason: reason.slice(0, 200) });
  }

  /** Reservoir sampling (Vitter's algorithm R). */
  #choose({ id, url }: ItemRow): void {
    const taken = this.counts.records - this.counts.refused;
    const place = taken <= SAMPLE_SIZE ? this.sample.length : Math.floor(this.#deps.random() * taken);
    if (place < SAMPLE_SIZE) this.sample[place] = { id, url };
  }
}

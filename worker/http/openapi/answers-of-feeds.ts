/** What the doors of feeds answer, for the API's description (answers.ts). */
import * as z from "zod";
import { CHANGE_KINDS } from "../../catalog/changes/store.ts";
import { FORMATS } from "../../feeds/detect.ts";
import { FeedInput, IMPORT_STATES, type ImportCounts } from "../../feeds/schema.ts";
import { ENCODINGS } from "../../feeds/text.ts";

const text = z.string();
const count = z.int().min(0);
const moment = z.int();

export const FeedAnswer = FeedInput.required().extend({
  id: text,
  nextAt: moment.nullable(),
  createdAt: moment,
  updatedAt: moment,
});
export const Feeds = z.object({ feeds: z.array(FeedAnswer) });

const counts = z.object({
  records: count,
  added: count,
  changed: count,
  unchanged: count,
  refused: count,
  duplicates: count,
  removed: count,
  missingImage: count,
  zeroPrice: count,
  brokenText: count,
  checkedLinks: count,
  deadLinks: count,
  changes: z.partialRecord(z.enum(CHANGE_KINDS), count),
}) satisfies z.ZodType<ImportCounts>;

export const FeedImportAnswer = z.object({
  id: text,
  feedId: text,
  state: z.enum(IMPORT_STATES),
  source: z.enum(["pulled", "pushed"]),
  step: z.enum(["fetch", "read", "sweep", "check", "end"]),
  bytes: count,
  format: z.enum(FORMATS).nullable(),
  encoding: z.enum(ENCODINGS).nullable(),
  counts,
  refused: z.array(z.object({ number: count, id: text.nullable(), reason: text })),
  deadLinks: z.array(text),
  reason: text.nullable(),
  missing: z.object({ items: count, of: count }).nullable(),
  startedAt: moment,
  updatedAt: moment,
  endedAt: moment.nullable(),
});
export const FeedImports = z.object({ imports: z.array(FeedImportAnswer) });

export const CatalogChanges = z.object({
  changes: z.array(
    z.object({
      itemId: text,
      kind: z.enum(CHANGE_KINDS),
      at: moment,
      previousPrice: z.number().nullable(),
      price: z.number().nullable(),
      currency: text,
      percent: z.number().nullable(),
      quantity: count.nullable(),
    }),
  ),
  cursor: text,
});

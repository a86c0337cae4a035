/** What a marketer or a server says of a feed, and what an import says of itself. */
import * as z from "zod";
import type { CHANGE_KINDS } from "../catalog/changes/store.ts";
import { FORMATS, type Layout } from "./detect.ts";
import { Mapping } from "./mapping.ts";
import type { ReaderPlace } from "./records.ts";
import type { Encoding } from "./text.ts";

export const FeedId = z
  .string()
  .regex(/^[a-z0-9][a-z0-9_-]{0,63}$/, "lower-case letters, digits, - and _, beginning with a letter or digit");

export const FeedInput = z.object({
  name: z.string().trim().min(1).max(80),
  /** Where it is pulled from; null: it is sent to us. */
  url: z
    .url({ protocol: /^https?$/, error: "an absolute http or https address" })
    .max(2048)
    .nullable()
    .default(null),
  format: z.enum(["auto", ...FORMATS]).default("auto"),
  /** full: what is not in it is not in the shop. changes: what is not in it is as it was. */
  contents: z.enum(["full", "changes"]).default("full"),
  mapping: Mapping.prefault({}),
  /** Between the levels of a category in one column. */
  categorySeparator: z.string().min(1).max(5).default(">"),
  /** For items whose row says a quantity and no threshold. */
  lowStockThreshold: z.int().min(0).max(1e9).nullable().default(null),
  /** In the site's time zone. Null: only when somebody asks. */
  schedule: z
    .object({ every: z.enum(["hour", "day"]), hour: z.int().min(0).max(23).default(4) })
    .nullable()
    .default(null),
  /** Nothing is removed when more than so much of the feed's items would be. */
  safetyStopPercent: z.int().min(1).max(100).default(30),
});
export type FeedInput = z.infer<typeof FeedInput>;

export interface Feed extends FeedInput {
  siteId: string;
  id: string;
  etag: string | null;
  lastModified: string | null;
  /** Epoch ms. */
  nextAt: number | null;
  createdAt: number;
  updatedAt: number;
}

export const IMPORT_STATES = ["running", "done", "unchanged", "held", "failed"] as const;
export type ImportState = (typeof IMPORT_STATES)[number];

/** What came of the rows. `changed` and `added` were written; `duplicates` are among the refused. */
export interface ImportCounts {
  records: number;
  added: number;
  changed: number;
  unchanged: number;
  refused: number;
  duplicates: number;
  removed: number;
  missingImage: number;
  zeroPrice: number;
  brokenText: number;
  checkedLinks: number;
  deadLinks: number;
  changes: Partial<Record<(typeof CHANGE_KINDS)[number], number>>;
}

export const NO_COUNTS: ImportCounts = {
  records: 0,
  added: 0,
  changed: 0,
  unchanged: 0,
  refused: 0,
  duplicates: 0,
  removed: 0,
  missingImage: 0,
  zeroPrice: 0,
  brokenText: 0,
  checkedLinks: 0,
  deadLinks: 0,
  changes: {},
};

export interface RefusedRow {
  /** In the file, from 1, without the header. */
  number: number;
  id: string | null;
  reason: string;
}

/** Everything that an import knows between two slices. */
export interface Progress {
  source: "pulled" | "pushed";
  step: "fetch" | "read" | "sweep" | "check" | "end";
  /** Of the text as it is kept, in UTF-8. */
  bytes: number;
  encoding: Encoding | null;
  layout: Layout | null;
  /** What was said of the columns, completed by what their names suggest. */
  mapping: Mapping | null;
  place: ReaderPlace;
  /** Blob with the ids that were named until `place`. */
  seen: string | null;
  counts: ImportCounts;
  /** The first hundred. */
  refused: RefusedRow[];
  /** Some products, each as likely as any other, whose pages are looked at in the end. */
  sample: { id: string; url: string }[];
  /** Ids of those whose page is not there. */
  deadLinks: string[];
  /** Why it ended as it did, or why nothing was removed. */
  reason: string | null;
  /** The file is there to its end: what it does not name may be removed. */
  isWhole: boolean;
  /** Of the feed's items, how many are there and how many the file does not name; null until counted. */
  sweep: { owned: number; missing: number; after: string } | null;
  /** Somebody said that so many may be removed. */
  isForced: boolean;
  /** Named by the shop's server for this file. */
  etag: string | null;
  lastModified: string | null;
}

export interface FeedImport extends Progress {
  siteId: string;
  feedId: string;
  id: string;
  state: ImportState;
  slice: number;
  startedAt: number;
  updatedAt: number;
  endedAt: number | null;
}

/** Of a file, unpacked. Larger ones belong into several feeds. */
export const FILE_LIMIT_BYTES = 1024 * 1024 * 1024;
export const REFUSED_KEPT = 100;

export const ChangesPage = z.object({
  after: z.string().max(300).optional(),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
});

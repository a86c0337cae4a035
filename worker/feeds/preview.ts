/** The first rows of a feed as they would be stored: for the column mapper, before anything is. */
import { rowOf } from "../catalog/upsert.ts";
import type { Deps } from "../deps.ts";
import type { Issue } from "../lib/errors.ts";
import type { Site } from "../sites/schema.ts";
import { detectFormat, type Format, type Layout } from "./detect.ts";
import { askPublic } from "./fetch.ts";
import { toItemInput } from "./item.ts";
import { completeMapping, type Mapping } from "./mapping.ts";
import { openReader } from "./reader.ts";
import { type FeedRecord, type Fields, RecordTooLong, START } from "./records.ts";
import type { Feed } from "./schema.ts";
import { stageFile } from "./stage.ts";

const HEAD_BYTES = 64 * 1024;
const ROWS_SHOWN = 5;

/** Where the beginning of the last file is kept. */
export const headKey = ({ siteId, id }: Pick<Feed, "siteId" | "id">) => `feeds/${siteId}/${id}.head`;

export type Preview =
  | { ok: false; reason: string }
  | {
      ok: true;
      format: Format;
      columns: string[];
      /** As it would be used: what was said, completed by what the names suggest. */
      mapping: Mapping;
      rows: { number: number; fields: Fields; item?: Record<string, unknown>; issues: Issue[] }[];
    };

/** Of the last file that came. Undefined: none has. */
export async function previewFeed(deps: Deps, site: Site, feed: Feed): Promise<Preview | undefined> {
  const head = await deps.blobs.get(headKey(feed));
  if (!head) return undefined;
  const text = new TextDecoder().decode(head);
  const detected = detectFormat(text, feed.format === "auto" ? undefined : feed.format);
  if (!detected.ok) return detected;
  const columns = columnsOf(detected, text);
  const mapping = completeMapping(feed.mapping, columns, detected.format);
  const rows = firstRecords(detected, text).slice(0, ROWS_SHOWN);
  return {
    ok: true,
    format: detected.format,
    columns,
    mapping,
    rows: rows.map(({ number, fields, problem }) => {
      if (problem !== undefined) return { number, fields, issues: [{ path: "", message: problem }] };
      const { input } = toItemInput(fields, mapping, { ...feed, timeZone: site.timeZone });
      const row = rowOf(site, input);
      return { number, fields, item: input, issues: row.ok ? [] : row.issues };
    }),
  };
}

/** Gets the beginning of the file from its address, and keeps it for the preview. Answers why not, or undefined. */
export async function sampleFeed(deps: Deps, feed: Feed): Promise<string | undefined> {
  const folder = `${headKey(feed)}.sample/`;
  try {
    const answer = await askPublic(deps, feed.url ?? "", { signal: AbortSignal.timeout(30_000) });
    if (!answer.ok || !answer.body) return `the server answered ${answer.status}`;
    const staged = await stageFile(deps, folder, beginningOf(answer.body));
    if (!staged.ok) return staged.reason;
    const [part] = await deps.blobs.list(folder);
    const bytes = part === undefined ? undefined : await deps.blobs.get(part);
    if (!bytes) return "the file is empty";
    await deps.blobs.put(headKey(feed), bytes.slice(0, HEAD_BYTES));
    return undefined;
  } catch (error) {
    return error instanceof TypeError && error.message.startsWith("the ")
      ? error.message
      : "the server could not be reached";
  } finally {
    await deps.blobs.remove(await deps.blobs.list(folder));
  }
}

/** Packed, 64 KB are more than enough of it; what breaks off there is no mistake of the file. */
function beginningOf(body: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
  let length = 0;
  const cut = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      length += chunk.byteLength;
      controller.enqueue(chunk);
      if (length >= 2 * HEAD_BYTES) controller.terminate();
    },
  });
  return body.pipeThrough(cut);
}

/** Names of the columns: of the header, or of the fields that the first products have. */
export function columnsOf(layout: Layout, head: string): string[] {
  if (layout.format !== "merchant_xml" && layout.format !== "jsonl") return layout.columns;
  return [...new Set(firstRecords(layout, head).flatMap(({ fields }) => Object.keys(fields)))];
}

function firstRecords(layout: Layout, head: string): FeedRecord[] {
  try {
    return openReader(layout, START).push(head);
  } catch (error) {
    if (error instanceof RecordTooLong) return [];
    throw error;
  }
}

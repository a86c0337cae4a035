/** One import from start to end: rows → mapped values → batches → the API, with everything that is refused written down. */
import { statSync } from "node:fs";
import { type Checkpoint, NOTHING_YET, type Progress } from "./checkpoint.ts";
import type { Kind, RowMapper } from "./mapping.ts";
import { type Refused, RefusedFile } from "./refused-file.ts";
import type { Row, RowFile } from "./rows.ts";
import { type Server, sendBatch } from "./server.ts";

/** Below the API's own limits: 500 KB and 2,500 events, 1 MB and 500 items. */
const BATCH_ROWS = 500;
const BATCH_BYTES = 400 * 1024;
const REFUSED_ROWS = 2000;

export interface ImportJob {
  kind: Kind;
  path: string;
  file: RowFile;
  map: RowMapper;
  server: Server;
  checkpoint: Checkpoint;
  refusedPath: string;
}

export interface Tally {
  rows: number;
  accepted: number;
  refused: number;
}

export interface Watcher {
  /** Called at most once, with the row after which an interrupted run goes on. */
  resumed(lastRow: number): void;
  progress(share: number, tally: Tally): void;
}

/** Throws `ServerStop` when the server does not go along; what was acknowledged until then is noted. */
export async function runImport(job: ImportJob, watcher: Watcher): Promise<Tally> {
  const start = job.checkpoint.read();
  if (start) watcher.resumed(start.lastRow);
  const progress = { ...(start ?? NOTHING_YET) };
  const refusedFile = new RefusedFile(job.refusedPath, job.file.columns, progress.refusedBytes);
  const size = statSync(job.path).size;
  let waiting: { row: Row; value: unknown }[] = [];
  let waitingBytes = 0;
  let refused: Refused[] = [];

  const refuse = (row: Row, reason: string) => refused.push({ row: row.number, reason, values: row.values });
  const flush = async () => {
    if (waiting.length > 0) {
      const result = await sendBatch(
        job.server,
        job.kind,
        waiting.map(({ value }) => value),
      );
      for (const { index, reason } of result.refused) {
        const row = waiting[index]?.row;
        if (row) refuse(row, reason);
      }
      progress.accepted += result.accepted;
    }
    refused.sort((a, b) => a.row - b.row);
    refusedFile.write(refused);
    progress.refused += refused.length;
    progress.refusedBytes = refusedFile.bytes;
    [waiting, waitingBytes, refused] = [[], 0, []];
    job.checkpoint.write(progress);
  };

  for await (const slice of job.file.slices) {
    for (const row of slice.rows) {
      if (row.number <= progress.lastRow) continue;
      const mapped = row.problem === undefined ? job.map(row.values) : { ok: false as const, reason: row.problem };
      const bytes = mapped.ok ? Buffer.byteLength(JSON.stringify(mapped.value)) : 0;
      if (waitingBytes + bytes > BATCH_BYTES && waiting.length > 0) await flush();
      progress.lastRow = row.number;
      if (!mapped.ok) refuse(row, mapped.reason);
      else if (bytes > BATCH_BYTES) refuse(row, `larger than ${BATCH_BYTES / 1024} KB`);
      else {
        waiting.push({ row, value: mapped.value });
        waitingBytes += bytes;
      }
      if (waiting.length >= BATCH_ROWS || refused.length >= REFUSED_ROWS) await flush();
    }
    watcher.progress(size === 0 ? 1 : slice.bytes / size, tallyOf(progress));
  }
  if (waiting.length > 0 || refused.length > 0) await flush();
  refusedFile.close();
  job.checkpoint.forget();
  return tallyOf(progress);
}

function tallyOf({ accepted, refused }: Progress): Tally {
  return { rows: accepted + refused, accepted, refused };
}

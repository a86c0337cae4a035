/** Rows that were refused, in a CSV file for a person to mend: row number, reason, and the row itself. */
import { closeSync, ftruncateSync, openSync, rmSync, writeSync } from "node:fs";
import { csvLine } from "./csv.ts";

export interface Refused {
  row: number;
  reason: string;
  values: Record<string, unknown>;
}

export class RefusedFile {
  readonly path: string;
  readonly #columns: string[];
  #file: number | undefined;
  #bytes: number;

  /** `keepBytes` is how much of an earlier run's file still counts. */
  constructor(path: string, columns: string[], keepBytes: number) {
    this.path = path;
    this.#columns = columns;
    this.#bytes = keepBytes;
  }

  get bytes(): number {
    return this.#bytes;
  }

  write(refused: Refused[]): void {
    if (refused.length === 0) return;
    const file = this.#open();
    for (const { row, reason, values } of refused) {
      const cells =
        this.#columns.length > 0 ? this.#columns.map((name) => values[name] ?? "") : [JSON.stringify(values)];
      this.#append(file, [row, reason, ...cells]);
    }
  }

  /** Leaves no file when nothing was refused. */
  close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
    if (this.#bytes === 0) rmSync(this.path, { force: true });
  }

  #open(): number {
    if (this.#file !== undefined) return this.#file;
    const file = openSync(this.path, this.#bytes === 0 ? "w" : "r+");
    this.#file = file;
    ftruncateSync(file, this.#bytes);
    if (this.#bytes === 0)
      this.#append(file, ["row", "reason", ...(this.#columns.length > 0 ? this.#columns : ["json"])]);
    return file;
  }

  #append(file: number, cells: unknown[]): void {
    this.#bytes += writeSync(file, csvLine(cells), this.#bytes);
  }
}

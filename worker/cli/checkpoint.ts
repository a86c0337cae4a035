/**
 * How far an import has come, on disk after every acknowledged batch: a run that was killed goes on from there when it is
 * started again with the same options. A batch that was stored but not yet noted is sent again, and stored once.
 */
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

export interface Progress {
  /** Number of the last row that is dealt with. */
  lastRow: number;
  accepted: number;
  refused: number;
  /** Length of the refused file at that row; what is behind it belongs to a batch that was not noted. */
  refusedBytes: number;
}

export const NOTHING_YET: Progress = { lastRow: 0, accepted: 0, refused: 0, refusedBytes: 0 };

export class Checkpoint {
  readonly #path: string;
  readonly #fingerprint: string;

  /** `fingerprint` is of the file: progress through another file is no progress. */
  constructor(path: string, fingerprint: string) {
    this.#path = path;
    this.#fingerprint = fingerprint;
  }

  read(): Progress | undefined {
    try {
      const { fingerprint, ...progress } = JSON.parse(readFileSync(this.#path, "utf8"));
      return fingerprint === this.#fingerprint ? progress : undefined;
    } catch {
      return undefined;
    }
  }

  write(progress: Progress): void {
    mkdirSync(dirname(this.#path), { recursive: true });
    writeFileSync(`${this.#path}.new`, JSON.stringify({ fingerprint: this.#fingerprint, ...progress }));
    renameSync(`${this.#path}.new`, this.#path);
  }

  forget(): void {
    rmSync(this.#path, { force: true });
  }
}

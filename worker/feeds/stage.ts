/**
 * A file as it comes → parts in the blobs, as text in one form (text.ts): unpacked, so that reading may begin anywhere in it.
 * Holds one part in memory, however large the file is.
 */
import type { Deps } from "../deps.ts";
import { FILE_LIMIT_BYTES } from "./schema.ts";
import { type Encoding, TextReader } from "./text.ts";

export type Staged =
  | { ok: true; bytes: number; encoding: Encoding; isWhole: boolean; problem: string | null }
  | { ok: false; reason: string };

const PART_BYTES = 4 * 1024 * 1024;

export const folderOf = (feed: { siteId: string; feedId: string }) => `feeds/${feed.siteId}/${feed.feedId}/`;
const partKey = (folder: string, part: number) => `${folder}part-${String(part).padStart(5, "0")}`;

class TooLarge extends Error {}

/** Throws only when the blobs do: what is wrong with the file is answered. */
export async function stageFile(
  deps: Deps,
  folder: string,
  body: ReadableStream<Uint8Array>,
  limitBytes = FILE_LIMIT_BYTES,
): Promise<Staged> {
  const reader = new TextReader();
  const parts = new Parts(deps, folder, limitBytes);
  let problem: string | null = null;
  try {
    for await (const bytes of chunksOf(await unpacked(body))) await parts.add(reader.push(bytes));
  } catch (error) {
    if (error instanceof TooLarge) return { ok: false, reason: tooLarge(limitBytes) };
    if (error instanceof StoreFailed) throw error.cause;
    // Cut off on the way, or broken gzip: what is there is read, and nothing is removed for what is not.
    problem = "the file broke off before its end";
  }
  try {
    await parts.add(reader.end());
    await parts.end();
  } catch (error) {
    if (error instanceof TooLarge) return { ok: false, reason: tooLarge(limitBytes) };
    throw error instanceof StoreFailed ? error.cause : error;
  }
  if (parts.bytes === 0) return { ok: false, reason: problem ?? "the file is empty" };
  return { ok: true, bytes: parts.bytes, encoding: reader.encoding ?? "utf-8", isWhole: problem === null, problem };
}

export function tooLarge(limitBytes = FILE_LIMIT_BYTES): string {
  return `the file is larger than ${Math.round(limitBytes / 1024 / 1024)} MB unpacked: split it into several feeds`;
}

class StoreFailed extends Error {}

class Parts {
  bytes = 0;
  readonly #deps: Deps;
  readonly #folder: string;
  readonly #limit: number;
  readonly #encoder = new TextEncoder();
  /** A character may reach over the end of a part. */
  readonly #buffer = new Uint8Array(PART_BYTES + 4);
  #filled = 0;
  #count = 0;

  constructor(deps: Deps, folder: string, limit: number) {
    this.#deps = deps;
    this.#folder = folder;
    this.#limit = limit;
  }

  async add(text: string): Promise<void> {
    let rest = text;
    while (rest !== "") {
      const { read, written } = this.#encoder.encodeInto(rest, this.#buffer.subarray(this.#filled));
      this.#filled += written;
      this.bytes += written;
      rest = rest.slice(read);
      if (this.bytes > this.#limit) throw new TooLarge();
      if (this.#filled >= PART_BYTES) await this.#put(PART_BYTES);
    }
  }

  async end(): Promise<void> {
    if (this.#filled > 0) await this.#put(this.#filled);
  }

  /** Every part but the last has the same size, so that a place in the text says its part. */
  async #put(bytes: number): Promise<void> {
    try {
      await this.#deps.blobs.put(partKey(this.#folder, this.#count), this.#buffer.slice(0, bytes));
    } catch (cause) {
      throw new StoreFailed("a part could not be stored", { cause });
    }
    this.#buffer.copyWithin(0, bytes, this.#filled);
    this.#filled -= bytes;
    this.#count++;
  }
}

/** Gzip says so in its first two bytes, whatever the headers say. */
async function unpacked(body: ReadableStream<Uint8Array>): Promise<ReadableStream<Uint8Array>> {
  const reader = body.getReader();
  const first: Uint8Array[] = [];
  let length = 0;
  while (length < 2) {
    const { done, value } = await reader.read();
    if (done) break;
    first.push(value);
    length += value.byteLength;
  }
  const head = Buffer.concat(first);
  const whole = new ReadableStream<Uint8Array>({
    start(controller) {
      if (head.byteLength > 0) controller.enqueue(new Uint8Array(head));
    },
    async pull(controller) {
      const { done, value } = await reader.read();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    cancel: (reason) => reader.cancel(reason),
  });
  const isGzip = head[0] === 0x1f && head[1] === 0x8b;
  return isGzip ? (whole.pipeThrough(new DecompressionStream("gzip") as never) as ReadableStream<Uint8Array>) : whole;
}

async function* chunksOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = stream.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    // Whoever stopped reading does not want the rest.
    await reader.cancel().catch(() => undefined);
  }
}

/** Pieces of about this many bytes: what a parser holds at once. */
const PIECE_BYTES = 256 * 1024;

/** The text from `offset` bytes on, which must be where a character begins. */
export async function* readStaged(deps: Deps, folder: string, bytes: number, offset: number): AsyncGenerator<string> {
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true, fatal: false });
  let from = offset % PART_BYTES;
  for (let part = Math.floor(offset / PART_BYTES); part * PART_BYTES < bytes; part++) {
    const stored = await deps.blobs.get(partKey(folder, part));
    if (!stored) throw new Error(`part ${part} of a staged file is gone`);
    for (; from < stored.byteLength; from += PIECE_BYTES) {
      yield decoder.decode(stored.subarray(from, from + PIECE_BYTES), { stream: true });
    }
    from = 0;
  }
}

/** Moments that a model learns from, in the parts of a training: a fair sample of bounded size. Pure. */
import { packArrays, unpackArrays } from "../lib/arrays.ts";
import type { Random } from "../lib/seeded.ts";
import { BEHAVIOR_COLUMNS, type Example } from "./behavior.ts";

const WIDTH = BEHAVIOR_COLUMNS.length;

interface Header {
  width: number;
}

/** Keeps `most` of what it is given, each with the same chance (Vitter 1985, algorithm R). */
export class MomentSample {
  readonly #most: number;
  readonly #random: Random;
  readonly #kept: Example[] = [];
  #met = 0;

  constructor(most: number, random: Random) {
    this.#most = most;
    this.#random = random;
  }

  add(example: Example): void {
    this.#met++;
    const place = this.#kept.length < this.#most ? this.#kept.length : Math.floor(this.#random() * this.#met);
    if (place < this.#most) this.#kept[place] = example;
  }

  /** In the order of time. */
  take(): Example[] {
    return this.#kept.toSorted((one, other) => one.at - other.at);
  }
}

/** As bytes for storage: times in epoch ms, whether they bought, and the features in float32. */
export function packMoments(examples: readonly Example[]): Uint8Array {
  return packArrays({ width: WIDTH } satisfies Header, {
    at: Float64Array.from(examples, ({ at }) => at),
    bought: Int32Array.from(examples, ({ bought }) => bought),
    rows: Float32Array.from(examples.flatMap(({ row }) => row.map(Number))),
  });
}

/** None of an earlier release's columns: it would read one for the other. */
export function unpackMoments(bytes: Uint8Array): Example[] {
  const { header, arrays } = unpackArrays(bytes);
  if ((header as Header | null)?.width !== WIDTH) return [];
  const { at, bought, rows } = arrays;
  return Array.from(at ?? [], (time, index) => ({
    at: time,
    bought: bought?.[index] === 1 ? 1 : 0,
    row: [...(rows?.subarray(index * WIDTH, (index + 1) * WIDTH) ?? [])],
  }));
}

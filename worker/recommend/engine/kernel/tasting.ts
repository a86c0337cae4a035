/**
 * What the whole of a long history says of items, in arrays as long as a shop: one interface, two implementations, tasting.as
 * (WebAssembly) and plain TypeScript, which also says what is meant. They say the same to the bit.
 */
import { instantiate, layOut } from "../../../lib/kernel-memory.ts";
import { DECODE } from "../codec.ts";
import { SMOOTH } from "../taste.ts";
import type { TasteVectors } from "../taste-rank.ts";

/** Entries of a row at most, each of an item and two codes: of its whole weight, and of the ridge alone. */
const ENTRIES = 1 << 8;
const CODES = 2;

export interface Tasting {
  /** A row that is to be added. */
  readonly targets: Int32Array;
  readonly codes: Uint8Array;
  /** By item: what the rows say, or what is exact where `exact` is 1, and the ridge alone. */
  readonly whole: Float32Array;
  readonly exact: Uint8Array;
  /** Items that the rows have reached, and room for another order of them. */
  readonly touched: Int32Array;
  readonly order: Int32Array;
  /** Forgets the first so many that were touched, and the person. */
  forget(reached: number): void;
  /** Adds an item's vector times `factor` to the person's. */
  hear(item: number, factor: number): void;
  /** Adds a row. @param reached items before. Returns how many it is by now. */
  reach(entries: number, reached: number): number;
  /** The sum of the ridge's weights and the exact low-pass term. */
  taste(item: number): number;
  /** Makes the first `count` of `order` exact that are above zero, and moves them together. Returns how many. */
  tastes(count: number): number;
}

function layOutFor({ rank, vectors, candidate }: TasteVectors, begin?: number) {
  const items = 4 * candidate.length;
  const sizes = {
    person: 8 * rank,
    values: 4 * DECODE.length,
    candidate: items,
    whole: items,
    ridge: items,
    touched: items,
    order: items,
    targets: 4 * ENTRIES,
    codes: CODES * ENTRIES,
    exact: candidate.length,
    vectors: vectors.length,
  };
  const { at, end, floats, integers, bytes } = layOut(sizes, begin);
  const arrays = (buffer: ArrayBuffer) => ({
    person: new Float64Array(buffer, at.person, rank),
    whole: floats(buffer, "whole"),
    ridge: floats(buffer, "ridge"),
    exact: bytes(buffer, "exact"),
    touched: integers(buffer, "touched"),
    order: integers(buffer, "order"),
    targets: integers(buffer, "targets"),
    codes: bytes(buffer, "codes"),
  });
  return { at, end, arrays };
}

/** Bytes of the memory in which a model of taste is asked, beside its own. */
export const tastingBytes = (model: TasteVectors): number => layOutFor(model).end;

type TastingExports = Record<"forget" | "hear" | "reach" | "taste" | "tastes", (...args: number[]) => number>;

/** In a memory of its own. @param module `scoring.wasm` */
export function simdTasting(module: WebAssembly.Module, model: TasteVectors): Tasting {
  const { at, end, arrays } = layOutFor(model);
  const { kernel, buffer } = instantiate<TastingExports>(module, end);
  new Float32Array(buffer, at.values).set(DECODE);
  new Float32Array(buffer, at.candidate).set(model.candidate.map((factor) => SMOOTH * factor));
  new Int8Array(buffer, at.vectors).set(model.vectors);
  const { person, ...work } = arrays(buffer);
  const { rank } = model;
  const items = model.candidate.length;
  return {
    ...work,
    forget(reached) {
      kernel.forget(at.touched, reached, at.whole, at.ridge, at.exact);
      person.fill(0);
    },
    hear: (item, factor) => kernel.hear(at.vectors + item * rank, rank, factor, at.person),
    reach: (entries, reached) =>
      kernel.reach(at.targets, at.codes, entries, at.values, at.whole, at.ridge, items, at.touched, reached),
    taste: (item) => kernel.taste(item, at.vectors, rank, at.person, at.ridge, at.candidate),
    tastes: (count) =>
      kernel.tastes(at.order, count, at.whole, at.exact, at.vectors, rank, at.person, at.ridge, at.candidate),
  };
}

/** The same in TypeScript. */
export function scriptTasting(model: TasteVectors): Tasting {
  const { rank, vectors, candidate } = model;
  const { at, arrays } = layOutFor(model, 0);
  // The vectors come last, and are read where they are.
  const { person, ridge, ...work } = arrays(new ArrayBuffer(at.vectors));
  const { whole, exact, touched, order, targets, codes } = work;
  const taste = (item: number) => {
    let sum = 0;
    for (let k = 0; k < rank; k++) sum += (person[k] as number) * (vectors[item * rank + k] as number);
    return (ridge[item] as number) + SMOOTH * sum * (candidate[item] as number);
  };
  return {
    ...work,
    forget(reached) {
      for (let k = 0; k < reached; k++) {
        const item = touched[k] as number;
        whole[item] = 0;
        ridge[item] = 0;
        exact[item] = 0;
      }
      person.fill(0);
    },
    hear(item, factor) {
      for (let k = 0; k < rank; k++) {
        person[k] = Math.fround((person[k] as number) + factor * (vectors[item * rank + k] as number));
      }
    },
    reach(entries, before) {
      let reached = before;
      for (let entry = 0; entry < entries; entry++) {
        const target = targets[entry] as number;
        if (target >= whole.length) continue;
        if (whole[target] === 0 && reached < touched.length) touched[reached++] = target;
        whole[target] = (whole[target] as number) + (DECODE[codes[CODES * entry] as number] as number);
        ridge[target] = (ridge[target] as number) + (DECODE[codes[CODES * entry + 1] as number] as number);
      }
      return reached;
    },
    taste,
    tastes(count) {
      let exactly = 0;
      for (let k = 0; k < count; k++) {
        const item = order[k] as number;
        if ((whole[item] as number) <= 0) continue;
        order[exactly++] = item;
        whole[item] = taste(item);
        exact[item] = 1;
      }
      return exactly;
    },
  };
}

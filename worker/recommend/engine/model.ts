import type { Aspects } from "./aspects.ts";
import type { Row } from "./codec.ts";
import type { Embedding } from "./embedding.ts";
import type { Net } from "./net.ts";
import type { Likes } from "./occasion.ts";
import type { ItemStatistics } from "./statistics.ts";
import type { TasteRow } from "./taste.ts";
import type { TasteVectors } from "./taste-rank.ts";

/** What a request reads of a model; rows and lists may come from anywhere, the rest lies in memory. */
export interface Model {
  rowOf(item: number): Row | undefined;
  /** Nearest items by the first embedding, nearest first. */
  listOf(item: number): Int32Array | undefined;
  /** Left out: nothing is known of what items are like. */
  likeOf?: ((item: number) => Likes | undefined) | undefined;
  embeddings: readonly Embedding[];
  statistics: ItemStatistics;
  /** Undefined: rows alone answer, or a net is about to be learned. */
  net?: Net | undefined;
  /** Undefined: nothing is known of the catalog. */
  aspects?: Aspects | undefined;
  /** Undefined: too few people have long histories. */
  taste?: TasteVectors | undefined;
  tasteOf?: ((item: number) => TasteRow | undefined) | undefined;
  /** Of a history's newest items so many have rows to be read; all by default. */
  historyRows?: number | undefined;
}

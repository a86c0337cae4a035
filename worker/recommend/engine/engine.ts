/**
 * A trained model that answers: what to offer a person who did this.
 *
 * What lies in memory is one run of bytes (`engineBytes`: two embeddings, item statistics, the net; about 160 bytes an
 * item). Rows and lists lie in a database, one packed record per item: ask `needs` which records a request reads, fetch
 * them in one query (or from a cache), hand them to `rank` as functions. `rank` is synchronous, takes about 0.2 ms and
 * reuses its arrays: read its answer before asking again. Item indexes are dense numbers of this model's version; the
 * caller keeps the table of ids. Without a net (a young shop) candidates are ranked by rows alone.
 */
import { type Aspects, aspectsBytes, readAspects } from "./aspects.ts";
import { Gathering, type Model } from "./candidates.ts";
import type { Row } from "./codec.ts";
import { type Embedding, embeddingBytes, readEmbedding } from "./embedding.ts";
import { FEATURE_WIDTH, FEATURES, Features } from "./features.ts";
import { applyNet, type Net, netBytes, readNet } from "./net.ts";
import { PartReader, packParts } from "./parts.ts";
import { sessionItems } from "./score.ts";
import { type ItemStatistics, readStatistics, statisticsBytes } from "./statistics.ts";
import type { TasteRow } from "./taste.ts";
import { readTaste, type TasteVectors, tasteBytes } from "./taste-rank.ts";

export interface EngineCore {
  embeddings: readonly Embedding[];
  statistics: ItemStatistics;
  net?: Net | undefined;
  /** Undefined: nothing was known of the catalog when the net was learned. */
  aspects?: Aspects | undefined;
  /** Undefined: too few people had long histories. */
  taste?: TasteVectors | undefined;
}

/** Records of the items that `needs` named. */
export interface Records {
  rowOf(item: number): Row | undefined;
  listOf(item: number): Int32Array | undefined;
  /** What the item says in a long history. */
  tasteOf?: ((item: number) => TasteRow | undefined) | undefined;
  /** Of how many of its newest items at most; all by default. */
  historyRows?: number | undefined;
}

export interface RankOptions {
  /** Candidates of other ways (content neighbors, trending, new arrivals); ranked with the rest. */
  extra?: ArrayLike<number>;
  /** What each click was (deeds.ts), where that is known. */
  deeds?: ArrayLike<number> | undefined;
  /** All distinct items of the person's, newest first, where they are many (`longHistory` of histories.ts). */
  history?: ArrayLike<number> | undefined;
  /** Items never to list; the session's own are listed unless named here. */
  exclude?: ReadonlySet<number>;
  /** Length of the answer; all candidates by default. */
  limit?: number;
}

export interface Ranked {
  item: number;
  /** Of the net: a log-odds against the other candidates, so only differences mean anything. */
  score: number;
  /** Whether the session has it already. */
  seen: boolean;
  /** What each way says of it; 0 for nothing. */
  ways: {
    /** Viewed also viewed: rows of the session's items, decayed by lag. */
    together: number;
    /** What comes right after the latest item. */
    next: number;
    /** Cosine with the session: alike in use. */
    alike: number;
    /** How many of the session's items lead to it. */
    leads: number;
    /** Clicks in the last twentieth of the sessions. */
    trending: number;
  };
  /** Place among the candidates, for `features`. */
  place: number;
}

export class Engine {
  readonly core: EngineCore;
  readonly #gathering = new Gathering();
  readonly #features = new Features();
  readonly #scores = new Float32Array(512);

  constructor(core: EngineCore) {
    this.core = core;
  }

  /** From `engineBytes`. A net of an older version of the features is left out: rows alone answer until it is rebuilt. */
  static read(bytes: Uint8Array): Engine {
    const reader = new PartReader(bytes);
    const embeddings = Array.from({ length: reader.integers()[0] ?? 0 }, () => readEmbedding(reader.bytes()));
    const statistics = readStatistics(reader.bytes());
    const net = reader.bytes();
    const aspects = reader.bytes();
    const taste = reader.bytes();
    return new Engine({
      embeddings,
      statistics,
      net: net.length > 0 ? readNet(net) : undefined,
      aspects: aspects.length > 0 ? readAspects(aspects) : undefined,
      taste: taste.length > 0 ? readTaste(taste) : undefined,
    });
  }

  /** Items whose rows and whose lists a session's ranking reads; at most 25 and 3. */
  needs(clicks: ArrayLike<number>): { rows: number[]; lists: number[] } {
    const items = sessionItems(clicks).map(({ item }) => item);
    return { rows: items, lists: items.slice(0, 3) };
  }

  /** Candidates, best first. @param clicks item indexes in time order, of this session or of the last days */
  rank(clicks: ArrayLike<number>, records: Records, options: RankOptions = {}): Ranked[] {
    const { exclude, limit = Number.POSITIVE_INFINITY } = options;
    const { rowOf, listOf, tasteOf, historyRows } = records;
    const model: Model = { ...this.core, rowOf, listOf, tasteOf, historyRows };
    const gathering = this.#gathering;
    gathering.gather(model, clicks, options.extra, options.deeds, options.history);
    this.#score(model);
    const order: number[] = [];
    for (let place = 0; place < gathering.count; place++) {
      if (!exclude?.has(gathering.items[place] as number)) order.push(place);
    }
    const scores = this.#scores;
    order.sort((one, other) => (scores[other] as number) - (scores[one] as number) || one - other);
    return order.slice(0, limit).map((place) => this.#ranked(place));
  }

  #score(model: Model): void {
    const gathering = this.#gathering;
    if (this.core.net) {
      this.#features.compute(model, gathering);
      applyNet(this.core.net, this.#features.values, gathering.count, this.#scores);
      return;
    }
    for (let place = 0; place < gathering.count; place++) this.#scores[place] = gathering.sum(place, 0);
  }

  #ranked(place: number): Ranked {
    const gathering = this.#gathering;
    const item = gathering.items[place] as number;
    return {
      item,
      score: this.#scores[place] as number,
      seen: gathering.session.some((visited) => visited.item === item),
      ways: {
        together: gathering.sum(place, 0),
        next: gathering.sum(place, 11),
        alike: gathering.cosine(this.core.embeddings, 0, item),
        leads: gathering.sum(place, 17),
        trending: this.core.statistics.recent[item] ?? 0,
      },
      place,
    };
  }

  /** Every feature of a candidate of the latest ranking by name, for `explain`. */
  features(ranked: Ranked): Record<string, number> {
    const at = ranked.place * FEATURE_WIDTH;
    return Object.fromEntries(FEATURES.map((name, index) => [name, this.#features.values[at + index] as number]));
  }
}

/** What an engine holds in memory, as bytes. */
export function engineBytes({ embeddings, statistics, net, aspects, taste }: EngineCore): Uint8Array {
  return packParts([
    Int32Array.of(embeddings.length),
    ...embeddings.map(embeddingBytes),
    statisticsBytes(statistics),
    net ? netBytes(net) : new Uint8Array(0),
    aspects ? aspectsBytes(aspects) : new Uint8Array(0),
    taste ? tasteBytes(taste) : new Uint8Array(0),
  ]);
}

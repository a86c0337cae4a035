/**
 * A trained model that answers: what to offer a person who did this.
 *
 * What lies in memory is one run of bytes (`engineBytes`: two embeddings, item statistics, the net; about 160 bytes an
 * item). Rows and lists lie in a database, one packed record per item: ask `needs` which records a request reads, fetch
 * them in one query (or from a cache), hand them to `rank` as functions. `rank` is synchronous, takes some 0.05 ms and
 * reuses arrays that all engines of an isolate share: ask for `ways` and `features` before anybody ranks again. Item
 * indexes are dense numbers of this model's version; the caller keeps the table of ids. Without a net (a young shop) candidates are ranked by rows alone.
 */
import { type Aspects, aspectsBytes, type Described, describeAt, readAspects, resized } from "./aspects.ts";
import { Gathering, NUMBER_BYTES, SOURCE, STARTING } from "./candidates.ts";
import type { Row } from "./codec.ts";
import { cosineWith, type Embedding, embeddingBytes, readEmbedding } from "./embedding.ts";
import { COLUMNS, FEATURES, place } from "./feature-list.ts";
import { Features } from "./features.ts";
import { keptBy } from "./kept-items.ts";
import { ROOM, SCORES, type Scoring, type ServingNet, SPARE } from "./kernel/scoring.ts";
import { scriptScoring } from "./kernel/script.ts";
import { tastingBytes } from "./kernel/tasting.ts";
import type { Model } from "./model.ts";
import { hears, type Net, netBytes, readNet, servingNet } from "./net.ts";
import type { Likes, Occasion } from "./occasion.ts";
import { emptyParts, PartReader } from "./parts.ts";
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
  /** What is described like one of the latest items; left out where nobody can say. */
  likeOf?: ((item: number) => Likes | undefined) | undefined;
  /** What the item says in a long history. */
  tasteOf?: ((item: number) => TasteRow | undefined) | undefined;
  /** Of how many of its newest items at most; all by default. */
  historyRows?: number | undefined;
}

export interface RankOptions extends Occasion {
  /** What the catalog says of items that the model was built without, by index; any behind its own. */
  newcomers?: readonly (readonly [item: number, described: Described])[] | undefined;
  /** Items never to list; the session's own are listed unless named here. */
  exclude?: ReadonlySet<number>;
  /**
   * Candidates of these ways alone, and of `extra`; of all by default. What is best of all is told whatever it is of: scores mean
   * something only against it.
   */
  sources?: number;
  /** So many of them are enough; behind these only what was asked about as `extra`. All candidates by default. */
  limit?: number;
}

export interface Ranked {
  item: number;
  /** Of the net: a log-odds against the other candidates, so only differences mean anything. */
  score: number;
  /** Whether the session has it already. */
  seen: boolean;
  /** Which ways have put it forward: of `SOURCE` (candidates.ts). */
  sources: number;
  /** How much it is described like the latest items, faded by what was touched since; 0 where nothing says. */
  likeness: number;
  /** Place among the candidates, for `features` and `ways`. */
  place: number;
}

/** What each way says of a candidate; 0 for nothing. */
export interface Ways {
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
}

/** Newcomers that there is room for without making more. */
const MORE = 64;

export class Engine {
  readonly core: EngineCore;
  /** Whether the net has learned what likeness, newness and a person's intention are worth. */
  readonly hears: { likeness: boolean; arrivals: boolean; judgment: boolean };
  /** With room for newcomers behind its own items, made when the first come. */
  #aspects: Aspects | undefined;
  readonly #welcomed = new Map<number, Described>();
  readonly #net: ServingNet | undefined;
  readonly #scoring: Scoring;
  readonly #gathering: Gathering;
  readonly #features: Features;
  readonly #places = new Int32Array(ROOM);

  /** @param scoring SIMD, where the runtime has it */
  constructor(core: EngineCore, scoring: Scoring = scriptScoring()) {
    this.core = core;
    this.#aspects = core.aspects;
    const { net } = core;
    const hearsOf = (name: string) => net !== undefined && hears(net, place(name));
    this.hears = {
      likeness: hearsOf("described like session"),
      arrivals: hearsOf("is new"),
      judgment: hearsOf("likelier to buy, by rows"),
    };
    this.#net = net && servingNet(net);
    this.#scoring = scoring;
    this.#gathering = new Gathering(scoring);
    this.#features = new Features(scoring);
  }

  /** From `engineBytes`. A net of an older version of the features is left out: rows alone answer until it is rebuilt. */
  static read(bytes: Uint8Array, scoring?: Scoring): Engine {
    const reader = new PartReader(bytes);
    const embeddings = Array.from({ length: reader.integers()[0] ?? 0 }, () => readEmbedding(reader.bytes()));
    const statistics = readStatistics(reader.bytes());
    const net = reader.bytes();
    const aspects = reader.bytes();
    const taste = reader.bytes();
    const core = {
      embeddings,
      statistics,
      net: net.length > 0 ? readNet(net) : undefined,
      aspects: aspects.length > 0 ? readAspects(aspects) : undefined,
      taste: taste.length > 0 ? readTaste(taste) : undefined,
    };
    return new Engine(core, scoring);
  }

  /** Bytes that it comes to hold beside its own when it is asked. */
  get memory(): number {
    const { statistics, taste } = this.core;
    return NUMBER_BYTES * statistics.all.length + (taste ? tastingBytes(taste) : 0);
  }

  /** Items whose rows and whose lists a session's ranking reads; at most 25 and `STARTING`. */
  needs(clicks: ArrayLike<number>): { rows: number[]; lists: number[] } {
    const items = sessionItems(clicks).map(({ item }) => item);
    return { rows: items, lists: items.slice(0, STARTING) };
  }

  /** Candidates, best first. @param clicks item indexes in time order, of this session or of the last days */
  rank(clicks: ArrayLike<number>, records: Records, options: RankOptions = {}): Ranked[] {
    const { exclude, limit = Number.POSITIVE_INFINITY, newcomers } = options;
    const wanted = (options.sources ?? ~0) | SOURCE.extra;
    if (newcomers) this.#welcome(newcomers);
    const { rowOf, listOf, likeOf, tasteOf, historyRows } = records;
    const model: Model = { ...this.core, aspects: this.#aspects, rowOf, listOf, likeOf, tasteOf, historyRows };
    const gathering = this.#gathering;
    gathering.gather(model, clicks, options);
    this.#score(model);
    const { count, items, visited, sources } = gathering;
    const { columns } = this.#scoring;
    const order = this.#order(count);
    const ranked: Ranked[] = [];
    let found = 0;
    for (let k = 0; k < count; k++) {
      const place = order[k] as number;
      const from = sources[place] as number;
      const isWanted = (from & wanted) !== 0;
      if (ranked.length > 0 && (!isWanted || (found >= limit && (from & SOURCE.extra) === 0))) continue;
      const item = items[place];
      if (item === undefined || exclude?.has(item)) continue;
      const score = columns[SCORES * ROOM + place] as number;
      const likeness = gathering.sum(place, LIKENESS);
      ranked.push({ item, score, seen: place < visited, sources: from, likeness, place });
      if (isWanted) found++;
    }
    return ranked;
  }

  #welcome(newcomers: NonNullable<RankOptions["newcomers"]>): void {
    if (!this.#aspects) return;
    for (const [item, described] of newcomers) {
      if (this.#welcomed.get(item) === described) continue;
      this.#welcomed.set(item, described);
      if (item >= this.#aspects.prices.length) this.#aspects = resized(this.#aspects, item + MORE);
      describeAt(this.#aspects, item, described);
      keptBy(this.#scoring).forget(item);
    }
  }

  /** Places of the candidates by score, the best first; −1 behind what a broken net gave no score. */
  #order(count: number): Int32Array {
    const order = this.#places.fill(-1, 0, count);
    this.#scoring.ranks(SCORES, count, SPARE);
    for (let c = 0; c < count; c++) order[(this.#scoring.columns[SPARE * ROOM + c] as number) - 1] = c;
    return order;
  }

  #score(model: Model): void {
    const gathering = this.#gathering;
    if (this.#net) {
      this.#features.compute(model, gathering);
      this.#scoring.forward(this.#net, this.#features, gathering.count);
      return;
    }
    const { columns } = this.#scoring;
    for (let place = 0; place < gathering.count; place++) columns[SCORES * ROOM + place] = gathering.sum(place, 0);
  }

  /** What each way says of a candidate of the latest ranking. */
  ways({ item, place }: Ranked): Ways {
    const gathering = this.#gathering;
    const [embedding] = this.core.embeddings;
    const [vector] = gathering.vectors;
    return {
      together: gathering.sum(place, 0),
      next: gathering.sum(place, NEXT),
      alike: embedding && vector && gathering.encoded[0] ? cosineWith(embedding, vector, item) : 0,
      leads: gathering.sum(place, LEADS),
      trending: this.core.statistics.recent[item] ?? 0,
    };
  }

  /** Every feature of a candidate of the latest ranking by name, for `explain`. */
  features({ place }: Ranked): Record<string, number> {
    const values = this.#features.rows(place, place + 1);
    return Object.fromEntries(FEATURES.map((name, index) => [name, values[index] as number]));
  }
}

const NEXT = COLUMNS.indexOf("lastT");
const LIKENESS = COLUMNS.indexOf("likeSession");
const LEADS = COLUMNS.indexOf("rows");

/** Parts of an engine as bytes, each made when it is asked for. */
export interface EngineParts {
  embeddings: readonly PartSource[];
  statistics: PartSource;
  net: PartSource;
  aspects: PartSource;
  taste: PartSource;
}

type PartSource = () => Uint8Array | undefined | Promise<Uint8Array | undefined>;

/** What an engine holds in memory, as bytes. */
export async function engineBytes({ embeddings, statistics, net, aspects, taste }: EngineCore): Promise<Uint8Array> {
  return packEngine({
    embeddings: embeddings.map((embedding) => () => embeddingBytes(embedding)),
    statistics: () => statisticsBytes(statistics),
    net: () => net && netBytes(net),
    aspects: () => aspects && aspectsBytes(aspects),
    taste: () => taste && tasteBytes(taste),
  });
}

/**
 * The same of parts that lie somewhere. Each is asked for twice, first for its length: beside the whole there is never more than one.
 * @param spare bytes behind
 */
export async function packEngine(parts: EngineParts, spare = 0): Promise<Uint8Array> {
  const { embeddings, statistics, net, aspects, taste } = parts;
  const count = new Uint8Array(Int32Array.of(embeddings.length).buffer);
  const sources: PartSource[] = [() => count, ...embeddings, statistics, net, aspects, taste];
  const lengths: number[] = [];
  for (const source of sources) lengths.push((await source())?.length ?? 0);
  const bytes = emptyParts(lengths, spare);
  const reader = new PartReader(bytes);
  for (const source of sources) reader.bytes().set((await source()) ?? []);
  return bytes;
}

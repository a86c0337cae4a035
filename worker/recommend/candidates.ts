/**
 * Candidates for one person, best first: what goes with what they did (the engine's net, or rows alone where there is none),
 * what is described like it where behavior is thin (content neighbors), then what is popular. Pure; whether an item may be
 * shown is decided later, at reading time.
 */
import { CODES_PER_ENTRY, DECODE, type Row } from "./engine/codec.ts";
import { cosineOf } from "./engine/embedding.ts";
import type { Engine } from "./engine/engine.ts";
import { CODE } from "./engine/rows.ts";
import { type SessionItem, scoreByRows } from "./engine/score.ts";
import { type Popular, popularIn, popularNow } from "./popularity.ts";
import type { Way } from "./schema.ts";
import type { Seed, Taste } from "./taste.ts";

export interface Candidate {
  id: string;
  /** In (0, 1], falling along the list. */
  score: number;
  way: Way;
  /** The item that spoke loudest for it. */
  seed?: Seed;
  /** The picked category that it stands for. */
  category?: string;
  /** What each way added, for `explain`. */
  parts: { together: number; similar: number };
  /** The person has it in their own history. */
  seen?: true;
  /** What the net was told of it and said of it, for `explain`. */
  net?: { score: number; features: Record<string, number> };
}

/** What a request needs of a model: rows of the seeds only, by dense item index. */
export interface RowSource {
  indexOf(id: string): number | undefined;
  idOf(index: number): string | undefined;
  rowOf(index: number): Row | undefined;
  /** Items most alike in use, nearest first. */
  listOf(index: number): Int32Array | undefined;
}

export interface Supply {
  rows: RowSource | undefined;
  /** Undefined: rows alone. */
  engine?: Engine | undefined;
  /** Content neighbors by seed, best first. */
  neighbors: ReadonlyMap<string, { id: string; score: number }[]>;
  popular: Popular;
}

const DECAY = 0.8;
/** A row of fewer entries has seen too little to be trusted alone. */
const THIN_ROW = 8;
const PERSONAL_LIMIT = 120;
const PICKED_CATEGORY_BOOST = 1.5;
/** Personal candidates score above this, popular ones below. */
const POPULAR_CEILING = 0.1;

/**
 * How much of a seed's say goes to what is described like it, by how much behavior says of it. Where a net ranks what
 * behavior says, well-covered items leave no more to content than a place at the end.
 */
export function contentShare(row: Row | undefined, ways: readonly Way[], hasNet = false): number {
  if (!ways.includes("similar")) return 0;
  if (!ways.includes("together")) return 1;
  const entries = row?.targets.length ?? 0;
  if (entries === 0) return 1;
  if (entries < THIN_ROW) return 0.5;
  return hasNet ? 0.02 : 0.15;
}

/** @param skip never listed (bought, excluded, just seen, …) */
export function rankCandidates(
  taste: Taste,
  supply: Supply,
  ways: readonly Way[],
  skip: ReadonlySet<string>,
  explain = false,
): Candidate[] {
  const personal = rankPersonal(taste, supply, ways, skip, explain);
  const taken = new Set([...skip, ...personal.map((candidate) => candidate.id)]);
  const rest: Candidate[] = [];
  const append = (id: string, category?: string) => {
    if (taken.has(id)) return;
    taken.add(id);
    const parts = { together: 0, similar: 0 };
    rest.push({ id, score: 0, way: "popular", ...(category === undefined ? {} : { category }), parts });
  };
  if (ways.includes("popular")) {
    for (const id of popularIn(supply.popular, taste.pickedCategories)) {
      append(id, categoryOf(id, taste.pickedCategories, supply.popular));
    }
    for (const id of popularNow(supply.popular)) append(id);
  }
  for (const [place, candidate] of rest.entries()) candidate.score = POPULAR_CEILING * (1 - place / rest.length);
  return [...personal, ...rest];
}

function categoryOf(id: string, categories: string[], popular: Popular): string | undefined {
  return categories.find((path) => Object.hasOwn(popular.categories, path) && popular.categories[path]?.includes(id));
}

interface Said {
  id: string;
  /** In (0, 1], 1 for the best. */
  value: number;
  seen?: true;
  net?: Candidate["net"];
}

/** What behavior says, by the net; undefined when there is none or nothing of the person's is known to it. */
function askNet(
  { clicks }: Taste,
  { rows, engine }: Supply,
  skip: ReadonlySet<string>,
  explain: boolean,
): Said[] | undefined {
  if (!rows || !engine?.core.net) return undefined;
  const known = clicks.flatMap((id) => rows.indexOf(id) ?? []);
  if (known.length === 0) return undefined;
  const exclude = new Set([...skip].flatMap((id) => rows.indexOf(id) ?? []));
  const ranked = engine.rank(known, rows, { exclude, limit: PERSONAL_LIMIT });
  const best = ranked[0]?.score ?? 0;
  return ranked.flatMap((each) => {
    const id = rows.idOf(each.item);
    if (id === undefined) return [];
    const said: Said = { id, value: 1 / (1 + (best - each.score) / 2) };
    if (each.seen) said.seen = true;
    if (explain) said.net = { score: each.score, features: { ...each.ways, ...engine.features(each) } };
    return [said];
  });
}

/** What behavior says, by rows alone. */
function askRows(
  seeds: { seed: Seed; index: number | undefined }[],
  rows: RowSource,
  skip: ReadonlySet<string>,
): Said[] {
  const session: SessionItem[] = seeds.flatMap(({ seed, index }) =>
    index === undefined ? [] : [{ item: index, lag: seed.lag, weight: seed.weight }],
  );
  const exclude = new Set([...skip].flatMap((id) => rows.indexOf(id) ?? []));
  const ranked = scoreByRows(session, (item) => rows.rowOf(item), { decay: DECAY, exclude, limit: PERSONAL_LIMIT });
  const best = ranked.scores[0] ?? 0;
  return Array.from(ranked.items).flatMap((item, place) => {
    const id = rows.idOf(item);
    const score = ranked.scores[place] as number;
    return id !== undefined && score > 0 ? [{ id, value: score / best }] : [];
  });
}

function rankPersonal(
  taste: Taste,
  supply: Supply,
  ways: readonly Way[],
  skip: ReadonlySet<string>,
  explain: boolean,
): Candidate[] {
  const { rows } = supply;
  const said = ways.includes("together") ? askNet(taste, supply, skip, explain) : undefined;
  const seeds = taste.seeds.map((seed) => {
    const index = rows?.indexOf(seed.itemId);
    const row = index === undefined ? undefined : rows?.rowOf(index);
    return {
      seed,
      index,
      row,
      say: seed.weight * DECAY ** seed.lag,
      share: contentShare(row, ways, said !== undefined),
    };
  });
  const totalSay = seeds.reduce((sum, { say }) => sum + Math.max(0, say), 0);
  if (totalSay === 0) return [];

  const parts = new Map<string, Candidate>();
  const partsOf = (id: string): Candidate => {
    let known = parts.get(id);
    if (!known) {
      known = { id, score: 0, way: "together", parts: { together: 0, similar: 0 } };
      parts.set(id, known);
    }
    return known;
  };

  if (rows && ways.includes("together")) {
    const rowSay = seeds.reduce((sum, { say, share, row }) => sum + (row ? Math.max(0, say) * (1 - share) : 0), 0);
    for (const { id, value, ...more } of said ?? askRows(seeds, rows, skip)) {
      const candidate = partsOf(id);
      candidate.parts.together = (rowSay / totalSay) * value;
      Object.assign(candidate, more);
    }
  }
  const loudest = new Map<string, { seed: Seed; say: number }>();
  for (const { seed, say, share } of seeds) {
    if (say <= 0 || share === 0) continue;
    for (const { id, score } of supply.neighbors.get(seed.itemId) ?? []) {
      if (skip.has(id) || id === seed.itemId || score <= 0) continue;
      const added = (say / totalSay) * share * score;
      partsOf(id).parts.similar += added;
      if (added > (loudest.get(id)?.say ?? 0)) loudest.set(id, { seed, say: added });
    }
  }
  const picked = new Set(popularIn(supply.popular, taste.pickedCategories));
  for (const candidate of parts.values()) {
    const { together, similar } = candidate.parts;
    const sum = (together + similar) * (picked.has(candidate.id) ? PICKED_CATEGORY_BOOST : 1);
    candidate.score = POPULAR_CEILING + (1 - POPULAR_CEILING) * Math.min(1, sum);
    candidate.way = together >= similar ? "together" : "similar";
  }
  const ranked = [...parts.values()]
    .sort((a, b) => b.score - a.score || (a.id < b.id ? -1 : 1))
    .slice(0, PERSONAL_LIMIT);
  for (const candidate of ranked) {
    const seed =
      candidate.way === "similar"
        ? loudest.get(candidate.id)?.seed
        : (loudestRow(candidate.id, seeds, rows) ?? nearestSeed(candidate.id, seeds, supply));
    if (seed) candidate.seed = seed;
  }
  return ranked;
}

/** The seed whose row adds most to a candidate. */
function loudestRow(
  id: string,
  seeds: { seed: Seed; row: Row | undefined; say: number }[],
  rows: RowSource | undefined,
): Seed | undefined {
  const target = rows?.indexOf(id);
  if (target === undefined) return undefined;
  let [best, most]: [Seed | undefined, number] = [undefined, 0];
  for (const { seed, row, say } of seeds) {
    const entry = row?.targets.indexOf(target) ?? -1;
    if (entry < 0) continue;
    const value = say * (DECODE[row?.codes[entry * CODES_PER_ENTRY + CODE.BA] ?? 0] ?? 0);
    if (value > most) [best, most] = [seed, value];
  }
  return best;
}

/** The seed that is most like a candidate in use: for what came by the embeddings and stands in no row. */
function nearestSeed(
  id: string,
  seeds: { seed: Seed; index: number | undefined }[],
  { rows, engine }: Supply,
): Seed | undefined {
  const target = rows?.indexOf(id);
  const [embedding] = engine?.core.embeddings ?? [];
  if (target === undefined || !embedding) return undefined;
  let [best, most]: [Seed | undefined, number] = [undefined, 0];
  for (const { seed, index } of seeds) {
    if (index === undefined || index === target || seed.weight <= 0) continue;
    const value = cosineOf(embedding, index, target) * DECAY ** seed.lag;
    if (value > most) [best, most] = [seed, value];
  }
  return best;
}

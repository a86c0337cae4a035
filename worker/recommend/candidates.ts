/**
 * Candidates for one person, best first: what goes with what they did (rows), what is described like it where rows are
 * thin (content neighbors), then what is popular. Pure; whether an item may be shown is decided later, at reading time.
 */
import { CODES_PER_ENTRY, DECODE, type Row } from "./engine/codec.ts";
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
}

/** What a request needs of a model: rows of the seeds only, by dense item index. */
export interface RowSource {
  indexOf(id: string): number | undefined;
  idOf(index: number): string | undefined;
  rowOf(index: number): Row | undefined;
}

export interface Supply {
  rows: RowSource | undefined;
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

/** How much of a seed's say goes to what is described like it, by how much behavior says of it. */
export function contentShare(row: Row | undefined, ways: readonly Way[]): number {
  if (!ways.includes("similar")) return 0;
  if (!ways.includes("together")) return 1;
  const entries = row?.targets.length ?? 0;
  if (entries === 0) return 1;
  return entries < THIN_ROW ? 0.5 : 0.15;
}

/** @param skip never listed (bought, excluded, just seen, …) */
export function rankCandidates(
  taste: Taste,
  supply: Supply,
  ways: readonly Way[],
  skip: ReadonlySet<string>,
): Candidate[] {
  const personal = rankPersonal(taste, supply, ways, skip);
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

function rankPersonal(taste: Taste, supply: Supply, ways: readonly Way[], skip: ReadonlySet<string>): Candidate[] {
  const { rows } = supply;
  const seeds = taste.seeds.map((seed) => {
    const index = rows?.indexOf(seed.itemId);
    const row = index === undefined ? undefined : rows?.rowOf(index);
    return { seed, index, row, say: seed.weight * DECAY ** seed.lag, share: contentShare(row, ways) };
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
    const session: SessionItem[] = seeds.flatMap(({ seed, index }) =>
      index === undefined ? [] : [{ item: index, lag: seed.lag, weight: seed.weight }],
    );
    const exclude = new Set([...skip].flatMap((id) => rows.indexOf(id) ?? []));
    const ranked = scoreByRows(session, (item) => rows.rowOf(item), { decay: DECAY, exclude, limit: PERSONAL_LIMIT });
    const best = ranked.scores[0] ?? 0;
    const rowSay = seeds.reduce((sum, { say, share, row }) => sum + (row ? Math.max(0, say) * (1 - share) : 0), 0);
    for (const [place, item] of ranked.items.entries()) {
      const id = rows.idOf(item);
      const score = ranked.scores[place] as number;
      if (id !== undefined && score > 0) partsOf(id).parts.together = ((rowSay / totalSay) * score) / best;
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
    const seed = candidate.way === "similar" ? loudest.get(candidate.id)?.seed : loudestRow(candidate.id, seeds, rows);
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

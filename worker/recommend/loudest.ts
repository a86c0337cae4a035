/**
 * Who spoke for what the net proposes: the seed with the loudest row, or else the one most alike in use; of what is there for
 * its contents, the one that it is described most like. Pure.
 */
import type { Candidate, RowSource, Supply } from "./candidates.ts";
import { CODES_PER_ENTRY, DECODE, type Row } from "./engine/codec.ts";
import { cosineOf } from "./engine/embedding.ts";
import type { Engine } from "./engine/engine.ts";
import { CODE } from "./engine/rows.ts";
import { DECAY, momentOf, type Seed, type Taste } from "./taste.ts";

/** Writes into a candidate the seed that speaks loudest for it, where nothing has said so yet. */
export function seedNamer(taste: Taste, supply: Supply): (candidate: Candidate) => void {
  const { rows } = supply;
  if (!rows) return () => undefined;
  let ofMoment: KnownSeed[] | undefined;
  let ofAll: KnownSeed[] | undefined;
  const inUse = (target: number, seeds: KnownSeed[]) =>
    loudestRow(target, seeds) ?? nearestSeed(target, seeds, supply.engine);
  const loudest = ({ id, way }: Candidate): Seed | undefined => {
    const likest = way === "similar" ? likestSeed(id, taste.seeds, supply) : undefined;
    if (likest || (way !== "personalized" && way !== "also_viewed")) return likest;
    const target = rows.indexOf(id);
    if (target === undefined) return undefined;
    if (way === "also_viewed") {
      ofMoment ??= knownSeeds(momentOf(taste.seeds), rows);
      return inUse(target, ofMoment);
    }
    ofAll ??= knownSeeds(taste.seeds, rows);
    return inUse(target, ofAll);
  };
  return (candidate) => {
    if (candidate.search !== undefined) return;
    const seed = candidate.seed ?? loudest(candidate);
    if (seed) candidate.seed = seed;
  };
}

/** The seed that a candidate is described most like. */
function likestSeed(id: string, seeds: readonly Seed[], { neighbors }: Supply): Seed | undefined {
  let best: Seed | undefined;
  let most = 0;
  for (const seed of seeds) {
    const near = seed.weight > 0 ? neighbors.similar?.get(seed.itemId) : undefined;
    const value = (near?.find((neighbor) => neighbor.id === id)?.score ?? 0) * DECAY ** seed.lag;
    if (value <= most) continue;
    best = seed;
    most = value;
  }
  return best;
}

interface KnownSeed {
  seed: Seed;
  index: number;
  row: Row | undefined;
  say: number;
}

function knownSeeds(seeds: readonly Seed[], rows: RowSource): KnownSeed[] {
  const known: KnownSeed[] = [];
  for (const seed of seeds) {
    const index = rows.indexOf(seed.itemId);
    if (index !== undefined) known.push({ seed, index, row: rows.rowOf(index), say: seed.weight * DECAY ** seed.lag });
  }
  return known;
}

/** The seed whose row adds most to a candidate. */
function loudestRow(target: number, seeds: KnownSeed[]): Seed | undefined {
  let best: Seed | undefined;
  let most = 0;
  for (const { seed, row, say } of seeds) {
    // Best first: nothing else in it says more than its first entry.
    if (!row || say * (DECODE[row.codes[CODE.BA] as number] as number) <= most) continue;
    const entry = row.targets.indexOf(target);
    if (entry < 0) continue;
    const value = say * (DECODE[row.codes[entry * CODES_PER_ENTRY + CODE.BA] as number] as number);
    if (value > most) {
      best = seed;
      most = value;
    }
  }
  return best;
}

/** The seed that is most like a candidate in use: for what came by the embeddings and stands in no row. */
function nearestSeed(target: number, seeds: KnownSeed[], engine: Engine | undefined): Seed | undefined {
  const [embedding] = engine?.core.embeddings ?? [];
  if (!embedding) return undefined;
  let [best, most]: [Seed | undefined, number] = [undefined, 0];
  for (const { seed, index } of seeds) {
    if (index === target || seed.weight <= 0) continue;
    const value = cosineOf(embedding, index, target) * DECAY ** seed.lag;
    if (value > most) [best, most] = [seed, value];
  }
  return best;
}

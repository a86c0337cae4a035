/**
 * What likes of some things say about likes of all others, and what follows from a visitor's answers. Pure.
 *
 * Likes of everyone are looked at as a Gaussian with the mean and the covariance that were counted. Given a few answers its
 * conditional mean is, in closed form, the ridge regression from those yes and no to every item: what was shown and not picked
 * counts as well as what was picked. Its conditional variance says what is still unknown, and so what to ask next.
 */

/** Keys of tiles say what they are: "item:coat-1", "category:홈 > 조명", "brand:…", "style:…". */
export const TILE_KINDS = ["item", "category", "brand", "style"] as const;
export type TileKind = (typeof TILE_KINDS)[number];

export interface Insight {
  /** People that were counted. */
  people: number;
  /** What may be asked. */
  tiles: string[];
  /** Ids of the items that can be foretold. */
  items: string[];
  /** How many of all people like it, 0 to 1. */
  tileMeans: Float32Array;
  itemMeans: Float32Array;
  /** Covariance of likes, tiles × tiles. */
  among: Float32Array;
  /** Covariance of likes, tiles × items. */
  across: Float32Array;
}

export interface Answer {
  tile: number;
  isLiked: boolean;
}

/** Strength of the ridge, in people: how many who say nothing are added to those who were counted. */
const RIDGE_PEOPLE = 15;

function noiseOf({ people }: Insight): number {
  return RIDGE_PEOPLE / Math.max(1, people);
}

/** (Σ + λI) w = x − μ over the answered tiles, by Cholesky. */
function weigh(insight: Insight, answers: readonly Answer[]): Float64Array {
  const count = answers.length;
  const size = insight.tiles.length;
  const lower = new Float64Array(count * count);
  const weights = new Float64Array(count);
  for (const [row, { tile, isLiked }] of answers.entries()) {
    for (let column = 0; column <= row; column++) {
      const other = (answers[column] as Answer).tile;
      let sum = (insight.among[tile * size + other] as number) + (row === column ? noiseOf(insight) : 0);
      for (let k = 0; k < column; k++)
        sum -= (lower[row * count + k] as number) * (lower[column * count + k] as number);
      lower[row * count + column] =
        row === column ? Math.sqrt(Math.max(sum, 1e-9)) : sum / (lower[column * count + column] as number);
    }
    let rest = (isLiked ? 1 : 0) - (insight.tileMeans[tile] as number);
    for (let k = 0; k < row; k++) rest -= (lower[row * count + k] as number) * (weights[k] as number);
    weights[row] = rest / (lower[row * count + row] as number);
  }
  for (let row = count - 1; row >= 0; row--) {
    let rest = weights[row] as number;
    for (let k = row + 1; k < count; k++) rest -= (lower[k * count + row] as number) * (weights[k] as number);
    weights[row] = rest / (lower[row * count + row] as number);
  }
  return weights;
}

function foretell(
  means: Float32Array,
  covariance: Float32Array,
  answers: readonly Answer[],
  weights: Float64Array,
): Float32Array {
  const expected = means.slice();
  for (const [place, { tile }] of answers.entries()) {
    const weight = weights[place] as number;
    const begin = tile * means.length;
    for (let at = 0; at < means.length; at++) {
      expected[at] = (expected[at] as number) + weight * (covariance[begin + at] as number);
    }
  }
  return expected;
}

/** How much each of `insight.items` is liked, given these answers (each tile once). Without answers: how popular it is. */
export function expectItems(insight: Insight, answers: readonly Answer[]): Float32Array {
  return foretell(insight.itemMeans, insight.across, answers, weigh(insight, answers));
}

/** The same of the tiles. */
export function expectTiles(insight: Insight, answers: readonly Answer[]): Float32Array {
  return foretell(insight.tileMeans, insight.among, answers, weigh(insight, answers));
}

export interface TileRequest {
  /** What is known of the visitor. */
  answers: readonly Answer[];
  /** Stand on the same screen already: what they will tell need not be asked again. */
  kept?: readonly number[];
  /** May be shown, and not among `answers` or `kept`. */
  open: readonly number[];
  count: number;
  /** How much more a tile is worth that is more likely to be liked: 0 not at all, 1 in proportion. */
  appeal?: number;
}

/** A tile that few like tells much by a pick that hardly comes: what is liked more is asked a little rather. */
const APPEAL = 0.1;
/** On the next screen it is time for what the visitor will like. */
export const NEXT_APPEAL = 1;
const LEAST_APPEAL = 0.01;

/** Beyond these nothing is left to doubt, and a doubt that is foretold as none is one still. */
const LEAST = 0.002;
const MOST = 0.98;

/**
 * At most `count` tiles, greedily: each next one explains most of what is still unknown of all others, times its appeal. A
 * thing counts by how open it is whether this visitor likes it, q(1 − q): so the choice moves towards and around what was
 * picked, and what is settled is not asked for. That each choice takes away what it explains is what keeps them diverse.
 */
export function chooseTiles(insight: Insight, request: TileRequest): number[] {
  const { answers, kept = [], open, count, appeal: exponent = APPEAL } = request;
  const size = insight.tiles.length;
  const noise = noiseOf(insight);
  const unknown = insight.among.slice();
  // Rows of what is neither asked nor to be asked are never looked at.
  const rows = new Set([...open, ...kept, ...answers.map(({ tile }) => tile)]);
  const learn = (tile: number) => {
    rows.delete(tile);
    const row = unknown.subarray(tile * size, (tile + 1) * size);
    const scale = 1 / ((row[tile] as number) + noise);
    for (const other of rows) {
      const factor = (row[other] as number) * scale;
      if (factor === 0) continue;
      const into = unknown.subarray(other * size, (other + 1) * size);
      for (let at = 0; at < size; at++) into[at] = (into[at] as number) - factor * (row[at] as number);
    }
  };
  for (const { tile } of answers) learn(tile);
  for (const tile of kept) learn(tile);
  const expected = expectTiles(insight, answers);
  const appeal = expected.map((q) => Math.max(LEAST_APPEAL, q) ** exponent);
  const openness = expected.map((value) => {
    const q = Math.min(MOST, Math.max(LEAST, value));
    return q * (1 - q);
  });
  const left = new Set(open);
  const chosen: number[] = [];
  while (chosen.length < count && left.size > 0) {
    let [best, most] = [-1, Number.NEGATIVE_INFINITY];
    for (const tile of left) {
      const row = unknown.subarray(tile * size, (tile + 1) * size);
      let explained = 0;
      for (let at = 0; at < size; at++) {
        const value = row[at] as number;
        explained += (openness[at] as number) * value * value;
      }
      const own = row[tile] as number;
      // What the answer says about the tile itself is of no use: the visitor has seen it.
      explained -= (openness[tile] as number) * own * own;
      const worth = ((appeal[tile] as number) * explained) / (own + noise);
      if (worth > most) [best, most] = [tile, worth];
    }
    left.delete(best);
    chosen.push(best);
    learn(best);
  }
  return chosen;
}

/**
 * What the intention model thinks of a moment, in a byte a click: how much likelier than usual a purchase is, and whether the
 * person looks around, compares or is about to buy. While a net is trained it comes from a model that has learned from older
 * visits only: neither the net nor what it is told has seen what came of the visit.
 */
import type { Gathering } from "./candidates.ts";
import { place, SURROUNDED } from "./feature-list.ts";
import { ROOM } from "./kernel/scoring.ts";
import type { Model } from "./model.ts";

/** In the order of their numbers. */
export const MODES = ["exploring", "comparing", "about_to_buy"] as const;

/** Nothing is known. */
export const NO_JUDGMENT = 0;

const LEVELS = 63;
/** Log-odds against what is usual that are told apart, either way. */
const REACH = 4;

const logOdds = (chance: number) => Math.log(Math.max(1e-6, chance) / Math.max(1e-6, 1 - chance));

/** @param chance of a purchase, @param usual that of the visits that the model learned from */
export function judgmentOf(chance: number, usual: number, mode: (typeof MODES)[number]): number {
  const lift = Math.max(-REACH, Math.min(REACH, logOdds(chance) - logOdds(usual)));
  const level = 1 + Math.round(((lift + REACH) / (2 * REACH)) * (LEVELS - 1));
  return (level << 2) | MODES.indexOf(mode);
}

export interface Judgment {
  /** Log-odds of a purchase against what is usual, −4 to 4. */
  lift: number;
  mode: (typeof MODES)[number];
}

/** Undefined where nothing is known. */
export function readJudgment(byte: number): Judgment | undefined {
  if (byte === NO_JUDGMENT) return undefined;
  const level = byte >> 2;
  return { lift: ((level - 1) / (LEVELS - 1)) * 2 * REACH - REACH, mode: MODES[byte & 3] ?? "exploring" };
}

const IN_SESSION = place("likelier to buy, in session");
const ROWS_AGAINST = place("BA against best");
const NEXT = place("lastT");
const LIKE_LAST = place("cosine 1 with last");

/** @param claim makes columns each candidate's own, and says where the first begins */
export function tellJudgment(
  claim: (first: number, columns: number) => number,
  columns: Float32Array,
  shared: Float32Array,
  { embeddings }: Pick<Model, "embeddings">,
  { count, visited, encoded, occasion: { judgment: byte = NO_JUDGMENT } }: Gathering,
): void {
  const judgment = readJudgment(byte);
  const { lift = 0, mode } = judgment ?? {};
  columns.fill(lift, IN_SESSION * ROOM, IN_SESSION * ROOM + visited);
  if (!judgment) return;
  const [isAbout, isComparing] = [mode === "about_to_buy" ? 1 : 0, mode === "comparing" ? 1 : 0];
  shared.set([lift, isAbout, isComparing], SURROUNDED);
  const at = claim(IN_SESSION + 1, 1);
  const best = shared[ROWS_AGAINST] as number;
  for (let c = 0; c < count; c++) columns[at + c] = lift * ((columns[c] as number) + best);
  const copy = (source: number, feature: number) =>
    columns.copyWithin(claim(feature, 1), source * ROOM, source * ROOM + count);
  if (isAbout) copy(NEXT, IN_SESSION + 2);
  // A column that nothing has been written to may hold anything.
  if (isComparing && embeddings.length > 0 && encoded[0]) copy(LIKE_LAST, IN_SESSION + 3);
}

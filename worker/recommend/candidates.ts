/**
 * Candidates for one person, best first: what each of the placement's ways proposes, blended by the re-ranker (blend.ts), or
 * by a marketer's own mix, which takes turns or weighs. Pure; whether an item may be shown is decided later, at reading time.
 */
import type { Insight } from "../survey/insight.ts";
import { blend } from "./blend.ts";
import { candidateOf, inOrder, LISTED, speak } from "./candidate-of.ts";
import type { Row } from "./engine/codec.ts";
import type { Engine } from "./engine/engine.ts";
import type { TasteRow } from "./engine/taste.ts";
import type { Habits } from "./habits.ts";
import type { Neighbors } from "./neighbors.ts";
import type { Newcomers } from "./newcomers.ts";
import type { Popular } from "./popularity.ts";
import { type LIKENESS_WAYS, type Mix, type Way, waysOf } from "./schema.ts";
import type { Taste } from "./taste.ts";
import { type Asked, type Proposal, propose } from "./ways.ts";

export interface Candidate extends Omit<Proposal, "value"> {
  /** In (0, 1], falling along the list. */
  score: number;
  /** The way that says most of it. */
  way: Way;
  /** What each way says of it: for `explain`, and where nobody asks for it not always told. */
  parts: Partial<Record<Way, number>>;
  /** What the placement's boosts made of its score. */
  boost?: number;
  /** It stands where a marketer has put it. */
  pinned?: true;
  /** No way has proposed it: it fills up a list that would be short. */
  filler?: true;
  /** It came last of all, but long ago. */
  old?: true;
}

/** What a request needs of a model: rows of the seeds only, by dense item index. */
export interface RowSource {
  indexOf(id: string): number | undefined;
  idOf(index: number): string | undefined;
  rowOf(index: number): Row | undefined;
  /** Items most alike in use, nearest first. */
  listOf(index: number): Int32Array | undefined;
  /** What the item says in a long history. */
  tasteOf?(index: number): TasteRow | undefined;
}

export interface Supply {
  rows: RowSource | undefined;
  /** Undefined: rows alone. */
  engine?: Engine | undefined;
  habits?: Habits | undefined;
  /** What survey answers are read by; undefined: nobody has answered, or nothing was counted. */
  insight?: Insight | undefined;
  /** By way: neighbors by seed, best first. */
  neighbors: Partial<Record<(typeof LIKENESS_WAYS)[number], ReadonlyMap<string, Neighbors>>>;
  /** By seed what is among its similar designs because it is described like it (stand-ins.ts). */
  standIns?: ReadonlyMap<string, ReadonlySet<string>> | undefined;
  /** By what was searched for: titles that are like it, best first; undefined: nobody has searched. */
  found?: ReadonlyMap<string, Neighbors> | undefined;
  popular: Popular;
  /** Names of what is known of the visit and the person (context.ts). */
  contexts: readonly string[];
  /** Servable items that came last, newest first. */
  arrivals: readonly string[];
  /** What the model was built without. */
  newcomers?: Newcomers | undefined;
  /** Epoch ms; left out where it is nobody's moment. */
  now?: number | undefined;
  /** What the model's own intention model thinks of the moment (engine/judgment.ts). */
  judgment?: number | undefined;
}

/**
 * @param skip never proposed (bought, excluded, seen lately, …)
 * @param never of these what is not even shown again as recently viewed; `skip` when left out
 * @param withCrowd false: where there are personal candidates, what is popular may be left to the caller
 * @param depth candidates of the net's own that are enough
 */
export function rankCandidates(
  taste: Taste,
  supply: Supply,
  mix: Mix,
  skip: ReadonlySet<string>,
  {
    never = skip,
    explain = false,
    withCrowd = true,
    depth,
  }: { never?: ReadonlySet<string>; explain?: boolean; withCrowd?: boolean; depth?: number | undefined } = {},
): Candidate[] {
  const asked: Asked = { taste, supply, skip, never, explain, withCrowd, depth };
  if (Array.isArray(mix)) return blend(asked, mix);
  return "order" in mix ? takeTurns(asked, mix.order) : weigh(asked, mix.weights);
}

/** What each way proposes by itself, for `explain`. */
export function proposalsByWay(asked: Asked, mix: Mix): Partial<Record<Way, Proposal[]>> {
  return Object.fromEntries(waysOf(mix).map((way) => [way, propose(way, asked)]));
}

function takeTurns(asked: Asked, order: { way: Way; count: number }[]): Candidate[] {
  const lists = new Map(order.map(({ way }) => [way, propose(way, asked)[Symbol.iterator]()]));
  const taken = new Map<string, Candidate>();
  const open = new Set(lists.keys());
  while (open.size > 0 && taken.size < LISTED) {
    for (const { way, count } of order) {
      let left = count;
      while (left > 0 && open.has(way)) {
        const next = lists.get(way)?.next();
        if (!next || next.done) open.delete(way);
        else if (!taken.has(next.value.id)) {
          taken.set(next.value.id, candidateOf(next.value, way, next.value.value));
          left--;
        }
      }
    }
  }
  return byPlace([...taken.values()], 1);
}

function weigh(asked: Asked, weights: Partial<Record<Way, number>>): Candidate[] {
  const found = new Map<string, Candidate>();
  const total = Object.values(weights).reduce((sum, weight) => sum + weight, 0);
  const loudest = new Map<string, number>();
  for (const way of waysOf({ weights })) {
    const weight = (weights[way] ?? 0) / total;
    for (const proposal of propose(way, asked)) {
      const said = weight * proposal.value;
      const known = found.get(proposal.id);
      if (!known) found.set(proposal.id, { ...candidateOf(proposal, way, proposal.value), score: said });
      else {
        known.score += said;
        known.parts[way] = proposal.value;
        if (said > (loudest.get(proposal.id) ?? 0)) speak(known, proposal, way);
      }
      loudest.set(proposal.id, Math.max(said, loudest.get(proposal.id) ?? 0));
    }
  }
  return inOrder([...found.values()]);
}

/** Scores by place, from `top` down. */
function byPlace(candidates: Candidate[], top: number): Candidate[] {
  for (const [place, candidate] of candidates.entries()) candidate.score = top * (1 - place / candidates.length);
  return candidates;
}

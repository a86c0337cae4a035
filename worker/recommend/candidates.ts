/**
 * Candidates for one person, best first: what each of the placement's ways proposes, blended. By default the re-ranker
 * blends: whatever the net knows stands in its order, whoever proposed it: behavior, likeness, the trend, what is new. Where it
 * has not learned what likeness or newness is worth, what is described alike has a say where behavior is thin, and new and
 * popular items come behind. A marketer's own mix takes turns or weighs. Pure; whether an item may be shown is decided
 * later, at reading time.
 */
import type { Insight } from "../survey/insight.ts";
import { askNet, knowsAny } from "./ask-net.ts";
import { SOURCE } from "./engine/candidates.ts";
import type { Row } from "./engine/codec.ts";
import type { Engine } from "./engine/engine.ts";
import type { TasteRow } from "./engine/taste.ts";
import type { Habits } from "./habits.ts";
import { nameSeeds } from "./loudest.ts";
import type { Neighbors } from "./neighbors.ts";
import type { Newcomers } from "./newcomers.ts";
import { type Popular, popularIn } from "./popularity.ts";
import { type Mix, type Way, waysOf } from "./schema.ts";
import type { Seed, Taste } from "./taste.ts";
import { type Asked, DECAY, type Proposal, propose } from "./ways.ts";

export interface Candidate extends Omit<Proposal, "value"> {
  /** In (0, 1], falling along the list. */
  score: number;
  /** The way that says most of it. */
  way: Way;
  /** What each way says of it, for `explain`. */
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

export const LIKENESS_WAYS = ["similar", "similar_titles", "similar_design"] as const;

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

/** A row of fewer entries has seen too little to be trusted alone. */
const THIN_ROW = 8;
const LISTED = 160;
const PICKED_CATEGORY_BOOST = 1.5;
/** Personal candidates score above this, popular ones below. */
const POPULAR_CEILING = 0.1;
/** What a way's own value is worth where the net has no word on an item, and when it comes to whose reason is given. */
const WORTH: Partial<Record<Way, number>> = {
  also_viewed: 0.9,
  bought_together: 0.95,
  complementary: 0.95,
  recently_viewed: 0.3,
  similar: 0.3,
  similar_titles: 0.3,
  similar_design: 0.3,
};
/** Of each kind of likeness, where the net blends it: as many as the engine gathers of contents. */
const MOST_ALIKE = 20;
const isLikeness = (way: Way) => (LIKENESS_WAYS as readonly Way[]).includes(way);

/**
 * How much of a seed's say goes to what is described like it, by how much behavior says of it. Where a net ranks what
 * behavior says, well-covered items leave no more to content than a place at the end.
 */
export function contentShare(row: Row | undefined, ways: readonly Way[], hasNet = false): number {
  if (!ways.some(isLikeness)) return 0;
  if (!ways.includes("personalized") && !ways.includes("also_viewed")) return 1;
  const entries = row?.targets.length ?? 0;
  if (entries === 0) return 1;
  if (entries < THIN_ROW) return 0.5;
  return hasNet ? 0.02 : 0.15;
}

/**
 * @param skip never proposed (bought, excluded, just seen, …)
 * @param never of these what is not even shown again as recently viewed; `skip` when left out
 * @param withCrowd false: where personal candidates abound, what is popular may be left to the caller
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
  }: { never?: ReadonlySet<string>; explain?: boolean; withCrowd?: boolean } = {},
): Candidate[] {
  const asked: Asked = { taste, supply, skip, never, explain, withCrowd };
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
          taken.set(next.value.id, candidateOf(next.value, way, { [way]: next.value.value }));
          left--;
        }
      }
    }
  }
  return byPlace(asked, [...taken.values()], 1);
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
      if (!known) found.set(proposal.id, { ...candidateOf(proposal, way, { [way]: proposal.value }), score: said });
      else {
        known.score += said;
        known.parts[way] = proposal.value;
        if (said > (loudest.get(proposal.id) ?? 0)) Object.assign(known, why(proposal), { way });
      }
      loudest.set(proposal.id, Math.max(said, loudest.get(proposal.id) ?? 0));
    }
  }
  const ranked = inOrder([...found.values()]).slice(0, LISTED);
  nameSeeds(asked.taste, asked.supply, ranked);
  return ranked;
}

function candidateOf(proposal: Proposal, way: Way, parts: Candidate["parts"]): Candidate {
  const { id, value, seed, category, because, seen, net } = proposal;
  // Field by field: a request makes some hundreds of them.
  const candidate: Candidate = { id, score: value, way, parts };
  if (seed) candidate.seed = seed;
  if (category !== undefined) candidate.category = category;
  if (because) candidate.because = because;
  if (seen) candidate.seen = seen;
  if (net) candidate.net = net;
  return candidate;
}

/** Of a proposal what a reason is made from. */
function why({ seed, category, because, seen }: Proposal): Partial<Candidate> {
  return {
    ...(seed ? { seed } : {}),
    ...(category === undefined ? {} : { category }),
    ...(because ? { because } : {}),
    ...(seen ? { seen } : {}),
  };
}

function inOrder(candidates: Candidate[]): Candidate[] {
  return candidates.sort((one, other) => other.score - one.score || (one.id < other.id ? -1 : 1));
}

/** Scores by place, from `top` down. */
function byPlace(asked: Asked, candidates: Candidate[], top: number): Candidate[] {
  for (const [place, candidate] of candidates.entries()) candidate.score = top * (1 - place / candidates.length);
  nameSeeds(asked.taste, asked.supply, candidates);
  return candidates;
}

const CROWD: readonly Way[] = ["trending", "new"];
/** So many personal candidates fill nearly every list; what is popular is made for those that they do not. */
const WITHOUT_CROWD = 80;

function blend(asked: Asked, ways: readonly Way[]): Candidate[] {
  const personal = blendPersonal(asked, ways);
  if (asked.withCrowd === false && personal.length >= WITHOUT_CROWD) return personal;
  const taken = new Set(personal.map(({ id }) => id));
  const rest = new Map<string, Candidate>();
  for (const way of ways) {
    // New arrivals have their own places in a list, and the end of it; alone they are the list.
    if (!CROWD.includes(way) || (way === "new" && ways.length > 1)) continue;
    for (const proposal of propose(way, asked)) {
      if (!taken.has(proposal.id) && !rest.has(proposal.id))
        rest.set(proposal.id, candidateOf(proposal, way, { [way]: proposal.value }));
    }
  }
  const crowd = [...rest.values()];
  for (const [place, candidate] of crowd.entries()) candidate.score = POPULAR_CEILING * (1 - place / crowd.length);
  return [...personal, ...crowd];
}

/** Of the ways whose candidates the net gathers itself, those that are asked for and that it has learned to place. */
function sourcesOf(ways: readonly Way[], engine: Engine | undefined): number {
  const hears = engine?.hears;
  return (
    SOURCE.behavior |
    SOURCE.extra |
    (ways.includes("trending") ? SOURCE.trend : 0) |
    (ways.includes("similar") && hears?.likeness ? SOURCE.likeness : 0) |
    (ways.includes("new") && hears?.arrivals ? SOURCE.arrival : 0)
  );
}

/** The way of a candidate of the net that behavior says nothing of. */
function wayOf({ sources = SOURCE.behavior }: Proposal): Way {
  if ((sources & SOURCE.behavior) !== 0) return "personalized";
  if ((sources & SOURCE.likeness) !== 0) return "similar";
  if ((sources & SOURCE.arrival) !== 0) return "new";
  return (sources & SOURCE.trend) === 0 ? "personalized" : "trending";
}

function blendPersonal(asked: Asked, all: readonly Way[]): Candidate[] {
  const { taste, supply } = asked;
  const ways = all.filter((way) => !CROWD.includes(way));
  const hasPersonalized = ways.includes("personalized");
  const hearsLikeness =
    supply.engine?.hears.likeness === true && (hasPersonalized || ways.includes("also_viewed")) && knowsAny(asked);
  const likeness = hearsLikeness ? [] : ways.filter(isLikeness);
  const said = ways
    .filter((way) => way !== "personalized" && !likeness.includes(way) && !(hearsLikeness && way === "similar"))
    .map((way) => [way, propose(way, asked).slice(0, isLikeness(way) ? MOST_ALIKE : undefined)] as const);
  const proposed = new Set(said.flatMap(([, proposals]) => proposals.map(({ id }) => id)));
  const saysAlike = hearsLikeness && ways.includes("similar");
  const net = hasPersonalized || saysAlike || proposed.size > 0 ? askNet(asked, [...proposed]) : undefined;
  const sources = sourcesOf(all, supply.engine) & (hasPersonalized ? ~0 : SOURCE.likeness);
  const ranked = (net ?? (hasPersonalized ? propose("personalized", asked) : [])).filter(
    ({ id, sources: own = sources }) => (own & sources) !== 0 || proposed.has(id),
  );
  const seeds = taste.seeds.map((seed) => {
    const index = supply.rows?.indexOf(seed.itemId);
    const row = index === undefined ? undefined : supply.rows?.rowOf(index);
    const say = seed.weight * DECAY ** seed.lag;
    return { seed, row, say, share: hearsLikeness ? 0 : contentShare(row, ways, net !== undefined) };
  });
  const totalSay = seeds.reduce((sum, { say }) => sum + Math.max(0, say), 0);
  const rowSay = seeds.reduce((sum, { say, share, row }) => sum + (row ? Math.max(0, say) * (1 - share) : 0), 0);
  const behaviorShare = hearsLikeness ? 1 : totalSay > 0 ? rowSay / totalSay : 0;

  const found = new Map<string, { candidate: Candidate; loudest: number }>();
  const hear = (proposal: Proposal, way: Way, part: number, worth: number, score: number) => {
    const known = found.get(proposal.id);
    if (!known) {
      const candidate = candidateOf(proposal, way, { [way]: part });
      candidate.score = score;
      found.set(proposal.id, { candidate, loudest: worth });
      return;
    }
    known.candidate.score += score;
    known.candidate.parts[way] = part;
    if (worth > known.loudest) {
      Object.assign(known.candidate, why(proposal), { way });
      known.loudest = worth;
    }
  };
  for (const proposal of ranked) {
    const part = behaviorShare * proposal.value;
    const way = wayOf(proposal);
    hear(proposal, way, part, hasPersonalized && way === "personalized" ? part : 0, part);
    const { likeness: alike = 0 } = proposal;
    if (saysAlike && alike > 0)
      hear({ id: proposal.id, value: alike }, "similar", alike, alike * (WORTH.similar ?? 1), 0);
  }
  for (const [way, proposals] of said) {
    for (const proposal of proposals) {
      const worth = (WORTH[way] ?? 1) * proposal.value;
      // The net has spoken: the way adds its name, not its weight.
      const score = net && found.has(proposal.id) ? 0 : (behaviorShare || 1) * worth;
      hear(proposal, way, proposal.value, worth, score);
    }
  }
  hearLikeness(asked, likeness, seeds, totalSay, hear);
  const picked = new Set(popularIn(supply.popular, taste.pickedCategories));
  const candidates = [...found.values()].map(({ candidate }) => candidate);
  let best = 1;
  for (const candidate of candidates) {
    if (picked.has(candidate.id)) candidate.score *= PICKED_CATEGORY_BOOST;
    if (candidate.score > best) best = candidate.score;
  }
  for (const candidate of candidates) {
    if (!hasPersonalized) delete candidate.parts.personalized;
    candidate.score = POPULAR_CEILING + (1 - POPULAR_CEILING) * (candidate.score / best);
  }
  const list = inOrder(candidates).slice(0, LISTED);
  nameSeeds(asked.taste, asked.supply, list);
  return list;
}

/** Each seed gives its share to what is like it, split between the kinds of likeness. */
function hearLikeness(
  { supply, skip }: Asked,
  ways: readonly Way[],
  seeds: { seed: Seed; say: number; share: number }[],
  totalSay: number,
  hear: (proposal: Proposal, way: Way, part: number, worth: number, score: number) => void,
): void {
  if (totalSay === 0) return;
  for (const way of LIKENESS_WAYS) {
    if (!ways.includes(way)) continue;
    const sums = new Map<string, { sum: number; seed: Seed; most: number }>();
    for (const { seed, say, share } of seeds) {
      if (say <= 0 || share === 0) continue;
      for (const { id, score } of supply.neighbors[way]?.get(seed.itemId) ?? []) {
        if (skip.has(id) || id === seed.itemId || score <= 0) continue;
        const added = ((say / totalSay) * share * score) / ways.length;
        const known = sums.get(id);
        if (!known) sums.set(id, { sum: added, seed, most: added });
        else {
          known.sum += added;
          if (added > known.most) Object.assign(known, { seed, most: added });
        }
      }
    }
    for (const [id, { sum, seed }] of sums) hear({ id, value: sum, seed }, way, sum, sum, sum);
  }
}

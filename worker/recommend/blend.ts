/**
 * The ways blended by the re-ranker: whatever the net knows stands in its order, whoever proposed it. Where it has not learned
 * what likeness or newness is worth, what is described alike has a say where behavior is thin, and new and popular items come
 * behind. Pure.
 */
import { askNet, knowsAny } from "./ask-net.ts";
import { candidateOf, inOrder, LISTED, speak } from "./candidate-of.ts";
import type { Candidate } from "./candidates.ts";
import { SOURCE } from "./engine/candidates.ts";
import type { Row } from "./engine/codec.ts";
import type { Engine } from "./engine/engine.ts";
import { popularIn } from "./popularity.ts";
import { LIKENESS_WAYS, type Way } from "./schema.ts";
import type { Seed } from "./taste.ts";
import { type Asked, DECAY, type Proposal, propose } from "./ways.ts";

/** A row of fewer entries has seen too little to be trusted alone. */
const THIN_ROW = 8;
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

const CROWD: readonly Way[] = ["trending", "new"];
export function blend(asked: Asked, ways: readonly Way[]): Candidate[] {
  const personal = blendPersonal(asked, ways);
  if (asked.withCrowd === false && personal.length > 0) return personal;
  const taken = new Set(personal.map(({ id }) => id));
  const rest = new Map<string, Candidate>();
  for (const way of ways) {
    // New arrivals have their own places in a list, and the end of it; alone they are the list.
    if (!CROWD.includes(way) || (way === "new" && ways.length > 1)) continue;
    for (const proposal of propose(way, asked)) {
      if (!taken.has(proposal.id) && !rest.has(proposal.id))
        rest.set(proposal.id, candidateOf(proposal, way, proposal.value));
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
  const hear = (proposal: Proposal, way: Way, part: number | undefined, worth: number, score: number) => {
    const known = found.get(proposal.id);
    if (!known) {
      const candidate = candidateOf(proposal, way, part);
      candidate.score = score;
      found.set(proposal.id, { candidate, loudest: worth });
      return;
    }
    known.candidate.score += score;
    if (part !== undefined) known.candidate.parts[way] = part;
    if (worth > known.loudest) {
      speak(known.candidate, proposal, way);
      known.loudest = worth;
    }
  };
  for (const proposal of ranked) {
    const score = behaviorShare * proposal.value;
    const way = wayOf(proposal);
    const isAsked = way !== "personalized" || hasPersonalized;
    hear(proposal, way, isAsked ? score : undefined, isAsked && way === "personalized" ? score : 0, score);
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
    candidate.score = POPULAR_CEILING + (1 - POPULAR_CEILING) * (candidate.score / best);
  }
  return inOrder(candidates).slice(0, LISTED);
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

/**
 * The ways blended by the re-ranker: whatever the net knows stands in its order, whoever proposed it. Where it has not learned
 * what likeness or newness is worth, what is described alike has a say where behavior is thin, and new and popular items come
 * behind. Pure.
 */
import { askNet, knowsAny, netOf } from "./ask-net.ts";
import { candidateOf, type Grounds, inOrder, speak } from "./candidate-of.ts";
import type { Candidate } from "./candidates.ts";
import { SOURCE } from "./engine/candidates.ts";
import type { Row } from "./engine/codec.ts";
import type { Engine, Ranked } from "./engine/engine.ts";
import { popularIn } from "./popularity.ts";
import { LIKENESS_WAYS, type Way } from "./schema.ts";
import { bySearch } from "./searches.ts";
import { DECAY, type Seed } from "./taste.ts";
import { type Asked, hearsSearches, likenessSeeds, type Proposal, propose } from "./ways.ts";

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
function wayOf({ sources }: Ranked): Way {
  if ((sources & SOURCE.behavior) !== 0) return "personalized";
  if ((sources & SOURCE.likeness) !== 0) return "similar";
  if ((sources & SOURCE.arrival) !== 0) return "new";
  return (sources & SOURCE.trend) === 0 ? "personalized" : "trending";
}

function blendPersonal(told: Asked, all: readonly Way[]): Candidate[] {
  const ways = all.filter((way) => !CROWD.includes(way));
  const searched = hearsSearches(ways, told) ? bySearch(told) : NO_PROPOSALS;
  // Searches are heard once, beside the ways.
  const asked = told.taste.searches ? { ...told, taste: { ...told.taste, searches: undefined } } : told;
  const { taste, supply, explain } = asked;
  const hasPersonalized = ways.includes("personalized");
  const hearsLikeness =
    supply.engine?.hears.likeness === true && (hasPersonalized || ways.includes("also_viewed")) && knowsAny(asked);
  const likeness = hearsLikeness ? [] : ways.filter(isLikeness);
  // The net gathers what is like any of the latest items. Where the page's item alone counts, the way itself proposes.
  const saysAlike =
    hearsLikeness &&
    ways.includes("similar") &&
    (hasPersonalized || likenessSeeds(taste.seeds, supply.neighbors.similar) === taste.seeds);
  const said = ways
    .filter((way) => way !== "personalized" && !likeness.includes(way) && !(saysAlike && way === "similar"))
    .map((way) => {
      const proposals = propose(way, asked);
      return { way, proposals: isLikeness(way) ? proposals.slice(0, MOST_ALIKE) : proposals };
    });
  const proposed = new Set<string>();
  for (const { proposals } of said) for (const { id } of proposals) proposed.add(id);
  for (const { id } of searched) proposed.add(id);
  const sources = hasPersonalized ? sourcesOf(all, supply.engine) : saysAlike ? SOURCE.likeness : 0;
  // Likeness that the net does not hear, and searches, may lift any candidate.
  const depth = likeness.length === 0 && searched.length === 0 ? asked.depth : undefined;
  const net =
    hasPersonalized || saysAlike || proposed.size > 0 ? askNet({ ...asked, depth }, proposed, sources) : undefined;
  const shares = hearsLikeness ? ALL_TO_BEHAVIOR : sharesOf(asked, ways, net !== undefined);
  const { behaviorShare } = shares;

  const chorus = new Chorus(explain);
  /** What scores less has candidates of the net's before it that were not asked for. */
  let least = 0;
  if (net) {
    let left = depth ?? Number.POSITIVE_INFINITY;
    for (const each of net.ranked) {
      const id = net.idOf(each);
      const score = behaviorShare * net.valueOf(each);
      if ((each.sources & (sources | SOURCE.extra)) !== 0 && --left === 0) least = score;
      if (id === undefined || ((each.sources & sources) === 0 && !proposed.has(id))) continue;
      const way = wayOf(each);
      const isAsked = hasPersonalized || (way !== "personalized" && (each.sources & sources) !== 0);
      const candidate: Candidate = { id, score, way, parts: explain ? {} : NO_PARTS };
      if (explain && isAsked) candidate.parts[way] = score;
      if (net.isSeen(each, id)) candidate.seen = true;
      if (explain) candidate.net = netOf(net, each);
      const place = chorus.begin(candidate, isAsked && way === "personalized" ? score : 0);
      const alike = each.likeness;
      if (saysAlike && alike > 0) chorus.join(place, NO_GROUNDS, "similar", alike, alike * (WORTH.similar ?? 1), 0);
    }
  } else if (hasPersonalized) {
    for (const proposal of propose("personalized", asked)) {
      const score = behaviorShare * proposal.value;
      chorus.hear(proposal, "personalized", score, score, score);
    }
  }
  for (const { way, proposals } of said) {
    for (const proposal of proposals) {
      const worth = (WORTH[way] ?? 1) * proposal.value;
      // The net has spoken: the way adds its name, not its weight.
      const score = net && chorus.knows(proposal.id) ? 0 : (behaviorShare || 1) * worth;
      chorus.hear(proposal, way, proposal.value, worth, score);
    }
  }
  for (const proposal of searched)
    chorus.hear(proposal, "similar_titles", proposal.value, proposal.value, proposal.value);
  hearLikeness(asked, likeness, hasPersonalized, shares, chorus);
  const candidates = least > 0 ? chorus.candidates.filter(({ score }) => score >= least) : chorus.candidates;
  if (taste.pickedCategories.length > 0) {
    const picked = new Set(popularIn(supply.popular, taste.pickedCategories));
    for (const candidate of candidates) if (picked.has(candidate.id)) candidate.score *= PICKED_CATEGORY_BOOST;
  }
  let best = 1;
  for (const { score } of candidates) if (score > best) best = score;
  for (const candidate of candidates) {
    candidate.score = POPULAR_CEILING + (1 - POPULAR_CEILING) * (candidate.score / best);
  }
  return inOrder(candidates);
}

/** Candidates while one way after another speaks for them; the reason is the loudest one's. */
class Chorus {
  readonly candidates: Candidate[] = [];
  readonly #isExplained: boolean;
  readonly #loudest: number[] = [];
  /** By id; made when a second way speaks. */
  #places: Map<string, number> | undefined;

  constructor(isExplained: boolean) {
    this.#isExplained = isExplained;
  }

  /** With one that nobody has spoken for yet. Answers its place. @param worth how loud it is */
  begin(candidate: Candidate, worth: number): number {
    this.#loudest.push(worth);
    const place = this.candidates.push(candidate) - 1;
    this.#places?.set(candidate.id, place);
    return place;
  }

  /** A further way speaks for what stands at this place. */
  join(place: number, grounds: Grounds, way: Way, part: number, worth: number, score: number): void {
    const candidate = this.candidates[place] as Candidate;
    candidate.score += score;
    if (this.#isExplained) candidate.parts[way] = part;
    if (worth <= (this.#loudest[place] as number)) return;
    speak(candidate, grounds, way);
    this.#loudest[place] = worth;
  }

  hear(proposal: Proposal, way: Way, part: number, worth: number, score: number): void {
    const place = this.#placeOf(proposal.id);
    if (place === undefined) this.begin(candidateOf(proposal, way, part, score), worth);
    else this.join(place, proposal, way, part, worth, score);
  }

  knows(id: string): boolean {
    return this.#placeOf(id) !== undefined;
  }

  #placeOf(id: string): number | undefined {
    this.#places ??= new Map(this.candidates.map((candidate, place) => [candidate.id, place]));
    return this.#places.get(id);
  }
}

const NO_GROUNDS: Grounds = {};
const NO_PROPOSALS: readonly Proposal[] = [];
/** Of what nobody asks to have explained. */
const NO_PARTS: Candidate["parts"] = Object.freeze({});

/** What of the seeds' say goes to behavior, and of each to what is described like it. */
interface Shares {
  seeds: { seed: Seed; say: number; share: number }[];
  totalSay: number;
  behaviorShare: number;
}

const ALL_TO_BEHAVIOR: Shares = { seeds: [], totalSay: 0, behaviorShare: 1 };

function sharesOf({ taste, supply: { rows } }: Asked, ways: readonly Way[], hasNet: boolean): Shares {
  let [totalSay, rowSay] = [0, 0];
  const seeds = taste.seeds.map((seed) => {
    const index = rows?.indexOf(seed.itemId);
    const row = index === undefined ? undefined : rows?.rowOf(index);
    const say = seed.weight * DECAY ** seed.lag;
    const share = contentShare(row, ways, hasNet);
    totalSay += Math.max(0, say);
    if (row) rowSay += Math.max(0, say) * (1 - share);
    return { seed, say, share };
  });
  return { seeds, totalSay, behaviorShare: totalSay > 0 ? rowSay / totalSay : 0 };
}

/** Each seed gives its share to what is like it, split between the kinds of likeness. */
function hearLikeness(
  { taste, supply, skip }: Asked,
  ways: readonly Way[],
  /** Of all that the person did, and not of the page alone. */
  isPersonal: boolean,
  { seeds, totalSay }: Shares,
  chorus: Chorus,
): void {
  if (totalSay === 0) return;
  for (const way of LIKENESS_WAYS) {
    if (!ways.includes(way)) continue;
    const near = supply.neighbors[way];
    const speakers = isPersonal ? undefined : new Set(likenessSeeds(taste.seeds, near));
    const sums = new Map<string, { sum: number; seed: Seed; most: number }>();
    for (const { seed, say, share } of seeds) {
      if (say <= 0 || share === 0 || speakers?.has(seed) === false) continue;
      for (const { id, score } of near?.get(seed.itemId) ?? []) {
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
    for (const [id, { sum, seed }] of sums) chorus.hear({ id, value: sum, seed }, way, sum, sum, sum);
  }
}

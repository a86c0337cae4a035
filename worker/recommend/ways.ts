/**
 * What each way proposes for one person, best first. Pure: everything it needs was read before. Values are each way's own,
 * in (0, 1]; how they are weighed against each other is for candidates.ts.
 */
import { hash32 } from "../lib/hash.ts";
import { askNet, proposalsOf } from "./ask-net.ts";
import { boughtTogether, complementary } from "./by-habit.ts";
import type { Supply } from "./candidates.ts";
import { type SessionItem, scoreByRows } from "./engine/score.ts";
import type { Neighbors } from "./neighbors.ts";
import { popularHere } from "./popular-here.ts";
import { popularIn } from "./popularity.ts";
import type { Way } from "./schema.ts";
import { withSearched } from "./searches.ts";
import { DECAY, momentOf, type Seed, type Taste } from "./taste.ts";

export interface Proposal {
  id: string;
  value: number;
  /** The item that spoke loudest for it. */
  seed?: Seed;
  /** The picked category that it stands for. */
  category?: string;
  /** Popular with people who come like this, or who are in the same segments; foretold by what they answered; or of a category that goes with the seed's. */
  because?: "context" | "segment" | "survey" | "category";
  /** What was searched for, where its title is like that. */
  search?: string | undefined;
  seen?: true;
  net?: { score: number; features: Record<string, number> };
}

export interface Asked {
  taste: Taste;
  supply: Supply;
  /** Not proposed: what is never shown, and what was seen lately. */
  skip: ReadonlySet<string>;
  /** Of these what is never shown (bought, excluded, …). */
  never: ReadonlySet<string>;
  explain: boolean;
  withCrowd?: boolean;
  /** Candidates of the net's own that are enough; `LIMIT` when left out. */
  depth?: number | undefined;
}

/** Candidates that a way proposes at most. */
export const LIMIT = 120;

/** What one way has for this person, strongest first; nothing where it knows nothing. */
export function propose(way: Way, asked: Asked): Proposal[] {
  switch (way) {
    case "personalized": {
      const net = askNet(asked);
      return withSearched(asked, net ? proposalsOf(net, asked.explain) : byRows(asked, asked.taste.seeds));
    }
    case "also_viewed":
      return byRows(asked, momentOf(asked.taste.seeds));
    case "bought_together":
      return boughtTogether(asked);
    case "complementary":
      return complementary(asked);
    case "similar_titles": {
      const own = byLikeness(asked, asked.supply.neighbors.similar_titles);
      return hearsSearches([way], asked) ? withSearched(asked, own) : own;
    }
    case "similar":
    case "similar_design":
      return byLikeness(asked, asked.supply.neighbors[way]);
    case "trending":
      return trending(asked);
    case "new":
      return falling(asked.supply.arrivals, asked.skip);
    case "recently_viewed":
      return recentlyViewed(asked);
  }
}

function byRows({ supply: { rows }, skip }: Asked, seeds: Seed[]): Proposal[] {
  if (!rows) return [];
  const session: SessionItem[] = [];
  const exclude = new Set<number>();
  for (const { itemId, lag, weight, from } of seeds) {
    const item = rows.indexOf(itemId);
    if (item === undefined) continue;
    session.push({ item, lag, weight });
    if (from === "current") exclude.add(item);
  }
  for (const id of skip) {
    const item = rows.indexOf(id);
    if (item !== undefined) exclude.add(item);
  }
  const { items, scores } = scoreByRows(session, (item) => rows.rowOf(item), { decay: DECAY, exclude, limit: LIMIT });
  const best = scores[0] ?? 0;
  const proposals: Proposal[] = [];
  for (let place = 0; place < items.length; place++) {
    const id = rows.idOf(items[place] as number);
    const score = scores[place] as number;
    if (id !== undefined && score > 0) proposals.push({ id, value: score / best });
  }
  return proposals;
}

/** As far as anything is like it, the item of the page alone: what is like a purchase of last week is not like this. */
export function likenessSeeds(seeds: Seed[], neighbors: ReadonlyMap<string, Neighbors> | undefined): Seed[] {
  const moment = momentOf(seeds);
  const [first] = moment;
  return first?.from === "current" && neighbors?.get(first.itemId)?.length ? moment : seeds;
}

/** Whether these ways tell what the person has searched for: what is named like a page's item is not about that. */
export function hearsSearches(
  ways: readonly Way[],
  { taste: { seeds, searches }, supply: { neighbors } }: Asked,
): boolean {
  if (!searches) return false;
  if (ways.includes("personalized")) return true;
  return ways.includes("similar_titles") && likenessSeeds(seeds, neighbors.similar_titles) === seeds;
}

function byLikeness({ taste, skip }: Asked, neighbors: ReadonlyMap<string, Neighbors> | undefined): Proposal[] {
  const said = new Map<string, Proposal>();
  for (const seed of likenessSeeds(taste.seeds, neighbors)) {
    if (seed.weight <= 0) continue;
    for (const { id, score } of neighbors?.get(seed.itemId) ?? []) {
      if (skip.has(id) || id === seed.itemId || score <= 0) continue;
      const value = Math.min(1, score) * DECAY ** seed.lag;
      if (value > (said.get(id)?.value ?? 0)) said.set(id, { id, value, seed });
    }
  }
  return [...said.values()].sort((one, other) => other.value - one.value || (one.id < other.id ? -1 : 1));
}

/** What was picked in a survey first, then what people like this look at more than others, then what all do. */
function trending({ taste, supply, skip }: Asked): Proposal[] {
  const { popular } = supply;
  const found = new Set<string>();
  const list: Proposal[] = [];
  const add = (proposal: Proposal) => {
    if (skip.has(proposal.id) || found.has(proposal.id)) return;
    found.add(proposal.id);
    list.push({ ...proposal });
  };
  for (const id of popularIn(popular, taste.pickedCategories)) {
    const category = taste.pickedCategories.find(
      (path) => Object.hasOwn(popular.categories, path) && popular.categories[path]?.includes(id),
    );
    add({ id, value: 1, ...(category === undefined ? {} : { category }) });
  }
  for (const proposal of popularHere(supply)) add(proposal);
  for (const [place, proposal] of list.entries()) proposal.value = 1 - place / list.length;
  return list;
}

/** Of all ways the one that what was seen lately is for. */
function recentlyViewed({ taste, never }: Asked): Proposal[] {
  const ids = taste.seeds.flatMap(({ itemId, from }) => (from === "page" || from === "history" ? [itemId] : []));
  return falling(ids, never).map((proposal) => ({ ...proposal, seen: true }));
}

function falling(ids: readonly string[], skip: ReadonlySet<string>): Proposal[] {
  const allowed = ids.filter((id) => !skip.has(id));
  return allowed.map((id, place) => ({ id, value: 1 - place / allowed.length }));
}

/** Of new arrivals those that this person is shown today: everybody tries others, each day anew. */
export function arrivalsFor(arrivals: readonly string[], person: string, day: number, count: number): string[] {
  const today = hash32(`${person}\n${day}`);
  const drawn: { id: string; draw: number }[] = [];
  for (const id of arrivals) {
    const draw = hash32(id, today);
    if (drawn.length === count && draw >= (drawn[count - 1]?.draw ?? 0)) continue;
    const place = drawn.findIndex((each) => draw < each.draw);
    drawn.splice(place < 0 ? drawn.length : place, 0, { id, draw });
    if (drawn.length > count) drawn.pop();
  }
  return drawn.map(({ id }) => id);
}

/**
 * What the person has just searched for, and what its words find in titles: said aloud, and a word that no item has brought. It
 * counts most while it is the last thing that was done. Pure.
 */
import { queryOf } from "../events/alias.ts";
import type { HistoryEvent } from "../events/store.ts";
import type { Action } from "./actions.ts";
import type { Neighbors } from "./neighbors.ts";
import type { Taste } from "./taste.ts";
import { GAP_MS } from "./visits.ts";
import type { Asked, Proposal } from "./ways.ts";

export interface Search {
  query: string;
  /** How many items and searches came after it. */
  lag: number;
}

/** Of the visit that goes on. */
const LATEST = 2;
/** With everything that was done after it. */
const FADING = 0.5;
/** Of one search: the rest of a list stays for what else is known of the person. */
const MOST_FOUND = 12;
/** What is named less like it than this, beside the best, has one of several words. */
const BESIDE_BEST = 0.5;

/**
 * The latest first; undefined where there is none, as of nearly everybody.
 * @param history newest first
 * @param done the actions of each event
 * @param itemId of the page
 */
export function searchesOf(
  history: readonly HistoryEvent[],
  done: readonly Action[][],
  itemId: string | undefined,
  now: number,
): Search[] | undefined {
  let searches: Search[] | undefined;
  let start = now;
  for (let place = 0; place < history.length; place++) {
    const event = history[place] as HistoryEvent;
    const isSearch = event.name === "product_searched";
    if (!isSearch && done[place]?.length === 0) continue;
    if (start - event.at > GAP_MS) break;
    start = Math.min(start, event.at);
    const query = isSearch ? queryOf(event.properties) : undefined;
    if (query === undefined || searches?.some((later) => later.query === query)) continue;
    const since = new Set(done.slice(0, place).flatMap((actions) => actions.map((action) => action.itemId)));
    if (itemId !== undefined) since.add(itemId);
    searches ??= [];
    searches.push({ query, lag: since.size + searches.length });
    if (searches.length === LATEST) break;
  }
  return searches;
}

/** What is to be looked for. */
export function queriesOf(tastes: readonly Pick<Taste, "searches">[]): string[] {
  return [...new Set(tastes.flatMap(({ searches = [] }) => searches.map(({ query }) => query)))];
}

/** What the searches find, best first; in (0, 1]. */
export function bySearch({ taste, supply, skip }: Asked): Proposal[] {
  const said = new Map<string, Proposal>();
  for (const { query, lag } of taste.searches ?? []) {
    const found = supply.found?.get(query) ?? NOTHING;
    const best = found[0]?.score ?? 1;
    let left = MOST_FOUND;
    for (const { id, score } of found) {
      if (left === 0 || score < BESIDE_BEST * best) break;
      if (skip.has(id)) continue;
      left--;
      const value = (score / best) * FADING ** lag;
      if (value > (said.get(id)?.value ?? 0)) said.set(id, { id, value, search: query });
    }
  }
  return [...said.values()].sort((one, other) => other.value - one.value || (one.id < other.id ? -1 : 1));
}

const NOTHING: Neighbors = [];

/** A way's own proposals with what the person searched for among them, each as the louder of the two says. */
export function withSearched(asked: Asked, own: Proposal[]): Proposal[] {
  const searched = asked.taste.searches ? bySearch(asked) : [];
  if (searched.length === 0) return own;
  const all = new Map(searched.map((proposal) => [proposal.id, proposal]));
  for (const proposal of own) {
    if (proposal.value > (all.get(proposal.id)?.value ?? 0)) all.set(proposal.id, proposal);
  }
  return [...all.values()].sort((one, other) => other.value - one.value);
}

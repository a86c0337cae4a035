/** What the net makes of everything that it may be asked about, in the words of the other ways. Pure. */
import { DAY } from "../lib/time.ts";
import { longHistory } from "./engine/histories.ts";
import type { Likes } from "./engine/occasion.ts";
import type { Neighbors } from "./neighbors.ts";
import { type Newcomers, NO_NEWCOMERS } from "./newcomers.ts";
import { type Asked, LIMIT, type Proposal } from "./ways.ts";

/** What the net says of everything that it knows of; undefined when there is none or nothing of the person's is known to it. */
export function askNet(
  { taste, supply, skip, explain, depth = LIMIT }: Asked,
  /** Candidates of other ways, ranked with the net's own. */
  extra: readonly string[] = [],
): Proposal[] | undefined {
  const { rows, engine, newcomers = NO_NEWCOMERS, neighbors, now, judgment } = supply;
  if (!rows || !engine?.core.net) return undefined;
  const indexOf = (id: string) => rows.indexOf(id) ?? newcomers.indexOf(id);
  const indexesOf = (ids: Iterable<string>) => {
    const indexes: number[] = [];
    for (const id of ids) {
      const index = indexOf(id);
      if (index !== undefined) indexes.push(index);
    }
    return indexes;
  };
  const known: number[] = [];
  const deeds: number[] = [];
  for (const [place, id] of taste.clicks.entries()) {
    const index = indexOf(id);
    if (index === undefined) continue;
    known.push(index);
    deeds.push(taste.deeds[place] as number);
  }
  if (known.length === 0 || !knowsAny({ taste, supply })) return undefined;
  const picked = new Set(taste.seeds.filter(({ from }) => from === "survey").map(({ itemId }) => itemId));
  const ranked = engine.rank(
    known,
    { ...rows, likeOf: likenessIn(neighbors.similar, indexOf, newcomers) },
    {
      deeds,
      judgment,
      day: now === undefined ? undefined : Math.fround(now / DAY),
      arrivals: newcomers.arrivals,
      newcomers: newcomers.described,
      exclude: new Set(indexesOf(skip)),
      limit: depth,
      extra: indexesOf(extra),
      history: engine.core.taste && longHistory(indexesOf([...taste.clicks.toReversed(), ...taste.bought])),
    },
  );
  const best = ranked[0]?.score ?? 0;
  const proposals: Proposal[] = [];
  for (const each of ranked) {
    const id = rows.idOf(each.item) ?? newcomers.idOf(each.item);
    if (id === undefined) continue;
    const { sources, likeness } = each;
    const proposal: Proposal = { id, value: 1 / (1 + (best - each.score) / 2), sources, likeness };
    // What was only picked in a survey was not looked at.
    if (each.seen && !picked.has(id)) proposal.seen = true;
    if (explain) proposal.net = { score: each.score, features: { ...engine.ways(each), ...engine.features(each) } };
    proposals.push(proposal);
  }
  return proposals;
}

/** Whether the net can start from anything that was done: of what is new to the model it knows likeness alone. */
export function knowsAny({ taste: { clicks }, supply }: Pick<Asked, "taste" | "supply">): boolean {
  const { rows, engine, newcomers } = supply;
  return clicks.some(
    (id) => rows?.indexOf(id) !== undefined || (engine?.hears.likeness && newcomers?.indexOf(id) !== undefined),
  );
}

/** Neighbors by item in the engine's numbers. */
function likenessIn(
  neighbors: ReadonlyMap<string, Neighbors> | undefined,
  indexOf: (id: string) => number | undefined,
  newcomers: Newcomers,
): (item: number) => Likes | undefined {
  const likes = new Map<number, Likes>();
  for (const [id, near] of neighbors ?? []) {
    const item = indexOf(id);
    if (item === undefined) continue;
    const whole = newcomers.likesOf?.(near);
    if (whole) {
      likes.set(item, whole);
      continue;
    }
    const known = near.flatMap(({ id: other, score }) => {
      const index = score > 0 ? indexOf(other) : undefined;
      return index === undefined ? [] : [{ index, score }];
    });
    likes.set(item, { items: known.map(({ index }) => index), scores: known.map(({ score }) => score) });
  }
  return (item) => likes.get(item);
}

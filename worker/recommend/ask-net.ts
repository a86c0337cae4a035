/** What the net makes of everything that it may be asked about. Pure. */
import { DAY } from "../lib/time.ts";
import { SOURCE } from "./engine/candidates.ts";
import type { Engine, Ranked } from "./engine/engine.ts";
import { longHistory } from "./engine/histories.ts";
import type { Likes } from "./engine/occasion.ts";
import type { Neighbors } from "./neighbors.ts";
import { type Newcomers, NO_NEWCOMERS } from "./newcomers.ts";
import { type Asked, LIMIT, type Proposal } from "./ways.ts";

/** What the net makes of what it was asked about, best first, in its own numbers; `engine` has to be asked before it ranks again. */
export interface NetSays {
  ranked: readonly Ranked[];
  engine: Engine;
  /** Undefined for what has left the model since. */
  idOf(each: Ranked): string | undefined;
  /** In (0, 1], as other ways have it. */
  valueOf(each: Ranked): number;
  /** Whether it was looked at: what was only picked in a survey was not. */
  isSeen(each: Ranked, id: string): boolean;
}

/** What the net says of everything that it knows of; undefined when there is none or nothing of the person's is known to it. */
export function askNet(
  { taste, supply, skip, depth = LIMIT }: Asked,
  /** Candidates of other ways, ranked with the net's own. */
  extra: Iterable<string> = [],
  /** Of the net's own those of these ways alone. */
  sources?: number,
): NetSays | undefined {
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
  for (let place = 0; place < taste.clicks.length; place++) {
    const index = indexOf(taste.clicks[place] as string);
    if (index === undefined) continue;
    known.push(index);
    deeds.push(taste.deeds[place] as number);
  }
  if (known.length === 0 || !knowsAny({ taste, supply })) return undefined;
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
      ...(sources === undefined ? {} : { sources }),
      limit: depth,
      extra: indexesOf(extra),
      history: engine.core.taste && longHistory([...known.toReversed(), ...indexesOf(taste.bought)]),
    },
  );
  const best = ranked[0]?.score ?? 0;
  return {
    ranked,
    engine,
    idOf: ({ item }) => rows.idOf(item) ?? newcomers.idOf(item),
    valueOf: ({ score }) => 1 / (1 + (best - score) / 2),
    isSeen: ({ seen }, id) => seen && !taste.seeds.some(({ from, itemId }) => from === "survey" && itemId === id),
  };
}

/** The score of what the net has ranked and what it was made from. */
export function netOf({ engine }: NetSays, each: Ranked): NonNullable<Proposal["net"]> {
  return { score: each.score, features: { ...engine.ways(each), ...engine.features(each) } };
}

/** What the net says that it has from behavior, in the words of the other ways. */
export function proposalsOf(says: NetSays, explain: boolean): Proposal[] {
  const proposals: Proposal[] = [];
  for (const each of says.ranked) {
    const id = (each.sources & SOURCE.behavior) === 0 ? undefined : says.idOf(each);
    if (id === undefined) continue;
    const proposal: Proposal = { id, value: says.valueOf(each) };
    if (says.isSeen(each, id)) proposal.seen = true;
    if (explain) proposal.net = netOf(says, each);
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
    const [items, scores]: [number[], number[]] = [[], []];
    for (const { id: other, score } of near) {
      const index = indexOf(other);
      if (index === undefined) continue;
      items.push(index);
      scores.push(score);
    }
    likes.set(item, { items, scores });
  }
  return (item) => likes.get(item);
}

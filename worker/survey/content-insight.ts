/**
 * An insight for a shop that nobody has visited yet: things are taken to be liked together as far as they are described alike.
 * Pure. Each thing is a vector of what it shares with others, so that the covariance is one that likes could have.
 */
import { type Described, keysOf, kindOfKey } from "./count-insight.ts";
import type { Insight } from "./insight.ts";

/** As much trust as if so many people had been counted. */
const AS_IF_PEOPLE = 1000;
const MOST_ITEMS = 200;
const MOST_GROUPS = 60;
/** How much of a like is for the kind of thing, its narrower kind, who makes it and its style; the rest is its own. */
const SHARES = { broad: 0.4, narrow: 0.25, brand: 0.1, style: 0.15 };
/** How much of a like of a group is for what the group has in common. */
const GROUP_SHARE = 0.8;

interface Thing {
  mean: number;
  /** Feature → share of its likes; adds up to at most 1, what is missing is its own. */
  features: Map<string, number>;
}

function featuresOf({ category, brand, style }: Described): Map<string, number> {
  const path = category?.split(" > ") ?? [];
  const features = new Map<string, number>();
  if (path[0]) features.set(`broad:${path[0]}`, SHARES.broad);
  if (path.length > 1) features.set(`narrow:${category}`, SHARES.narrow);
  if (brand) features.set(`brand:${brand}`, SHARES.brand);
  if (style) features.set(`style:${style}`, SHARES.style);
  return features;
}

function featuresOfGroup(key: string): Map<string, number> {
  const kind = kindOfKey(key);
  const name = key.slice(kind.length + 1);
  if (kind !== "category") return new Map([[key, GROUP_SHARE]]);
  const [broad = "", ...deeper] = name.split(" > ");
  if (deeper.length === 0) return new Map([[`broad:${broad}`, GROUP_SHARE]]);
  return new Map([
    [`broad:${broad}`, GROUP_SHARE / 3],
    [`narrow:${name}`, (2 * GROUP_SHARE) / 3],
  ]);
}

/** Half as many like the ninetieth as the first: nobody has counted, but somebody has put them into an order. */
function likelihoodAt(rank: number): number {
  return 0.3 / Math.sqrt(1 + rank / 30);
}

/** @param bestFirst items that may be shown, in the order in which they are thought to be liked */
export function insightFromContent(bestFirst: readonly ({ id: string } & Described)[]): Insight {
  const described = bestFirst.slice(0, MOST_ITEMS);
  const groups = new Map<string, number>();
  for (const item of described) {
    for (const key of keysOf(item.id, item).slice(1)) groups.set(key, (groups.get(key) ?? 0) + 1);
  }
  const items: Thing[] = described.map((item, rank) => ({ mean: likelihoodAt(rank), features: featuresOf(item) }));
  const named = [...groups].sort((a, b) => b[1] - a[1]).slice(0, MOST_GROUPS);
  const tiles: Thing[] = [
    ...items,
    ...named.map(([key, count]) => ({
      mean: 0.1 + (0.3 * count) / described.length,
      features: featuresOfGroup(key),
    })),
  ];
  const spread = ({ mean }: Thing) => Math.sqrt(mean * (1 - mean));
  const covariance = (one: Thing, other: Thing): number => {
    if (one === other) return one.mean * (1 - one.mean);
    let alike = 0;
    for (const [feature, share] of one.features) alike += Math.sqrt(share * (other.features.get(feature) ?? 0));
    return alike * spread(one) * spread(other);
  };
  const matrix = (columns: Thing[]) =>
    Float32Array.from({ length: tiles.length * columns.length }, (_, at) =>
      covariance(tiles[Math.floor(at / columns.length)] as Thing, columns[at % columns.length] as Thing),
    );
  return {
    people: AS_IF_PEOPLE,
    tiles: [...described.map(({ id }) => `item:${id}`), ...named.map(([key]) => key)],
    items: described.map(({ id }) => id),
    tileMeans: Float32Array.from(tiles, ({ mean }) => mean),
    itemMeans: Float32Array.from(items, ({ mean }) => mean),
    among: matrix(tiles),
    across: matrix(items),
  };
}

/**
 * Counts an insight from what people liked, in two passes that a stream can feed: how many like each item says what may be a
 * tile and what can be foretold; then the covariance of those. Pure. Memory is bounded by the tiles, not by the people.
 */
import { type Insight, TILE_KINDS, type TileKind } from "./insight.ts";

/** What an item is, as far as a tile can stand for it. */
export interface Described {
  /** "홈 > 조명" */
  category: string | null;
  brand: string | null;
  style: string | null;
}

/** One person's likes: item id → how much, 0 to 1. */
export type Likes = ReadonlyMap<string, number>;

/** Tiles by kind: the most liked of each. Together they are what the choice of tiles costs. */
const MOST_TILES: Record<TileKind, number> = { item: 200, category: 30, brand: 20, style: 15 };
const MOST_ITEMS = 2000;
/** A person's likes beyond these say no more about what goes with what. */
const MOST_LIKES = 150;
/** A group is liked as much as it is twice its part of what a person likes: half of it is all one can ask. */
const GROUP_SHARE = 2;

/** Every tile that an item is counted for. Categories by each prefix of their path. */
export function keysOf(id: string, { category, brand, style }: Described): string[] {
  const path = category?.split(" > ") ?? [];
  return [
    `item:${id}`,
    ...path.map((_, depth) => `category:${path.slice(0, depth + 1).join(" > ")}`),
    ...(brand ? [`brand:${brand}`] : []),
    ...(style ? [`style:${style}`] : []),
  ];
}

export function kindOfKey(key: string): TileKind {
  return TILE_KINDS.find((kind) => key.startsWith(`${kind}:`)) ?? "item";
}

export interface Scope {
  tiles: string[];
  items: string[];
}

/** @param liked item id → by how many (or how much) it is liked */
export function scopeOf(liked: ReadonlyMap<string, number>, describe: (id: string) => Described): Scope {
  const byTile = new Map<string, number>();
  for (const [id, count] of liked) {
    for (const key of keysOf(id, describe(id))) byTile.set(key, (byTile.get(key) ?? 0) + count);
  }
  const bestOf = (entries: Iterable<[string, number]>, most: number) =>
    [...entries]
      .sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
      .slice(0, most)
      .map(([key]) => key);
  const kinds = Map.groupBy(byTile, ([key]) => kindOfKey(key));
  return {
    tiles: TILE_KINDS.flatMap((kind) => bestOf(kinds.get(kind) ?? [], MOST_TILES[kind])),
    items: bestOf(liked, MOST_ITEMS),
  };
}

interface Own {
  tile: number | undefined;
  groups: readonly number[];
}
const NO_TILE: Own = { tile: undefined, groups: [] };

export class InsightCounter {
  readonly #scope: Scope;
  readonly #items: Map<string, number>;
  /** Item id → its own tile, and those of its groups. */
  readonly #own = new Map<string, Own>();
  readonly #tiles: Map<string, number>;
  readonly #describe: (id: string) => Described;
  readonly #tileSums: Float64Array;
  readonly #itemSums: Float64Array;
  readonly #among: Float64Array;
  readonly #across: Float64Array;
  #people = 0;

  constructor(scope: Scope, describe: (id: string) => Described) {
    this.#scope = scope;
    this.#describe = describe;
    this.#items = new Map(scope.items.map((id, index) => [id, index]));
    this.#tiles = new Map(scope.tiles.map((key, index) => [key, index]));
    const [tiles, items] = [scope.tiles.length, scope.items.length];
    this.#tileSums = new Float64Array(tiles);
    this.#itemSums = new Float64Array(items);
    this.#among = new Float64Array(tiles * tiles);
    this.#across = new Float64Array(tiles * items);
  }

  #tilesOf(id: string): Own {
    const known = this.#own.get(id);
    if (known) return known;
    const [own, ...keys] = keysOf(id, this.#describe(id));
    const tile = this.#tiles.get(own ?? "");
    const groups = keys.flatMap((key) => this.#tiles.get(key) ?? []);
    // Most of a large catalog is in no tile.
    const found = tile === undefined && groups.length === 0 ? NO_TILE : { tile, groups };
    this.#own.set(id, found);
    return found;
  }

  add(likes: Likes): void {
    if (likes.size === 0) return;
    const strongest =
      likes.size > MOST_LIKES ? [...likes].sort((a, b) => b[1] - a[1]).slice(0, MOST_LIKES) : [...likes];
    const tiles = new Map<number, number>();
    const items: [number, number][] = [];
    const total = strongest.reduce((sum, [, degree]) => sum + degree, 0);
    for (const [id, degree] of strongest) {
      const { tile, groups } = this.#tilesOf(id);
      if (tile !== undefined) tiles.set(tile, degree);
      for (const group of groups) tiles.set(group, (tiles.get(group) ?? 0) + (GROUP_SHARE * degree) / total);
      const item = this.#items.get(id);
      if (item !== undefined) items.push([item, degree]);
    }
    const [width, size] = [this.#scope.items.length, this.#scope.tiles.length];
    const degrees = [...tiles].map(([tile, degree]): [number, number] => [tile, Math.min(1, degree)]);
    for (const [item, degree] of items) this.#itemSums[item] = (this.#itemSums[item] as number) + degree;
    for (const [tile, degree] of degrees) {
      this.#tileSums[tile] = (this.#tileSums[tile] as number) + degree;
      for (const [item, other] of items) {
        const at = tile * width + item;
        this.#across[at] = (this.#across[at] as number) + degree * other;
      }
      for (const [tileToo, other] of degrees) {
        const at = tile * size + tileToo;
        this.#among[at] = (this.#among[at] as number) + degree * other;
      }
    }
    this.#people++;
  }

  finish(): Insight {
    const people = Math.max(1, this.#people);
    const tileMeans = Float32Array.from(this.#tileSums, (sum) => sum / people);
    const itemMeans = Float32Array.from(this.#itemSums, (sum) => sum / people);
    const center = (sums: Float64Array, columns: Float32Array) =>
      Float32Array.from(sums, (sum, at) => {
        const tile = Math.floor(at / columns.length);
        return sum / people - (tileMeans[tile] as number) * (columns[at % columns.length] as number);
      });
    const { tiles, items } = this.#scope;
    const [among, across] = [center(this.#among, tileMeans), center(this.#across, itemMeans)];
    return { people: this.#people, tiles, items, tileMeans, itemMeans, among, across };
  }
}

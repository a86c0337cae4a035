/**
 * Which tiles a question may show and which of them it shows. Pure. Only what can be bought now and has a picture stands on
 * a tile; a group stands with the picture of its best item.
 */
import type { Item } from "../catalog/price.ts";
import { insightFromContent } from "./content-insight.ts";
import { type Described, keysOf, kindOfKey } from "./count-insight.ts";
import { type Answer, chooseTiles, type Insight, NEXT_APPEAL, type TileKind } from "./insight.ts";

export type Kind = Pick<Item, "id" | "category" | "brand" | "imageUrl" | "attributes">;

/** What tiles can be made of: the insight, and the item that stands for each tile. */
export interface Supply {
  insight: Insight;
  /** Tile's key → the item that is shown on it. */
  faces: Map<string, Item>;
}

/** With fewer counted products on sale than this, what the catalog says is asked instead. */
const ENOUGH = 24;

export function describeItem({ category, brand, attributes }: Omit<Kind, "id" | "imageUrl">): Described {
  return { category, brand, style: typeof attributes.style === "string" ? attributes.style : null };
}

/** @param bestFirst items that may be shown now, the best known first */
export function supplyOf(bestFirst: readonly Item[], counted: Insight | undefined): Supply {
  const faces = new Map<string, Item>();
  const pictured = bestFirst.filter((item) => item.imageUrl !== null);
  for (const item of pictured) {
    for (const key of keysOf(item.id, describeItem(item))) if (!faces.has(key)) faces.set(key, item);
  }
  const known = counted?.tiles.filter((key) => key.startsWith("item:") && faces.has(key)).length ?? 0;
  if (counted && known >= ENOUGH) return { insight: counted, faces };
  return { insight: insightFromContent(pictured.map((item) => ({ id: item.id, ...describeItem(item) }))), faces };
}

const depthOf = (key: string) => key.split(" > ").length;

/** Tiles of a kind that can be shown: of categories one level, the broadest that has enough of them. */
export function openTiles(
  { insight, faces }: Pick<Supply, "insight" | "faces">,
  kind: TileKind,
  count: number,
): number[] {
  const open = insight.tiles.flatMap((key, tile) => (kindOfKey(key) === kind && faces.has(key) ? [tile] : []));
  if (kind !== "category") return open;
  const levels = [...Map.groupBy(open, (tile) => depthOf(insight.tiles[tile] as string))].sort((a, b) => a[0] - b[0]);
  const enough = levels.find(([, tiles]) => tiles.length >= count);
  return (enough ?? levels.toSorted((a, b) => b[1].length - a[1].length)[0])?.[1] ?? [];
}

/** What a visitor has answered before: keys that were shown, and those of them that were picked. */
export interface Before {
  shown: string[];
  picked: string[];
}

/** As answers about the insight's tiles; what it does not know says nothing. */
export function answersOf({ tiles }: Insight, before: readonly Before[]): Answer[] {
  const indexes = new Map(tiles.map((key, tile) => [key, tile]));
  const answers = new Map<number, boolean>();
  for (const { shown, picked } of before) {
    for (const key of shown) {
      const tile = indexes.get(key);
      if (tile !== undefined) answers.set(tile, answers.get(tile) || picked.includes(key));
    }
  }
  return [...answers].map(([tile, isLiked]) => ({ tile, isLiked }));
}

/** First screens are everybody's: kept as long as what they are made of. */
const firsts = new WeakMap<Supply, Map<string, string[]>>();

/** Keys of the tiles that tell most about this visitor, of one kind. */
export function chooseFor(supply: Supply, kind: TileKind, count: number, before: readonly Before[]): string[] {
  if (before.length > 0) return choose(supply, kind, count, before);
  const known = firsts.get(supply) ?? new Map<string, string[]>();
  firsts.set(supply, known);
  const name = `${kind} ${count}`;
  const first = known.get(name) ?? choose(supply, kind, count, []);
  known.set(name, first);
  return first;
}

function choose(supply: Supply, kind: TileKind, count: number, before: readonly Before[]): string[] {
  const answers = answersOf(supply.insight, before);
  const answered = new Set(answers.map(({ tile }) => tile));
  const open = openTiles(supply, kind, count).filter((tile) => !answered.has(tile));
  const appeal = answers.length > 0 ? NEXT_APPEAL : undefined;
  return chooseTiles(supply.insight, { answers, open, count, ...(appeal ? { appeal } : {}) }).map(
    (tile) => supply.insight.tiles[tile] as string,
  );
}

/**
 * The same screen after a tap: everything up to the tapped tile stays, and so does what is picked; the other places behind it
 * are chosen anew around what is picked by now.
 */
export function rechoose(
  supply: Supply,
  screen: { shown: string[]; picked: string[]; tapped: string },
  before: readonly Before[],
): string[] {
  const { insight } = supply;
  const place = screen.shown.indexOf(screen.tapped);
  const isKept = (key: string, at: number) => at <= place || screen.picked.includes(key);
  const keptKeys = screen.shown.filter(isKept);
  const answers = answersOf(insight, [...before, { shown: screen.picked, picked: screen.picked }]);
  const answered = new Set(answers.map(({ tile }) => tile));
  const kept = keptKeys.map((key) => insight.tiles.indexOf(key)).filter((tile) => tile >= 0 && !answered.has(tile));
  const kind = kindOfKey(screen.tapped);
  const taken = new Set([...answered, ...kept]);
  const open = openTiles(supply, kind, screen.shown.length).filter((tile) => !taken.has(tile));
  const chosen = chooseTiles(insight, { answers, kept, open, count: screen.shown.length - keptKeys.length }).map(
    (tile) => insight.tiles[tile] as string,
  );
  return screen.shown.flatMap((key, at) => (isKept(key, at) ? [key] : (chosen.shift() ?? [])));
}

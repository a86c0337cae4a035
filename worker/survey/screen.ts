/**
 * What is asked next. Tiles come from the live catalog: what is sold out, hidden or deleted is not shown, and a question
 * that has nothing left to show is not asked.
 */
import { isServable, listServable, readItems, titleOf } from "../catalog/read.ts";
import type { Item } from "../catalog/price.ts";
import type { Deps } from "../deps.ts";
import type { ShownQuestion, ShownTile, Survey, SurveyScreen, Tile } from "./schema.ts";
import { writeTicket } from "./ticket.ts";
import { chooseCategories, chooseItems } from "./tiles.ts";

/** What many look for: item ids, best first. The door asks the recommender; empty when there is none. */
type PopularIds = string[];

/** How many of the popular items, or of a catalog without popularity, are looked at for automatic tiles. */
const CANDIDATES = 200;
/** With fewer popular items than this, the rest of the catalog is looked at too. */
const ENOUGH = 60;
/** A screen needs a choice. */
const FEWEST_TILES = 2;

type Language = "ko" | "en";

function inLanguage(words: { ko?: string | undefined; en?: string | undefined }, locale: Language): string {
  return words[locale] ?? words.ko ?? words.en ?? "";
}

export async function nextScreen(
  deps: Deps,
  survey: Survey,
  visitor: { locale: Language; popular: PopularIds },
): Promise<SurveyScreen> {
  const { id, version, definition } = survey;
  const { locale } = visitor;
  const items = await readCandidates(deps, survey, visitor.popular);
  const questions = definition.questions.flatMap((question): ShownQuestion[] => {
    const words = {
      title: inLanguage(question.title, locale),
      hint: question.hint ? inLanguage(question.hint, locale) : null,
    };
    if (question.kind === "choice") {
      const options = question.options.map(({ value, label }) => ({ value, label: inLanguage(label, locale) }));
      return [{ id: question.id, kind: "choice", ...words, multiple: question.multiple, options }];
    }
    const tiles = Array.isArray(question.tiles)
      ? question.tiles.flatMap((tile) => showTile(tile, items, locale))
      : question.tiles.auto === "items"
        ? chooseItems(items.popularFirst, question.tiles.count).map((item) => itemTile(item, locale))
        : chooseCategories(items.popularFirst, question.tiles.count).map(({ path, item }) =>
            categoryTile(path, item, null),
          );
    if (tiles.length < FEWEST_TILES) return [];
    return [{ id: question.id, kind: "tiles", ...words, most: Math.min(question.most, tiles.length), tiles }];
  });
  const shared = { id, version, locale, placement: definition.placement, show: definition.show };
  if (questions.length === 0) return { ...shared, screen: null, ticket: null };
  return {
    ...shared,
    screen: { questions },
    ticket: await writeTicket(deps, survey.siteId, { id, version, questions }),
  };
}

interface Candidates {
  /** Servable, most popular first, then in the catalog's order. */
  popularFirst: Item[];
  byId: Map<string, Item>;
}

async function readCandidates(deps: Deps, survey: Survey, popular: PopularIds): Promise<Candidates> {
  const questions = survey.definition.questions.filter((question) => question.kind === "tiles");
  const named = questions.flatMap(({ tiles }) =>
    Array.isArray(tiles) ? tiles.flatMap((tile) => ("itemId" in tile ? [tile.itemId] : [])) : [],
  );
  const needsPopular = questions.some(({ tiles }) => !Array.isArray(tiles) || tiles.some((tile) => "category" in tile));
  const ids = needsPopular ? popular.slice(0, CANDIDATES) : [];
  const wanted = [...new Set([...ids, ...named])];
  const read = wanted.length > 0 ? await readItems(deps, survey.siteId, wanted) : new Map<string, Item>();
  const servable = new Map([...read].filter(([, item]) => isServable(item)));
  const popularFirst = ids.flatMap((id) => servable.get(id) ?? []);
  if (needsPopular && popularFirst.length < ENOUGH) {
    const known = new Set(popularFirst.map((item) => item.id));
    const others = await listServable(deps, survey.siteId, undefined, 2 * CANDIDATES);
    popularFirst.push(...others.filter((item) => !known.has(item.id)));
  }
  return { popularFirst, byId: servable };
}

function showTile(tile: Tile, items: Candidates, locale: Language): ShownTile[] {
  if ("itemId" in tile) {
    const item = items.byId.get(tile.itemId);
    return item ? [itemTile(item, locale)] : [];
  }
  // The picture of a category is its most popular item's; without any the category is gone.
  const within = items.popularFirst.filter((item) => `${item.category} > `.startsWith(`${tile.category} > `));
  const item = within.find((each) => each.imageUrl) ?? within[0];
  return item ? [categoryTile(tile.category, item, tile.title ? inLanguage(tile.title, locale) : null)] : [];
}

function itemTile(item: Item, locale: Language): ShownTile {
  return { key: `item:${item.id}`, itemId: item.id, title: titleOf(item, locale), imageUrl: item.imageUrl };
}

function categoryTile(path: string, item: Item, title: string | null): ShownTile {
  return {
    key: `category:${path}`,
    category: path,
    title: title ?? path.split(" > ").at(-1) ?? path,
    imageUrl: item.imageUrl,
  };
}

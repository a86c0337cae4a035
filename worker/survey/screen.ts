/**
 * What is asked next, given what was answered. A question whose condition does not hold, or that has nothing left to show, is
 * passed over.
 */

import type { Item } from "../catalog/price.ts";
import { isServable, readItems, titleOf } from "../catalog/read.ts";
import type { Deps } from "../deps.ts";
import { Refusal } from "../lib/errors.ts";
import type { TileKind } from "./insight.ts";
import type { Question, ShownQuestion, ShownTile, Survey, SurveyScreen, Tile, TilesRequest } from "./schema.ts";
import { type Known, openSupply } from "./supply.ts";
import { askedOf, readTicket, type Ticket, writeTicket } from "./ticket.ts";
import { chooseFor, rechoose, type Supply } from "./tiles.ts";

/** A screen needs a choice. */
const FEWEST_TILES = 2;

export type Language = "ko" | "en";

type Answered = Ticket["before"];
type TilesOf = Extract<Question, { kind: "tiles" }>;

const KINDS = { items: "item", categories: "category", brands: "brand", styles: "style" } as const;

export interface Visitor {
  locale: Language;
  currency: string;
  known: Known;
}

function inLanguage(words: { ko?: string | undefined; en?: string | undefined }, locale: Language): string {
  return words[locale] ?? words.ko ?? words.en ?? "";
}

/**
 * @param answered what earlier screens asked
 * @param all every question that can be asked now at once, for who brings an own screen; otherwise the next one
 */
export async function nextScreen(
  deps: Deps,
  survey: Survey,
  visitor: Visitor,
  { answered = {}, all = false }: { answered?: Answered; all?: boolean } = {},
): Promise<SurveyScreen> {
  const { id, version, definition } = survey;
  const done = Object.keys(answered).length;
  const left = definition.screens - done;
  const questions: ShownQuestion[] = [];
  for (const question of definition.questions) {
    if (questions.length >= (all ? left : Math.min(1, left))) break;
    if (Object.hasOwn(answered, question.id) || !holds(question, answered)) continue;
    const shown = await show(deps, survey, visitor, question, answered);
    if (shown) questions.push(shown);
  }
  const { locale } = visitor;
  const { placement, show: rules } = definition;
  const look = lookOf(definition.look);
  const shared = { id, of: id, version, locale, placement, show: rules, look, group: "asked" as const };
  if (questions.length === 0) return { ...shared, screen: null, ticket: null };
  const asked = Object.fromEntries(questions.map((question) => [question.id, askedOf(question)]));
  const ticket = { surveyId: id, version, questions: asked, before: answered };
  const steps = Math.min(definition.screens, Math.max(done + 1, definition.questions.length));
  return {
    ...shared,
    screen: { questions, step: done + 1, steps },
    ticket: await writeTicket(deps, survey.siteId, ticket),
  };
}

function lookOf(look: Survey["definition"]["look"]): Record<string, string> {
  const names = { accent: "accent", onAccent: "on-accent", surface: "surface", color: "color" } as const;
  return Object.fromEntries(
    Object.entries(look).map(([name, color]) => [`--nunchi-${names[name as keyof typeof names]}`, color]),
  );
}

function holds({ when }: Question, answered: Answered): boolean {
  if (!when) return true;
  const earlier = Object.hasOwn(answered, when.question) ? answered[when.question] : undefined;
  return earlier?.picked.some((key) => when.anyOf.includes(key)) ?? false;
}

async function show(
  deps: Deps,
  survey: Survey,
  { locale, currency, known }: Visitor,
  question: Question,
  answered: Answered,
): Promise<ShownQuestion | undefined> {
  const words = {
    id: question.id,
    title: inLanguage(question.title, locale),
    hint: question.hint ? inLanguage(question.hint, locale) : null,
  };
  switch (question.kind) {
    case "choice": {
      const options = question.options.map(({ value, label }) => ({ value, label: inLanguage(label, locale) }));
      return { ...words, kind: "choice", multiple: question.multiple, options };
    }
    case "size": {
      const options = question.sizes.map((size) => ({ value: size, label: size }));
      return { ...words, kind: "size", multiple: question.multiple, options };
    }
    case "price": {
      const { min, max, step } = question;
      return { ...words, kind: "price", min, max, step, currency };
    }
    case "text":
      return { ...words, kind: "text", most: question.most };
    case "tiles": {
      const supply = await openSupply(deps, survey.siteId, known);
      const tiles = await showTiles(deps, survey.siteId, question, supply, answered, locale);
      if (tiles.length < FEWEST_TILES) return undefined;
      const adapts = !Array.isArray(question.tiles);
      return { ...words, kind: "tiles", most: Math.min(question.most, tiles.length), adapts, tiles };
    }
  }
}

async function showTiles(
  deps: Deps,
  siteId: string,
  { tiles }: TilesOf,
  supply: Supply,
  answered: Answered,
  locale: Language,
): Promise<ShownTile[]> {
  if (Array.isArray(tiles)) {
    const ids = tiles.flatMap((tile) => ("itemId" in tile ? [tile.itemId] : []));
    const items = await readItems(deps, siteId, ids);
    return tiles.flatMap((tile) => showTile(tile, items, supply, locale));
  }
  const keys = chooseFor(supply, KINDS[tiles.auto], tiles.count, Object.values(answered));
  return keys.flatMap((key) => tileOf(key, supply, locale) ?? []);
}

/** A tile that the marketer named. Without anything to show for it, it is gone. */
function showTile(tile: Tile, items: Map<string, Item>, supply: Supply, locale: Language): ShownTile[] {
  if ("itemId" in tile) {
    const item = items.get(tile.itemId);
    return item && isServable(item) ? [itemTile(item, locale)] : [];
  }
  const key =
    "category" in tile ? `category:${tile.category}` : "brand" in tile ? `brand:${tile.brand}` : `style:${tile.style}`;
  const shown = tileOf(key, supply, locale);
  return shown ? [{ ...shown, title: tile.title ? inLanguage(tile.title, locale) : shown.title }] : [];
}

function tileOf(key: string, { faces }: Supply, locale: Language): ShownTile | undefined {
  const face = faces.get(key);
  if (!face) return undefined;
  const at = key.indexOf(":");
  const [kind, name] = [key.slice(0, at) as TileKind, key.slice(at + 1)];
  if (kind === "item") return itemTile(face, locale);
  const title = kind === "category" ? (name.split(" > ").at(-1) ?? name) : name;
  return { key, [kind]: name, faceId: face.id, title, imageUrl: face.imageUrl };
}

function itemTile(item: Item, locale: Language): ShownTile {
  return { key: `item:${item.id}`, itemId: item.id, title: titleOf(item, locale), imageUrl: item.imageUrl };
}

/**
 * The tiles of a screen after a tap on one, and the ticket that says so. Throws `bad_request` for a ticket that is not this
 * survey's, and for tiles that are not chosen anew.
 */
export async function adaptTiles(
  deps: Deps,
  survey: Survey,
  visitor: Visitor,
  request: Pick<TilesRequest, "ticket" | "picked" | "tapped">,
): Promise<{ tiles: ShownTile[]; questionId: string; ticket: string }> {
  const ticket = await requireTicket(deps, survey, request.ticket);
  const [questionId, asked] =
    Object.entries(ticket.questions).find(([, { adapts, shown }]) => adapts && shown.includes(request.tapped)) ?? [];
  if (!questionId || !asked) throw new Refusal("bad_request", "no tile of this screen that others are chosen after");
  const supply = await openSupply(deps, survey.siteId, visitor.known);
  const picked = request.picked.filter((key) => asked.shown.includes(key));
  const keys = rechoose(supply, { shown: asked.shown, picked, tapped: request.tapped }, Object.values(ticket.before));
  // What was taken off the shelf since it was shown stays until the visitor is done with it, unless it was replaced.
  const tiles = keys.flatMap((key) => tileOf(key, supply, visitor.locale) ?? { key, title: "", imageUrl: null });
  const faces = tiles.flatMap(({ key, faceId }) => (faceId ? [[key, faceId] as const] : []));
  const questions = {
    ...ticket.questions,
    [questionId]: { ...asked, shown: keys, ...(faces.length > 0 ? { faces: Object.fromEntries(faces) } : {}) },
  };
  return { tiles, questionId, ticket: await writeTicket(deps, survey.siteId, { ...ticket, questions }) };
}

/** Throws `bad_request` for a ticket that this survey did not write, or too long ago. */
export async function requireTicket(deps: Deps, survey: Survey, text: string): Promise<Ticket> {
  const ticket = await readTicket(deps, survey.siteId, text);
  if (!ticket || ticket.surveyId !== survey.id) {
    throw new Refusal("bad_request", "the ticket is not one of this survey, or too old: ask for the survey again");
  }
  return ticket;
}

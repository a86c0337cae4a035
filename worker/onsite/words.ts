/** From a definition to what this person reads: language, words, products, addresses. Nothing is stored or sent. */
import { readItems } from "../catalog/read.ts";
import type { Deps } from "../deps.ts";
import { Refusal } from "../lib/errors.ts";
import type { Reason } from "../messages/gate.ts";
import { renderTemplate } from "../messages/template.ts";
import { buildVariables, itemIdsFor } from "../messages/variables.ts";
import type { PersonRef } from "../profiles/person.ts";
import { PATIENCE_MS } from "../recommend/neighbors.ts";
import { recommendToMany } from "../recommend/recommend-many.ts";
import type { RecommendedItem } from "../recommend/recommended-item.ts";
import type { Subject } from "../segments/rule.ts";
import type { Site } from "../sites/schema.ts";
import type { OnsiteDefinition, OnsiteWords } from "./definition.ts";
import { usesRecommendation } from "./messages.ts";

const MOST_PRODUCTS = 8;

export type Locale = "ko" | "en";

export interface WrittenButton {
  does: "open" | "close" | "survey";
  label: string;
  url?: string;
}

/** Final texts, nothing left to fill in. `html` is a marketer's own and belongs into a sandbox. */
export interface Written {
  locale: Locale;
  title: string;
  body: string;
  buttons: WrittenButton[];
  code: string | undefined;
  thanks: string | undefined;
  html: string | undefined;
  products: RecommendedItem[];
}

export type Writing = { ok: true; written: Written } | { ok: false; reason: Reason; detail: string | undefined };

export interface Reader {
  ref: PersonRef;
  subject: Subject;
  /** The page's language when it says one, else the person's. */
  locale: string | undefined;
}

/** What templates can name of this person, but for recommendations. One statement for the items that their lists need. */
export async function variablesOf(
  deps: Deps,
  site: Site,
  { subject, locale }: Reader,
): Promise<Record<string, unknown>> {
  const { profile, events } = subject;
  const items = await readItems(deps, site.id, itemIdsFor(events));
  return buildVariables({ profile, events, items, recommended: [], site, locale: locale ?? site.locale });
}

/** What is in the cart now, in major units: its ten newest products. */
export function cartValueOf(variables: Record<string, unknown>): number {
  const cart = variables.product_added_to_cart as { product_price_amount?: number; quantity?: number }[];
  return cart.reduce((sum, entry) => sum + (entry.product_price_amount ?? 0) * (entry.quantity ?? 1), 0);
}

/** The reader's language if the message speaks it, else the site's, else the one it speaks. */
function localeOf(words: OnsiteDefinition["words"], reader: Reader, site: Site): Locale {
  for (const said of [reader.locale, reader.subject.profile.locale, site.locale]) {
    const locale = said?.slice(0, 2).toLowerCase();
    if ((locale === "ko" || locale === "en") && words[locale]) return locale;
  }
  return words.ko ? "ko" : "en";
}

/** `definition` is the variant's. A hole in any text, or nothing to recommend, makes the whole unwritable. */
export async function writeFor(
  deps: Deps,
  site: Site,
  definition: OnsiteDefinition,
  reader: Reader,
  variables: Record<string, unknown>,
): Promise<Writing> {
  const locale = localeOf(definition.words, reader, site);
  const products = usesRecommendation(definition) ? await recommendFor(deps, site, definition, reader, locale) : [];
  if (definition.kind === "products" && products.length === 0)
    return { ok: false, reason: "product_unavailable", detail: undefined };
  const words = definition.words[locale] as OnsiteWords;
  const about = { profile: reader.subject.profile, events: [], items: new Map(), recommended: products, site, locale };
  const known = { ...variables, recommendation: buildVariables(about).recommendation };
  let failure: Extract<Writing, { ok: false }> | undefined;
  const render = (source: string | undefined): string | undefined => {
    if (source === undefined || failure) return undefined;
    const rendered = renderTemplate(source, known, locale);
    if (rendered.ok) return rendered.text.trim();
    failure = rendered;
    return undefined;
  };
  const buttons = definition.buttons.map((button, place): WrittenButton => {
    const label = render(words.buttons[place]) ?? "";
    if (button.does !== "open") return { does: button.does, label };
    const url = addressOf(render(button.url) ?? "");
    if (url === undefined) failure ??= { ok: false, reason: "render_failed", detail: `buttons.${place}.url` };
    return { does: "open", label, url: url ?? "" };
  });
  const written: Written = {
    locale,
    title: render(words.title) ?? "",
    body: render(words.body) ?? "",
    buttons,
    code: render(words.code),
    thanks: render(words.thanks),
    html: render(words.html),
    products,
  };
  return failure ?? { ok: true, written };
}

const ANY_SHOP = "https://shop.invalid";

/** Nothing but http(s), or a path of the shop's own, as browsers read it: a backslash is a slash to them, and a tab nothing. */
function addressOf(text: string): string | undefined {
  if (text.startsWith("/")) return URL.parse(text, ANY_SHOP)?.origin === ANY_SHOP ? text : undefined;
  const protocol = URL.parse(text)?.protocol;
  return protocol === "https:" || protocol === "http:" ? text : undefined;
}

async function recommendFor(
  deps: Deps,
  site: Site,
  { placement }: OnsiteDefinition,
  { ref, subject }: Reader,
  locale: Locale,
): Promise<RecommendedItem[]> {
  if (placement === null) return [];
  const { profileId, histories } = ref;
  try {
    const person = { profileId, histories, history: subject.events, locale };
    const lists = await recommendToMany(deps, site, placement, [person], MOST_PRODUCTS, PATIENCE_MS);
    return lists.get(profileId) ?? [];
  } catch (error) {
    // The placement was deleted while the message runs.
    if (!(error instanceof Refusal)) throw error;
    deps.log.warn("no recommendations for an on-site message", { siteId: site.id, placement, code: error.code });
    return [];
  }
}

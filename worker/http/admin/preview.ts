/** What a placement's preview shows: a person's list, now or as of a list that they were shown, beside everybody's. */
import type { Item } from "../../catalog/price.ts";
import { readItems } from "../../catalog/read.ts";
import type { Profile } from "../../profiles/store.ts";
import { asOf } from "../../recommend/as-of.ts";
import { type Recommendation, recommend } from "../../recommend/recommend.ts";
import type { Placement, PlacementRules } from "../../recommend/schema.ts";
import { type ComparedList, comparedWith, shownThere } from "../../reports/explain-shown.ts";
import { keyOf } from "./find-person.ts";
import { type Found, findItems } from "./item-picker.tsx";
import { peopleToOffer, personFor } from "./person-picker.tsx";
import { contextOf, isStranger, type PreviewRequest, previewPath } from "./preview-request.ts";
import type { SiteView } from "./view.ts";

export interface Preview {
  asked: PreviewRequest;
  /** The address of the same preview by the saved rules. */
  link: string;
  /** The item of the page is not in the catalog: what is called so. */
  choices: Found | undefined;
  isUnknownItem: boolean;
  /** The rules that are being edited are not whole: these are the saved ones. */
  isSaved: boolean;
  /** Nobody is known by what was typed: it is for somebody new. */
  isUnknown: boolean;
  people: Profile[];
  person: Profile | undefined;
  /** Undefined: as of now. */
  shown: ComparedList | undefined;
  /** Of somebody new, where nobody is meant or known. */
  forPerson: Recommendation;
  forEverybody: Recommendation;
  /** Titles of what the explanation names. */
  items: Map<string, Item>;
}

export async function previewOf(
  view: SiteView,
  placement: Placement,
  rules: PlacementRules,
  asked: PreviewRequest,
  isSaved = false,
): Promise<Preview> {
  const { deps, site, locale } = view;
  const { itemId } = asked;
  const people = await peopleToOffer(view);
  const found = isStranger(asked) ? undefined : await personFor(view, asked.person, people);
  const person = found?.person;
  const shown =
    person && asked.list !== "" && (await shownThere(deps, site.id, keyOf(person), placement.id, asked.list));
  const context = contextOf(asked);
  const request = { placement: placement.id, locale, context, ...(itemId ? { itemId } : {}) };
  const asking = shown ? asOf(deps, shown.at) : deps;
  const [forPerson, forEverybody] = await Promise.all([
    recommend(asking, site, { ...request, explain: true, ...(person ? keyOf(person) : {}) }, { rules }),
    recommend(asking, site, request, { rules: { ...rules, ways: ["trending"] }, isForAll: true }),
  ]);
  const compared = shown ? await comparedWith(deps, site.id, placement, shown, forPerson) : undefined;
  const shownItems = compared
    ? [...compared.itemIds, ...(compared.pageItemId === null ? [] : [compared.pageItemId])]
    : [];
  const named = [...namedIn(forPerson), ...shownItems, ...(itemId ? [itemId] : [])];
  const items = await readItems(deps, site.id, [...new Set(named)]);
  const isUnknownItem = itemId !== "" && !items.has(itemId);
  return {
    asked,
    choices: isUnknownItem ? await findItems(view, itemId) : undefined,
    link: previewPath(view, placement.id, { ...asked, person: person?.profileId ?? "" }),
    isUnknownItem,
    isSaved,
    isUnknown: found?.isUnknown ?? false,
    people,
    person,
    shown: compared,
    forPerson,
    forEverybody,
    items,
  };
}

/** The items that an explanation names. */
function namedIn({ explain }: Recommendation): string[] {
  if (!explain) return [];
  return [
    ...explain.seeds.map((seed) => seed.itemId),
    ...explain.candidates.map(({ id }) => id),
    ...Object.values(explain.ways).flatMap((proposals) => proposals.map(({ id }) => id)),
    ...explain.removed.flatMap(({ examples }) => examples.map(({ id }) => id)),
    ...explain.rules.pins.map(({ itemId }) => itemId),
    ...[...explain.rules.purchased.items, ...explain.rules.ignored.items].map(({ id }) => id),
  ];
}

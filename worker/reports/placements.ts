/** Placements day by day, for charts. A finished day is counted once for all placements. */
import type { Deps, Shard } from "../deps.ts";
import { itemsOf, orderValue } from "../events/alias.ts";
import { listNamed } from "../events/store.ts";
import type { ProfileId } from "../lib/ids.ts";
import { toMinor } from "../lib/money.ts";
import { partsOf } from "../platform/db.ts";
import { byShard } from "../profiles/person.ts";
import { openModel } from "../recommend/model.ts";
import { resolvePeople } from "../segments/subjects.ts";
import type { Site } from "../sites/schema.ts";
import { readDays, SETTLED_MS } from "./days.ts";
import { countDistinct, mergeSketches, sketchOf } from "./distinct.ts";
import { creditDeeds, type Deed, noFigures, type PlacementFigures } from "./placement-sums.ts";
import { countCards, countLists, countServable, type DayWindow, listClickersDeeds } from "./store.ts";

export interface PlacementDay extends PlacementFigures {
  /** The site's local day: "2026-03-10". */
  day: string;
}

type ByPlacement = Record<string, PlacementFigures>;

/** What counts as popular: recommending it to somebody is no news. */
const POPULAR_ITEMS = 50;
const FALLBACKS = ["popular", "catalog"];

/** The last `count` local days (at most 60) of one placement, oldest first, today last. */
export async function placementDays(deps: Deps, site: Site, placementId: string, count = 14): Promise<PlacementDay[]> {
  const days = await readDays(deps, site, "placement_reports", count, async (windows) => {
    const model = await openModel(deps, site.id);
    const popular = new Set(model?.popular.trending.slice(0, POPULAR_ITEMS));
    return Promise.all(
      windows.map(async (window) => {
        const parts = await Promise.all(deps.shards.all().map((shard) => countShard(shard, site, window)));
        const deeds = parts.flatMap((part) => part.deeds);
        return figuresOf(parts, creditDeeds(await byPerson(deps, site, deeds, window), window), popular);
      }),
    );
  });
  return days.map(({ day, figures }) => {
    const own = Object.hasOwn(figures, placementId) ? figures[placementId] : undefined;
    return { day, ...noFigures(), ...own };
  });
}

/** Items that may be shown now; `isMore`: it was counted no further. */
export interface OnSale {
  of: number;
  isMore: boolean;
}

export interface Coverage extends OnSale {
  /** Different items that were seen on any of the days, about; no more than there are. */
  items: number;
}

const MOST_COUNTED = 100_000;

/** Of the catalog what a placement has shown on these days; only the latter is counted exactly. */
export async function coverageOf(deps: Deps, siteId: string, days: readonly PlacementDay[]): Promise<Coverage> {
  const items = countDistinct(mergeSketches(days.map(({ seen }) => seen)));
  const onSale = await countOnSale(deps, siteId);
  // What was seen may be sold out by now, and an estimate may be over.
  return { items: onSale.isMore ? items : Math.min(items, onSale.of), ...onSale };
}

export async function countOnSale(deps: Deps, siteId: string): Promise<OnSale> {
  const of = await countServable(deps.control, siteId, MOST_COUNTED);
  return { of, isMore: of === MOST_COUNTED };
}

interface ClickersDeed {
  profileId: ProfileId;
  at: number;
  name: string;
  properties: Record<string, unknown>;
}

interface Counted {
  lists: { placement: string; level: string | null; count: number }[];
  cards: { placement: string; itemId: string; count: number }[];
  deeds: ClickersDeed[];
}

async function countShard({ db }: Shard, site: Site, window: DayWindow): Promise<Counted> {
  const [lists, cards, deeds] = await db.batch<Record<string, unknown>>([
    countLists(db, site.id, window),
    countCards(db, site.id, window),
    listClickersDeeds(db, site.id, window, SETTLED_MS),
  ]);
  const rows = (deeds?.results ?? []) as unknown as (Omit<ClickersDeed, "properties"> & { properties: string })[];
  return {
    lists: (lists?.results ?? []) as Counted["lists"],
    cards: (cards?.results ?? []) as Counted["cards"],
    deeds: rows.map((row) => ({ ...row, properties: JSON.parse(row.properties) as ClickersDeed["properties"] })),
  };
}

/** Deeds of one person under one name: whoever clicks as a guest and buys as a member is one, as in experiments. */
async function byPerson(
  deps: Deps,
  { currency }: Site,
  deeds: ClickersDeed[],
  { from, to }: DayWindow,
): Promise<Deed[]> {
  const clickers = [...new Set(deeds.map(({ profileId }) => profileId))];
  const located = await Promise.all(partsOf(clickers).map((ids) => resolvePeople(deps, ids)));
  const personOf = new Map<ProfileId, ProfileId>();
  for (const { people } of located)
    for (const { profileId, histories } of people) for (const id of histories) personOf.set(id, profileId);
  const known = new Set(clickers);
  const elsewhere = [...personOf.keys()].filter((id) => !known.has(id));
  const window = { since: from, until: to + SETTLED_MS - 1 };
  const others = await Promise.all(
    [...byShard(deps, elsewhere)].flatMap(([{ db }, group]) =>
      partsOf(group).map((ids) => listNamed(db, ids, ["recommendation_clicked", "product_purchased"], window)),
    ),
  );
  return [...deeds, ...others.flat()].map((deed) =>
    toDeed(deed, personOf.get(deed.profileId) ?? deed.profileId, currency),
  );
}

function toDeed({ at, name, properties }: ClickersDeed, person: ProfileId, currency: string): Deed {
  const items = itemsOf(properties);
  if (name === "recommendation_clicked") {
    const placement = String(properties.placement ?? "");
    return { person, at, placement, items: items.map(({ id }) => ({ id, value: 0 })), value: 0 };
  }
  // Other currencies count as orders; nobody here knows their rate.
  const isOurs = typeof properties.currency !== "string" || properties.currency === currency;
  const value = isOurs ? toMinor(orderValue(properties), currency) : 0;
  const priced = items.map(({ id, price, quantity }) => ({
    id,
    value: price === undefined || !isOurs ? 0 : toMinor(price * quantity, currency),
  }));
  const [only] = items;
  const isWhole = only !== undefined && items.length === 1;
  return { person, at, placement: null, items: isWhole ? [{ id: only.id, value }] : priced, value };
}

function figuresOf(
  parts: Counted[],
  credits: ReturnType<typeof creditDeeds>,
  popular: ReadonlySet<string>,
): ByPlacement {
  const found = new Map<string, PlacementFigures>();
  const items = new Map<string, Set<string>>();
  const of = (placement: string): PlacementFigures => {
    const figures = found.get(placement) ?? noFigures();
    found.set(placement, figures);
    return figures;
  };
  for (const { lists, cards } of parts) {
    for (const { placement, level, count } of lists) {
      const figures = of(placement);
      figures.lists += count;
      if (level !== null && FALLBACKS.includes(level)) figures.fallbacks += count;
    }
    for (const { placement, itemId, count } of cards) {
      const figures = of(placement);
      figures.cards += count;
      if (!popular.has(itemId)) figures.novel += count;
      const seen = items.get(placement) ?? new Set();
      items.set(placement, seen.add(itemId));
      figures.items = seen.size;
    }
  }
  for (const [placement, ids] of items) of(placement).seen = sketchOf(ids);
  for (const [placement, sums] of credits) Object.assign(of(placement), sums);
  return Object.fromEntries(found);
}

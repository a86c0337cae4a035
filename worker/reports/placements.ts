/** Placements day by day, for charts. A finished day is counted once for all placements and kept, as in overview.ts. */
import type { Deps, Shard } from "../deps.ts";
import { orderValue } from "../events/alias.ts";
import { toMinor } from "../lib/money.ts";
import { openModel } from "../recommend/model.ts";
import type { Site } from "../sites/schema.ts";
import { lastDays, SETTLED_MS } from "./overview.ts";
import { creditDeeds, type Deed, noFigures, type PlacementFigures } from "./placement-sums.ts";
import {
  countCards,
  countLists,
  type DayWindow,
  listClickersDeeds,
  selectPlacementDays,
  upsertPlacementDays,
} from "./store.ts";

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
  const now = deps.clock.now();
  const windows = lastDays(now, site.timeZone, Math.min(count, 60));
  const kept = new Map<string, ByPlacement>(
    (await selectPlacementDays(deps.control, site.id, [...windows.keys()])).map(({ day, figures }) => [
      day,
      JSON.parse(figures),
    ]),
  );
  const open = [...windows].filter(([day]) => !kept.has(day));
  const model = open.length === 0 ? undefined : await openModel(deps, site.id);
  const popular = new Set(model?.popular.trending.slice(0, POPULAR_ITEMS));
  const counted = await Promise.all(
    open.map(async ([day, window]) => {
      const parts = await Promise.all(deps.shards.all().map((shard) => countShard(shard, site, window)));
      return { day, figures: figuresOf(parts, popular), isSettled: window.to + SETTLED_MS <= now };
    }),
  );
  const settled = counted.filter(({ isSettled }) => isSettled);
  if (settled.length > 0) await upsertPlacementDays(deps.control, site.id, settled, now);
  for (const { day, figures } of counted) kept.set(day, figures);
  return [...windows.keys()].map((day) => {
    const figures = kept.get(day) ?? {};
    const own = Object.hasOwn(figures, placementId) ? figures[placementId] : undefined;
    return { day, ...(own ?? noFigures()) };
  });
}

interface Counted {
  lists: { placement: string; level: string | null; count: number }[];
  cards: { placement: string; itemId: string; count: number }[];
  credits: ReturnType<typeof creditDeeds>;
}

async function countShard({ db }: Shard, site: Site, window: DayWindow): Promise<Counted> {
  const [lists, cards, deeds] = await db.batch<Record<string, unknown>>([
    countLists(db, site.id, window),
    countCards(db, site.id, window),
    listClickersDeeds(db, site.id, window, SETTLED_MS),
  ]);
  return {
    lists: (lists?.results ?? []) as Counted["lists"],
    cards: (cards?.results ?? []) as Counted["cards"],
    credits: creditDeeds(
      (deeds?.results ?? []).map((row) => toDeed(row, site.currency)),
      window,
    ),
  };
}

function toDeed(row: Record<string, unknown>, currency: string): Deed {
  const properties = JSON.parse(String(row.properties)) as Record<string, unknown>;
  const isClick = row.name === "recommendation_clicked";
  const isOurs = typeof properties.currency !== "string" || properties.currency === currency;
  return {
    profileId: String(row.profileId),
    at: Number(row.at),
    placement: isClick ? String(properties.placement ?? "") : null,
    value: isClick || !isOurs ? 0 : toMinor(orderValue(properties), currency),
  };
}

function figuresOf(parts: Counted[], popular: ReadonlySet<string>): ByPlacement {
  const found = new Map<string, PlacementFigures>();
  const items = new Map<string, Set<string>>();
  const of = (placement: string): PlacementFigures => {
    const figures = found.get(placement) ?? noFigures();
    found.set(placement, figures);
    return figures;
  };
  for (const { lists, cards, credits } of parts) {
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
    for (const [placement, { clicks, orders, revenue }] of credits) {
      const figures = of(placement);
      figures.clicks += clicks;
      figures.orders += orders;
      figures.revenue += revenue;
    }
  }
  return Object.fromEntries(found);
}

/** Placements day by day, for charts. A finished day is counted once for all placements. */
import type { Deps, Shard } from "../deps.ts";
import { orderValue } from "../events/alias.ts";
import { toMinor } from "../lib/money.ts";
import { openModel } from "../recommend/model.ts";
import type { Site } from "../sites/schema.ts";
import { readDays, SETTLED_MS } from "./days.ts";
import { creditDeeds, type Deed, noFigures, type PlacementFigures } from "./placement-sums.ts";
import { countCards, countLists, type DayWindow, listClickersDeeds } from "./store.ts";

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
        return figuresOf(parts, popular);
      }),
    );
  });
  return days.map(({ day, figures }) => {
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

/**
 * The rules of campaigns that a change of the catalog starts: whom it concerns, and whether it still holds when the time has
 * come. Pure: `now` and everything that is known are arguments.
 */
import type { Item } from "../catalog/price.ts";
import { isServable } from "../catalog/read.ts";
import { itemsOf } from "../events/alias.ts";
import type { HistoryEvent } from "../events/store.ts";
import type { ProfileId } from "../lib/ids.ts";
import { toMinor } from "../lib/money.ts";
import { SECOND } from "../lib/time.ts";
import { reentryWindow, TOO_OLD_MS } from "./enter.ts";
import type { Campaign, CatalogTrigger } from "./schema.ts";
import type { NewRun, RunChange } from "./store.ts";

/** Somebody's interest in an item: one of the trigger's events. */
export interface Interest {
  profileId: ProfileId;
  itemId: string;
  name: string;
  at: number;
}

/** A campaign's trigger and a change that it asks about, of an item as it is now. */
export interface Watched {
  campaign: Campaign;
  trigger: CatalogTrigger;
  change: RunChange;
  item: Item;
}

/** Which changes mean which running campaigns; each of an item that can be sold now. */
export function watchedOf(
  campaigns: Campaign[],
  changes: RunChange[],
  items: Map<string, Item>,
  now: number,
): Watched[] {
  return campaigns.flatMap((campaign) => {
    const { trigger } = campaign.definition;
    if (trigger.kind !== "catalog" || campaign.state !== "running") return [];
    const since = Math.max(campaign.launchedAt ?? now, now - TOO_OLD_MS);
    return changes.flatMap((change) => {
      const item = items.get(change.itemId);
      if (!item || change.kind !== trigger.change || change.at < since) return [];
      if (!isServable(item) || !isMeant(trigger, item) || (change.percent ?? 100) < trigger.minPercent) return [];
      return [{ campaign, trigger, change, item }];
    });
  });
}

function isMeant({ brands, categories }: CatalogTrigger, item: Item): boolean {
  const isBrand = brands.length === 0 || brands.some((brand) => isSame(brand, item.brand));
  const isCategory =
    categories.length === 0 ||
    categories.some((category) => isSame(category, item.category) || isBelow(item.category, category));
  return isBrand && isCategory;
}

function isSame(a: string, b: string | null): boolean {
  return b !== null && a.normalize("NFC").toLowerCase() === b.normalize("NFC").toLowerCase();
}

function isBelow(path: string | null, category: string): boolean {
  return path !== null && isSame(path.slice(0, category.length + 3), `${category} > `);
}

/** What an item has to have in common with the changed one for interest in it to count. */
export function likeness({ interest }: CatalogTrigger, item: Pick<Item, "id" | "brand" | "category">): string | null {
  if (interest.in === "item") return `item ${item.id}`;
  const shared = interest.in === "brand" ? item.brand : item.category;
  return shared === null ? null : `${interest.in} ${shared}`;
}

/**
 * One entry a person and campaign: about the item of the latest interest, and of several the one that has fallen furthest.
 * `known`: the items that interests are about, with what they have in common with others.
 */
export function entriesFrom(
  interests: Interest[],
  watched: Watched[],
  known: Map<string, Pick<Item, "id" | "brand" | "category">>,
  now: number,
): NewRun[] {
  const watchedBy = Map.groupBy(watched, ({ campaign }) => campaign.id);
  const entries: NewRun[] = [];
  for (const [profileId, own] of Map.groupBy(interests, (interest) => interest.profileId)) {
    for (const changes of watchedBy.values()) {
      const best = bestOf(own, changes, known, now);
      if (best) entries.push(entryOf(profileId, best, now));
    }
  }
  return entries;
}

function bestOf(
  interests: Interest[],
  watched: Watched[],
  known: Map<string, Pick<Item, "id" | "brand" | "category">>,
  now: number,
): Watched | undefined {
  let best: { watched: Watched; at: number } | undefined;
  for (const each of watched) {
    const { events, withinSeconds } = each.trigger.interest;
    const shared = likeness(each.trigger, each.item);
    let at = Number.NEGATIVE_INFINITY;
    for (const interest of interests) {
      const item = known.get(interest.itemId) ?? { id: interest.itemId, brand: null, category: null };
      if (interest.at < now - withinSeconds * SECOND || !events.includes(interest.name)) continue;
      if (shared !== null && likeness(each.trigger, item) === shared) at = Math.max(at, interest.at);
    }
    if (at === Number.NEGATIVE_INFINITY) continue;
    const isBetter =
      !best || at > best.at || (at === best.at && (each.change.percent ?? 0) > (best.watched.change.percent ?? 0));
    if (isBetter) best = { watched: each, at };
  }
  return best?.watched;
}

function entryOf(profileId: ProfileId, { campaign, change }: Watched, now: number): NewRun {
  const { delaySeconds, reentry } = campaign.definition;
  return {
    profileId,
    campaignId: campaign.id,
    occurrence: reentry.kind === "once" ? "once" : `${change.at} ${change.itemId}`,
    version: campaign.version,
    dueAt: now + delaySeconds * SECOND,
    enteredAt: now,
    change,
    windowMs: reentryWindow(campaign),
  };
}

/** Whether the person has done meanwhile what leaves them out: bought it, as a rule. */
export function isSettled(
  { unless, interest }: CatalogTrigger,
  itemId: string,
  events: HistoryEvent[],
  now: number,
): boolean {
  const since = now - interest.withinSeconds * SECOND;
  return events.some(
    (event) =>
      event.at >= since &&
      unless.includes(event.name) &&
      (event.itemId === itemId || itemsOf(event.properties).some(({ id }) => id === itemId)),
  );
}

/** So many or fewer are few, as in the catalog. */
const FEW = 5;

/**
 * Whether what the message says is so at this moment: still cheaper than it was, by as much as the campaign asks, and than
 * when this person last saw it; still few. Whether it can be bought at all is asked besides.
 */
export function stillTrue(trigger: CatalogTrigger, change: RunChange, item: Item, events: HistoryEvent[]): boolean {
  switch (change.kind) {
    case "price_dropped": {
      if (item.price === null || change.previousPrice === null || item.currency !== change.currency) return false;
      const percent = percentLess(change.previousPrice, item.price);
      if (item.price >= change.previousPrice || percent < trigger.minPercent) return false;
      const seen = priceSeen(trigger, item, events);
      return seen === undefined || item.price < seen;
    }
    case "low_stock":
      return item.quantity !== null && item.quantity <= (item.lowStockThreshold ?? FEW);
    case "back_in_stock":
    case "item_added":
      return true;
    default:
      return false;
  }
}

/** With one decimal, as the catalog counts. */
export function percentLess(before: number, now: number): number {
  return Math.round((1 - now / before) * 1000) / 10;
}

/** The price that the person's latest event about the item named: they know it, whatever the feed said before. */
function priceSeen({ interest }: CatalogTrigger, item: Item, events: HistoryEvent[]): number | undefined {
  for (const event of events) {
    if (!interest.events.includes(event.name)) continue;
    const said = itemsOf(event.properties).find(({ id }) => id === item.id);
    const currency = event.properties.currency;
    if (said?.price === undefined || (typeof currency === "string" && currency !== item.currency)) continue;
    return toMinor(said.price, item.currency);
  }
  return undefined;
}

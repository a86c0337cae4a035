/** Who was shown a recommendation, and what of it, by its id, which only the events of its showing carry. */
import type { Deps } from "../deps.ts";
import { listEvents } from "../events/store.ts";
import type { ProfileId } from "../lib/ids.ts";
import { DAY, HOUR, utcDay } from "../lib/time.ts";
import type { PersonRef } from "../profiles/person.ts";
import { selectShownTo } from "./store.ts";

/** How long after it was made a list may come into view, and how far an installation's clock may be from ours. */
const SHOWN_WITHIN_MS = DAY;
const EARLIER_MS = HOUR;
/** Where an id says no time, or one that is not the site's. */
const LATELY_MS = 2 * DAY;

/**
 * The profile that saw it; undefined when it never came into view, or longer ago than its events are kept. Its id says when
 * it was made (UUID version 7): only the events around that time of people who were there on these days are looked
 * through, and where there is nothing, those of the last two days. No index is kept for it: it would be a row a showing.
 */
export async function whoWasShown(
  deps: Deps,
  siteId: string,
  recommendationId: string,
): Promise<ProfileId | undefined> {
  const now = deps.clock.now();
  const madeAt = timeOf(recommendationId);
  const windows = [
    ...(madeAt === undefined ? [] : [{ from: madeAt - EARLIER_MS, to: madeAt + SHOWN_WITHIN_MS }]),
    { from: now - LATELY_MS, to: now + 1 },
  ];
  for (const { from, to } of windows) {
    const day = { from, to, fromKey: `day:${utcDay(from)}`, toKey: `day:${utcDay(to)}` };
    const found = await Promise.all(
      deps.shards.all().map(({ db }) => selectShownTo(db, siteId, recommendationId, day)),
    );
    const profileId = found.find((each) => each !== undefined);
    if (profileId !== undefined) return profileId;
  }
  return undefined;
}

/** A list as the log of who saw it has it. */
export interface ShownList {
  recommendationId: string;
  placement: string;
  /** When it was made, epoch ms; as its id says, or else just before it came into view. */
  at: number;
  /** The item of the page that it was on; null where its events name none. */
  pageItemId: string | null;
  /** What came into view of it, in its order. */
  itemIds: string[];
}

const EVENTS_LOOKED_AT = 500;

/** Undefined where the log of this person has no such list, or no longer. */
export async function listShownTo(
  deps: Deps,
  { histories }: PersonRef,
  recommendationId: string,
): Promise<ShownList | undefined> {
  const now = deps.clock.now();
  const madeAt = timeOf(recommendationId);
  const lately = { since: now - LATELY_MS, until: now };
  const around = madeAt === undefined ? lately : { since: madeAt - EARLIER_MS, until: madeAt + SHOWN_WITHIN_MS };
  for (const window of around === lately ? [lately] : [around, lately]) {
    const read = histories.map((id) => listEvents(deps.shards.of(id).db, id, window, EVENTS_LOOKED_AT));
    const shown = (await Promise.all(read))
      .flat()
      .filter(({ name, properties }) => {
        return name === "recommendation_shown" && properties.recommendation_id === recommendationId;
      })
      .sort((one, other) => one.at - other.at);
    const [first] = shown;
    if (!first) continue;
    const { placement, page_item_id: pageItemId } = first.properties;
    const ids = shown.flatMap(({ properties: { item_ids: own } }) => (Array.isArray(own) ? own : []));
    const isMadeThen = madeAt !== undefined && madeAt < first.at && first.at - madeAt <= SHOWN_WITHIN_MS;
    return {
      recommendationId,
      placement: String(placement ?? ""),
      pageItemId: typeof pageItemId === "string" && pageItemId !== "" ? pageItemId : null,
      at: isMadeThen ? madeAt : first.at - 1,
      itemIds: [...new Set(ids.filter((id): id is string => typeof id === "string"))],
    };
  }
  return undefined;
}

/** Epoch ms in the first twelve hexadecimal digits. */
function timeOf(recommendationId: string): number | undefined {
  const [, digits] = /^rec_([0-9a-f]{12})7[0-9a-f]{19}$/.exec(recommendationId) ?? [];
  return digits === undefined ? undefined : Number.parseInt(digits, 16);
}

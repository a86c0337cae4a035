/** What a person did and what was said to them, in one line of time. */

import type { Item } from "../../catalog/price.ts";
import { titleOf } from "../../catalog/read.ts";
import type { HistoryEvent } from "../../events/store.ts";
import { parseLabel } from "../../experiments/label.ts";
import type { ProfileId } from "../../lib/ids.ts";
import type { Message } from "../../messages/store.ts";
import type { Placement } from "../../recommend/schema.ts";
import { itemPath } from "./catalog.tsx";
import { formatMoment } from "./format.ts";
import { translateOr } from "./language.ts";
import { MessageCard, MessageState } from "./message-card.tsx";
import { Badge, Empty } from "./parts.tsx";
import { previewPath } from "./preview-request.ts";
import { variantInWords } from "./variant-words.ts";
import type { SiteView } from "./view.ts";

/** The message itself stands in the timeline, with its words. */
const TOLD_BY_MESSAGE = ["message_sent", "message_skipped"];

/** Of one list's items so many are named. */
const NAMED = 6;

type Entry = { at: number } & ({ event: HistoryEvent } | { message: Message });

interface Known {
  view: SiteView;
  profileId: ProfileId;
  /** What events are about, and the items that lists name. */
  items: Map<string, Item>;
  placements: Placement[];
}

export function PersonTimeline(props: Known & { events: HistoryEvent[]; messages: Message[] }) {
  const { events, messages, ...known } = props;
  const { view } = known;
  const entries: Entry[] = [
    ...events.filter(({ name }) => !TOLD_BY_MESSAGE.includes(name)).map((event) => ({ at: event.at, event })),
    ...messages.map((message) => ({ at: message.createdAt, message })),
  ].sort((a, b) => b.at - a.at);
  if (entries.length === 0) return <Empty title={view.t("people.noEvents")} />;
  const anchors = anchorsIn(events);
  return (
    <ol class="timeline">
      {entries.map((entry) => (
        <li>
          <time datetime={new Date(entry.at).toISOString()}>
            {formatMoment(entry.at, view.locale, view.site.timeZone)}
          </time>
          {"event" in entry ? (
            <EventEntry {...known} event={entry.event} anchor={anchors.get(entry.event)} />
          ) : (
            <MessageEntry view={view} message={entry.message} />
          )}
        </li>
      ))}
    </ol>
  );
}

/** A list is told of as its cards come into view: the first of these events bears its id, for links to it. */
function anchorsIn(events: HistoryEvent[]): Map<HistoryEvent, string> {
  const first = new Map<string, HistoryEvent>();
  for (const event of events) {
    const { recommendation_id: id } = event.properties;
    if (event.name === "recommendation_shown" && typeof id === "string") first.set(id, event);
  }
  return new Map([...first].map(([id, event]) => [event, id]));
}

type OfEvent = Known & { event: HistoryEvent; anchor: string | undefined };

function EventEntry({ event, anchor, ...known }: OfEvent) {
  const { view, items } = known;
  return (
    <div>
      <span class="timeline-what">{eventName(view, event.name)}</span>{" "}
      <EventSubject view={view} event={event} item={event.itemId === null ? undefined : items.get(event.itemId)} />
      {placementIdOf(event) && <OfPlacement {...known} event={event} anchor={anchor} />}
      <Properties properties={event.properties} />
    </div>
  );
}

const RECOMMENDATION = /^recommendation_/;

function placementIdOf({ name, properties: { placement } }: HistoryEvent): string | undefined {
  return RECOMMENDATION.test(name) && typeof placement === "string" && placement !== "" ? placement : undefined;
}

/** The items that a list has shown, as far as they are named. */
export function itemsShown({ name, properties: { item_ids: ids } }: HistoryEvent): string[] {
  if (name !== "recommendation_shown" || !Array.isArray(ids)) return [];
  return ids.filter((id): id is string => typeof id === "string").slice(0, NAMED);
}

/** Where somebody saw or answered a recommendation, what stood in it, and the way to why. */
function OfPlacement({ view, profileId, items, placements, event, anchor }: OfEvent) {
  const { t, locale } = view;
  const {
    item_ids: ids,
    fallback_level: level,
    variant,
    recommendation_id: list,
    page_item_id: pageItemId,
  } = event.properties;
  const placementId = placementIdOf(event) ?? "";
  const placement = placements.find((each) => each.id === placementId);
  const shown = itemsShown(event);
  const others = Array.isArray(ids) ? ids.length - shown.length : 0;
  const label = parseLabel(variant);
  // Automatic mode has written down the device that it chose by.
  const [, device = ""] = label?.context?.split(".") ?? [];
  const person = {
    person: profileId,
    ...(device === "unknown" ? {} : { device }),
    ...(typeof list === "string" ? { list } : {}),
    ...(typeof pageItemId === "string" ? { itemId: pageItemId } : {}),
  };
  return (
    <div class="shown" id={anchor}>
      {shown.length > 0 && (
        <p class="shown-items">
          {shown.map((itemId, place) => {
            const item = items.get(itemId);
            return (
              <>
                {place > 0 && ", "}
                <a href={itemPath(view, itemId)}>{item ? titleOf(item, locale) : itemId}</a>
              </>
            );
          })}
          {others > 0 && ` ${t("people.moreItems", { count: others })}`}
        </p>
      )}
      <p class="inline">
        <span class="muted">{placement?.name ?? placementId}</span>
        {typeof level === "string" && <Badge>{translateOr(t, `level.${level}`, level)}</Badge>}
        {label && <Badge tone="warn">{variantInWords(view, label)}</Badge>}
        {placement && <a href={previewPath(view, placementId, person)}>{t("people.why")}</a>}
      </p>
    </div>
  );
}

function MessageEntry({ view, message }: { view: SiteView; message: Message }) {
  return (
    <div>
      <span class="timeline-what">{view.t("people.message")}</span>{" "}
      <span class="muted">{view.t(`channel.${message.channel}`)}</span> <MessageState view={view} message={message} />
      {message.content && <MessageCard view={view} content={message.content} />}
    </div>
  );
}

/** A known event in words; a custom one as it is called. */
export function eventName(view: SiteView, name: string): string {
  return translateOr(view.t, `event.${name}`, name);
}

function EventSubject({ view, event, item }: { view: SiteView; event: HistoryEvent; item: Item | undefined }) {
  if (item) return <a href={itemPath(view, item.id)}>{titleOf(item, view.locale)}</a>;
  if (event.itemId !== null) return <code>{event.itemId}</code>;
  const { query, title, path, url } = event.properties;
  const subject = [query, title, path, url].find((each) => typeof each === "string" && each !== "");
  return subject ? <span class="muted">{String(subject)}</span> : null;
}

function Properties({ properties }: { properties: Record<string, unknown> }) {
  const names = Object.keys(properties);
  if (names.length === 0) return null;
  return (
    <details>
      <summary>{names.slice(0, 6).join(", ")}</summary>
      <pre class="code">{JSON.stringify(properties, null, 2)}</pre>
    </details>
  );
}

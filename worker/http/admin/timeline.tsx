/** What a person did and what was said to them, in one line of time. */

import type { Item } from "../../catalog/price.ts";
import { titleOf } from "../../catalog/read.ts";
import type { HistoryEvent } from "../../events/store.ts";
import type { Message } from "../../messages/store.ts";
import { itemPath } from "./catalog.tsx";
import { formatMoment } from "./format.ts";
import { translateOr } from "./language.ts";
import { MessageCard, MessageState } from "./message-card.tsx";
import { Empty } from "./parts.tsx";
import type { SiteView } from "./view.ts";

/** The message itself stands in the timeline, with its words. */
const TOLD_BY_MESSAGE = ["message_sent", "message_skipped"];

type Entry = { at: number } & ({ event: HistoryEvent } | { message: Message });

export function PersonTimeline(props: {
  view: SiteView;
  events: HistoryEvent[];
  messages: Message[];
  items: Map<string, Item>;
}) {
  const { view, events, messages, items } = props;
  const entries: Entry[] = [
    ...events.filter(({ name }) => !TOLD_BY_MESSAGE.includes(name)).map((event) => ({ at: event.at, event })),
    ...messages.map((message) => ({ at: message.createdAt, message })),
  ].sort((a, b) => b.at - a.at);
  if (entries.length === 0) return <Empty title={view.t("people.noEvents")} />;
  return (
    <ol class="timeline">
      {entries.map((entry) => (
        <li>
          <time datetime={new Date(entry.at).toISOString()}>
            {formatMoment(entry.at, view.locale, view.site.timeZone)}
          </time>
          {"event" in entry ? (
            <EventEntry view={view} event={entry.event} items={items} />
          ) : (
            <MessageEntry view={view} message={entry.message} />
          )}
        </li>
      ))}
    </ol>
  );
}

function EventEntry({ view, event, items }: { view: SiteView; event: HistoryEvent; items: Map<string, Item> }) {
  return (
    <div>
      <span class="timeline-what">{eventName(view, event.name)}</span>{" "}
      <EventSubject view={view} event={event} item={event.itemId === null ? undefined : items.get(event.itemId)} />
      <Properties properties={event.properties} />
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

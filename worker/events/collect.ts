/**
 * The one way in for behaviour. Durable before it returns: one D1 batch a shard, in which the caller's own statements
 * (`alongside`: runs that these events start) happen with the events or not at all.
 */
import type { Deps, Shard, Statement } from "../deps.ts";
import { isDeeper } from "../lib/depth.ts";
import { linkBrowsers } from "../profiles/person.ts";
import { type ProfileChange, upsertProfiles } from "../profiles/store.ts";
import { type Envelope, type Normalized, normalize, type StoredEvent } from "./normalize.ts";
import { type CollectResult, EVENT_LIMIT_BYTES, EVENT_LIMIT_LEVELS, EventMessage } from "./schema.ts";
import { insertEvents } from "./store.ts";

export type Alongside = (shard: Shard, events: StoredEvent[]) => Statement[];

const encoder = new TextEncoder();

/** Checks every message on its own: bad ones are refused by index, the others are stored. */
export async function collect(
  deps: Deps,
  envelope: Envelope,
  messages: unknown[],
  alongside: Alongside = () => [],
): Promise<CollectResult> {
  const refused: CollectResult["refused"] = [];
  const accepted: Normalized[] = [];
  const distinct = new Map<string, Normalized>();
  for (const [index, message] of messages.entries()) {
    const issue = tooDeep(message) ?? oversize(message);
    const checked = issue ? undefined : EventMessage.safeParse(message);
    if (issue) refused.push({ index, issues: [issue] });
    else if (checked?.success) {
      const messageId = checked.data.messageId ?? deps.ids.next("evt");
      const normalized = normalize({ ...checked.data, messageId }, envelope);
      accepted.push(normalized);
      const key = `${normalized.event.profileId}${messageId}`;
      if (!distinct.has(key)) distinct.set(key, normalized);
    } else if (checked) {
      refused.push({
        index,
        issues: checked.error.issues.slice(0, 5).map((each) => ({ path: each.path.join("."), message: each.message })),
      });
    }
  }
  await linkBrowsers(
    deps,
    accepted.flatMap(({ event, anonymousProfileId }) =>
      anonymousProfileId ? [{ anonymousProfileId, userProfileId: event.profileId }] : [],
    ),
  );
  const shards = new Map<Shard, { events: StoredEvent[]; profiles: ProfileChange[] }>();
  for (const { event, profile } of distinct.values()) {
    const shard = deps.shards.of(event.profileId);
    const group = shards.get(shard) ?? { events: [], profiles: [] };
    group.events.push(event);
    group.profiles.push(profile);
    shards.set(shard, group);
  }
  await Promise.all(
    [...shards].map(([shard, { events, profiles }]) =>
      shard.db.batch([
        insertEvents(shard.db, events),
        ...upsertProfiles(shard.db, profiles, envelope.now),
        ...alongside(shard, events),
      ]),
    ),
  );
  return { accepted: accepted.length, refused };
}

function oversize(message: unknown): { path: string; message: string } | undefined {
  const text = JSON.stringify(message) ?? "";
  // A UTF-16 unit is at most three bytes: most events need no encoding to be known as small enough.
  if (text.length * 3 <= EVENT_LIMIT_BYTES || encoder.encode(text).length <= EVENT_LIMIT_BYTES) return undefined;
  return { path: "", message: `the event is larger than ${EVENT_LIMIT_BYTES / 1024} KB` };
}

function tooDeep(message: unknown): { path: string; message: string } | undefined {
  if (!isDeeper(message, EVENT_LIMIT_LEVELS)) return undefined;
  return { path: "", message: `the event has more than ${EVENT_LIMIT_LEVELS} levels` };
}

/** Messages as the admin shows them: the outbox, and what a person got. */
import type { Deps } from "../deps.ts";
import { profileRange } from "../lib/ids.ts";
import { byShard, type PersonRef } from "../profiles/person.ts";
import { listMessagesOf, listMessagesOfCampaigns, type Message } from "./store.ts";

/** Messages of these campaigns, newest first; `before` (epoch ms) is where the page before ended. Skipped ones included. */
export async function listOutbox(
  deps: Deps,
  siteId: string,
  campaignIds: string[],
  query: { before?: number | undefined; state?: Message["state"] | undefined; limit: number },
): Promise<Message[]> {
  const range = profileRange(siteId);
  const { before = deps.clock.now() + 1, state, limit } = query;
  const parts = await Promise.all(
    deps.shards.all().map(({ db }) => listMessagesOfCampaigns(db, campaignIds, range, { before, state, limit })),
  );
  return newestFirst(parts.flat(), limit);
}

/** Everything to a person over all their browsers, newest first. */
export async function messagesOf(deps: Deps, person: PersonRef, limit: number): Promise<Message[]> {
  const parts = await Promise.all(
    [...byShard(deps, person.histories)].map(([shard, ids]) => listMessagesOf(shard.db, ids, limit)),
  );
  return newestFirst(parts.flat(), limit);
}

function newestFirst(messages: Message[], limit: number): Message[] {
  return messages.sort((a, b) => b.createdAt - a.createdAt || (a.id < b.id ? -1 : 1)).slice(0, limit);
}

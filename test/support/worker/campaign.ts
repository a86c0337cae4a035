/** A running campaign in the small shop, and a way to let time pass: "carted something, bought nothing" after an hour. */
import { launchCampaign, putCampaign } from "../../../worker/campaigns/campaigns.ts";
import { CampaignDefinition } from "../../../worker/campaigns/schema.ts";
import { selectRuns } from "../../../worker/campaigns/store.ts";
import type { Deps } from "../../../worker/deps.ts";
import { recordConsent } from "../../../worker/events/consent.ts";
import type { Job } from "../../../worker/job.ts";
import { run } from "../../../worker/jobs/queue.ts";
import { type PersonKey, profileIdOf } from "../../../worker/lib/ids.ts";
import { listMessagesOf, type Message } from "../../../worker/messages/store.ts";
import type { Harness } from "./harness.ts";
import { EVERYTHING, item, place, stock } from "./shop.ts";

const HOUR_SECONDS = 3600;

export const REMINDER = {
  trigger: { kind: "event", events: ["product_added_to_cart", "product_viewed"] },
  delaySeconds: HOUR_SECONDS,
  audience: {
    event: ["product_added_to_cart", "product_viewed"],
    did: true,
    withinSeconds: 48 * HOUR_SECONDS,
  },
  exclude: { event: "product_purchased", did: true, withinSeconds: 48 * HOUR_SECONDS },
  channel: "web_push",
  placement: "message",
  message: {
    ko: {
      title: '{{ product_added_to_cart.0.product_name | default: "관심 상품" | josa: "이/가" }} 기다려요',
      body: '{{ product_added_to_cart.0.product_name | josa: "과/와" }} 어울리는 {{ recommendation.0.product_name }}',
    },
    en: {
      title: "{{ product_added_to_cart.0.product_name }} is waiting",
      body: "Goes well with {{ product_added_to_cart.0.product_name }}: {{ recommendation.0.product_name }}",
    },
  },
} as const;

/** Ten products and a placement; the campaign `reminder` is running. */
export async function openCampaign(h: Harness, changes: object = {}, id = "reminder"): Promise<void> {
  await stock(
    h,
    EVERYTHING.map((each) => item(each, { title: `울 코트 ${each}`, titles: { en: `Wool coat ${each}` } })),
  );
  await place(h, "message", { count: 4 });
  await define(h, changes, id);
  h.jobs.length = 0;
}

export async function define(h: Harness, changes: object = {}, id = "reminder"): Promise<void> {
  const definition = CampaignDefinition.parse({ ...REMINDER, ...changes });
  await putCampaign(h.deps, h.site, id, { name: id, definition });
  await launchCampaign(h.deps, h.site, id);
}

let sequence = 0;

/** Through the door, as the shop's server would: live campaigns hear of it. */
export async function act(h: Harness, person: object, event: string, itemId?: string, at = h.clock.at): Promise<void> {
  const message = {
    type: event === "identify" ? "identify" : "track",
    ...(event === "identify" ? {} : { event }),
    messageId: `c${sequence++}`,
    timestamp: new Date(at).toISOString(),
    properties: itemId === undefined ? {} : { product_id: itemId, price: 10000 },
    ...person,
  };
  const answer = await h.server("POST", "/v1/batch", { batch: [message] });
  if (answer.status !== 200) throw new Error(await answer.text());
}

export async function agree(h: Harness, person: PersonKey, changes: object = {}): Promise<void> {
  const consent = { channel: "web_push", granted: true, source: "test", ...changes } as const;
  await recordConsent(h.deps, h.site.id, person, consent);
}

/** The clock's jobs of a minute, until the queue is empty. */
export async function tick(h: Harness, deps: Deps = h.deps): Promise<void> {
  for (const { index: shard } of h.deps.shards.all())
    h.jobs.push({ kind: "advance-runs", shard }, { kind: "redeliver", shard });
  while (h.jobs.length > 0) await run(deps, h.jobs.shift() as Job);
}

export async function messagesOf(h: Harness, person: PersonKey): Promise<Message[]> {
  const id = profileIdOf(h.site.id, person);
  return listMessagesOf(h.deps.shards.of(id).db, [id], 100);
}

/** Each run of the person with how it stands, oldest first: "reminder: waiting", "reminder: messaged". */
export async function runsOf(h: Harness, person: PersonKey): Promise<string[]> {
  const id = profileIdOf(h.site.id, person);
  const runs = await selectRuns(h.deps.shards.of(id).db, [id]);
  return runs.map((each) => `${each.campaignId}: ${each.outcome ?? each.state}`);
}

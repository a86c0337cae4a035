/**
 * A verified delivery is done once: it is noted by the provider's own id after everything in it is stored, and everything in
 * it is harmless to repeat, so that a worker killed in between loses nothing and doubles nothing. What cannot be read is
 * noted and acknowledged: sending it again would not make it better.
 */
import * as z from "zod";
import { startRuns } from "../campaigns/enter.ts";
import { deleteItems } from "../catalog/delete.ts";
import { asSaid, type Item } from "../catalog/price.ts";
import { readItems } from "../catalog/read.ts";
import { upsertItems } from "../catalog/upsert.ts";
import type { Deps } from "../deps.ts";
import { orderIdOf } from "../events/alias.ts";
import { collect } from "../events/collect.ts";
import { recordConsent } from "../events/consent.ts";
import { readLandmarks } from "../events/history.ts";
import type { CollectResult } from "../events/schema.ts";
import type { Job } from "../job.ts";
import { DAY } from "../lib/time.ts";
import { eraseWithReceipt } from "../privacy/receipt.ts";
import { locatePerson } from "../profiles/person.ts";
import type { Site } from "../sites/schema.ts";
import { requireSite } from "../sites/site.ts";
import type { Effects, ProductChange, Reading } from "./effects.ts";
import type { ShopProvider } from "./schema.ts";
import { advanceProducts, insertDelivery, type Outcome, selectDelivery } from "./store.ts";

export interface Received {
  /** `repeated`: this delivery was done before, nothing happened now. */
  status: Outcome | "repeated";
  detail?: string;
  items?: { accepted: number; unchanged: number; refused: unknown[] };
  events?: CollectResult;
}

/** `read` may throw a ZodError for what it cannot read. Throws when a database fails: then the provider tries again. */
export async function receive(
  deps: Deps,
  delivery: { siteId: string; provider: ShopProvider; deliveryId: string; topic: string },
  read: () => Reading,
): Promise<Received> {
  if (await selectDelivery(deps.control, delivery)) return { status: "repeated" };
  const { result, detail } = await work(deps, delivery.siteId, read);
  await insertDelivery(deps.control, {
    ...delivery,
    topic: delivery.topic.slice(0, 100),
    outcome: result.status as Outcome,
    detail: detail ?? null,
    at: deps.clock.now(),
  });
  return { ...result, ...(detail === undefined ? {} : { detail }) };
}

async function work(
  deps: Deps,
  siteId: string,
  read: () => Reading,
): Promise<{ result: Received; detail: string | undefined }> {
  let reading: Reading;
  try {
    reading = read();
  } catch (error) {
    if (!(error instanceof z.ZodError)) throw error;
    const fields = error.issues.slice(0, 5).map(({ path, message }) => `${path.join(".") || "body"}: ${message}`);
    return { result: { status: "refused" }, detail: fields.join("; ").slice(0, 500) };
  }
  if (reading.kind === "ignored") return { result: { status: "ignored" }, detail: reading.why };
  return apply(deps, await requireSite(deps, siteId), reading.effects);
}

async function apply(
  deps: Deps,
  site: Site,
  effects: Effects,
): Promise<{ result: Received; detail: string | undefined }> {
  const details: string[] = [];
  const inputs = [...(effects.items ?? []), ...(await productInputs(deps, site, effects, details))];
  const items = inputs.length > 0 ? await upsertItems(deps, site, inputs) : undefined;
  if (effects.removedItemIds?.length) await deleteItems(deps, site.id, effects.removedItemIds);

  const own = await withoutKnownOrders(deps, site.id, effects.events ?? [], details);
  const messages = [...own, ...(effects.sentEvents ?? [])];
  const alongside = await startRuns(deps, site.id);
  const aliases = site.eventAliases;
  const envelope = { siteId: site.id, now: deps.clock.now(), sentAt: undefined, isBot: false, aliases };
  const events = messages.length > 0 ? await collect(deps, envelope, messages, alongside) : undefined;
  for (const { person, change } of effects.consents ?? []) {
    await recordConsent(deps, site.id, person, change, alongside);
  }
  await erase(deps, site.id, effects.erased ?? []);

  for (const { index, issues } of [...(items?.refused ?? []), ...(events?.refused ?? [])].slice(0, 5)) {
    details.push(`${index}: ${issues.map(({ path, message }) => `${path}: ${message}`).join(", ")}`);
  }
  const accepted = (items?.accepted ?? 0) + (events?.accepted ?? 0);
  const isRefused = inputs.length + messages.length > 0 && accepted === 0;
  return {
    result: { status: isRefused ? "refused" : "done", ...(items ? { items } : {}), ...(events ? { events } : {}) },
    detail: details.length > 0 ? details.join("; ").slice(0, 500) : undefined,
  };
}

/** An erasure is a dozen calls of the databases or more, and twenty jobs share the thousand of an invocation. */
const ERASED_AT_ONCE = 4;

/** The first at once; of a long list the others by jobs, which are safe in the queue before the delivery is acknowledged. */
async function erase(deps: Deps, siteId: string, userIds: string[]): Promise<void> {
  const jobs: Job[] = [];
  for (let start = ERASED_AT_ONCE; start < userIds.length; start += ERASED_AT_ONCE) {
    jobs.push({ kind: "erase-people", siteId, userIds: userIds.slice(start, start + ERASED_AT_ONCE) });
  }
  if (jobs.length > 0) await deps.queue.send(jobs);
  for (const userId of userIds.slice(0, ERASED_AT_ONCE)) await eraseWithReceipt(deps, siteId, { userId });
}

/** Back from an order's time: the page tells of it within minutes, if it does. */
const SAME_ORDER_MS = 7 * DAY;
const ORDERS_LOOKED_AT = 100;

/** The same purchase told by the shop's page and by its system is one: what the page has told already is left out. */
async function withoutKnownOrders(
  deps: Deps,
  siteId: string,
  events: Record<string, unknown>[],
  details: string[],
): Promise<Record<string, unknown>[]> {
  const fresh: Record<string, unknown>[] = [];
  for (const event of events) {
    const order = orderIdOf((event.properties ?? {}) as Record<string, unknown>);
    if (event.event === "product_purchased" && order !== undefined) {
      const person = await locatePerson(deps, siteId, { userId: String(event.userId) });
      const since = deps.clock.now() - SAME_ORDER_MS;
      const purchases = await readLandmarks(deps, person.histories, since, ORDERS_LOOKED_AT);
      const isKnown = purchases.some(
        ({ name, messageId, properties }) =>
          name === "product_purchased" && messageId !== event.messageId && orderIdOf(properties) === order,
      );
      if (isKnown) {
        details.push("the page told of this order already");
        continue;
      }
    }
    fresh.push(event);
  }
  return fresh;
}

/** Whole items out of what is stored and what was said of it. */
async function productInputs(
  deps: Deps,
  site: Site,
  { products = [], restoredItemIds = [] }: Effects,
  details: string[],
): Promise<unknown[]> {
  if (products.length + restoredItemIds.length === 0) return [];
  const stored = await readItems(deps, site.id, [...products.map(({ id }) => id), ...restoredItemIds]);
  const said = products.flatMap(({ id, saidAt }) => (saidAt === undefined ? [] : [{ itemId: id, saidAt }]));
  const latest = said.length > 0 ? await advanceProducts(deps.control, site.id, said) : new Set<string>();
  const changed = products.flatMap((change) => {
    if (change.saidAt !== undefined && !latest.has(change.id)) {
      details.push("older than what was said before");
      return [];
    }
    return changedItem(stored.get(change.id), change) ?? [];
  });
  const restored = restoredItemIds.flatMap((id) => {
    const item = stored.get(id);
    return item ? [asSaid(item)] : [];
  });
  return [...changed, ...restored];
}

function changedItem(
  item: Item | undefined,
  { id, fields, ifNew }: ProductChange,
): Record<string, unknown> | undefined {
  const isKnown = item !== undefined && item.deletedAt === null;
  if (!isKnown && ifNew === undefined) return undefined;
  return isKnown ? { ...asSaid(item), ...fields } : { id, ...ifNew, ...fields };
}

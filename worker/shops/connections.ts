/** Which shops may report to a site. A secret goes in and is never shown again. */
import type { Deps } from "../deps.ts";
import { Refusal } from "../lib/errors.ts";
import { DAY } from "../lib/time.ts";
import type { ConnectionInput, ShopProvider } from "./schema.ts";
import {
  type Connection,
  countDeliveries,
  type Delivery,
  type DeliveryCount,
  deleteConnection,
  selectConnection,
  selectConnections,
  selectDeliveries,
  upsertConnection,
} from "./store.ts";

const RECENT_DELIVERIES = 50;
const COUNTED_DAYS = 7;

/**
 * Connects an account, or gives it another secret. A custom shop's secret is made here and answered this once. Throws
 * `conflict` when the account reports to another site.
 */
export async function connectShop(
  deps: Deps,
  siteId: string,
  input: ConnectionInput,
): Promise<{ account: string; madeSecret: string | undefined }> {
  const madeSecret =
    input.provider === "custom"
      ? `whsec_${Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString("base64")}`
      : undefined;
  const secret = input.provider === "custom" ? (madeSecret as string) : input.secret;
  const account = input.provider === "custom" ? siteId : input.account;
  const isStored = await upsertConnection(deps.control, {
    provider: input.provider,
    account,
    siteId,
    secret: await deps.vault.seal(secret),
    hint: secret.slice(-4),
    createdAt: deps.clock.now(),
  });
  if (!isStored) throw new Refusal("conflict", "this shop reports to another site already");
  return { account, madeSecret };
}

/** Throws `not_found`. What it delivered stays. */
export async function disconnectShop(deps: Deps, siteId: string, provider: string, account: string): Promise<void> {
  if (!(await deleteConnection(deps.control, siteId, provider, account))) {
    throw new Refusal("not_found", "there is no such connection");
  }
}

/** Whose account it is, with the secret in clear; undefined when nobody's. */
export async function openConnection(
  deps: Deps,
  provider: ShopProvider,
  account: string,
): Promise<{ siteId: string; secret: string } | undefined> {
  const stored = await selectConnection(deps.control, provider, account);
  return stored && { siteId: stored.siteId, secret: await deps.vault.open(stored.secret) };
}

export interface ShopReport {
  connections: Connection[];
  /** Of the last seven days. */
  counts: DeliveryCount[];
  recent: Delivery[];
}

/** For the admin: what is connected, what came of late, and how it ended. */
export async function reportShops(deps: Deps, siteId: string): Promise<ShopReport> {
  const [connections, counts, recent] = await Promise.all([
    selectConnections(deps.control, siteId),
    countDeliveries(deps.control, siteId, deps.clock.now() - COUNTED_DAYS * DAY),
    selectDeliveries(deps.control, siteId, RECENT_DELIVERIES),
  ]);
  return { connections, counts, recent };
}

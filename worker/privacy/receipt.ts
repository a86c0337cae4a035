/**
 * Proof that an erasure happened: numbered, counted and signed, without a word about whose it was. Written after the deletion
 * is done: a worker killed in between leaves an erasure without a receipt, never a receipt without an erasure.
 */
import type { Deps } from "../deps.ts";
import { Refusal } from "../lib/errors.ts";
import type { PersonKey } from "../lib/ids.ts";
import { type Erasure, erasePerson } from "./erase.ts";
import { insertErasure, selectErasure, selectErasures } from "./store.ts";

export interface Receipt extends Erasure {
  id: string;
  /** Of the installation, over all of the above and the site. */
  signature: string;
}

const PURPOSE = "erasure";

/** In one form, whatever the order of the tables. */
function textOf(siteId: string, { id, erasedAt, profiles, rows }: Omit<Receipt, "signature">): string {
  const counts = Object.entries(rows).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([siteId, id, erasedAt, profiles, counts]);
}

/** Undefined when nothing was known of this person. */
export async function eraseWithReceipt(deps: Deps, siteId: string, person: PersonKey): Promise<Receipt | undefined> {
  const erasure = await erasePerson(deps, siteId, person);
  if (!erasure) return undefined;
  const unsigned = { id: deps.ids.next("era"), ...erasure };
  const receipt = { ...unsigned, signature: await deps.signer.sign(PURPOSE, textOf(siteId, unsigned)) };
  await insertErasure(deps.control, siteId, receipt);
  return receipt;
}

/** `isGenuine` is false when the stored record was changed since. Throws `not_found`. */
export async function requireReceipt(
  deps: Deps,
  siteId: string,
  id: string,
): Promise<{ receipt: Receipt; isGenuine: boolean }> {
  const receipt = await selectErasure(deps.control, siteId, id);
  if (!receipt) throw new Refusal("not_found", "there is no such receipt");
  return { receipt, isGenuine: await deps.signer.verify(PURPOSE, textOf(siteId, receipt), receipt.signature) };
}

/** The latest first, from behind the id `after`. */
export async function listReceipts(
  deps: Deps,
  siteId: string,
  after: string | undefined,
  limit: number,
): Promise<Receipt[]> {
  return selectErasures(deps.control, siteId, after, limit);
}

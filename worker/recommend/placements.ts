import type { Deps } from "../deps.ts";
import { TtlCache } from "../lib/cache.ts";
import { Refusal } from "../lib/errors.ts";
import { SECOND } from "../lib/time.ts";
import type { Placement, PlacementInput } from "./schema.ts";
import { deletePlacementRow, selectPlacement, selectPlacements, upsertPlacement } from "./store.ts";

const placements = new TtlCache<Placement | undefined>(5 * SECOND);
const nameOf = (siteId: string, id: string) => `${siteId}/${id}`;

export async function listPlacements(deps: Deps, siteId: string): Promise<Placement[]> {
  return selectPlacements(deps.control, siteId);
}

/** Throws `not_found`, naming the placement. A change is seen here at once and elsewhere within seconds. */
export async function requirePlacement(deps: Deps, siteId: string, id: string): Promise<Placement> {
  const placement = await placements.get(nameOf(siteId, id), deps.clock.now(), () =>
    selectPlacement(deps.control, siteId, id),
  );
  if (!placement) throw new Refusal("not_found", `there is no placement "${id}"`);
  return placement;
}

export async function putPlacement(deps: Deps, siteId: string, id: string, input: PlacementInput): Promise<Placement> {
  const placement: Placement = { id, ...input, updatedAt: deps.clock.now() };
  await upsertPlacement(deps.control, siteId, placement);
  placements.drop(nameOf(siteId, id));
  return placement;
}

/** Throws `not_found`. */
export async function deletePlacement(deps: Deps, siteId: string, id: string): Promise<void> {
  const existed = await deletePlacementRow(deps.control, siteId, id);
  placements.drop(nameOf(siteId, id));
  if (!existed) throw new Refusal("not_found", `there is no placement "${id}"`);
}

import type { Deps } from "../deps.ts";
import { HOUR } from "../lib/time.ts";
import { type ModelRecord, selectModels, selectTrained } from "./store.ts";

/** Models of a site with what was measured of them, newest first. */
export async function listModels(deps: Deps, siteId: string): Promise<ModelRecord[]> {
  return selectModels(deps.control, siteId);
}

/** Those of the sites that no model serves and none was tried for within the hour. */
export async function listUntrained(deps: Deps, siteIds: string[]): Promise<string[]> {
  const trained = new Set(await selectTrained(deps.control, deps.clock.now() - HOUR));
  return siteIds.filter((id) => !trained.has(id));
}

import type { Deps } from "../deps.ts";
import { type ModelRecord, selectModels } from "./store.ts";

/** Models of a site with what was measured of them, newest first. */
export async function listModels(deps: Deps, siteId: string): Promise<ModelRecord[]> {
  return selectModels(deps.control, siteId);
}

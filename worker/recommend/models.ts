import type { Deps } from "../deps.ts";
import { Refusal } from "../lib/errors.ts";
import { HOUR } from "../lib/time.ts";
import { serveIntentionOf } from "./intend.ts";
import { dropPointer } from "./model.ts";
import { activateRetired, type ModelRecord, selectModels, selectTrained } from "./store.ts";

/** Models of a site with what was measured of them, newest first. */
export async function listModels(deps: Deps, siteId: string): Promise<ModelRecord[]> {
  return selectModels(deps.control, siteId);
}

/** Those of the sites that no model serves and none was tried for within the hour. */
export async function listUntrained(deps: Deps, siteIds: string[]): Promise<string[]> {
  const trained = new Set(await selectTrained(deps.control, deps.clock.now() - HOUR));
  return siteIds.filter((id) => !trained.has(id));
}

/**
 * The way back: a model that has served serves again. The one that serves may be named too, which changes nothing. Throws
 * `not_found`, or `conflict` for one that never served (it was not good enough, and nothing of it is kept) or is archived.
 */
export async function activateModel(deps: Deps, siteId: string, version: string): Promise<ModelRecord> {
  const requireOne = async (): Promise<ModelRecord> => {
    const model = (await selectModels(deps.control, siteId)).find((each) => each.version === version);
    if (!model) throw new Refusal("not_found", `there is no model "${version}"`);
    return model;
  };
  const model = await requireOne();
  if (model.state === "active") return model;
  if (model.state === "archived") throw new Refusal("conflict", `the model "${version}" has no parts left`);
  if (model.state !== "retired") throw new Refusal("conflict", `the model "${version}" has never served`);
  await deps.control.batch(activateRetired(deps.control, { siteId, version, promotedAt: deps.clock.now() }));
  dropPointer(siteId);
  await serveIntentionOf(deps, siteId, version);
  return requireOne();
}

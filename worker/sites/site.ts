import type { Deps } from "../deps.ts";
import { TtlCache } from "../lib/cache.ts";
import { Refusal } from "../lib/errors.ts";
import { SECOND } from "../lib/time.ts";
import type { Site, SiteSettings } from "./schema.ts";
import { getSite, insertSite, updateSite } from "./store.ts";

const sites = new TtlCache<Site | undefined>(5 * SECOND);

export async function createSite(deps: Deps, settings: SiteSettings, id = deps.ids.next("site")): Promise<Site> {
  const site: Site = { id, createdAt: deps.clock.now(), identityGeneration: 1, ...settings };
  await insertSite(deps.control, site);
  sites.drop(id);
  return site;
}

/** Throws `not_found`. At most a few seconds stale on an isolate that did not make the change. */
export async function requireSite(deps: Deps, id: string): Promise<Site> {
  const site = await sites.get(id, deps.clock.now(), () => getSite(deps.control, id));
  if (!site) throw new Refusal("not_found", "there is no such site");
  return site;
}

/** What is left out stays as it is. */
export async function changeSite(deps: Deps, id: string, settings: Partial<Omit<Site, "id">>): Promise<void> {
  await updateSite(deps.control, id, settings);
  sites.drop(id);
}

/** Keys of the sites that the importer has made, on this machine only: the second import of a site needs no key. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { createSite, type SiteKeys } from "./server.ts";

type Known = SiteKeys & { url: string; name: string };

/** Makes the site when this folder has not made it before. */
export async function openSite(
  folder: string,
  url: string,
  site: { name: string; token: string | undefined; settings: Record<string, string> },
): Promise<{ keys: SiteKeys; isNew: boolean }> {
  const path = join(folder, "sites.json");
  const known = read(path);
  const found = known.find((each) => each.url === url && each.name === site.name);
  if (found) return { keys: found, isNew: false };
  if (!site.token) throw new Error(`to make the site "${site.name}", say --token (the installation's SETUP_TOKEN)`);
  const keys = await createSite(url, site.token, { name: site.name, ...site.settings });
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, JSON.stringify([...known, { url, name: site.name, ...keys }], null, 2), { mode: 0o600 });
  return { keys, isNew: true };
}

function read(path: string): Known[] {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return [];
  }
}

import { type PersonKey, profileIdOf, profileRange } from "../../lib/ids.ts";
import { getProfile } from "../../profiles/person.ts";
import { findByEmail, type Profile } from "../../profiles/store.ts";
import type { SiteView } from "./view.ts";

const MOST = 20;

/** People of the site whose user id, anonymous id, e-mail or profile key is exactly `text`. */
export async function findPeople({ deps, site }: SiteView, text: string): Promise<Profile[]> {
  if (text === "") return [];
  const { from, to } = profileRange(site.id);
  if (text >= from && text < to && /^p_[a-z0-9]{8}_[\w-]{20}$/.test(text)) {
    const profile = await getProfile(deps, text);
    return profile ? [profile] : [];
  }
  const keys: PersonKey[] = [{ userId: text }, { anonymousId: text }];
  const [byId, byEmail] = await Promise.all([
    Promise.all(keys.map((key) => getProfile(deps, profileIdOf(site.id, key)))),
    text.includes("@")
      ? Promise.all(deps.shards.all().map(({ db }) => findByEmail(db, site.id, text, MOST)))
      : Promise.resolve([]),
  ]);
  const found = new Map<string, Profile>();
  for (const profile of [...byId, ...byEmail.flat()]) if (profile) found.set(profile.profileId, profile);
  return [...found.values()].slice(0, MOST);
}

/** The person's id as the shop knows it. */
export function nameOf(profile: Profile): string {
  return profile.userId ?? profile.anonymousId ?? profile.profileId;
}

export function keyOf(profile: Profile): PersonKey {
  return profile.userId === null ? { anonymousId: profile.anonymousId ?? "" } : { userId: profile.userId };
}

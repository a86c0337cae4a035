/**
 * What identify calls say of people, as it is stored: addresses in one form, declared attributes in their type. What does not
 * fit is left out of the profile and named in the event, which is kept: a person is not lost for a wrong telephone number.
 */
import type { Deps } from "../deps.ts";
import { type Fitted, fitTraits } from "../profiles/attributes.ts";
import { countryOf, emailOf, phoneOf } from "../profiles/contact.ts";
import { requireSite } from "../sites/site.ts";
import type { Normalized } from "./normalize.ts";

export const NOT_AN_EMAIL = "not an e-mail address";
export const NOT_A_PHONE = "not a telephone number";

/** Everything that says nothing of a person comes back as it is. */
export async function fitPeople<T extends { normalized: Normalized }>(
  deps: Deps,
  siteId: string,
  accepted: T[],
): Promise<T[]> {
  const saying = accepted.filter(({ normalized: { profile } }) => says(profile));
  if (saying.length === 0) return accepted;
  const fitted = await fitTraits(
    deps,
    siteId,
    saying.map(({ normalized }) => normalized.profile.traits),
  );
  const country = await countryOfSite(deps, siteId);
  const fittedOf = new Map(saying.map((each, place) => [each, fitted[place] as Fitted]));
  return accepted.map((each) => {
    const own = fittedOf.get(each);
    if (!own) return each;
    const { event, profile } = each.normalized;
    const refused = { ...own.refused };
    const email = profile.email === null ? null : (emailOf(profile.email) ?? null);
    const phone = profile.phone === null ? null : (phoneOf(profile.phone, country) ?? null);
    if (profile.email !== null && email === null) refused.email = NOT_AN_EMAIL;
    if (profile.phone !== null && phone === null) refused.phone = NOT_A_PHONE;
    const said = Object.keys(refused).length > 0 ? { refused_traits: refused } : {};
    return {
      ...each,
      normalized: {
        ...each.normalized,
        event: { ...event, properties: { ...event.properties, ...said } },
        profile: { ...profile, email, phone, traits: own.traits },
      },
    };
  });
}

/** Where numbers without a country are dialed; unknown when the site cannot be read, and then only whole numbers are numbers. */
async function countryOfSite(deps: Deps, siteId: string): Promise<ReturnType<typeof countryOf>> {
  try {
    return countryOf((await requireSite(deps, siteId)).currency);
  } catch (error) {
    deps.log.error("the site could not be read", error, { siteId });
    return undefined;
  }
}

function says({ email, phone, traits }: Normalized["profile"]): boolean {
  return email !== null || phone !== null || Object.keys(traits).length > 0;
}

/** A message as somebody would see it of whom everything is known. Nothing is stored. */
import type { Deps } from "../deps.ts";
import { profileIdOf } from "../lib/ids.ts";
import { sampleVariables } from "../messages/variables.ts";
import { blankProfile } from "../segments/subjects.ts";
import type { Site } from "../sites/schema.ts";
import { ONLY, variantOf } from "./decide.ts";
import type { OnsiteDefinition } from "./definition.ts";
import { type Locale, type Writing, writeFor } from "./words.ts";

/** In this language where the message speaks it. Products are those that a stranger would be recommended. */
export async function previewOnsite(
  deps: Deps,
  site: Site,
  definition: OnsiteDefinition,
  locale: Locale,
): Promise<Writing> {
  const profileId = profileIdOf(site.id, { anonymousId: "preview" });
  const subject = { profile: blankProfile(profileId, deps.clock.now()), events: [], intention: undefined };
  const reader = { ref: { profileId, histories: [profileId] }, subject, locale };
  return writeFor(deps, site, variantOf(definition, ONLY), reader, sampleVariables(locale));
}

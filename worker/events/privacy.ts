/**
 * What may be recorded of somebody who does not want to be, or has not been asked. Pure: the site's settings, what the browser
 * says (Sec-GPC, DNT) and what the message itself says of the visitor's choice (`context.consent`).
 */
import type { Privacy } from "../sites/schema.ts";

export type Treatment =
  /** As it is. */
  | "record"
  /** Under the browser's id alone: not joined to a user, and no campaign starts. */
  | "unlink"
  /** Not at all. */
  | "withhold";

/** Names under which consent tools say it; compared in lower case. */
const RECORDING = ["analytics", "analytics_storage", "statistics", "performance"];
const ADVERTISING = [
  "advertising",
  "ads",
  "ad_storage",
  "ad_user_data",
  "ad_personalization",
  "marketing",
  "targeting",
];

type Bag = Record<string, unknown>;

/**
 * `context.consent`, flat or with Segment's `categoryPreferences`; true and false, or Google's "granted" and "denied".
 * A word that is not there is undefined; of several the no counts.
 */
export function choiceOf(context: unknown): { recording: boolean | undefined; advertising: boolean | undefined } {
  const consent = bagOf(bagOf(context)?.consent);
  const words = new Map<string, boolean>();
  for (const [name, value] of Object.entries({ ...consent, ...bagOf(consent?.categoryPreferences) })) {
    const said =
      value === true || value === "granted" ? true : value === false || value === "denied" ? false : undefined;
    if (said !== undefined) words.set(name.toLowerCase(), said);
  }
  const about = (names: string[]) => {
    const said = names.flatMap((name) => words.get(name) ?? []);
    return said.length === 0 ? undefined : said.every(Boolean);
  };
  return { recording: about(RECORDING), advertising: about(ADVERTISING) };
}

/** A server is trusted to have asked; a no that it passes on counts all the same. */
export function treatmentOf(
  privacy: Privacy,
  caller: { isBrowser: boolean; asksForPrivacy: boolean },
  context: unknown,
): Treatment {
  const { recording, advertising } = choiceOf(context);
  if (recording === false) return "withhold";
  if (caller.isBrowser && privacy.consentMode === "opt_in" && recording === undefined) return "withhold";
  if (caller.asksForPrivacy && privacy.gpc === "no_tracking") return "withhold";
  if (advertising === false || (caller.asksForPrivacy && privacy.gpc === "no_ads")) return "unlink";
  return "record";
}

/** Calls that say nothing but who somebody is. */
const NAMING = ["identify", "group", "alias"];

/** The message without its user; undefined when nothing is left of it that may be recorded. */
export function unlinked(message: Bag): Bag | undefined {
  if (message.anonymousId == null || NAMING.includes(String(message.type))) return undefined;
  const { userId: _user, traits: _traits, userHash: _hash, ...others } = message;
  const { traits: _, ...context } = bagOf(message.context) ?? {};
  return { ...others, context };
}

function bagOf(value: unknown): Bag | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Bag) : undefined;
}

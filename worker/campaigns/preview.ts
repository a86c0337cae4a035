import type { Deps } from "../deps.ts";
import type { PersonKey } from "../lib/ids.ts";
import { addressee } from "../messages/addressee.ts";
import { allow, type Reason } from "../messages/gate.ts";
import type { Content } from "../messages/store.ts";
import { locatePerson } from "../profiles/person.ts";
import type { Site } from "../sites/schema.ts";
import { type Fit, fitOf, readTravelers } from "./prepare.ts";
import type { CampaignDefinition } from "./schema.ts";
import { write } from "./write.ts";

export interface Preview {
  /** Whether the rules mean this person now; in a real run nothing else would be asked if not. */
  fit: Fit;
  /** What the gate would say at this moment, were the campaign running; `holdUntil` in epoch ms. */
  verdict: { allowed: true } | { allowed: false; reason: Reason; holdUntil?: number };
  locale: "ko" | "en";
  /** The finished message with everything that the channel adds; null when it cannot be written. */
  content: Content | null;
  /** Why it cannot be written: the missing variable, or line and column of what failed. */
  problem: { reason: Reason; detail: string | null } | null;
  itemId: string | null;
}

/**
 * The message that this person would get now. Nothing is sent or stored. The definition need not be saved, nor complete: a
 * template that does not parse, or a placement that does not exist, is a `problem`.
 */
export async function previewCampaign(
  deps: Deps,
  site: Site,
  campaign: { id: string; definition: CampaignDefinition },
  person: PersonKey,
): Promise<Preview> {
  const { definition } = campaign;
  const ref = await locatePerson(deps, site.id, person);
  const traveler = (await readTravelers(deps, [ref], [definition])).get(ref.profileId);
  if (!traveler) throw new Error("a person is always read");
  const now = deps.clock.now();
  const [writ] = await write(deps, site, [{ definition, traveler, enteredAt: undefined, messageId: "m_preview" }]);
  if (!writ) throw new Error("every writing is answered");
  const { isAd, holdoutPercent, dailyCap, channel } = definition;
  const gateCampaign = { id: campaign.id, isRunning: true, isAd, holdoutPercent, dailyCap };
  const { written } = writ;
  return {
    fit: fitOf(definition, traveler.subject, now),
    verdict: allow(
      addressee(traveler.subject.profile, traveler.reach, channel),
      channel,
      gateCampaign,
      site,
      now,
      written,
    ),
    locale: writ.locale,
    content: written.ok ? written.content : null,
    problem: written.ok ? null : { reason: written.reason, detail: writ.detail ?? null },
    itemId: writ.item?.id ?? null,
  };
}

import { isServable, readItems } from "../catalog/read.ts";
import type { Deps } from "../deps.ts";
import type { PersonKey } from "../lib/ids.ts";
import { addressee } from "../messages/addressee.ts";
import { allow, type Reason } from "../messages/gate.ts";
import type { Content } from "../messages/store.ts";
import { locatePerson } from "../profiles/person.ts";
import type { Site } from "../sites/schema.ts";
import { type Fit, fitOf, readTravelers, type Traveler } from "./prepare.ts";
import type { CampaignDefinition } from "./schema.ts";
import type { RunChange } from "./store.ts";
import { percentLess } from "./watch.ts";
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
  const change = await sampleChange(deps, site, definition, traveler);
  const [writ] = await write(deps, site, [
    { definition, traveler, enteredAt: undefined, change, isSample: true, messageId: "m_preview" },
  ]);
  if (!writ) throw new Error("every writing is answered");
  const { isAd, holdoutPercent, dailyCap, channel } = definition;
  const gateCampaign = { id: campaign.id, isRunning: true, isAd, holdoutPercent, dailyCap };
  const { written } = writ;
  return {
    fit: fitOf(definition, traveler.subject, now, change?.itemId),
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

/** A price drop as shops like to make them, where the item's own prices show none. */
const SAMPLE_PERCENT = 20;

/**
 * As if what the campaign waits for had just happened to the item that the person was interested in last. Null when an event
 * starts the campaign, and for who was interested in nothing.
 */
async function sampleChange(
  deps: Deps,
  site: Site,
  { trigger }: CampaignDefinition,
  { subject }: Traveler,
): Promise<RunChange | null> {
  if (trigger.kind !== "catalog") return null;
  const interested = subject.events.filter(
    ({ name, itemId }) => itemId !== null && trigger.interest.events.includes(name),
  );
  const ids = [...new Set(interested.map(({ itemId }) => itemId as string))].slice(0, 20);
  const items = await readItems(deps, site.id, ids);
  const item = ids.map((id) => items.get(id)).find((each) => each && isServable(each));
  if (!item) return null;
  const { id: itemId, price, listPrice, currency, quantity } = item;
  const before = Math.max(trigger.minPercent + 1, SAMPLE_PERCENT);
  const previousPrice =
    trigger.change !== "price_dropped" || price === null
      ? null
      : Math.max(listPrice ?? 0, Math.round(price / (1 - before / 100)));
  const percent = previousPrice === null || price === null ? null : percentLess(previousPrice, price);
  return { itemId, kind: trigger.change, at: deps.clock.now(), previousPrice, price, currency, percent, quantity };
}

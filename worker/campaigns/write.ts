/**
 * From people to finished words: which product, which language, which words. For many people at once and without sending
 * anything; the send job, the preview and the content for other tools are the same code.
 */

import type { Item } from "../catalog/price.ts";
import { isServable, readItems } from "../catalog/read.ts";
import type { Deps } from "../deps.ts";
import type { HistoryEvent } from "../events/store.ts";
import { Refusal } from "../lib/errors.ts";
import { form } from "../messages/channels/form.ts";
import type { Reason } from "../messages/gate.ts";
import type { Written } from "../messages/send.ts";
import { renderTemplate } from "../messages/template.ts";
import { linksOf } from "../messages/tokens.ts";
import { buildVariables, itemIdsFor } from "../messages/variables.ts";
import { recommendToMany } from "../recommend/recommend-many.ts";
import type { RecommendedItem } from "../recommend/recommended-item.ts";
import type { Site } from "../sites/schema.ts";
import { usesRecommendation } from "./campaigns.ts";
import type { Traveler } from "./prepare.ts";
import type { CampaignDefinition, Words } from "./schema.ts";
import type { RunChange } from "./store.ts";
import { percentLess, stillTrue } from "./watch.ts";

/** Recommended products that words can name. */
const RECOMMENDED = 5;

export interface Writing {
  definition: CampaignDefinition;
  traveler: Traveler;
  /** When the event that started the run happened; undefined in a preview of somebody who has not entered. */
  enteredAt: number | undefined;
  /** The catalog's change that it is about; null when an event started it, or nothing did. */
  change: RunChange | null;
  /** In a preview: the change is made up, so nobody asks whether it still holds. */
  isSample?: boolean;
  messageId: string;
}

export interface Writ {
  written: Written;
  locale: "ko" | "en";
  item: Item | RecommendedItem | undefined;
  /** Which variable is missing, or what failed: for the preview. */
  detail: string | undefined;
}

/** The words of one message before a channel adds its part, and what they are about. */
export interface Composition {
  words: { ok: true; title: string; body: string } | { ok: false; reason: Reason; detail: string | undefined };
  locale: "ko" | "en";
  target: Target | undefined;
  recommended: RecommendedItem[];
}

/** The finished message of each, in order. A few statements for all of them. */
export async function write(deps: Deps, site: Site, writings: Writing[]): Promise<Writ[]> {
  const compositions = await compose(deps, site, writings);
  return Promise.all(writings.map((writing, place) => finish(deps, site, writing, compositions[place] as Composition)));
}

/** The same without the channel's part, which is what another tool sends by its own rules. */
export async function compose(deps: Deps, site: Site, writings: Writing[]): Promise<Composition[]> {
  const recommended = await recommendFor(deps, site, writings);
  const ids = new Set<string>();
  for (const { traveler, ...writing } of writings) {
    for (const id of itemIdsFor(traveler.subject.events)) ids.add(id);
    const triggering = triggeringItem(writing, traveler.subject.events);
    if (triggering !== undefined) ids.add(triggering);
  }
  const items = await readItems(deps, site.id, [...ids]);
  return writings.map((writing) => composeOne(site, writing, items, recommended.get(nameOf(writing)) ?? []));
}

function nameOf({ definition, traveler }: Writing): string {
  return `${definition.placement}\n${traveler.ref.profileId}`;
}

/** One call per placement, for everybody whose words or link need a recommended product. */
async function recommendFor(deps: Deps, site: Site, writings: Writing[]): Promise<Map<string, RecommendedItem[]>> {
  const found = new Map<string, RecommendedItem[]>();
  const needing = writings.filter(
    ({ definition }) => definition.link.kind === "recommended" || usesRecommendation(definition),
  );
  for (const [placement, group] of Map.groupBy(needing, ({ definition }) => definition.placement)) {
    if (placement === null) continue;
    const people = new Map(
      group.map(({ definition, traveler }) => {
        const { profileId, histories } = traveler.ref;
        return [
          profileId,
          { profileId, histories, history: traveler.subject.events, locale: localeOf(definition, traveler, site) },
        ];
      }),
    );
    try {
      const lists = await recommendToMany(deps, site, placement, [...people.values()], RECOMMENDED);
      for (const [profileId, list] of lists) found.set(`${placement}\n${profileId}`, list);
    } catch (error) {
      // A placement that was deleted under a running campaign: its people are told apart as "product_unavailable".
      if (!(error instanceof Refusal)) throw error;
      deps.log.warn("no recommendations for a campaign", { siteId: site.id, placement, code: error.code });
    }
  }
  return found;
}

/** The person's language if the campaign speaks it, else the site's, else the one it speaks. */
function localeOf({ message }: CampaignDefinition, { subject }: Traveler, site: Site): "ko" | "en" {
  const said = subject.profile.locale?.slice(0, 2).toLowerCase();
  for (const locale of [said, site.locale]) {
    if ((locale === "ko" || locale === "en") && message[locale]) return locale;
  }
  return message.ko ? "ko" : "en";
}

/** What the event was about that started the run; the newest of its kind when there is no run. */
function triggeringItem(
  { definition, enteredAt, change }: Pick<Writing, "definition" | "enteredAt" | "change">,
  events: HistoryEvent[],
): string | undefined {
  const { trigger } = definition;
  if (trigger.kind === "catalog") return change?.itemId;
  const candidates = events.filter((event) => event.itemId !== null && trigger.events.includes(event.name));
  const event = candidates.find((each) => each.at === enteredAt) ?? candidates[0];
  return event?.itemId ?? undefined;
}

function composeOne(
  site: Site,
  writing: Writing,
  items: Map<string, Item>,
  recommended: RecommendedItem[],
): Composition {
  const { definition, traveler } = writing;
  const locale = localeOf(definition, traveler, site);
  const target = targetOf(writing, items, recommended);
  const about = { locale, target, recommended };
  const { profile, events } = traveler.subject;
  const changed = changedItem(writing, items);
  if (!target || changed === "unavailable") {
    return { ...about, words: { ok: false, reason: "product_unavailable", detail: undefined } };
  }
  if (changed === "over") return { ...about, words: { ok: false, reason: "no_longer_true", detail: undefined } };
  const variables = buildVariables({ profile, events, items, recommended, site, locale, changed });
  const words = definition.message[locale] as Words;
  const title = renderTemplate(words.title, variables, locale);
  if (!title.ok) return { ...about, words: title };
  const body = renderTemplate(words.body, variables, locale);
  if (!body.ok) return { ...about, words: body };
  return { ...about, words: { ok: true, title: title.text.trim(), body: body.text.trim() } };
}

/** What the message says of the changed item, as of now; whether it is over, or cannot be bought. */
function changedItem(
  { definition: { trigger }, traveler, change, isSample }: Writing,
  items: Map<string, Item>,
): Parameters<typeof buildVariables>[0]["changed"] | "unavailable" | "over" {
  if (trigger.kind !== "catalog") return undefined;
  const item = change === null ? undefined : items.get(change.itemId);
  if (change === null || !item || !isServable(item)) return "unavailable";
  if (!isSample && !stillTrue(trigger, change, item, traveler.subject.events)) return "over";
  const { previousPrice, at } = change;
  const percent = previousPrice === null || item.price === null ? null : percentLess(previousPrice, item.price);
  return { item, previousPrice, percent, at };
}

/** What the channel adds, within its limits. */
async function finish(deps: Deps, site: Site, writing: Writing, composition: Composition): Promise<Writ> {
  const { definition, traveler, messageId } = writing;
  const { words, locale, target } = composition;
  const fail = (reason: Reason, detail: string | undefined): Writ => ({
    written: { ok: false, reason },
    locale,
    item: target?.item,
    detail,
  });
  if (!words.ok) return fail(words.reason, words.detail);
  if (!target) return fail("product_unavailable", undefined);
  // The sender may have been taken out of the site's settings since the launch: Network Act art. 50(4).
  if (definition.isAd && !site.sender) return fail("no_sender", undefined);
  const links = await linksOf(deps, { profileId: traveler.ref.profileId, id: messageId });
  const formed = form(definition.channel, words, {
    sender: site.sender ?? { name: site.name, contact: "" },
    isAd: definition.isAd,
    locale,
    link: links.click,
    unsubscribe: links.unsubscribe,
  });
  if (!formed.ok) return fail(formed.reason, undefined);
  return {
    written: {
      ok: true,
      content: { title: formed.title, body: formed.body, url: target.url, imageUrl: target.imageUrl ?? undefined },
      itemId: target.item?.id ?? null,
    },
    locale,
    item: target.item,
    detail: undefined,
  };
}

export interface Target {
  item: Item | RecommendedItem | undefined;
  url: string;
  imageUrl: string | null | undefined;
}

/** Where the message leads: only to what can be bought at this moment. */
function targetOf(writing: Writing, items: Map<string, Item>, recommended: RecommendedItem[]): Target | undefined {
  const { link } = writing.definition;
  if (link.kind === "url") return { item: undefined, url: link.url, imageUrl: link.imageUrl };
  if (link.kind === "recommended") {
    const item = recommended[0];
    return item && { item, url: item.url, imageUrl: item.imageUrl };
  }
  const id = triggeringItem(writing, writing.traveler.subject.events);
  const item = id === undefined ? undefined : items.get(id);
  return item && isServable(item) ? { item, url: item.url, imageUrl: item.imageUrl } : undefined;
}

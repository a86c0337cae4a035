/**
 * From people to finished words: what is known of them, whether the campaign means them, which product, which words. All of
 * it for many people at once and without sending anything; the send job and the preview are the same code up to here.
 */
import { isServable, readItems } from "../catalog/read.ts";
import type { Item } from "../catalog/store.ts";
import type { Deps } from "../deps.ts";
import type { HistoryEvent } from "../events/store.ts";
import type { ProfileId } from "../lib/ids.ts";
import { DAY } from "../lib/time.ts";
import { type Reach, readReach } from "../messages/addressee.ts";
import { form } from "../messages/channels/form.ts";
import type { Written } from "../messages/send.ts";
import { renderTemplate } from "../messages/template.ts";
import { linksOf } from "../messages/tokens.ts";
import { buildVariables, itemIdsFor } from "../messages/variables.ts";
import { coalesceShards } from "../platform/coalesce.ts";
import type { PersonRef } from "../profiles/person.ts";
import type { RecommendedItem } from "../recommend/recommend.ts";
import { recommendToMany } from "../recommend/recommend-many.ts";
import { evaluate, type Subject } from "../segments/rule.ts";
import { readSubjects, sinceFor } from "../segments/subjects.ts";
import type { Site } from "../sites/schema.ts";
import { usesRecommendation } from "./campaigns.ts";
import type { CampaignDefinition, Words } from "./schema.ts";

/** Words name what people did in this time. */
const WORDS_LOOK_BACK_MS = 30 * DAY;
/** Recommended products that words can name. */
const RECOMMENDED = 5;

export interface Traveler {
  ref: PersonRef;
  subject: Subject;
  reach: Reach;
}

/** Profile, history, consent and recent messages of everybody, for the rules and words of these campaigns: one round trip a shard. */
export async function readTravelers(
  deps: Deps,
  people: PersonRef[],
  definitions: CampaignDefinition[],
): Promise<Map<ProfileId, Traveler>> {
  const now = deps.clock.now();
  const rules = definitions.flatMap(({ audience, exclude }) => [audience, exclude]).filter((rule) => rule !== null);
  const since = Math.min(sinceFor(rules, now), now - WORDS_LOOK_BACK_MS);
  const together = coalesceShards(deps);
  const [subjects, reaches] = await Promise.all([readSubjects(together, people, since), readReach(together, people)]);
  return new Map(
    people.flatMap((ref) => {
      const [subject, reach] = [subjects.get(ref.profileId), reaches.get(ref.profileId)];
      return subject && reach ? [[ref.profileId, { ref, subject, reach }] as const] : [];
    }),
  );
}

export type Fit = "fits" | "not_in_audience" | "excluded";

/** Whether the campaign means this person, at this moment. Pure. */
export function fitOf({ audience, exclude }: CampaignDefinition, subject: Subject, now: number): Fit {
  if (audience && !evaluate(audience, subject, now)) return "not_in_audience";
  return exclude && evaluate(exclude, subject, now) ? "excluded" : "fits";
}

export interface Writing {
  definition: CampaignDefinition;
  traveler: Traveler;
  /** When the event that started the run happened; undefined in a preview of somebody who has not entered. */
  enteredAt: number | undefined;
  messageId: string;
}

export interface Writ {
  written: Written;
  locale: "ko" | "en";
  item: Item | RecommendedItem | undefined;
  /** Which variable is missing, or what failed: for the preview. */
  detail: string | undefined;
}

/** The finished message of each, in order. A few statements for all of them. */
export async function write(deps: Deps, site: Site, writings: Writing[]): Promise<Writ[]> {
  const recommended = await recommendFor(deps, site, writings);
  const ids = new Set<string>();
  for (const { traveler, ...writing } of writings) {
    for (const id of itemIdsFor(traveler.subject.events)) ids.add(id);
    const triggering = triggeringItem(writing, traveler.subject.events);
    if (triggering !== undefined) ids.add(triggering);
  }
  const items = await readItems(deps, site.id, [...ids]);
  return Promise.all(
    writings.map((writing) => writeOne(deps, site, writing, items, recommended.get(nameOf(writing)) ?? [])),
  );
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
        const { profileId } = traveler.ref;
        return [
          profileId,
          { profileId, history: traveler.subject.events, locale: localeOf(definition, traveler, site) },
        ];
      }),
    );
    const lists = await recommendToMany(deps, site, placement, [...people.values()], RECOMMENDED);
    for (const [profileId, list] of lists) found.set(`${placement}\n${profileId}`, list);
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
  { definition, enteredAt }: Pick<Writing, "definition" | "enteredAt">,
  events: HistoryEvent[],
): string | undefined {
  const candidates = events.filter((event) => event.itemId !== null && definition.trigger.events.includes(event.name));
  const event = candidates.find((each) => each.at === enteredAt) ?? candidates[0];
  return event?.itemId ?? undefined;
}

async function writeOne(
  deps: Deps,
  site: Site,
  writing: Writing,
  items: Map<string, Item>,
  recommended: RecommendedItem[],
): Promise<Writ> {
  const { definition, traveler, messageId } = writing;
  const locale = localeOf(definition, traveler, site);
  const target = targetOf(writing, items, recommended);
  const fail = (
    reason: "product_unavailable" | "missing_variable" | "render_failed" | "too_long",
    detail?: string,
  ): Writ => ({
    written: { ok: false, reason },
    locale,
    item: target?.item,
    detail,
  });
  if (!target) return fail("product_unavailable");
  const { profile, events } = traveler.subject;
  const variables = buildVariables({ profile, events, items, recommended, site, locale });
  const words = definition.message[locale] as Words;
  const title = renderTemplate(words.title, variables, locale);
  if (!title.ok) return fail(title.reason, title.detail);
  const body = renderTemplate(words.body, variables, locale);
  if (!body.ok) return fail(body.reason, body.detail);
  const links = await linksOf(deps, { profileId: traveler.ref.profileId, id: messageId });
  const formed = form(
    definition.channel,
    { title: title.text.trim(), body: body.text.trim() },
    {
      sender: site.sender ?? { name: site.name, contact: "" },
      isAd: definition.isAd,
      locale,
      link: links.click,
      unsubscribe: links.unsubscribe,
    },
  );
  if (!formed.ok) return fail(formed.reason);
  return {
    written: {
      ok: true,
      content: { title: formed.title, body: formed.body, url: target.url, imageUrl: target.imageUrl ?? undefined },
      itemId: target.item?.id ?? null,
      recommendationId: null,
    },
    locale,
    item: target.item,
    detail: undefined,
  };
}

interface Target {
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

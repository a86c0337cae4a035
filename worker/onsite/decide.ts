/**
 * Which on-site messages a page may show to somebody, from what is stored of them at this moment: what they just did
 * counts. Reads nothing about anybody while no message of the site can be meant for the page.
 */
import type { Deps } from "../deps.ts";
import type { HistoryEvent } from "../events/store.ts";
import { pickVariant } from "../experiments/assign.ts";
import { formatLabel } from "../experiments/label.ts";
import { HOLDOUT } from "../experiments/schema.ts";
import type { PersonKey } from "../lib/ids.ts";
import { DAY, SECOND } from "../lib/time.ts";
import { allowOnsite, type Reason, type Visitor } from "../messages/gate.ts";
import { readConsentsOf } from "../profiles/consent.ts";
import { locatePerson, type PersonRef } from "../profiles/person.ts";
import { enteredSince } from "../segments/of.ts";
import { evaluate, eventNames, type Subject } from "../segments/rule.ts";
import { knownSegments } from "../segments/segments.ts";
import { type Needs, needsOf, readSubjects } from "../segments/subjects.ts";
import type { Site } from "../sites/schema.ts";
import type { OnsiteDefinition, OnsiteMessage } from "./definition.ts";
import { runningOnsite } from "./messages.ts";
import { concerns, isPaying, momentOf, VISIT_MS } from "./moment.ts";
import { fitsPage, isCheckoutPage, type PageFacts, pathOf } from "./page.ts";
import type { OfferMoment } from "./schema.ts";
import { cartValueOf, type Reader, variablesOf, type Written, writeFor } from "./words.ts";

export interface Visit {
  person: PersonKey;
  page: PageFacts;
  locale: string | undefined;
  device: "phone" | "desktop" | undefined;
  /** Canonical names of the events that are told of; undefined: the page asks on its own. */
  names: string[] | undefined;
}

/** One message for one person. `written` is null for who is held out. */
export interface Decision {
  message: OnsiteMessage;
  /** With the variant's words and format in place. */
  definition: OnsiteDefinition;
  /** As an experiment's label. */
  variant: string;
  moment: OfferMoment;
  written: Written | null;
}

/** A page gets this many that wait for a moment of their own; only one is ever shown at a time. */
const MOST_WAITING = 3;
const WORDS_LOOK_BACK_MS = 30 * DAY;
const NOTES = new Set(["message_shown", "message_dismissed", "message_clicked", "message_skipped"]);
/** The id under which a message's variants are measured: no experiment on a placement can be called so. */
export const experimentIdOf = (id: string) => `onsite/${id}`;
/** The group of everybody while there are no variants. */
export const ONLY = "message";

/**
 * The messages in the order of their priority: at most one for now, and a few that wait for a moment in the browser.
 * Undefined when nothing has happened that could change what was answered before.
 */
export async function decideOnsite(deps: Deps, site: Site, visit: Visit): Promise<Decision[] | undefined> {
  const now = deps.clock.now();
  const running = await runningOnsite(deps, site.id);
  if (running.length === 0) return undefined;
  const due = running.filter(({ definition }) => isScheduled(definition, now));
  if (visit.names && !(await isConcerned(deps, site.id, due, visit.names))) return undefined;
  // What the page says of itself may be in its view only: these rules are asked again below.
  const candidates = due.filter(({ definition }) => fitsPage(withoutFacts(definition), visit.page, visit.device));
  if (candidates.length === 0) return [];
  const ref = await locatePerson(deps, site.id, visit.person);
  const subject = (await readSubjects(deps, [ref], needsFor(candidates, now))).get(ref.profileId);
  if (!subject) return [];
  const page = { ...factsOf(subject.events, visit.page), ...visit.page };
  const fitting = candidates.filter(({ definition }) => fitsPage(definition, page, visit.device));
  return choose(deps, site, fitting, { ref, subject, locale: visit.locale }, page);
}

async function choose(
  deps: Deps,
  site: Site,
  messages: OnsiteMessage[],
  reader: Reader,
  page: PageFacts,
): Promise<Decision[]> {
  const now = deps.clock.now();
  const { ref, subject } = reader;
  const notes = notesOf(subject.events);
  const isInCheckout = isCheckoutPage(page) || isPaying(subject.events, now);
  const visitor: Visitor = {
    profileId: ref.profileId,
    isBlocked: subject.profile.traits.is_all_notification_blocked === true,
    isInCheckout,
    ...notes,
  };
  const [entered, isAsked] = await Promise.all([
    enteredFor(deps, messages, ref, subject, now),
    messages.some(({ definition }) => definition.kind === "push") ? hasDecidedOnPush(deps, ref) : false,
  ]);
  let variables: Record<string, unknown> | undefined;
  const read = async () => {
    variables ??= await variablesOf(deps, site, reader);
    return variables;
  };
  const decisions: Decision[] = [];
  for (const message of messages) {
    const { id, definition } = message;
    if (definition.kind === "push" && isAsked) continue;
    const isNowTaken = decisions.some(({ moment }) => moment.kind === "now");
    if (decisions.filter(({ moment }) => moment.kind !== "now").length >= MOST_WAITING) break;
    const lastShownAt = notes.shown.find(({ campaignId }) => campaignId === id)?.at;
    const cartValue = definition.trigger.kind === "cart" ? cartValueOf(await read()) : 0;
    const moment = momentOf(definition, { events: subject.events, now, cartValue, entered, lastShownAt });
    if (!moment || (moment.kind === "now" && isNowTaken)) continue;
    if (definition.audience && !evaluate(definition.audience, subject, now)) continue;
    const rules = { ...definition, id, isRunning: true };
    const verdict = allowOnsite(visitor, rules, site, now);
    if (!verdict.allowed) {
      if (verdict.reason === "holdout")
        decisions.push({ message, definition, variant: labelOf(id, HOLDOUT), moment, written: null });
      continue;
    }
    const group = groupOf(message, ref);
    const own = variantOf(definition, group);
    const writing = await writeFor(deps, site, own, reader, await read());
    if (!allowOnsite(visitor, rules, site, now, writing.ok ? { ok: true } : writing).allowed || !writing.ok) {
      if (!writing.ok) noteUnwritten(deps, site, id, writing.reason);
      continue;
    }
    decisions.push({ message, definition: own, variant: labelOf(id, group), moment, written: writing.written });
  }
  return decisions;
}

function noteUnwritten(deps: Deps, site: Site, messageId: string, reason: Reason): void {
  deps.log.info("an on-site message could not be written", { siteId: site.id, messageId, reason });
}

function isScheduled({ from, until }: OnsiteDefinition, now: number): boolean {
  return (from === null || Date.parse(from) <= now) && (until === null || now < Date.parse(until));
}

async function isConcerned(deps: Deps, siteId: string, messages: OnsiteMessage[], names: string[]): Promise<boolean> {
  const definitions = messages.map(({ definition }) => definition);
  const isAboutSegments = definitions.some(({ trigger }) => trigger.kind === "segment");
  const segments = isAboutSegments ? await knownSegments(deps, siteId) : [];
  return concerns(definitions, names, new Set(segments.flatMap(({ rule }) => [...eventNames(rule)])));
}

function withoutFacts(definition: OnsiteDefinition): OnsiteDefinition {
  return { ...definition, pages: { ...definition.pages, where: [] } };
}

/** What the newest view of this page said. */
function factsOf(events: HistoryEvent[], page: PageFacts): PageFacts {
  const view = events.find(({ name }) => name === "page_viewed");
  return view && pathOf(view.properties) === pathOf(page) ? view.properties : {};
}

/** How far back caps, rest, rules and words of these messages look, and whether they ask for intentions. */
function needsFor(messages: OnsiteMessage[], now: number): Needs {
  const rules = messages.flatMap(({ definition: { audience } }) => (audience ? [audience] : []));
  const needs = needsOf(rules, now);
  const sinces = messages.map(({ definition: { restSeconds, totalCap, untilClicked, trigger } }) => {
    if (restSeconds === null || totalCap !== null || untilClicked || trigger.kind === "segment") return 0;
    return now - Math.max(restSeconds, trigger.kind === "event" ? trigger.withinSeconds : 0) * SECOND;
  });
  return { ...needs, since: Math.min(needs.since, now - WORDS_LOOK_BACK_MS, ...sinces) };
}

/** What became of on-site messages, newest first. */
function notesOf(events: HistoryEvent[]): Pick<Visitor, "shown" | "closed" | "clicked"> {
  const notes = { shown: [], closed: [], clicked: [] } as Pick<Visitor, "shown" | "closed" | "clicked">;
  for (const { name, at, properties } of events) {
    const campaignId = properties.onsite_id;
    if (!NOTES.has(name) || properties.channel !== "onsite" || typeof campaignId !== "string") continue;
    if (name === "message_shown" || name === "message_skipped") notes.shown.push({ at, campaignId });
    else if (name === "message_dismissed") notes.closed.push({ at, campaignId });
    else notes.clicked.push({ at, campaignId });
  }
  return notes;
}

async function enteredFor(
  deps: Deps,
  messages: OnsiteMessage[],
  ref: PersonRef,
  subject: Subject,
  now: number,
): Promise<Set<string>> {
  const ids = messages.flatMap(({ definition: { trigger } }) =>
    trigger.kind === "segment" ? [trigger.segmentId] : [],
  );
  if (ids.length === 0) return new Set();
  return enteredSince(deps, ref, subject, ids, now - VISIT_MS);
}

/** Whoever has said yes or no to push, in any of their browsers, is not asked again. */
async function hasDecidedOnPush(deps: Deps, ref: PersonRef): Promise<boolean> {
  return (await readConsentsOf(deps, [ref])).get(ref.profileId)?.web_push !== undefined;
}

function groupOf({ id, definition }: OnsiteMessage, { profileId }: PersonRef): string {
  return definition.variants.length === 0 ? ONLY : pickVariant(experimentIdOf(id), definition.variants, profileId);
}

function labelOf(id: string, group: string): string {
  return formatLabel({ experimentId: experimentIdOf(id), group });
}

/** The definition as somebody in this group gets it. */
export function variantOf(definition: OnsiteDefinition, group: string): OnsiteDefinition {
  const variant = definition.variants.find(({ name }) => name === group);
  return { ...definition, words: variant?.words ?? definition.words, format: variant?.format ?? definition.format };
}

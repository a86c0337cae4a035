/**
 * Rules over the moment of a request: the grammar of rules over people, with what is known of the visit and the person as
 * traits, and events as far as a recommendation reads them anyway. Pure; nothing is read for a rule that nobody asks.
 */
import * as z from "zod";
import { itemsOf } from "../events/alias.ts";
import type { HistoryEvent } from "../events/store.ts";
import type { Intention } from "../intention/behavior.ts";
import { nearestName } from "../lib/nearest.ts";
import { HOUR, localMinuteOfDay, MINUTE } from "../lib/time.ts";
import { checkComparison, comparisonShape, Path, valuesAt } from "../segments/comparison.ts";
import { decide, EventRule, type Rule, type TraitRule } from "../segments/rule.ts";
import { leavesOf, treeOf } from "../segments/tree.ts";
import { contextNames, type VisitContext } from "./context.ts";

/** What a rule may ask of the moment. */
export const MOMENT_TRAITS = [
  "intention_mode",
  "purchase_intention",
  "segment",
  "knows",
  "current_item",
  "cart_items",
  "device",
  "hour",
  "country",
  "region",
  "referrer",
  "campaign",
] as const;
export type MomentTrait = (typeof MOMENT_TRAITS)[number];

/** Others a recommendation does not read, and a rule over them would never hold. */
export const HEARD_EVENTS = [
  "product_viewed",
  "content_viewed",
  "product_searched",
  "product_added_to_cart",
  "product_removed_from_cart",
  "product_added_to_wishlist",
  "checkout_started",
  "product_purchased",
  "product_rated",
  "recommendation_clicked",
  "recommendation_dismissed",
  "survey_answered",
] as const;

/** What is said of a trait that has a few values only. */
const VALUES: Partial<Record<string, readonly string[]>> = {
  intention_mode: ["exploring", "comparing", "about_to_buy"],
  knows: ["history", "survey", "nothing"],
  device: ["phone", "desktop"],
};

const MomentPath = Path.superRefine((path, context) => {
  if ((MOMENT_TRAITS as readonly string[]).includes(path)) return;
  const meant = nearestName(path, MOMENT_TRAITS);
  const instead = meant ? `did you mean "${meant}"?` : MOMENT_TRAITS.join(", ");
  context.addIssue({ code: "custom", message: `nothing is known of "${path}" at the moment of a request: ${instead}` });
});

const MomentCondition = z
  .strictObject({ trait: MomentPath, ...comparisonShape })
  .superRefine(checkComparison)
  .superRefine(({ trait, op }, context) => {
    if (trait !== "segment" || op !== "exists") return;
    // Of those alone that a rule names memberships are read.
    context.addIssue({ code: "custom", path: ["op"], message: "segment is compared with ids of segments" });
  })
  .superRefine(({ trait, op, value }, context) => {
    const values = VALUES[trait];
    if (!values || op === "exists" || op === "contains") return;
    const other = [value].flat().find((each) => !values.includes(String(each)));
    if (other === undefined) return;
    context.addIssue({ code: "custom", path: ["value"], message: `${trait} is one of ${values.join(", ")}` });
  }) satisfies z.ZodType<TraitRule>;

const HeardEvent = EventRule.superRefine(({ event }, context) => {
  const other = [event].flat().find((name) => !(HEARD_EVENTS as readonly string[]).includes(name));
  if (other === undefined) return;
  const instead = HEARD_EVENTS.join(", ");
  context.addIssue({
    code: "custom",
    path: ["event"],
    message: `a recommendation does not look at "${other}", only at ${instead}`,
  });
});

/** Parses to itself. Issues name the place: `all.1.trait`. */
export const MomentRule: z.ZodType<Rule> = treeOf<EventRule | TraitRule>(
  { event: () => HeardEvent, trait: () => MomentCondition },
  'a rule is one of "all", "any", "not", "event" or "trait"',
);

/** What the rules name under `trait`, by what they compare it with: of which segments, say, memberships have to be read. */
export function valuesAsked(rules: readonly Rule[], trait: MomentTrait): string[] {
  const asked = rules.flatMap((rule) => [...leavesOf(rule)]).filter((leaf) => "trait" in leaf && leaf.trait === trait);
  return [...new Set(asked.flatMap((leaf) => [(leaf as TraitRule).value ?? []].flat().map(String)))];
}

export function asksTrait(rules: readonly Rule[], traits: readonly MomentTrait[]): boolean {
  return rules.some((rule) =>
    [...leavesOf(rule)].some((leaf) => "trait" in leaf && (traits as readonly string[]).includes(leaf.trait)),
  );
}

export interface Moment {
  visit: VisitContext;
  knows: string;
  itemId: string | undefined;
  /** Newest first. */
  history: readonly HistoryEvent[];
  /** Purchases, survey answers and dismissals, newest first. */
  landmarks: readonly HistoryEvent[];
  /** Of the segments that the rules ask for those that the person is in. */
  segments: readonly string[];
  intention: Intention | undefined;
  now: number;
  /** The site's. */
  timeZone: string;
}

export type KnownMoment = Partial<Record<MomentTrait, string | number | boolean | readonly string[]>>;

/** Whatever is not known has no entry. */
export function knownOf(moment: Moment): KnownMoment {
  const { visit, knows, itemId, segments, intention, now, timeZone } = moment;
  const named = contextNames(visit, now, timeZone).map((name) => {
    const end = name.indexOf(":");
    return [name.slice(0, end), name.slice(end + 1)] as const;
  });
  return {
    ...Object.fromEntries(named),
    hour: Math.floor((localMinuteOfDay(now, timeZone) * MINUTE) / HOUR),
    knows,
    ...(itemId === undefined ? {} : { current_item: itemId }),
    cart_items: cartOf(moment).size,
    ...(segments.length > 0 ? { segment: segments } : {}),
    ...(intention ? { intention_mode: intention.mode, purchase_intention: intention.chance } : {}),
  };
}

/** Events and landmarks are partly the same. */
function deedsOf({ history, landmarks }: Pick<Moment, "history" | "landmarks">): HistoryEvent[] {
  const told = new Map([...history, ...landmarks].map((event) => [event.messageId, event]));
  return [...told.values()].sort((one, other) => other.at - one.at);
}

const INTO_CART = new Set(["product_added_to_cart", "checkout_started"]);
const OUT_OF_CART = new Set(["product_removed_from_cart", "product_purchased"]);

/** Items whose latest word is that they were put there: not taken out and not bought since. */
export function cartOf(moment: Pick<Moment, "history" | "landmarks">): Set<string> {
  const lies = new Map<string, boolean>();
  for (const { name, properties } of deedsOf(moment)) {
    if (!INTO_CART.has(name) && !OUT_OF_CART.has(name)) continue;
    for (const { id } of itemsOf(properties)) if (!lies.has(id)) lies.set(id, INTO_CART.has(name));
  }
  return new Set([...lies].flatMap(([id, isThere]) => (isThere ? [id] : [])));
}

export function holdsNow(rule: Rule, moment: Moment, known: KnownMoment): boolean {
  return decide(rule, (trait) => valuesAt(known, trait), deedsOf(moment), moment.now);
}

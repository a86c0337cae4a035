/** What a placement's rules say, and what a caller may ask. The rules belong to the marketer: a caller can only narrow. */
import * as z from "zod";
import { REGION } from "./context.ts";
import { ItemRule } from "./item-rule.ts";
import { MomentRule } from "./moment-rule.ts";
import { TitleText } from "./title.ts";

/**
 * Ways of recommending. personalized: what goes with everything that the person did; also_viewed: what people look at
 * beside the current or latest item; bought_together: what is in the same orders; complementary: what people buy after the
 * current item, or else after what the person bought, and where too few have, what goes with its category; similar: what is
 * described like the current item, or else the latest; similar_titles: what is called alike, or like what was just searched for,
 * however it is spelled; similar_design: what looks alike; trending: what many look for now, here and among people like this;
 * new: what came last, tried out on some; recently_viewed: what the person looked at.
 */
export const WAYS = [
  "personalized",
  "also_viewed",
  "bought_together",
  "complementary",
  "similar",
  "similar_titles",
  "similar_design",
  "trending",
  "new",
  "recently_viewed",
] as const;
export type Way = (typeof WAYS)[number];

/** Those that go by what items are like. */
export const LIKENESS_WAYS = ["similar", "similar_titles", "similar_design"] as const;

export const MOST_ITEMS = 50;

export const PlacementId = z
  .string()
  .regex(/^[a-z0-9][a-z0-9_-]{0,63}$/i, "letters, digits, - and _, at most 64 of them");

/** A rule alone, as segments have it, is a list of one. */
export function asList(filter: unknown): unknown {
  return typeof filter === "object" && filter !== null && !Array.isArray(filter) ? [filter] : filter;
}

/** All of them hold. */
export const ItemFilter = z.preprocess(asList, z.array(ItemRule).max(10));

/** An item's score is multiplied by `by` when the rule holds for it: 2 lifts, 0.5 lowers. */
export const Boost = z.strictObject({ when: ItemRule, by: z.number().min(0.01).max(100) });
export type Boost = z.infer<typeof Boost>;

const Boosts = z.array(Boost).max(10);
/** 0: by score alone. 1: each item as different as can be from those before it. */
const Diversity = z.number().min(0).max(1);

/** So many of this way, then of the next, and again from the first. */
export const OrderedMix = z.strictObject({
  order: z
    .array(z.strictObject({ way: z.enum(WAYS), count: z.int().min(1).max(MOST_ITEMS) }))
    .min(1)
    .max(10),
});
/** Each way's own scores, weighed and added up. */
export const WeightedMix = z.strictObject({
  weights: z
    .partialRecord(z.enum(WAYS), z.number().min(0).max(100))
    .refine((weights) => Object.values(weights).some((weight) => weight > 0), "at least one weight above 0"),
});

/** Names alone: the re-ranker blends them. */
export const Mix = z.union(
  [z.array(z.enum(WAYS)).min(1), OrderedMix, WeightedMix],
  `a list of ways, {"order": […]} or {"weights": {…}}; ways are ${WAYS.join(", ")}`,
);
export type Mix = z.infer<typeof Mix>;

/** The first whose `when` holds at the moment of the request; the last has none, and is for every other moment. */
export const CasedMix = z.strictObject({
  cases: z
    .array(z.strictObject({ when: MomentRule.optional(), ways: Mix }))
    .min(2)
    .max(8)
    .superRefine((cases, context) => {
      for (const [place, { when }] of cases.entries()) {
        const isLast = place === cases.length - 1;
        if (isLast === (when === undefined)) continue;
        const message = isLast ? "the last case is for every other moment: without a condition" : "needs a condition";
        context.addIssue({ code: "custom", path: [place, "when"], message });
      }
    }),
});
export type CasedMix = z.infer<typeof CasedMix>;

/** What a placement says: a mix, or several for different moments. */
export const Ways = z.union(
  [...Mix.options, CasedMix],
  `a list of ways, {"order": […]}, {"weights": {…}} or {"cases": […]}; ways are ${WAYS.join(", ")}`,
);
export type Ways = z.infer<typeof Ways>;

export function isCased(ways: Ways): ways is CasedMix {
  return !Array.isArray(ways) && "cases" in ways;
}

/** All that may be asked. */
export function waysOf(mix: Ways): readonly Way[] {
  if (Array.isArray(mix)) return mix;
  if ("cases" in mix) return [...new Set(mix.cases.flatMap(({ ways }) => waysOf(ways)))];
  if ("order" in mix) return [...new Set(mix.order.map(({ way }) => way))];
  return WAYS.filter((way) => (mix.weights[way] ?? 0) > 0);
}

export const DEFAULT_WAYS: readonly Way[] = ["personalized", "similar", "trending", "new"];

/** Each place once, and each item. */
const Pins = z
  .array(z.strictObject({ itemId: z.string().min(1).max(128), position: z.int().min(1).max(MOST_ITEMS) }))
  .max(10)
  .superRefine((pins, context) => {
    for (const [index, { itemId, position }] of pins.entries()) {
      const before = pins.slice(0, index);
      const refuse = (field: string, message: string) =>
        void context.addIssue({ code: "custom", path: [index, field], message });
      if (before.some((pin) => pin.position === position))
        refuse("position", `another pin stands at place ${position}`);
      if (before.some((pin) => pin.itemId === itemId)) refuse("itemId", `"${itemId}" is pinned already`);
    }
  });

export const PlacementRules = z.strictObject({
  /** What supplies candidates. What it leaves open is filled up, so that a list is never short of servable items. */
  ways: Ways.default([...DEFAULT_WAYS]),
  count: z.int().min(1).max(MOST_ITEMS).default(12),
  layout: z.enum(["grid", "scroll"]).default("grid"),
  title: z
    .strictObject({ ko: z.string().trim().min(1).max(80), en: z.string().trim().min(1).max(80) })
    .default({ ko: "당신을 위한 추천", en: "Recommended for you" }),
  /** Instead of `title` when one item speaks for the list: "'{item}'{와/과} 함께 많이 본 상품". */
  titleWithItem: z.strictObject({ ko: TitleText, en: TitleText }).optional(),
  /** What the person bought within so many days is left out; 0 leaves nothing out. */
  excludePurchasedDays: z.int().min(0).max(400).default(90),
  /** Sooner again where people buy the same thing again, as the shop's orders say. */
  allowRebuy: z.boolean().default(true),
  /** Leave out what the person has seen in the last seven days, as long as there is something else. */
  excludeViewed: z.boolean().default(true),
  /** What was shown to the person so often, and left alone, comes last; 0: nothing does. */
  restAfterIgnored: z.int().min(0).max(20).default(5),
  excludeItemIds: z.array(z.string().min(1).max(128)).max(200).default([]),
  filter: ItemFilter.default([]),
  booster: Boosts.default([]),
  /** At these places (the first is 1) stand these items, as long as they may be shown. */
  pins: Pins.default([]),
  diversity: Diversity.default(0),
  /** Share of the places that goes to arrivals which few have looked at yet, where `new` is among other ways. */
  explore: z.number().min(0).max(0.5).default(0.1),
  /** Most items of one brand or one category in a list, as long as there is something else. */
  perBrandCap: z.int().min(1).max(MOST_ITEMS).optional(),
  perCategoryCap: z.int().min(1).max(MOST_ITEMS).optional(),
});
export type PlacementRules = z.infer<typeof PlacementRules>;
/** As they hold at one moment: with the mix of its case. */
export type SettledRules = Omit<PlacementRules, "ways"> & { ways: Mix };

export const PlacementInput = z.object({ name: z.string().trim().min(1).max(80), rules: PlacementRules });
export type PlacementInput = z.infer<typeof PlacementInput>;

export interface Placement extends PlacementInput {
  id: string;
  updatedAt: number;
}

/** Which of an experiment's variants becomes the placement's rule. */
export const VariantChoice = z.object({ variant: z.string().min(1).max(64) });

const id = z.union([z.string().trim().min(1).max(256), z.number().transform(String)]);
const ItemIds = z.array(z.union([z.string().min(1).max(128), z.number().transform(String)]));
/** As events know them, which may be longer than any item's. */
const RecentItemIds = z.array(id).max(50);
/** What a page's tag has kept, as the page has said it: cut as events are, so that nothing of it costs the answer. */
const kept = (ids: string[]) => ids.map((each) => each.trim().slice(0, 256)).filter(Boolean);
const Locale = z
  .string()
  .max(35)
  .transform((tag): "ko" | "en" => (/^ko\b/i.test(tag) ? "ko" : "en"));

export const RecommendationRequest = z.object({
  placement: PlacementId,
  userId: id.nullish(),
  anonymousId: id.nullish(),
  userHash: z.string().max(128).nullish(),
  /** The item whose page this is. */
  itemId: id.nullish(),
  context: z
    .object({
      /** What the page knows of this visit and may not have sent yet, latest first. */
      recentItemIds: RecentItemIds.nullish(),
      /** Pages need not say it: their browser does. */
      device: z.enum(["phone", "desktop"]).nullish(),
      /** Where the visit came from: an address or a host. */
      referrer: z.string().max(2048).nullish(),
      /** `utm_campaign` of the page that the visit began with. */
      campaign: z.string().max(128).nullish(),
      /** ISO 3166 code; the edge knows it of browsers. */
      country: z.string().max(2).nullish(),
      /** ISO 3166-2 code ("KR-11"); the edge knows it of browsers. */
      region: z.string().regex(REGION).nullish(),
    })
    .nullish(),
  /** At most what the placement says. */
  count: z.int().min(1).max(MOST_ITEMS).nullish(),
  /** On top of the placement's own filter. */
  filter: ItemFilter.nullish(),
  /** Weighs within what the placement allows. */
  booster: Boosts.nullish(),
  diversity: Diversity.nullish(),
  excludeItemIds: ItemIds.max(200).nullish(),
  explain: z.boolean().nullish(),
  /** A list that this person was shown, by its id: explained by what was known when it was made. */
  explainShown: z.string().min(1).max(128).nullish(),
  locale: Locale.nullish(),
});
export type RecommendationRequest = z.infer<typeof RecommendationRequest>;

/** What a page wants back with the answer to a survey. */
export const AnswerWishes = z.object({
  writeKey: z.string().optional(),
  userHash: z.string().max(128).optional(),
  locale: z.string().max(35).optional(),
  /** The placements on the page; the survey's own when left out. */
  placements: z.array(PlacementId).max(4).optional(),
  /** What the page knows of this visit and may not have sent yet, latest first. */
  recentItemIds: z.array(z.string()).max(50).transform(kept).optional(),
  /** Also as the fragments that `GET /v1/widgets/recommendations` answers with. */
  html: z.boolean().optional(),
});

const text = z.string().optional();

/** Ids out of an address. */
function listed(ids = ""): string[] {
  if (ids.startsWith("[")) {
    try {
      const list: unknown[] = JSON.parse(ids);
      return list.filter((each) => typeof each === "string");
    } catch {}
  }
  return ids.split(",");
}

/** A request as a fragment's address says it; an empty parameter is one that is left out. */
export const WidgetQuery = z
  .object({
    placement: PlacementId,
    anonymousId: text,
    userId: text,
    userHash: text,
    itemId: text,
    /** Item ids as a JSON list, or with commas between them, latest first; beyond 50 they are not looked at. */
    recent: text,
    count: z.union([z.literal("").transform(() => undefined), z.coerce.number()]).optional(),
    locale: text,
    referrer: text,
    campaign: text,
  })
  .transform(
    ({
      recent,
      anonymousId,
      userId,
      itemId,
      locale,
      referrer,
      campaign,
      ...others
    }): z.input<typeof RecommendationRequest> => ({
      ...others,
      anonymousId: anonymousId || undefined,
      userId: userId || undefined,
      itemId: itemId || undefined,
      locale: locale || undefined,
      context: {
        recentItemIds: kept(listed(recent)).slice(0, 50),
        referrer: referrer?.slice(0, 2048),
        campaign: campaign?.slice(0, 128),
      },
    }),
  )
  .pipe(RecommendationRequest);

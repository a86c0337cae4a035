/** What a placement's rules say, and what a caller may ask. The rules belong to the marketer: a caller can only narrow. */
import * as z from "zod";
import { Condition } from "../segments/rule.ts";

/**
 * Ways of recommending. together: what people go on to see and buy; similar: what is described alike; popular: what many
 * look for now; new: what came last.
 */
export const WAYS = ["together", "similar", "popular", "new"] as const;
export type Way = (typeof WAYS)[number];

export const MOST_ITEMS = 50;

export const PlacementId = z
  .string()
  .regex(/^[a-z0-9][a-z0-9_-]{0,63}$/i, "letters, digits, - and _, at most 64 of them");

/** All of them hold. Properties are the item's fields (price in major units) and `attributes.<name>`. */
const ItemFilter = z.array(Condition).max(10);

export const PlacementRules = z.strictObject({
  /** Which ways supply candidates. What they leave open is filled up, so that a list is never short of servable items. */
  ways: z
    .array(z.enum(WAYS))
    .min(1)
    .default([...WAYS]),
  count: z.int().min(1).max(MOST_ITEMS).default(12),
  layout: z.enum(["grid", "scroll"]).default("grid"),
  title: z
    .strictObject({ ko: z.string().trim().min(1).max(80), en: z.string().trim().min(1).max(80) })
    .default({ ko: "당신을 위한 추천", en: "Recommended for you" }),
  /** What the person bought within so many days is left out; 0 leaves nothing out. */
  excludePurchasedDays: z.int().min(0).max(400).default(90),
  /** Leave out what the person has just seen, as long as there is something else. */
  excludeViewed: z.boolean().default(true),
  filter: ItemFilter.default([]),
  /** Most items of one brand or one category in a list, as long as there is something else. */
  perBrandCap: z.int().min(1).max(MOST_ITEMS).optional(),
  perCategoryCap: z.int().min(1).max(MOST_ITEMS).optional(),
});
export type PlacementRules = z.infer<typeof PlacementRules>;

export const PlacementInput = z.object({ name: z.string().trim().min(1).max(80), rules: PlacementRules });
export type PlacementInput = z.infer<typeof PlacementInput>;

export interface Placement extends PlacementInput {
  id: string;
  updatedAt: number;
}

const id = z.union([z.string().trim().min(1).max(256), z.number().transform(String)]);
const ItemIds = z.array(z.union([z.string().min(1).max(128), z.number().transform(String)]));
const Locale = z
  .string()
  .max(35)
  .transform((tag): "ko" | "en" => (/^ko\b/i.test(tag) ? "ko" : "en"));

export const RecommendationRequest = z.object({
  placement: PlacementId,
  userId: id.nullish(),
  anonymousId: id.nullish(),
  /** The item whose page this is. */
  itemId: id.nullish(),
  context: z
    .object({
      /** What the page knows of this visit and may not have sent yet, latest first. */
      recentItemIds: ItemIds.max(50).nullish(),
      /** Pages need not say it: their browser does. */
      device: z.enum(["phone", "desktop"]).nullish(),
    })
    .nullish(),
  /** At most what the placement says. */
  count: z.int().min(1).max(MOST_ITEMS).nullish(),
  /** On top of the placement's own filter. */
  filter: ItemFilter.nullish(),
  excludeItemIds: ItemIds.max(200).nullish(),
  explain: z.boolean().nullish(),
  locale: Locale.nullish(),
});
export type RecommendationRequest = z.infer<typeof RecommendationRequest>;

/** What a page wants back with the answer to a survey. */
export const AnswerWishes = z.object({
  writeKey: z.string().optional(),
  locale: z.string().max(35).optional(),
  /** The placements on the page; the survey's own when left out. */
  placements: z.array(PlacementId).max(4).optional(),
  /** What the page knows of this visit and may not have sent yet, latest first. */
  recentItemIds: z.array(z.string().min(1).max(128)).max(50).optional(),
  /** Also as the fragments that `GET /v1/widgets/recommendations` answers with. */
  html: z.boolean().optional(),
});

const text = z.string().optional();

/** A request as a fragment's address says it; an empty parameter is one that is left out. */
export const WidgetQuery = z
  .object({
    placement: PlacementId,
    anonymousId: text,
    userId: text,
    itemId: text,
    /** Item ids with commas, latest first; beyond 50 they are not looked at. */
    recent: text,
    count: z.coerce.number().optional(),
    locale: text,
  })
  .transform(
    ({ recent, anonymousId, userId, itemId, locale, ...others }): z.input<typeof RecommendationRequest> => ({
      ...others,
      anonymousId: anonymousId || undefined,
      userId: userId || undefined,
      itemId: itemId || undefined,
      locale: locale || undefined,
      context: { recentItemIds: recent?.split(",").filter(Boolean).slice(0, 50) ?? [] },
    }),
  )
  .pipe(RecommendationRequest);

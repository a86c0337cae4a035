/** The taste questions: what a marketer defines, and what a visitor answers. */
import * as z from "zod";
import { ItemId } from "../catalog/schema.ts";

/** At least one language; the other falls back to it. */
const Words = (most: number) =>
  z
    .strictObject({
      ko: z.string().trim().min(1).max(most).optional(),
      en: z.string().trim().min(1).max(most).optional(),
    })
    .refine(({ ko, en }) => ko !== undefined || en !== undefined, "needs words in one language");

const QuestionId = z.string().regex(/^[a-z0-9_-]{1,40}$/i, "letters, digits, - and _, at most 40");
/** Name of the trait that keeps the answer on the profile, for segments and messages. */
const Trait = z.string().regex(/^[a-z0-9_]{1,40}$/i, "letters, digits and _, at most 40");

const PersonId = z.union([z.string().trim().min(1).max(256), z.number().transform(String)]);

/** How many tiles fit one screen, and how many a person can weigh. */
const MOST_TILES = 24;

/** Shown instead of the name itself, or of a path's last part. */
const TileTitle = Words(60).optional();
const GroupName = z.string().trim().min(1).max(512);

const Tile = z.union([
  z.strictObject({ itemId: ItemId }),
  /** A category's path as in the catalog: "아웃도어 > 백팩". */
  z.strictObject({ category: GroupName, title: TileTitle }),
  z.strictObject({ brand: GroupName, title: TileTitle }),
  /** What items say in the attribute `style`. */
  z.strictObject({ style: GroupName, title: TileTitle }),
]);
export type Tile = z.infer<typeof Tile>;

export const AUTO_TILES = ["items", "categories", "brands", "styles"] as const;

/** Asked only when an earlier question was answered by one of these (a tile by its key, "category:홈"). */
const When = z.strictObject({
  question: QuestionId,
  anyOf: z.array(z.string().min(1).max(600)).min(1).max(MOST_TILES),
});

const asked = {
  id: QuestionId,
  title: Words(120),
  hint: Words(200).optional(),
  trait: Trait.optional(),
  when: When.optional(),
};

const TilesQuestion = z.strictObject({
  ...asked,
  kind: z.literal("tiles"),
  /** "auto": chosen for this visitor, from the live catalog and what likes of everybody tell. */
  tiles: z.union([
    z.strictObject({ auto: z.enum(AUTO_TILES), count: z.int().min(2).max(MOST_TILES).default(12) }),
    z.array(Tile).min(2).max(MOST_TILES),
  ]),
  most: z.int().min(1).max(MOST_TILES).default(5),
});

const ChoiceQuestion = z.strictObject({
  ...asked,
  kind: z.literal("choice"),
  multiple: z.boolean().default(false),
  options: z
    .array(z.strictObject({ value: z.string().trim().min(1).max(64), label: Words(60) }))
    .min(2)
    .max(12)
    .refine((options) => new Set(options.map((each) => each.value)).size === options.length, "values must differ"),
});

const SizeQuestion = z.strictObject({
  ...asked,
  kind: z.literal("size"),
  multiple: z.boolean().default(true),
  sizes: z
    .array(z.string().trim().min(1).max(20))
    .min(2)
    .max(30)
    .refine((sizes) => new Set(sizes).size === sizes.length, "sizes must differ"),
});

/** From what price to what price, in major units of the site's currency. */
const PriceQuestion = z
  .strictObject({
    ...asked,
    kind: z.literal("price"),
    min: z.number().min(0).max(1e12).default(0),
    max: z.number().positive().max(1e12),
    step: z.number().positive().max(1e12),
  })
  .refine(({ min, max, step }) => min + step <= max, {
    path: ["max"],
    message: "at least one step above the lowest price",
  });

const TextQuestion = z.strictObject({
  ...asked,
  kind: z.literal("text"),
  /** Characters. */
  most: z.int().min(1).max(500).default(200),
});

export const Question = z.discriminatedUnion("kind", [
  TilesQuestion,
  ChoiceQuestion,
  SizeQuestion,
  PriceQuestion,
  TextQuestion,
]);
export type Question = z.infer<typeof Question>;

const Color = z.string().regex(/^#[0-9a-f]{6}$/i, "a color as #rrggbb");

export const SurveyId = z
  .string()
  .regex(/^[a-z0-9][a-z0-9_-]{0,62}$/, "lower-case letters, digits, - and _, at most 63");

export const SurveyDefinition = z.strictObject({
  /** To whom the tag shows it on its own. A call from the page always shows it. */
  show: z
    .strictObject({
      firstVisit: z.boolean().default(true),
      /** Also to who has not been here for so many days. Null: only the first visit counts. */
      dormantDays: z.int().min(1).max(365).nullable().default(null),
      delaySeconds: z.number().min(0).max(300).default(0),
      /** Also to who landed on a product's page. */
      onProductPages: z.boolean().default(false),
      /** Even to whom an advertisement led to a product in this visit. */
      onAdLandings: z.boolean().default(false),
      /** Share of the visitors it is meant for who are not asked: what the answers changed is held against them. */
      holdout: z.number().min(0).max(0.5).default(0),
      /** Not to those for whom asking was measured not to help; needs a holdout. */
      onlyWhereItHelps: z.boolean().default(false),
    })
    .prefault({}),
  /** The placement that is answered with, when the page does not name its own. Null: the answer is all that is wanted. */
  placement: z.string().min(1).max(64).nullable().default(null),
  /** Questions that one visitor is asked at most, one a screen. */
  screens: z.int().min(1).max(5).default(2),
  /** Colors of the survey. What is not said is the page's own. */
  look: z
    .strictObject({
      accent: Color.optional(),
      onAccent: Color.optional(),
      surface: Color.optional(),
      color: Color.optional(),
    })
    .default({}),
  /** Other surveys that some visitors get instead, in proportion to a share of 1 for this one. */
  against: z
    .array(z.strictObject({ survey: SurveyId, share: z.number().positive().max(100).default(1) }))
    .max(3)
    .default([]),
  questions: z
    .array(Question)
    .min(1)
    .max(8)
    .refine((list) => new Set(list.map((each) => each.id)).size === list.length, "the questions' ids must differ")
    .refine(
      (list) => list.every(({ when }, at) => !when || list.slice(0, at).some(({ id }) => id === when.question)),
      "a question may depend on an earlier one only",
    ),
});
export type SurveyDefinition = z.infer<typeof SurveyDefinition>;

export const SurveyInput = z.strictObject({ name: z.string().trim().min(1).max(120), definition: SurveyDefinition });
export type SurveyInput = z.infer<typeof SurveyInput>;

export interface Survey extends SurveyInput {
  siteId: string;
  id: string;
  /** Grows by one with every change of the definition. */
  version: number;
  updatedAt: number;
}

/** What a page asks for the screen with. With `html` it gets one question at a time, as markup too. */
export const ScreenQuery = z.object({
  locale: z.string().max(35).optional(),
  html: z.stringbool().optional(),
  /** The page itself asks for it: nobody is held out. */
  called: z.stringbool().optional(),
  anonymousId: PersonId.optional(),
  userId: PersonId.optional(),
});

/** One tile as the page shows it. `key` names it in the answer. */
export interface ShownTile {
  key: string;
  title: string;
  imageUrl: string | null;
  itemId?: string;
  category?: string;
  brand?: string;
  style?: string;
  /** Of a group: whose picture it is. */
  faceId?: string;
}

interface Shown {
  id: string;
  title: string;
  hint: string | null;
}
export type ShownQuestion =
  | (Shown & { kind: "tiles"; most: number; adapts: boolean; tiles: ShownTile[] })
  | (Shown & { kind: "choice"; multiple: boolean; options: { value: string; label: string }[] })
  | (Shown & { kind: "size"; multiple: boolean; options: { value: string; label: string }[] })
  | (Shown & { kind: "price"; min: number; max: number; step: number; currency: string })
  | (Shown & { kind: "text"; most: number });

/** What `GET /v1/surveys/{id}` answers a page with. */
export interface SurveyScreen {
  /** Another than was asked for where surveys are compared. */
  id: string;
  /** The one that was asked for. */
  of: string;
  version: number;
  locale: "ko" | "en";
  placement: string | null;
  show: SurveyDefinition["show"];
  /** Custom properties of the survey's element: "--nunchi-accent" → "#7c3aed". */
  look: Record<string, string>;
  /** "holdout" for who is not asked: the tag tells that too, so that both can be compared. */
  group: "asked" | "holdout";
  /** Null when nothing can be asked: no catalog, or all that was to be shown is gone. */
  screen: {
    questions: ShownQuestion[];
    /** Which screen of how many at most, from 1. */
    step: number;
    steps: number;
  } | null;
  /** Says what was shown, signed; goes back with the answer. Null with the screen. */
  ticket: string | null;
  html?: string;
}

/** After a tap: which of the tiles behind it would now tell most. */
export const TilesRequest = z.object({
  ticket: z.string().min(1).max(16_000),
  picked: z.array(z.string().max(600)).max(MOST_TILES),
  tapped: z.string().max(600),
  locale: z.string().max(35).optional(),
  writeKey: z.string().max(200).optional(),
  html: z.boolean().optional(),
});
export type TilesRequest = z.infer<typeof TilesRequest>;

export const SurveyAnswer = z
  .object({
    ticket: z.string().min(1).max(16_000),
    userId: PersonId.nullish(),
    anonymousId: PersonId.nullish(),
    answers: z.array(z.object({ questionId: z.string().max(40), picked: z.array(z.string().max(600)).max(50) })).max(8),
    /** More may follow: the answer is the next question, if there is one. What was answered is stored all the same. */
    continues: z.boolean().optional(),
    /** The client's own id and time of this answer: sent again, it is the same answer. */
    messageId: z.string().min(1).max(200).optional(),
    timestamp: z.iso.datetime({ offset: true }).optional(),
    sentAt: z.iso.datetime({ offset: true }).optional(),
  })
  .refine((answer) => answer.userId != null || answer.anonymousId != null, {
    path: ["anonymousId"],
    message: "an answer needs a userId or an anonymousId",
  });
export type SurveyAnswer = z.infer<typeof SurveyAnswer>;

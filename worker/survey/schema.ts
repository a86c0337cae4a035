/** The taste questions: what a marketer defines, and what a visitor answers. */
import * as z from "zod";
import { ItemId } from "../catalog/schema.ts";

export const SurveyId = z
  .string()
  .regex(/^[a-z0-9][a-z0-9_-]{0,62}$/, "lower-case letters, digits, - and _, at most 63");

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

const Tile = z.union([
  z.strictObject({ itemId: ItemId }),
  z.strictObject({
    /** A category's path as in the catalog: "아웃도어 > 백팩". */
    category: z.string().trim().min(1).max(512),
    /** Shown instead of the path's last part. */
    title: Words(60).optional(),
  }),
]);
export type Tile = z.infer<typeof Tile>;

const TilesQuestion = z.strictObject({
  id: QuestionId,
  kind: z.literal("tiles"),
  title: Words(120),
  hint: Words(200).optional(),
  /** "auto": chosen from the live catalog, popular and spread over categories and brands. */
  tiles: z.union([
    z.strictObject({ auto: z.enum(["items", "categories"]), count: z.int().min(2).max(MOST_TILES).default(12) }),
    z.array(Tile).min(2).max(MOST_TILES),
  ]),
  most: z.int().min(1).max(MOST_TILES).default(5),
  trait: Trait.optional(),
});

const ChoiceQuestion = z.strictObject({
  id: QuestionId,
  kind: z.literal("choice"),
  title: Words(120),
  hint: Words(200).optional(),
  multiple: z.boolean().default(false),
  options: z
    .array(z.strictObject({ value: z.string().trim().min(1).max(64), label: Words(60) }))
    .min(2)
    .max(12)
    .refine((options) => new Set(options.map((each) => each.value)).size === options.length, "values must differ"),
  trait: Trait.optional(),
});

export const Question = z.discriminatedUnion("kind", [TilesQuestion, ChoiceQuestion]);
export type Question = z.infer<typeof Question>;

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
    })
    .prefault({}),
  /** The placement that is answered with, when the page does not name its own. */
  placement: z.string().min(1).max(64),
  questions: z
    .array(Question)
    .min(1)
    .max(4)
    .refine((list) => new Set(list.map((each) => each.id)).size === list.length, "the questions' ids must differ"),
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

/** What a page asks for the screen with. */
export const ScreenQuery = z.object({ locale: z.string().max(35).optional() });

/** One tile as the page shows it. `key` names it in the answer. */
export interface ShownTile {
  key: string;
  title: string;
  imageUrl: string | null;
  itemId?: string;
  category?: string;
}

export type ShownQuestion =
  | { id: string; kind: "tiles"; title: string; hint: string | null; most: number; tiles: ShownTile[] }
  | {
      id: string;
      kind: "choice";
      title: string;
      hint: string | null;
      multiple: boolean;
      options: { value: string; label: string }[];
    };

/** What `GET /v1/surveys/{id}` answers a page with. */
export interface SurveyScreen {
  id: string;
  version: number;
  locale: "ko" | "en";
  placement: string;
  show: SurveyDefinition["show"];
  /** Null when nothing can be asked: no catalog, or all that was to be shown is gone. */
  screen: { questions: ShownQuestion[] } | null;
  /** Says what was shown, signed; goes back with the answer. Null with the screen. */
  ticket: string | null;
}

export const SurveyAnswer = z
  .object({
    ticket: z.string().min(1).max(16_000),
    userId: PersonId.nullish(),
    anonymousId: PersonId.nullish(),
    answers: z
      .array(z.object({ questionId: z.string().max(40), picked: z.array(z.string().max(600)).max(50) }))
      .min(1)
      .max(4),
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

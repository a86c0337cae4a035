/** What the doors of surveys answer; as answers.ts. */
import * as z from "zod";
import { STAGES } from "../../survey/activation.ts";
import { type ShownTile, type Survey, SurveyDefinition, type SurveyScreen } from "../../survey/schema.ts";
import { RecommendationAnswer } from "./answers.ts";

const text = z.string();
const count = z.int().min(0);
const moment = z.int();
const maybe = text.nullable();

export const SurveyStored = z.object({
  id: text,
  name: text,
  version: count,
  definition: SurveyDefinition,
  updatedAt: moment,
}) satisfies z.ZodType<Omit<Survey, "siteId">>;
export const Surveys = z.object({ surveys: z.array(SurveyStored) });

const tile = z.object({
  key: text,
  title: text,
  imageUrl: maybe,
  itemId: text.optional(),
  category: text.optional(),
  brand: text.optional(),
  style: text.optional(),
  faceId: text.optional(),
}) satisfies z.ZodType<ShownTile>;
const shown = { id: text, title: text, hint: maybe };
const options = z.array(z.object({ value: text, label: text }));
export const Screen = z.object({
  id: text,
  of: text,
  version: count,
  locale: z.enum(["ko", "en"]),
  placement: maybe,
  show: SurveyDefinition.shape.show,
  look: z.record(text, text),
  group: z.enum(["asked", "holdout"]),
  screen: z
    .object({
      questions: z.array(
        z.discriminatedUnion("kind", [
          z.object({ ...shown, kind: z.literal("tiles"), most: count, adapts: z.boolean(), tiles: z.array(tile) }),
          z.object({ ...shown, kind: z.literal("choice"), multiple: z.boolean(), options }),
          z.object({ ...shown, kind: z.literal("size"), multiple: z.boolean(), options }),
          z.object({
            ...shown,
            kind: z.literal("price"),
            min: z.number(),
            max: z.number(),
            step: z.number(),
            currency: text,
          }),
          z.object({ ...shown, kind: z.literal("text"), most: count }),
        ]),
      ),
      step: count,
      steps: count,
    })
    .nullable(),
  ticket: maybe,
  html: text.optional(),
}) satisfies z.ZodType<SurveyScreen>;
export const SurveyAnswered = z.object({
  picked: count,
  ignored: count,
  recommendations: z.array(RecommendationAnswer).optional(),
  fragments: z.record(text, text).optional(),
  next: Screen.optional(),
});
export const SurveyTiles = z.object({ tiles: z.array(tile), ticket: text, html: text.optional() });

const interval = z.object({ value: z.number(), low: z.number(), high: z.number() }).nullable();
export const SurveyReportAnswer = z.object({
  survey: SurveyStored,
  measuredAt: moment.nullable(),
  groups: z.array(
    z.object({
      name: text,
      people: count,
      stages: z.array(z.object({ stage: z.enum(STAGES), people: count, rate: interval, difference: interval })),
    }),
  ),
});

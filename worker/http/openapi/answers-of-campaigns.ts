/** What the doors of segments, campaigns and experiments answer; as answers.ts. */
import * as z from "zod";
import type { Content } from "../../campaigns/content.ts";
import type { Preview } from "../../campaigns/preview.ts";
import { type Campaign, CampaignDefinition } from "../../campaigns/schema.ts";
import { METRICS } from "../../experiments/result.ts";
import { type Experiment, ExperimentDefinition } from "../../experiments/schema.ts";
import { REASONS } from "../../messages/gate.ts";
import type { CampaignReport } from "../../reports/campaign.ts";
import type { Estimate } from "../../segments/estimate.ts";
import { Rule } from "../../segments/rule.ts";

const text = z.string();
const maybe = z.string().nullable();
const count = z.int().min(0);
/** Epoch ms. */
const moment = z.int();

export const SegmentAnswer = z.object({
  id: text,
  name: text,
  rule: Rule,
  updatedAt: moment,
  members: count.optional(),
});
export const Segments = z.object({ segments: z.array(SegmentAnswer) });
export const SegmentEstimate = z.object({
  people: count,
  members: count,
  isExact: z.boolean(),
  sampled: count,
}) satisfies z.ZodType<Estimate>;
export const Members = z.object({
  members: z.array(z.object({ profileId: text, userId: maybe, anonymousId: maybe, enteredAt: moment })),
  next: maybe,
});

export const CampaignAnswer = z.object({
  id: text,
  name: text,
  state: z.enum(["draft", "running", "paused", "ended"]),
  version: count,
  definition: CampaignDefinition,
  createdAt: moment,
  updatedAt: moment,
  launchedAt: moment.nullable(),
}) satisfies z.ZodType<Omit<Campaign, "siteId">>;
export const CampaignRead = CampaignAnswer.extend({ contentUrl: text });
export const Campaigns = z.object({ campaigns: z.array(CampaignAnswer) });
export const Report = z.object({
  targeted: count,
  waiting: count,
  eligible: count,
  sent: count,
  pending: count,
  opens: count,
  clicks: count,
  machineOpens: count,
  machineClicks: count,
  conversions: count,
  revenue: z.number(),
  currency: text,
  holdout: count,
  skipped: z.record(text, count),
}) satisfies z.ZodType<CampaignReport>;
export const CampaignPreview = z.object({
  fit: z.enum(["fits", "not_in_audience", "excluded"]),
  verdict: z.discriminatedUnion("allowed", [
    z.object({ allowed: z.literal(true) }),
    z.object({ allowed: z.literal(false), reason: z.enum(REASONS), holdUntil: moment.optional() }),
  ]),
  locale: z.enum(["ko", "en"]),
  content: z.object({ title: text, body: text, url: text, imageUrl: text.optional() }).nullable(),
  problem: z.object({ reason: z.enum(REASONS), detail: maybe }).nullable(),
  itemId: maybe,
}) satisfies z.ZodType<Preview>;

const product = z.object({
  id: text,
  title: text,
  url: text,
  image_url: maybe,
  price: z.number().nullable(),
  price_text: maybe,
  brand: maybe,
  category: maybe,
  reason: text,
});
export const PersonalContent = z.object({
  title: text,
  body: text,
  url: text,
  image_url: maybe,
  product: product.nullable(),
  items: z.array(product),
  is_personal: z.boolean(),
}) satisfies z.ZodType<Content>;

export const ExperimentAnswer = z.object({
  id: text,
  name: text,
  state: z.enum(["draft", "running", "ended"]),
  definition: ExperimentDefinition,
  createdAt: moment,
  updatedAt: moment,
  startedAt: moment.nullable(),
  endedAt: moment.nullable(),
}) satisfies z.ZodType<Omit<Experiment, "siteId">>;
export const Experiments = z.object({ experiments: z.array(ExperimentAnswer) });
const interval = z.object({ value: z.number(), low: z.number(), high: z.number() });
const byMetric = z.partialRecord(z.enum(METRICS), interval);
/** As JSON: what is undefined in the room is left out. */
export const ExperimentResult = z.object({
  against: text,
  groups: z.array(
    z.object({
      name: text,
      share: z.number(),
      people: count,
      clicked: count,
      bought: count,
      metrics: byMetric,
      differences: byMetric,
      uplifts: byMetric,
      verdict: z.enum(["better", "worse", "unclear"]).optional(),
    }),
  ),
  level: z.number(),
  ratio: z.object({ chiSquare: z.number(), p: z.number(), isAlarming: z.boolean() }).optional(),
  switched: count,
  isEarly: z.boolean(),
  learning: z
    .object({
      contexts: z.array(
        z.object({
          context: text,
          arms: z.array(
            z.object({
              variant: text,
              trials: count,
              successes: count,
              share: z.number(),
              rate: interval.optional(),
              probabilityBest: z.number(),
            }),
          ),
        }),
      ),
      regret: z.object({ best: text, trials: count, value: z.number(), low: z.number(), high: z.number() }).optional(),
    })
    .optional(),
});
export const ExperimentReport = z.object({
  experiment: ExperimentAnswer,
  measuredAt: moment.nullable(),
  currency: text,
  result: ExperimentResult.nullable(),
});

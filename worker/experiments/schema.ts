/** What a marketer decides about an experiment: who takes part, what each variant changes, and what counts as success. */
import * as z from "zod";
import { DAY, HOUR, SECOND } from "../lib/time.ts";

export const ExperimentId = z
  .string()
  .regex(/^[a-z0-9][a-z0-9_-]{0,62}$/, "lower-case letters, digits, - and _, at most 63");

/** The group that is left out; no variant may be called so. */
export const HOLDOUT = "holdout";

const VariantName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9_-]{0,31}$/, "lower-case letters, digits, - and _, at most 32")
  .refine((name) => name !== HOLDOUT, "this name belongs to the group that is left out");

const Variant = z.strictObject({
  name: VariantName,
  /** In proportion to the others': 50 and 50, or 2 and 1. Automatic mode begins with 70 % for the first, the others alike. */
  share: z.number().positive().max(1000).default(1),
  /** What differs from the placement's own rules; an empty object is the placement as it is. */
  rules: z.record(z.string().max(64), z.json()).default({}),
});

const MOST_VARIANTS = 8;
const seconds = (ms: number) => ms / SECOND;

export const ExperimentDefinition = z
  .strictObject({
    /** The placement whose rules the variants change. */
    placement: z.string().min(1).max(64),
    /** fixed: shares stay, and the result says which is better. auto: shares follow what is learned, context by context. */
    mode: z.enum(["fixed", "auto"]).default("fixed"),
    /** Share of people who take part; the others see the placement as it is. It may grow while the experiment runs. */
    traffic: z.number().gt(0).max(1).default(1),
    /** Of those who take part, the share that gets no recommendations (an empty answer), or popular items only. */
    holdout: z
      .strictObject({ share: z.number().min(0).max(0.5), shows: z.enum(["nothing", "popular"]).default("popular") })
      .default({ share: 0, shows: "popular" }),
    /** The first is what the others are compared with; in automatic mode it should be what runs now. */
    variants: z.array(Variant).min(1).max(MOST_VARIANTS),
    /** What is hoped for, within so many seconds after somebody first saw their variant. */
    metric: z
      .strictObject({
        kind: z.enum(["click", "purchase", "revenue"]).default("click"),
        windowSeconds: z
          .int()
          .min(60)
          .max(seconds(30 * DAY))
          .default(seconds(DAY)),
      })
      .default({ kind: "click", windowSeconds: seconds(DAY) }),
    /** Automatic mode: the starting shares until each variant was tried so often in a context, then never less than `floor`. */
    learning: z
      .strictObject({
        warmUp: z.int().min(10).max(100_000).default(100),
        floor: z.number().min(0).max(0.2).default(0.05),
      })
      .default({ warmUp: 100, floor: 0.05 }),
  })
  .superRefine(({ mode, variants, holdout, metric, learning }, context) => {
    const refuse = (path: (string | number)[], message: string) =>
      void context.addIssue({ code: "custom", path, message });
    const names = variants.map(({ name }) => name);
    for (const [index, name] of names.entries()) {
      if (names.indexOf(name) < index) refuse(["variants", index, "name"], "two variants have this name");
    }
    if (variants.length < 2 && (mode === "auto" || holdout.share === 0))
      refuse(["variants"], "there is nothing to compare: add a variant or a holdout");
    if (mode === "fixed") return;
    if (metric.kind === "revenue") refuse(["metric", "kind"], "automatic mode learns from clicks or purchases");
    if (metric.windowSeconds > seconds(DAY) || metric.windowSeconds < seconds(HOUR) / 12)
      refuse(["metric", "windowSeconds"], "automatic mode learns from what happens within 5 minutes to a day");
    if (learning.floor * variants.length > 1) refuse(["learning", "floor"], "the floors add up to more than everybody");
  });
export type ExperimentDefinition = z.infer<typeof ExperimentDefinition>;

export const ExperimentInput = z.strictObject({
  name: z.string().trim().min(1).max(120),
  definition: ExperimentDefinition,
});
export type ExperimentInput = z.infer<typeof ExperimentInput>;

export type ExperimentState = "draft" | "running" | "ended";

export interface Experiment extends ExperimentInput {
  siteId: string;
  id: string;
  state: ExperimentState;
  createdAt: number;
  updatedAt: number;
  startedAt: number | null;
  endedAt: number | null;
}

const KNOWS = ["history", "survey", "nothing"] as const;
const DEVICES = ["phone", "desktop", "unknown"] as const;

/** What is known when somebody asks: two people of one context are treated by the same shares. */
export interface DecisionContext {
  knows: (typeof KNOWS)[number];
  device: (typeof DEVICES)[number];
}

/** "history.phone" */
export function contextName({ knows, device }: DecisionContext): string {
  return `${knows}.${device}`;
}

/** Every context that there is, by name. */
export const CONTEXTS: ReadonlySet<string> = new Set(
  KNOWS.flatMap((knows) => DEVICES.map((device) => contextName({ knows, device }))),
);

/**
 * What the doors answer, for the API's description. Nothing is validated with these at run time: the types tie them to
 * what the rooms return, and a test holds real answers against them, field by field.
 */
import * as z from "zod";
import type { PublicItem } from "../../catalog/read.ts";
import type { UpsertResult } from "../../catalog/upsert.ts";
import { CHANNELS } from "../../deps.ts";
import type { CollectResult } from "../../events/schema.ts";
import { type Issue, REFUSAL_STATUS, type RefusalCode } from "../../lib/errors.ts";
import type { Receipt } from "../../privacy/receipt.ts";
import { ATTRIBUTE_TYPES, type Attribute } from "../../profiles/attribute.ts";
import { DUTY_KINDS } from "../../profiles/schema.ts";
import type { Recommendation } from "../../recommend/recommend.ts";
import { type Placement, PlacementRules, WAYS } from "../../recommend/schema.ts";
import type { Received as WebhookAnswer } from "../../shops/receive.ts";
import { Privacy } from "../../sites/schema.ts";
import type { SiteKeys } from "../../staff/setup.ts";
import { OnsiteOffer } from "./answers-of-onsite.ts";

const text = z.string();
const maybe = z.string().nullable();
const count = z.int().min(0);
/** Epoch ms. */
const moment = z.int();
const issue = z.object({ path: text, message: text }) satisfies z.ZodType<Issue>;
const refused = z.array(z.object({ index: count, issues: z.array(issue) }));

const codes = [...(Object.keys(REFUSAL_STATUS) as RefusalCode[]), "internal"] as const;
export const Problem = z.object({
  error: z.object({ code: z.enum(codes), message: text, requestId: text, issues: z.array(issue).optional() }),
});

export const Done = z.object({ success: z.literal(true) });
export const Health = z.object({ ok: z.boolean(), waitingFor: text.optional() });
export const Collected = Done.extend({
  accepted: count,
  refused,
  delayed: count.optional(),
  withheld: count.optional(),
  onsite: z.array(OnsiteOffer).optional(),
}) satisfies z.ZodType<CollectResult>;

export const TagConfig = z.object({ privacy: Privacy.required(), verifyUsers: z.boolean() });

export const EndpointStored = Done.extend({ id: text });
export const EndpointRemoved = Done.extend({ removed: z.boolean() });
export const ConsentsImported = Done.extend({ accepted: count, refused });
export const ConsentDuties = z.object({
  duties: z.array(
    z.object({
      userId: maybe,
      anonymousId: maybe,
      email: maybe,
      phone: maybe,
      locale: maybe,
      kind: z.enum(DUTY_KINDS),
      channel: z.enum(CHANNELS),
      granted: z.boolean(),
      saidAt: moment,
      dueAt: moment,
      isOverdue: z.boolean(),
      text,
    }),
  ),
  next: maybe,
});
export const DutiesClosed = Done.extend({ closed: count });
export const Received = z.object({
  status: z.enum(["done", "ignored", "refused", "repeated"]),
  detail: text.optional(),
  items: z.object({ accepted: count, unchanged: count, refused }).optional(),
  events: z.object({ accepted: count, refused }).optional(),
});
Received satisfies z.ZodType<WebhookAnswer>;
export const AttributeAnswer = z.object({
  name: text,
  type: z.enum(ATTRIBUTE_TYPES),
  isPersonal: z.boolean(),
  isDeclared: z.boolean(),
}) satisfies z.ZodType<Attribute>;
export const Attributes = z.object({ attributes: z.array(AttributeAnswer) });
export const ConsentRecorded = Done.extend({ recorded: z.boolean() });
export const UserAnswer = z.object({
  userId: maybe,
  anonymousId: maybe,
  anonymousIds: z.array(text),
  email: maybe,
  phone: maybe,
  locale: maybe,
  timeZone: maybe,
  traits: z.record(text, z.unknown()),
  consents: z.partialRecord(z.enum(CHANNELS), z.object({ granted: z.boolean(), night: z.boolean(), at: moment })),
  firstSeenAt: moment,
  lastSeenAt: moment,
});
export const ErasureReceipt = z.object({
  id: text,
  erasedAt: moment,
  profiles: count,
  rows: z.record(text, count),
  signature: text,
}) satisfies z.ZodType<Receipt>;
export const ErasureProof = ErasureReceipt.extend({ isGenuine: z.boolean() });
export const Erasures = z.object({ erasures: z.array(ErasureReceipt), next: maybe });
export const PersonExport = z.object({
  exportedAt: z.iso.datetime(),
  tables: z.record(text, z.array(z.record(text, z.unknown()))),
});

const publicItem = z.object({
  id: text,
  title: text,
  url: text,
  imageUrl: maybe,
  price: z.number().nullable(),
  listPrice: z.number().nullable(),
  currency: text,
  brand: maybe,
  category: maybe,
  priceText: maybe,
  listPriceText: maybe,
}) satisfies z.ZodType<PublicItem>;

export const ItemAnswer = publicItem.omit({ priceText: true, listPriceText: true }).extend({
  titles: z.object({ ko: text.optional(), en: text.optional() }),
  description: maybe,
  tags: z.array(text),
  groupId: maybe,
  attributes: z.record(text, z.union([text, z.number(), z.boolean(), z.array(text)])),
  availability: z.enum(["in_stock", "out_of_stock"]),
  salePrice: z.number().nullable(),
  saleStartsAt: moment.nullable(),
  saleEndsAt: moment.nullable(),
  quantity: count.nullable(),
  lowStockThreshold: count.nullable(),
  hidden: z.boolean(),
  createdAt: moment,
  updatedAt: moment,
});
export const ItemStored = z.object({ id: text, changed: z.boolean() });
export const ItemsStored = z.object({ accepted: count, unchanged: count, refused }) satisfies z.ZodType<UpsertResult>;

const seed = z.object({
  itemId: text,
  lag: count,
  weight: z.number(),
  from: z.enum(["current", "page", "history", "survey"]),
  kind: text,
});
const resolvedRule = z.record(text, z.unknown()).nullable();
const conditions = z.array(z.object({ path: text, rule: resolvedRule }));
const appliedRules = z.object({
  ways: z.unknown(),
  chosen: z
    .object({ case: count, when: z.record(text, z.unknown()).nullable(), known: z.record(text, z.unknown()) })
    .nullable(),
  count,
  filter: conditions,
  callerFilter: conditions,
  boosts: z.array(z.object({ when: resolvedRule, by: z.number(), from: z.enum(["placement", "caller", "survey"]) })),
  diversity: z.number(),
  perBrandCap: count.nullable(),
  perCategoryCap: count.nullable(),
  explore: z.number(),
  excludeViewed: z.boolean(),
  pins: z.array(z.object({ itemId: text, position: count, shown: z.boolean() })),
  excluded: z.array(z.object({ rule: text, count, examples: z.array(text) })),
  purchased: z.object({
    withinDays: count,
    allowRebuy: z.boolean(),
    items: z.array(z.object({ id: text, at: moment, rebuyDays: z.number().nullable(), excluded: z.boolean() })),
  }),
  ignored: z.object({ restAfter: count, items: z.array(z.object({ id: text, times: count })) }),
});
export const RecommendationAnswer = z.object({
  recommendationId: text,
  placement: text,
  title: text,
  layout: z.enum(["grid", "scroll"]),
  items: z.array(
    publicItem.extend({ score: z.number(), reason: text, source: z.enum([...WAYS, "pinned", "catalog"]) }),
  ),
  fallbackLevel: z.enum(["personal", "survey", "context", "segment", "popular", "catalog"]),
  variant: maybe,
  relaxed: z.array(text).optional(),
  shown: z
    .object({
      recommendationId: text,
      placement: text,
      at: moment,
      pageItemId: maybe,
      itemIds: z.array(text),
      again: count,
      model: z.enum(["same", "refreshed", "other", "none"]),
      rules: z.enum(["same", "changed"]),
    })
    .nullable()
    .optional(),
  explain: z
    .object({
      model: maybe,
      variant: z.object({ label: text, shows: z.enum(["rules", "popular", "nothing"]) }).nullable(),
      rules: appliedRules,
      seeds: z.array(seed),
      pickedCategories: z.array(text),
      searches: z.array(z.object({ query: text, lag: count, leastLikeness: z.number(), found: count })),
      contexts: z.array(text),
      intention: z
        .object({
          chance: z.number(),
          mode: z.enum(["exploring", "comparing", "about_to_buy"]),
          behavior: z.record(text, z.union([z.number(), text])),
        })
        .nullable(),
      ways: z.partialRecord(z.enum(WAYS), z.array(z.object({ id: text, value: z.number() }))),
      standIns: z.array(text),
      candidates: z.array(
        z.object({
          id: text,
          score: z.number(),
          way: z.enum(WAYS),
          seed: seed.optional(),
          category: text.optional(),
          because: z.enum(["context", "segment", "survey", "category"]).optional(),
          search: text.optional(),
          parts: z.partialRecord(z.enum(WAYS), z.number()),
          boost: z.number().optional(),
          diversity: z.int().optional(),
          seen: z.literal(true).optional(),
          net: z.object({ score: z.number(), features: z.record(text, z.number()) }).optional(),
          contributions: z.record(text, z.number()).optional(),
        }),
      ),
      removed: z.array(
        z.object({
          rule: text,
          condition: text.optional(),
          count,
          examples: z.array(z.object({ id: text, boost: z.number().optional(), diversity: z.int().optional() })),
        }),
      ),
    })
    .optional(),
});
/** `kind` of a seed is a word of the engine's, open to callers. */
type Told = Omit<Recommendation, "explain">;
RecommendationAnswer satisfies z.ZodType<Told>;

export const PlacementAnswer = z.object({
  id: text,
  name: text,
  rules: PlacementRules,
  updatedAt: moment,
}) satisfies z.ZodType<Placement>;
export const Placements = z.object({ placements: z.array(PlacementAnswer) });
export const Model = z.object({
  version: text,
  state: z.enum(["building", "active", "retired", "rejected", "archived"]),
  metrics: z.record(text, z.unknown()),
  createdAt: moment,
  promotedAt: moment.nullable(),
  revision: count,
  refreshedAt: moment.nullable(),
});
export const Models = z.object({ models: z.array(Model) });
export const TrainingStarted = z.object({ version: text });
export const KeysOfSite = z.object({ siteId: text, publicKey: text, secretKey: text }) satisfies z.ZodType<SiteKeys>;

/** Every shape of the API by the name that its description gives it. What a door validates is the door's own schema. */
import * as z from "zod";
import { CampaignDefinition, CampaignInput, PreviewInput } from "../../campaigns/schema.ts";
import { ItemBatch, ItemInput } from "../../catalog/schema.ts";
import { EventBatch, EventMessage } from "../../events/schema.ts";
import { ExperimentDefinition, ExperimentInput } from "../../experiments/schema.ts";
import { FeedInput } from "../../feeds/schema.ts";
import { OnsiteDefinition, OnsiteInput, OnsiteWords } from "../../onsite/definition.ts";
import {
  AttributeInput,
  ConsentInput,
  ConsentsImport,
  DeviceInput,
  DeviceRemoval,
  DutiesDone,
  PastConsentInput,
  PushSubscriptionInput,
  PushSubscriptionRemoval,
  UserInput,
} from "../../profiles/schema.ts";
import { ItemCondition, ItemRule } from "../../recommend/item-rule.ts";
import { MomentRule } from "../../recommend/moment-rule.ts";
import {
  AnswerWishes,
  Boost,
  ItemFilter,
  PlacementInput,
  PlacementRules,
  RecommendationRequest,
  VariantChoice,
} from "../../recommend/schema.ts";
import { Condition, EventRule, Rule, TraitRule } from "../../segments/rule.ts";
import { EstimateInput, SegmentInput } from "../../segments/schema.ts";
import { SiteSettings } from "../../sites/schema.ts";
import { NewSite, Setup } from "../../staff/schema.ts";
import { SurveyAnswer, SurveyDefinition, SurveyInput, TilesRequest } from "../../survey/schema.ts";
import * as answers from "./answers.ts";
import * as answersOfCampaigns from "./answers-of-campaigns.ts";
import * as answersOfFeeds from "./answers-of-feeds.ts";
import * as answersOfOnsite from "./answers-of-onsite.ts";
import * as answersOfSurveys from "./answers-of-surveys.ts";

// The door adds the type that the address says, and validates the whole as one event.
const { type: _, event, name, category, previousId, groupId, properties, traits, ...everyCall } = EventMessage.shape;
const call = <T extends z.ZodRawShape>(own: T) =>
  z.object({ ...own, ...everyCall, writeKey: EventBatch.shape.writeKey });

/** What callers send. */
export const REQUESTS = {
  EventBatch,
  EventMessage,
  Track: call({ event: event.unwrap(), properties }),
  Identify: call({ traits }),
  Page: call({ name, category, properties }),
  Group: call({ groupId, traits }),
  Alias: call({ previousId }),
  UserInput,
  ConsentInput,
  ConsentsImport,
  PastConsentInput,
  DutiesDone,
  AttributeInput,
  PushSubscriptionInput,
  PushSubscriptionRemoval,
  DeviceInput,
  DeviceRemoval,
  ItemBatch,
  ItemInput,
  // The id is in the address.
  ItemBody: ItemInput.omit({ id: true }),
  RecommendationRequest,
  PlacementInput,
  PlacementRules,
  Boost,
  VariantChoice,
  ItemFilter,
  ItemRule,
  ItemCondition,
  MomentRule,
  SurveyInput,
  SurveyDefinition,
  SurveyAnswer,
  TilesRequest,
  AnswerWishes,
  SurveyAnswerRequest: z.intersection(SurveyAnswer, AnswerWishes),
  Condition,
  Rule,
  EventRule,
  TraitRule,
  SegmentInput,
  EstimateInput,
  CampaignInput,
  CampaignDefinition,
  PreviewInput,
  OnsiteInput,
  OnsiteDefinition,
  OnsiteWords,
  ExperimentInput,
  ExperimentDefinition,
  FeedInput,
  SiteSettings,
  NewSite,
  Setup,
} satisfies Record<string, z.ZodType>;

export const SHAPES = {
  ...REQUESTS,
  ...answers,
  ...answersOfCampaigns,
  ...answersOfOnsite,
  ...answersOfFeeds,
  ...answersOfSurveys,
};
export type ShapeName = keyof typeof SHAPES;

/** What starts a campaign, as form fields, and back. Pure: what is wrong with it is for the schema to say. */
import type { CampaignDefinition } from "../../campaigns/schema.ts";
import { DAY, SECOND } from "../../lib/time.ts";
import { type Form, Lines, text } from "./form.ts";
import {
  type ConditionFields,
  conditionFields,
  fromCondition,
  joinDuration,
  readRows,
  splitDuration,
  splitList,
} from "./rule-form.ts";

export interface DurationFields {
  amount: string;
  unit: string;
}

type Trigger = CampaignDefinition["trigger"];

export interface TriggerFields {
  kind: string;
  events: string;
  where: ConditionFields[];
  change: string;
  minPercent: string;
  /** One a line. */
  brands: string;
  categories: string;
  interestEvents: string;
  interestWindow: DurationFields;
  interestIn: string;
  unless: string;
}

const WAITED_FOR = {
  change: "price_dropped",
  minPercent: "5",
  brands: "",
  categories: "",
  interestEvents: "product_viewed, product_added_to_cart, product_added_to_wishlist",
  interestWindow: durationFields((30 * DAY) / SECOND),
  interestIn: "item",
  unless: "product_purchased",
};

export function durationFields(seconds: number): DurationFields {
  const { amount, unit } = splitDuration(seconds);
  return { amount: String(amount), unit };
}

/** Both kinds are in the form, so that choosing the other one loses nothing. */
export function toTriggerFields(trigger: Trigger): TriggerFields {
  if (trigger.kind === "event") {
    const { events, where = [] } = trigger;
    return { ...WAITED_FOR, kind: "event", events: events.join(", "), where: where.map(conditionFields) };
  }
  const { change, minPercent, brands, categories, interest, unless } = trigger;
  return {
    kind: "catalog",
    events: "product_added_to_cart",
    where: [],
    change,
    minPercent: String(minPercent),
    brands: brands.join("\n"),
    categories: categories.join("\n"),
    interestEvents: interest.events.join(", "),
    interestWindow: durationFields(interest.withinSeconds),
    interestIn: interest.in,
    unless: unless.join(", "),
  };
}

export function readTriggerFields(form: Form): TriggerFields {
  const read = (name: string) => text(form, name);
  return {
    kind: read("trigger.kind") || "event",
    events: read("events"),
    where: readRows(form, "where").map((row) => ({
      property: text(row, "property"),
      op: text(row, "op"),
      value: text(row, "value"),
    })),
    change: read("trigger.change"),
    minPercent: read("trigger.minPercent"),
    brands: read("trigger.brands"),
    categories: read("trigger.categories"),
    interestEvents: read("trigger.interest"),
    interestWindow: { amount: read("trigger.window.amount"), unit: read("trigger.window.unit") },
    interestIn: read("trigger.in"),
    unless: read("trigger.unless"),
  };
}

/** Not yet checked. */
export function toTrigger(fields: TriggerFields): unknown {
  if (fields.kind !== "catalog") {
    const where = fields.where.filter(({ property }) => property !== "").map(fromCondition);
    return { kind: "event", events: splitList(fields.events), ...(where.length > 0 ? { where } : {}) };
  }
  return {
    kind: "catalog",
    change: fields.change,
    minPercent: fields.change === "price_dropped" ? Number(fields.minPercent || Number.NaN) : 0,
    brands: Lines.parse(fields.brands),
    categories: Lines.parse(fields.categories),
    interest: {
      events: splitList(fields.interestEvents),
      withinSeconds: joinDuration(fields.interestWindow.amount, fields.interestWindow.unit),
      in: fields.interestIn,
    },
    unless: splitList(fields.unless),
  };
}

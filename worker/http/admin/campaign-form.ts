/** A campaign's definition as form fields, and back. Pure: what is wrong with it is for the schema to say. */
import type { CampaignDefinition } from "../../campaigns/schema.ts";
import { DAY, HOUR, SECOND } from "../../lib/time.ts";
import {
  type DurationFields,
  durationFields,
  readTriggerFields,
  type TriggerFields,
  toTrigger,
  toTriggerFields,
} from "./campaign-trigger-form.ts";
import { type Form, text } from "./form.ts";
import { changeRuleForm, fromRuleForm, joinDuration, type RuleForm, readRuleForm, toRuleForm } from "./rule-form.ts";

export interface CampaignFields {
  name: string;
  trigger: TriggerFields;
  delay: DurationFields;
  reentry: string;
  window: DurationFields;
  audience: RuleForm;
  exclude: RuleForm;
  channel: string;
  placement: string;
  link: { kind: string; url: string; imageUrl: string };
  message: Record<"ko" | "en", { title: string; body: string }>;
  isAd: boolean;
  holdoutPercent: string;
  dailyCap: string;
  conversionEvent: string;
  conversionWindow: DurationFields;
}

/** What a new campaign starts as: an hour after the cart, to whoever has not bought meanwhile. */
export const STARTER: CampaignDefinition = {
  trigger: { kind: "event", events: ["product_added_to_cart"] },
  delaySeconds: HOUR / SECOND,
  reentry: { kind: "every", windowSeconds: DAY / SECOND },
  audience: null,
  exclude: { event: "product_purchased", did: true, withinSeconds: (2 * DAY) / SECOND },
  channel: "web_push",
  placement: null,
  link: { kind: "recommended" },
  message: {
    ko: {
      title: '{{ product_added_to_cart.0.product_name | josa: "이/가" }} 기다리고 있어요',
      body: '함께 보면 좋은 {{ recommendation.0.product_name | josa: "을/를" }} 골라 두었어요.',
    },
    en: {
      title: "{{ product_added_to_cart.0.product_name }} is waiting",
      body: "Goes well with it: {{ recommendation.0.product_name }}.",
    },
  },
  isAd: true,
  holdoutPercent: 0,
  dailyCap: 1,
  conversion: { event: "product_purchased", windowSeconds: (7 * DAY) / SECOND },
};

/** What a campaign about a change of a product starts as: a price drop, to who looked at it this month. */
export const CATALOG_STARTER: CampaignDefinition = {
  ...STARTER,
  trigger: {
    kind: "catalog",
    change: "price_dropped",
    minPercent: 5,
    brands: [],
    categories: [],
    interest: {
      events: ["product_viewed", "product_added_to_cart", "product_added_to_wishlist"],
      withinSeconds: (30 * DAY) / SECOND,
      in: "item",
    },
    unless: ["product_purchased"],
  },
  delaySeconds: 0,
  exclude: null,
  link: { kind: "triggered" },
  message: {
    ko: {
      title: '{{ item.product_name | josa: "이/가" }} {{ item.percent }}% 내렸어요',
      body: "{{ item.previous_price }}에서 {{ item.product_price }}이 되었어요.",
    },
    en: {
      title: "{{ item.percent }}% off {{ item.product_name }}",
      body: "Was {{ item.previous_price }}, now {{ item.product_price }}.",
    },
  },
};

export function toCampaignFields(name: string, definition: CampaignDefinition): CampaignFields {
  const { trigger, reentry, link, message, conversion } = definition;
  const words = (locale: "ko" | "en") => ({
    title: message[locale]?.title ?? "",
    body: message[locale]?.body ?? "",
  });
  return {
    name,
    trigger: toTriggerFields(trigger),
    delay: durationFields(definition.delaySeconds),
    reentry: reentry.kind,
    window: durationFields(reentry.kind === "every" ? reentry.windowSeconds : DAY / SECOND),
    audience: toRuleForm(definition.audience),
    exclude: toRuleForm(definition.exclude),
    channel: definition.channel,
    placement: definition.placement ?? "",
    link: {
      kind: link.kind,
      url: link.kind === "url" ? link.url : "",
      imageUrl: link.kind === "url" ? (link.imageUrl ?? "") : "",
    },
    message: { ko: words("ko"), en: words("en") },
    isAd: definition.isAd,
    holdoutPercent: String(definition.holdoutPercent),
    dailyCap: String(definition.dailyCap),
    conversionEvent: conversion.event,
    conversionWindow: durationFields(conversion.windowSeconds),
  };
}

export function readCampaignFields(form: Form): CampaignFields {
  const read = (name: string) => text(form, name);
  const duration = (name: string) => ({ amount: read(`${name}.amount`), unit: read(`${name}.unit`) });
  const words = (locale: string) => ({
    title: read(`message.${locale}.title`),
    body: read(`message.${locale}.body`).replaceAll("\r\n", "\n"),
  });
  return {
    name: read("name"),
    trigger: readTriggerFields(form),
    delay: duration("delay"),
    reentry: read("reentry"),
    window: duration("window"),
    audience: readRuleForm(form, "audience"),
    exclude: readRuleForm(form, "exclude"),
    channel: read("channel"),
    placement: read("placement"),
    link: { kind: read("link.kind"), url: read("link.url"), imageUrl: read("link.imageUrl") },
    message: { ko: words("ko"), en: words("en") },
    isAd: read("isAd") !== "",
    holdoutPercent: read("holdoutPercent"),
    dailyCap: read("dailyCap"),
    conversionEvent: read("conversion.event"),
    conversionWindow: duration("conversion"),
  };
}

/** The fields after one of the editor's own buttons; undefined when another one was pressed. */
export function changeCampaignFields(fields: CampaignFields, act: string): CampaignFields | undefined {
  if (act === "where:add") {
    const where = [...fields.trigger.where, { property: "", op: "eq", value: "" }];
    return { ...fields, trigger: { ...fields.trigger, where } };
  }
  for (const name of ["audience", "exclude"] as const) {
    const changed = changeRuleForm(fields[name], name, act);
    if (changed) return { ...fields, [name]: changed };
  }
  return undefined;
}

/** The definition that the fields say, not yet checked. */
export function toDefinition(fields: CampaignFields): unknown {
  const number = (value: string) => (value === "" ? Number.NaN : Number(value));
  const seconds = ({ amount, unit }: DurationFields) => joinDuration(amount, unit);
  const { kind, url, imageUrl } = fields.link;
  const words = Object.entries(fields.message).filter(([, { title, body }]) => title !== "" || body !== "");
  return {
    trigger: toTrigger(fields.trigger),
    delaySeconds: seconds(fields.delay),
    reentry: fields.reentry === "once" ? { kind: "once" } : { kind: "every", windowSeconds: seconds(fields.window) },
    audience: fromRuleForm(fields.audience),
    exclude: fromRuleForm(fields.exclude),
    channel: fields.channel,
    placement: fields.placement || null,
    link: kind === "url" ? { kind, url, ...(imageUrl ? { imageUrl } : {}) } : { kind },
    message: Object.fromEntries(words),
    isAd: fields.isAd,
    holdoutPercent: number(fields.holdoutPercent),
    dailyCap: number(fields.dailyCap),
    conversion: { event: fields.conversionEvent, windowSeconds: seconds(fields.conversionWindow) },
  };
}

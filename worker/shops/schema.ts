/** What a shop's system sends. Fields that are not named pass unread; what a provider leaves empty is as if it were not there. */
import * as z from "zod";
import { ITEM_BATCH_LIMIT, ItemId } from "../catalog/schema.ts";
import { BATCH_LIMIT_EVENTS } from "../events/schema.ts";

export const SHOP_PROVIDERS = ["cafe24", "shopify", "custom"] as const;
export type ShopProvider = (typeof SHOP_PROVIDERS)[number];

/** Of one delivery: Shopify's largest products stay below. */
export const DELIVERY_LIMIT_BYTES = 2 * 1024 * 1024;

const ACCOUNTS = {
  cafe24: z
    .string()
    .trim()
    .toLowerCase()
    .regex(/^[a-z0-9][a-z0-9_-]{1,62}$/, "the mall id, as in <mall id>.cafe24.com"),
  shopify: z
    .string()
    .trim()
    .toLowerCase()
    .regex(/^[a-z0-9][a-z0-9-]*\.myshopify\.com$/, "the shop's domain, as in <name>.myshopify.com"),
};
const secret = z.string().trim().min(16, "at least 16 characters").max(256);

/** A custom shop's secret is ours to make; its account is the site's id. */
export const ConnectionInput = z.discriminatedUnion("provider", [
  z.object({ provider: z.literal("cafe24"), account: ACCOUNTS.cafe24, secret }),
  z.object({ provider: z.literal("shopify"), account: ACCOUNTS.shopify, secret }),
  z.object({ provider: z.literal("custom") }),
]);
export type ConnectionInput = z.infer<typeof ConnectionInput>;

/** Ids are numbers in one payload and text in the next. */
const id = z.union([z.string().trim().min(1).max(256), z.number().transform(String)]);
const optional = <T extends z.ZodType>(schema: T) => z.union([schema, z.literal("").transform(() => null)]).nullish();
/** "24680.00": money as text, in major units. */
const amount = z.union([
  z.number(),
  z
    .string()
    .regex(/^-?\d+(\.\d+)?$/)
    .transform(Number),
]);
const text = z.string().trim();
const moment = z.iso.datetime({ offset: true }).transform((value) => Date.parse(value));
/** Cafe24's true and false. */
const flag = z.enum(["T", "F"]).transform((value) => value === "T");
const ids = text.transform((value) =>
  value
    .split(",")
    .map((each) => each.trim())
    .filter(Boolean),
);

export const Cafe24Delivery = z.object({
  event_no: z.number(),
  resource: z.looseObject({ mall_id: text.min(1) }),
});

export const Cafe24Product = z.object({
  mall_id: text,
  product_no: id,
  product_code: optional(text),
  product_name: text.min(1),
  eng_product_name: optional(text),
  summary_description: optional(text),
  simple_description: optional(text),
  display: flag,
  selling: flag,
  retail_price: optional(amount),
  price: amount,
  updated_date: optional(moment),
});

export const Cafe24ProductNumber = z.object({ product_no: id });

export const Cafe24Stock = z.object({ product_no: id, sold_out_by_current_shop: flag });

export const Cafe24Cart = z.object({ member_id: optional(id), product_no: id, quantity: z.number().min(1).default(1) });

export const Cafe24Order = z.object({
  order_id: id,
  member_id: optional(id),
  currency: optional(text),
  order_date: optional(moment),
  paid: optional(z.string()),
  order_price_amount: optional(amount),
  ordering_product_code: optional(ids),
});

export const Cafe24Member = z.object({
  member_id: id,
  name: optional(text),
  created_date: optional(moment),
  birthday: optional(text),
  gender: optional(text),
  group_no: optional(id),
  cellphone: optional(text),
  email: optional(text),
  sms: optional(flag),
  news_mail: optional(flag),
});

export const Cafe24Members = z.object({ member_id: ids });

const ShopifyVariant = z.object({
  price: amount,
  compare_at_price: optional(amount),
  inventory_quantity: z.number().nullish(),
  inventory_management: text.nullish(),
  inventory_policy: text.nullish(),
});

export const ShopifyProduct = z.object({
  id,
  title: text.min(1),
  handle: text.min(1),
  body_html: text.nullish(),
  vendor: optional(text),
  product_type: optional(text),
  tags: z.union([ids, z.array(text)]).nullish(),
  status: text.nullish(),
  published_at: text.nullish(),
  updated_at: optional(moment),
  image: z.object({ src: text }).nullish(),
  images: z.array(z.object({ src: text })).nullish(),
  variants: z.array(ShopifyVariant).min(1),
});

export const ShopifyDeleted = z.object({ id });

export const ShopifyOrder = z.object({
  id,
  customer: z.object({ id }).nullish(),
  created_at: optional(moment),
  cancelled_at: optional(moment),
  currency: optional(text),
  total_price: optional(amount),
  line_items: z.array(
    z.object({
      product_id: id.nullish(),
      variant_id: id.nullish(),
      title: text.nullish(),
      price: optional(amount),
      quantity: z.number().min(0).default(1),
    }),
  ),
});

const ShopifyConsent = z.object({ state: text.nullish(), consent_updated_at: text.nullish() }).nullish();

export const ShopifyCustomer = z.object({
  id,
  email: optional(text),
  phone: optional(text),
  first_name: optional(text),
  last_name: optional(text),
  created_at: optional(moment),
  tags: text.nullish(),
  email_marketing_consent: ShopifyConsent,
  sms_marketing_consent: ShopifyConsent,
});

/** `customers/delete` names the customer itself, `customers/redact` (the law's) one inside. */
export const ShopifyErasure = z
  .object({ id: id.nullish(), customer: z.object({ id }).nullish() })
  .transform((payload) => ({ id: payload.customer?.id ?? payload.id ?? undefined }));

export const CustomQuery = z.object({ site: z.string().max(64).default("") });

/** Any other shop, in our own words: everything in it is stored, or named as refused. */
export const CustomDelivery = z.object({
  /** Whole items, as in `POST /v1/items/batch`. */
  items: z.array(z.unknown()).max(ITEM_BATCH_LIMIT).default([]),
  deletedItemIds: z.array(ItemId).max(ITEM_BATCH_LIMIT).default([]),
  /** As in `POST /v1/batch`. */
  events: z.array(z.unknown()).max(BATCH_LIMIT_EVENTS).default([]),
  /** Members who have left: everything that names them is erased. */
  erasedUserIds: z.array(id).max(100).default([]),
});

/** A record of a feed → an item as the catalog takes it. Pure: numbers, dates and words as shops write them. */
import type { ItemField, Mapping, Source } from "./mapping.ts";
import type { Fields } from "./records.ts";
import { parseTime } from "./time-text.ts";

export interface Mapped {
  /** For `ItemInput` to check. */
  input: Record<string, unknown>;
  /** Broken characters were left out. */
  isRepaired: boolean;
}

/** XML and JSON have no header: columns are looked up by name, ignoring case. */
function valuesOf(fields: Fields, source: Source): string[] {
  return (Array.isArray(source) ? source : [source]).flatMap((each) => {
    if (each.includes("{")) {
      let isWhole = true;
      const text = each.replace(/\{([^{}]+)\}/g, (_, name: string) => {
        const [value] = read(fields, name.trim());
        isWhole &&= value !== undefined;
        return each.startsWith("http") ? encodeURIComponent(value ?? "") : (value ?? "");
      });
      return isWhole ? [text.trim()] : [];
    }
    return read(fields, each);
  });
}

function read(fields: Fields, name: string): string[] {
  const value = fields[name];
  return value === undefined ? [] : Array.isArray(value) ? value : [value];
}

const BROKEN = /\uFFFD/g;

/**
 * `currency`: the site's own, where a price names none. Throws nothing: what cannot be read is handed on as it is, so that
 * the catalog's own check names the field.
 */
export function toItemInput(
  fields: Fields,
  mapping: Mapping,
  options: { categorySeparator: string; lowStockThreshold: number | null; timeZone: string },
): Mapped {
  let isRepaired = false;
  const all = (field: ItemField): string[] => {
    const source = mapping.fields[field];
    if (source === undefined) return [];
    return valuesOf(fields, source).map(clean);
  };
  const clean = (value: string): string => {
    if (!value.includes("\uFFFD")) return value;
    isRepaired = true;
    return value.replace(BROKEN, "");
  };
  const one = (field: ItemField): string | undefined => all(field).find((value) => value !== "");
  const input: Record<string, unknown> = {};
  const put = (name: string, value: unknown) => {
    if (value !== undefined) input[name] = value;
  };

  const idSource = mapping.fields.id === undefined ? undefined : valuesOf(fields, mapping.fields.id)[0];
  put("id", idSource);
  put("title", one("title")?.slice(0, 512));
  const titles = { ko: one("titleKo")?.slice(0, 512), en: one("titleEn")?.slice(0, 512) };
  if (titles.ko || titles.en)
    input.titles = { ...(titles.ko ? { ko: titles.ko } : {}), ...(titles.en ? { en: titles.en } : {}) };
  put("description", one("description")?.slice(0, 5000).toWellFormed().replace(BROKEN, ""));
  put("url", one("url"));
  put("imageUrl", firstAddress(one("imageUrl")));
  const price = readMoney(one("price"));
  const listPrice = readMoney(one("listPrice"));
  const salePrice = readMoney(one("salePrice"));
  put("price", price?.amount);
  put("listPrice", listPrice?.amount);
  put("salePrice", salePrice?.amount);
  put("currency", one("currency")?.toUpperCase() ?? price?.currency ?? salePrice?.currency);
  if (input.salePrice !== undefined) {
    const [start, end] = one("saleDates")?.split("/") ?? [];
    put("saleStartsAt", readMoment(one("saleStartsAt") ?? start, options.timeZone));
    put("saleEndsAt", readMoment(one("saleEndsAt") ?? end, options.timeZone));
  }
  put("brand", one("brand")?.slice(0, 128));
  put("category", readCategory(all("category"), options.categorySeparator));
  put("groupId", one("groupId"));
  const tags = [
    ...new Set(
      all("tags")
        .flatMap((value) => value.split(/[|,;]/))
        .map((tag) => tag.trim())
        .filter(Boolean),
    ),
  ];
  if (tags.length > 0) input.tags = tags.slice(0, 50).map((tag) => tag.slice(0, 64).toWellFormed());
  put("availability", readAvailability(one("availability")));
  put("quantity", readCount(one("quantity")));
  put("lowStockThreshold", readCount(one("lowStockThreshold")) ?? options.lowStockThreshold ?? undefined);
  const attributes: Record<string, string> = Object.create(null);
  for (const [name, source] of Object.entries(mapping.attributes)) {
    const value = valuesOf(fields, source)
      .map(clean)
      .find((each) => each !== "");
    if (value !== undefined) attributes[name] = value.slice(0, 1000).toWellFormed();
  }
  if (Object.keys(attributes).length > 0) input.attributes = attributes;
  return { input, isRepaired };
}

/** Files put several pictures into one cell; an address has no space, bar or tilde-and-scheme in it. */
function firstAddress(text: string | undefined): string | undefined {
  return text?.split(/[|\s]|[~,;](?=https?:)/)[0] || undefined;
}

const SYMBOLS: Record<string, string> = {
  "₩": "KRW",
  원: "KRW",
  $: "USD",
  "€": "EUR",
  "£": "GBP",
  "¥": "JPY",
  円: "JPY",
};

/** "15.00 USD", "KRW 39,000", "39,000원", "1.299,90 €", 39000. What is no number is handed on as it is. */
export function readMoney(text: string | undefined): { amount: number | string; currency?: string } | undefined {
  if (text === undefined) return undefined;
  const code = /(?:^|[^A-Za-z])([A-Z]{3})(?![A-Za-z])/.exec(text)?.[1];
  const symbol = Object.keys(SYMBOLS).find((each) => text.includes(each));
  const currency = code ?? (symbol === undefined ? undefined : SYMBOLS[symbol]);
  const digits = text.replace(/[A-Z]{3}|[₩원$€£¥円\s\u00A0']/g, "");
  const amount = readNumber(digits);
  return { amount: amount ?? text, ...(currency ? { currency } : {}) };
}

/** A comma before three digits groups; before one or two at the end it is the decimal mark, if no point is. */
function readNumber(digits: string): number | undefined {
  const isCommaDecimal = /^-?[\d.]*,\d{1,2}$/.test(digits) && !/\.\d{1,2}$/.test(digits);
  const plain = isCommaDecimal ? digits.replaceAll(".", "").replace(",", ".") : digits.replaceAll(",", "");
  return /^-?\d+(?:\.\d+)?$/.test(plain) ? Number(plain) : undefined;
}

function readCount(text: string | undefined): number | string | undefined {
  if (text === undefined) return undefined;
  const count = readNumber(text.replace(/[개\s]/g, ""));
  return count === undefined ? text : Math.max(0, Math.floor(count));
}

/** A date without an offset is the shop's own; what is no time is handed on as it is. */
export function readMoment(text: string | undefined, timeZone: string): string | number | undefined {
  return text ? (parseTime(text, timeZone) ?? text) : undefined;
}

function readCategory(values: string[], separator: string): string[] | undefined {
  const parts = values.length === 1 ? (values[0] ?? "").split(separator) : values;
  const path = parts.map((part) => part.trim().slice(0, 128).toWellFormed()).filter(Boolean);
  return path.length > 0 ? path.slice(0, 8) : undefined;
}

const IN_STOCK = new Set([
  "instock",
  "available",
  "true",
  "yes",
  "y",
  "1",
  "i",
  "u",
  "판매중",
  "정상",
  "재고있음",
  "limitedavailability",
  "onlineonly",
]);
const SOLD_OUT = new Set([
  "outofstock",
  "soldout",
  "unavailable",
  "false",
  "no",
  "n",
  "0",
  "d",
  "품절",
  "판매중지",
  "재고없음",
  "단종",
  "discontinued",
]);

/** Also schema.org's addresses ("https://schema.org/InStock"), and the class of a Naver summary: I, U and D. */
function readAvailability(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const word = text
    .replace(/^https?:\/\/schema\.org\//i, "")
    .toLowerCase()
    .replace(/[\s_-]/g, "");
  if (IN_STOCK.has(word)) return "in_stock";
  if (SOLD_OUT.has(word)) return "out_of_stock";
  if (word === "preorder" || word === "backorder") return word;
  return text;
}

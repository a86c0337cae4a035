/**
 * What a page of the demo shop is made from: the live catalog (so that what is sold out says so at once) and the visitor's
 * cookies. The shop knows nunchi only as a customer does: by its script tag.
 */
import { getCookie, setCookie } from "hono/cookie";
import * as z from "zod";
import type { Item } from "../../catalog/price.ts";
import { listItems, type PublicItem, publicItem } from "../../catalog/read.ts";
import { requireSiteByKey } from "../../sites/access.ts";
import type { HttpContext } from "../context.ts";

/** The demo site's public key is the same on every machine. */
export const DEMO_KEY = "pk_demo_shop_public_key";

export type Locale = "ko" | "en";

export interface Product extends PublicItem {
  description: string | null;
  /** Name in the page's language; `categoryPath` is the catalog's own. */
  brandName: string;
  categoryPath: string[];
  categoryNames: string[];
  soldOut: boolean;
  /** Percent off the list price, 0 when not on sale. */
  off: number;
}

export interface Category {
  path: string;
  name: string;
  picture: string | null;
  children: { path: string; name: string }[];
}

const CartLine = z.object({ id: z.string().max(128), quantity: z.int().min(1).max(99) });
const Member = z.object({ id: z.string().max(64), name: z.string().max(60), email: z.string().max(120) });

export interface Shop {
  locale: Locale;
  /** Path and query of this page. */
  here: URL;
  products: Map<string, Product>;
  categories: Category[];
  cart: z.infer<typeof CartLine>[];
  wishes: string[];
  member: z.infer<typeof Member> | undefined;
}

const MOST_ITEMS = 1000;
/** In which order the shop shows its departments; others follow. */
const DEPARTMENTS = "아우터 니트 상의 하의 원피스 신발 가방 액세서리 아웃도어 홈 키친 뷰티 데스크".split(" ");
const YEAR_SECONDS = 365 * 24 * 3600;

function readCookie<T extends z.ZodType>(c: HttpContext, name: string, schema: T): z.infer<T> | undefined {
  try {
    return schema.parse(JSON.parse(getCookie(c, name) ?? ""));
  } catch {
    return undefined;
  }
}

export function writeCookie(c: HttpContext, name: "cart" | "wishes" | "member" | "order", value: unknown): void {
  const options = {
    path: "/demo",
    maxAge: value === undefined ? 0 : YEAR_SECONDS,
    sameSite: "Lax",
    httpOnly: true,
  } as const;
  setCookie(c, name, value === undefined ? "" : JSON.stringify(value), options);
}

const Order = z.object({ id: z.string().max(64), lines: z.array(CartLine).max(50) });
export type Order = z.infer<typeof Order>;

export function readOrder(c: HttpContext): Order | undefined {
  return readCookie(c, "order", Order);
}

/** `?lang=` chooses the language and is remembered; Korean until then. */
function localeOf(c: HttpContext): Locale {
  const asked = c.req.query("lang");
  if (asked === "ko" || asked === "en") {
    setCookie(c, "lang", asked, { path: "/demo", maxAge: YEAR_SECONDS, sameSite: "Lax" });
    return asked;
  }
  return getCookie(c, "lang") === "en" ? "en" : "ko";
}

export async function openShop(c: HttpContext): Promise<Shop> {
  const deps = c.get("deps");
  const { site } = await requireSiteByKey(deps, DEMO_KEY, "public");
  const locale = localeOf(c);
  const items = (await listItems(deps, site.id, { limit: MOST_ITEMS })).filter((item) => !item.hidden);
  const products = new Map(items.map((item) => [item.id, toProduct(item, locale)]));
  return {
    locale,
    here: new URL(c.req.url),
    products,
    categories: toCategories([...products.values()]),
    cart: (readCookie(c, "cart", z.array(CartLine).max(50)) ?? []).filter((line) => products.has(line.id)),
    wishes: (readCookie(c, "wishes", z.array(z.string().max(128)).max(100)) ?? []).filter((id) => products.has(id)),
    member: readCookie(c, "member", Member),
  };
}

function attribute(item: Item, name: string): string | undefined {
  const value = item.attributes[name];
  return typeof value === "string" ? value : undefined;
}

function toProduct(item: Item, locale: Locale): Product {
  const shown = publicItem(item, locale);
  const categoryPath = item.category?.split(" > ") ?? [];
  const english = attribute(item, "category_en")?.split(" > ");
  return {
    ...shown,
    description: item.description,
    brandName: (locale === "en" ? attribute(item, "brand_en") : undefined) ?? item.brand ?? "",
    categoryPath,
    categoryNames: locale === "en" && english?.length === categoryPath.length ? english : categoryPath,
    soldOut: !item.inStock,
    off: shown.price !== null && shown.listPrice ? Math.round((1 - shown.price / shown.listPrice) * 100) : 0,
  };
}

function toCategories(products: Product[]): Category[] {
  const categories = new Map<string, Category>();
  for (const { categoryPath, categoryNames, imageUrl, soldOut } of products) {
    const [path, below] = categoryPath;
    if (path === undefined) continue;
    const category = categories.get(path) ?? { path, name: categoryNames[0] ?? path, picture: null, children: [] };
    categories.set(path, category);
    if (!soldOut) category.picture ??= imageUrl;
    if (below !== undefined && !category.children.some((child) => child.path === `${path}/${below}`)) {
      category.children.push({ path: `${path}/${below}`, name: categoryNames[1] ?? below });
    }
  }
  const order = (path: string) => (DEPARTMENTS.includes(path) ? DEPARTMENTS.indexOf(path) : DEPARTMENTS.length);
  return [...categories.values()].sort((a, b) => order(a.path) - order(b.path));
}

/** "39,000원" of an amount in KRW's major unit, as the catalog's own prices are written. */
export function priceText(amount: number, locale: Locale): string {
  return locale === "ko" ? `${amount.toLocaleString("ko-KR")}원` : `₩${amount.toLocaleString("en-US")}`;
}

/** What the shop tells its script tag about a product. */
export function eventOf(product: Product): Record<string, unknown> {
  return {
    product_id: product.id,
    name: product.title,
    price: product.price,
    brand: product.brand,
    category: product.category,
  };
}

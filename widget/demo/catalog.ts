/**
 * The demo shop's products, made by rule from its vocabulary: the same products on every machine, no license question.
 * Shaped as the catalog API takes them.
 */
import { BRANDS, COLORS, STYLE_COLORS, STYLES, type Style } from "./brands.ts";
import { LIVING } from "./kinds-living.ts";
import { type Kind, WEAR } from "./kinds-wear.ts";
import { randomFrom } from "./random.ts";

export interface DemoItem {
  id: string;
  title: string;
  titles: { ko: string; en: string };
  description: string;
  url: string;
  imageUrl: string;
  /** KRW. `listPrice` is there when the item is on sale. */
  price: number;
  listPrice?: number;
  currency: "KRW";
  brand: string;
  /** "아웃도어 > 백팩" */
  category: string;
  tags: string[];
  availability: "in_stock" | "out_of_stock";
  attributes: DemoAttributes;
}

interface DemoAttributes {
  /** Key of the kind: what the picture shows. */
  kind: string;
  style: Style;
  color: string;
  /** Which of the kind's small differences the picture draws. */
  variant: number;
  brand_en: string;
  category_en: string;
}

const KINDS: Record<string, Kind> = { ...WEAR, ...LIVING };

function korean(text: string): string {
  return text.split("|")[0] ?? text;
}

function english(text: string): string {
  return text.split("|")[1] ?? text;
}

const SALE_SHARE = 0.24;
const SOLD_OUT_SHARE = 0.035;

/** All products. `origin` (no trailing slash) begins their addresses: messages need whole ones. */
export function demoCatalog(origin = ""): DemoItem[] {
  return Object.entries(KINDS).flatMap(([id, kind]) =>
    kind.names.split("/").map((name, index, all) => product(id, kind, name.trim(), index, all.length, origin)),
  );
}

function product(kindId: string, kind: Kind, name: string, index: number, count: number, origin: string): DemoItem {
  const id = `${kindId}-${index + 1}`;
  const random = randomFrom(id);
  const brand = BRANDS[kind.brands[index % kind.brands.length] ?? ""];
  if (!brand) throw new Error(`kind ${kindId} names a brand that is not there`);
  const colors = kind.colors ?? STYLE_COLORS[brand.style];
  const color = colors[(index + kindId.length) % colors.length] ?? "black";
  const [low, high] = kind.prices;
  const place = (index * 3) % count; // not in the order of the list, or the cheapest would always stand first
  const full = round((low + ((high - low) * (place + random())) / count) * brand.tier, 1000);
  const isOnSale = random() < SALE_SHARE;
  const price = isOnSale ? round(full * (0.9 - 0.1 * Math.floor(random() * 4)), 100) : full;
  const titles = {
    ko: `${korean(name)} ${korean(kind.noun)}`,
    en: `${english(name)} ${english(kind.noun)}`,
  };
  const style = korean(STYLES[brand.style]);
  const colorName = COLORS[color]?.name ?? color;
  return {
    id,
    title: titles.ko,
    titles,
    description: `${korean(brand.name)}의 ${style} 무드를 담은 ${titles.ko}. ${korean(colorName)} 컬러로 어디에나 잘 어울립니다.`,
    url: `${origin}/demo/p/${id}`,
    imageUrl: `${origin}/demo/img/${id}.svg`,
    price,
    ...(isOnSale ? { listPrice: full } : {}),
    currency: "KRW",
    brand: korean(brand.name),
    category: kind.path.map(korean).join(" > "),
    tags: [style, korean(colorName)],
    availability: random() < SOLD_OUT_SHARE ? "out_of_stock" : "in_stock",
    attributes: {
      kind: kindId,
      style: brand.style,
      color,
      variant: index,
      brand_en: english(brand.name),
      category_en: kind.path.map(english).join(" > "),
    },
  };
}

function round(amount: number, step: number): number {
  return Math.round(amount / step) * step;
}

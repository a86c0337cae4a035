/**
 * Which column says what: the fields of an item, the names by which shops' files are known to call them, and the guess from
 * them. Pure.
 */
import * as z from "zod";
import type { Format } from "./detect.ts";

/** Fields of an item that a column can fill, in the order in which the mapper shows them. */
export const ITEM_FIELDS = [
  "id",
  "title",
  "titleKo",
  "titleEn",
  "description",
  "url",
  "imageUrl",
  "price",
  "listPrice",
  "salePrice",
  "saleDates",
  "saleStartsAt",
  "saleEndsAt",
  "currency",
  "brand",
  "category",
  "tags",
  "groupId",
  "availability",
  "quantity",
  "lowStockThreshold",
] as const;
export type ItemField = (typeof ITEM_FIELDS)[number];

/**
 * A column's name, or a text with columns in braces ("https://shop.example/p/{id}"), or several of them: the first one that
 * says something, and for `category` and `tags` all of them.
 */
const Source = z.union([z.string().trim().min(1).max(500), z.array(z.string().trim().min(1).max(500)).min(1).max(8)]);
export type Source = z.infer<typeof Source>;

export const Mapping = z.object({
  fields: z.partialRecord(z.enum(ITEM_FIELDS), Source).default({}),
  /** By the attribute's name. */
  attributes: z
    .record(z.string().trim().min(1).max(64), Source)
    .refine((record) => Object.keys(record).length <= 50, "at most 50 attributes")
    .default({}),
});
export type Mapping = z.infer<typeof Mapping>;

/** Names without case, spaces, `_`, `-` and a prefix such as `g:`; the first that is there counts. */
const KNOWN_AS: Record<ItemField, string[]> = {
  id: [
    "id",
    "itemid",
    "productid",
    "productcode",
    "productno",
    "goodsno",
    "sku",
    "offerid",
    "uniqid",
    "상품id",
    "상품코드",
    "상품번호",
    "품번",
    "아이디",
  ],
  title: [
    "title",
    "name",
    "productname",
    "productdisplayname",
    "producttitle",
    "itemname",
    "goodsname",
    "상품명",
    "제목",
    "이름",
  ],
  titleKo: ["titleko", "titles.ko", "nameko", "국문상품명", "한글상품명"],
  titleEn: ["titleen", "titles.en", "nameen", "영문상품명"],
  description: [
    "description",
    "summary",
    "content",
    "shortdescription",
    "productdescription",
    "상품설명",
    "상세설명",
    "설명",
    "상품요약설명",
  ],
  url: ["link", "url", "producturl", "pclink", "href", "상품url", "상품링크", "상세페이지", "링크", "mobilelink"],
  imageUrl: [
    "imagelink",
    "imageurl",
    "image",
    "images",
    "img",
    "imagesrc",
    "대표이미지",
    "이미지",
    "이미지url",
    "상품이미지",
  ],
  price: ["pricemobile", "pricepc", "price", "sellingprice", "currentprice", "판매가", "판매가격", "가격"],
  listPrice: [
    "normalprice",
    "listprice",
    "originalprice",
    "regularprice",
    "compareatprice",
    "msrp",
    "정가",
    "소비자가",
    "시중가",
  ],
  salePrice: ["saleprice", "specialprice", "할인가", "할인판매가", "세일가"],
  saleDates: ["salepriceeffectivedate", "할인기간"],
  saleStartsAt: ["salestartsat", "salestart", "할인시작일"],
  saleEndsAt: ["saleendsat", "saleend", "할인종료일"],
  currency: ["currency", "currencycode", "통화"],
  brand: ["brand", "브랜드", "브랜드명", "maker", "manufacturer", "제조사"],
  category: [
    "producttype",
    "category",
    "categories",
    "categoryname",
    "breadcrumbs",
    "카테고리",
    "분류",
    "googleproductcategory",
    "navercategory",
  ],
  tags: ["tags", "searchtag", "keywords", "태그", "검색어", "해시태그"],
  groupId: ["itemgroupid", "groupid", "parentid", "parentsku", "상품그룹", "대표상품코드"],
  availability: ["availability", "class", "stockstatus", "salestatus", "판매상태", "재고상태"],
  quantity: ["quantity", "stock", "stockquantity", "inventory", "inventoryquantity", "재고", "재고수량", "재고수"],
  lowStockThreshold: ["lowstockthreshold", "안전재고"],
};

/** Levels of one path, from broad to narrow, where a file has a column for each. */
const CATEGORY_LEVELS = [
  ["categoryname1", "categoryname2", "categoryname3", "categoryname4"],
  ["mastercategory", "subcategory", "articletype"],
  ["대분류", "중분류", "소분류", "세분류"],
];

const ATTRIBUTES: Record<string, string[]> = {
  color: ["color", "colour", "basecolour", "색상", "컬러"],
  size: ["size", "사이즈"],
  gender: ["gender", "성별"],
  age_group: ["agegroup", "연령대"],
  material: ["material", "소재"],
  pattern: ["pattern"],
  condition: ["condition"],
  gtin: ["gtin", "barcode"],
  mpn: ["mpn", "modelnumber"],
  season: ["season", "시즌"],
  usage: ["usage", "용도"],
  year: ["year"],
  rating: ["averagerating", "satisfylevel", "평점"],
  review_count: ["reviewcount", "reviewscount", "리뷰수"],
  coordi_id: ["coordiid"],
};

/** A column's name without the ways of spelling it: `g:Image Link` and `image_link` are one. */
export function columnName(name: string): string {
  return name
    .normalize("NFC")
    .toLowerCase()
    .replace(/^g:/, "")
    .replace(/[\s_-]/g, "");
}

/** What the columns' names suggest; nothing for a field that none of them sounds like. */
export function guessMapping(columns: string[]): Mapping {
  const byName = new Map(columns.map((column) => [columnName(column), column]));
  const known = (names: string[]) => names.flatMap((name) => byName.get(name) ?? []);
  const fields: Mapping["fields"] = {};
  for (const field of ITEM_FIELDS) {
    const found = known(KNOWN_AS[field]);
    const [first] = found;
    if (first === undefined) continue;
    // The mobile price before the one for computers, an address before the other: whichever the row has.
    fields[field] =
      (field === "price" || field === "url" || field === "brand") && found.length > 1 ? found.slice(0, 3) : first;
  }
  const levels = CATEGORY_LEVELS.map(known).find((found) => found.length > 1);
  if (levels) fields.category = levels;
  const title = fields.title ?? fields.titleKo ?? fields.titleEn;
  if (title !== undefined) fields.title = title;
  const attributes: Mapping["attributes"] = {};
  for (const [name, names] of Object.entries(ATTRIBUTES)) {
    const [first] = known(names);
    if (first !== undefined) attributes[name] = first;
  }
  return { fields, attributes };
}

/** Google's names, and our API's own: XML and JSON have no header, and a field may be missing in the first products. */
const USUAL = [
  ..."id title description link image_link price sale_price sale_price_effective_date availability brand product_type".split(
    " ",
  ),
  ..."item_group_id color size gender age_group material pattern condition gtin mpn quantity".split(" "),
];
const OWN = ITEM_FIELDS.filter((field) => field !== "titleKo" && field !== "titleEn" && field !== "saleDates");

/** What a marketer has said, before what the names suggest, before what such a file usually has. */
export function completeMapping(said: Mapping, columns: string[], format: Format): Mapping {
  const guesses = [guessMapping(columns)];
  if (format === "merchant_xml") guesses.unshift(guessMapping(USUAL));
  if (format === "jsonl") guesses.unshift(guessMapping([...OWN, "titles.ko", "titles.en"]));
  const merge = (part: "fields" | "attributes") =>
    Object.assign({}, ...[...guesses, said].map((mapping) => mapping[part])) as never;
  return { fields: merge("fields"), attributes: merge("attributes") };
}

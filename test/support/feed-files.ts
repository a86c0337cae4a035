/** One small shop's catalog, written as each kind of file that shops have. */

export interface Product {
  id: string;
  title: string;
  description: string;
  url: string;
  image: string;
  price: number;
  listPrice: number;
  brand: string;
  category: string[];
  isInStock: boolean;
  group: string;
  color: string;
}

/** Quotes, ampersands, tabs' neighbors and letters of two scripts in places where files break. */
export function products(count: number): Product[] {
  return Array.from({ length: count }, (_, number) => ({
    id: `상품-${number}`,
    title: number % 3 === 0 ? `울 코트 "클래식" ${number}` : `Tom & Jerry's <코트> ${number}`,
    description: `두 겹으로 짠 코트, ${number}번째; 100% wool`,
    url: `https://shop.test/p/${number}?a=1&b=2`,
    image: `https://shop.test/i/${number}.jpg`,
    price: 39_000 + number,
    listPrice: 59_000 + number,
    brand: number % 2 === 0 ? "온기" : "Haneul & Co",
    category: ["여성", "아우터", "코트"],
    isInStock: number % 5 !== 0,
    group: `g${Math.floor(number / 2)}`,
    color: "검정",
  }));
}

const escapeXml = (text: string) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
const merchant = (product: Product): [string, string][] => [
  ["id", product.id],
  ["title", product.title],
  ["description", product.description],
  ["link", product.url],
  ["image_link", product.image],
  ["price", `${product.listPrice} KRW`],
  ["sale_price", `${product.price} KRW`],
  ["availability", product.isInStock ? "in stock" : "out of stock"],
  ["brand", product.brand],
  ["product_type", product.category.join(" > ")],
  ["item_group_id", product.group],
  ["color", product.color],
];

export function merchantRss(list: Product[], namespace = "g"): string {
  const items = list.map((product) => {
    const fields = merchant(product).map(([name, value]) =>
      name === "title"
        ? `<title><![CDATA[${value}]]></title>`
        : name === "link" || name === "description"
          ? `<${name}>${escapeXml(value)}</${name}>`
          : `<${namespace}:${name}>${escapeXml(value)}</${namespace}:${name}>`,
    );
    return `<item>${fields.join("\n")}<${namespace}:shipping><${namespace}:country>KR</${namespace}:country><${namespace}:price>3000 KRW</${namespace}:price></${namespace}:shipping></item>`;
  });
  return `<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:${namespace}="http://base.google.com/ns/1.0"><channel><title>가게</title><link>https://shop.test</link>
${items.join("\n")}
</channel></rss>`;
}

export function merchantAtom(list: Product[]): string {
  const entries = list.map((product) => {
    const fields = merchant(product).map(([name, value]) =>
      name === "title"
        ? `<title>${escapeXml(value)}</title>`
        : name === "link"
          ? `<link href="${escapeXml(value)}"/>`
          : `<g:${name}>${escapeXml(value)}</g:${name}>`,
    );
    return `<entry>${fields.join("")}</entry>`;
  });
  return `<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom" xmlns:g="http://base.google.com/ns/1.0"><title>가게</title>${entries.join("")}</feed>`;
}

const delimited = (rows: string[][], by: string, isQuoted: boolean) =>
  rows
    .map((row) =>
      row.map((cell) => (isQuoted && /["\n,\t]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(by),
    )
    .join("\r\n");

export function merchantTsv(list: Product[]): string {
  const names = merchant(list[0]!).map(([name]) => name.replace("_", " "));
  return delimited([names, ...list.map((product) => merchant(product).map(([, value]) => value))], "\t", true);
}

export function naverEp(list: Product[]): string {
  const names =
    "id title price_pc price_mobile normal_price link mobile_link image_link category_name1 category_name2 category_name3 brand shipping group_id";
  const rows = list.map((product) => [
    product.id,
    product.title,
    String(product.price + 500),
    String(product.price),
    String(product.listPrice),
    product.url,
    product.url,
    product.image,
    ...product.category,
    product.brand,
    "3000",
    product.group,
  ]);
  return delimited([names.split(" "), ...rows], "\t", false);
}

/** A summary: what has changed. */
export function naverSummary(rows: { product: Product; class: "I" | "U" | "D" }[]): string {
  const [header = "", ...lines] = naverEp(rows.map(({ product }) => product)).split("\r\n");
  return [
    `${header}\tclass\tupdate_time`,
    ...lines.map((line, place) => `${line}\t${rows[place]?.class}\t2026-03-10 12:00:00`),
  ].join("\n");
}

export function csv(list: Product[]): string {
  const names =
    "상품코드,상품명,상품설명,상품URL,대표이미지,판매가,소비자가,브랜드,대분류,중분류,소분류,판매상태,상품그룹,색상".split(
      ",",
    );
  const rows = list.map((product) => [
    product.id,
    product.title,
    product.description,
    product.url,
    product.image,
    `${product.price.toLocaleString("en")}원`,
    `${product.listPrice.toLocaleString("en")}원`,
    product.brand,
    ...product.category,
    product.isInStock ? "판매중" : "품절",
    product.group,
    product.color,
  ]);
  return delimited([names, ...rows], ",", true);
}

export function jsonLines(list: Product[]): string {
  return list
    .map(({ image, isInStock, group, color, category, ...rest }) =>
      JSON.stringify({
        ...rest,
        imageUrl: image,
        category: category.join(" > "),
        availability: isInStock ? "in_stock" : "out_of_stock",
        groupId: group,
        color,
      }),
    )
    .join("\n");
}

let table: Map<string, [number, number]> | undefined;

/** The Encoding Standard decodes EUC-KR and encodes nothing: the way back is every pair of bytes, decoded. */
export function eucKr(text: string): Uint8Array {
  if (!table) {
    table = new Map();
    const decoder = new TextDecoder("euc-kr");
    for (let lead = 0x81; lead < 0xff; lead++) {
      for (let trail = 0x41; trail < 0xff; trail++) {
        const decoded = decoder.decode(new Uint8Array([lead, trail]));
        if (decoded.length === 1 && decoded !== "\uFFFD") table.set(decoded, [lead, trail]);
      }
    }
  }
  const known = table;
  return new Uint8Array(
    [...text].flatMap((letter) => (letter < "\x80" ? letter.charCodeAt(0) : (known.get(letter) ?? 0x3f))),
  );
}

export async function gzip(bytes: Uint8Array | string): Promise<Uint8Array> {
  const stream = new Response(bytes as never).body!.pipeThrough(new CompressionStream("gzip"));
  return new Uint8Array(await new Response(stream as never).arrayBuffer());
}

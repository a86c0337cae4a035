/** Pages that list products: a category, a search, the sale, the wishlist. */
import type { HttpContext } from "../context.ts";
import { Card, categoryUrl, Happened, Page, say, send } from "./parts.tsx";
import { openShop, type Product, type Shop } from "./shop.ts";

function Listing({ shop, products, empty }: { shop: Shop; products: Product[]; empty: string }) {
  if (products.length === 0) return <p class="empty">{empty}</p>;
  // What can be bought comes first; the shop's own order else.
  const sorted = [...products].sort((a, b) => Number(a.soldOut) - Number(b.soldOut));
  return (
    <ul class="grid">
      {sorted.map((product, index) => (
        <Card shop={shop} product={product} isEager={index < 8} />
      ))}
    </ul>
  );
}

function Count({ shop, count }: { shop: Shop; count: number }) {
  return <small>{say(shop, `${count}개`, count === 1 ? "1 item" : `${count} items`)}</small>;
}

/** `/demo/c/아우터` and `/demo/c/아우터/코트`. */
export async function showCategory(c: HttpContext): Promise<Response> {
  const shop = await openShop(c);
  const { top = "", sub } = c.req.param() as { top?: string; sub?: string };
  const category = shop.categories.find((each) => each.path === top);
  const child = category?.children.find((each) => each.path === `${top}/${sub}`);
  if (!category || (sub !== undefined && !child)) return showMissing(c);
  const products = [...shop.products.values()].filter(
    ({ categoryPath }) => categoryPath[0] === top && (sub === undefined || categoryPath[1] === sub),
  );
  const name = child?.name ?? category.name;
  return send(
    c,
    <Page shop={shop} title={name}>
      <Happened event="category_viewed" properties={{ category: sub === undefined ? top : `${top} > ${sub}` }} />
      <h1 class="title">
        {name} <Count shop={shop} count={products.length} />
      </h1>
      {category.children.length > 1 && (
        <nav class="chips" aria-label={category.name}>
          <a href={categoryUrl(category.path)} aria-current={child ? undefined : "page"}>
            {say(shop, "전체", "All")}
          </a>
          {category.children.map((each) => (
            <a href={categoryUrl(each.path)} aria-current={each.path === child?.path ? "page" : undefined}>
              {each.name}
            </a>
          ))}
        </nav>
      )}
      <Listing shop={shop} products={products} empty={say(shop, "아직 상품이 없어요.", "Nothing here yet.")} />
    </Page>,
  );
}

export async function showSearch(c: HttpContext): Promise<Response> {
  const shop = await openShop(c);
  const query = (c.req.query("q") ?? "").trim().slice(0, 60);
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const found = [...shop.products.values()].filter((product) => {
    const text = [product.title, product.brandName, ...product.categoryNames, ...product.categoryPath]
      .join(" ")
      .toLowerCase();
    return words.length > 0 && words.every((word) => text.includes(word));
  });
  return send(
    c,
    <Page shop={shop} title={say(shop, `'${query}' 찾기`, `Search: ${query}`)}>
      {query !== "" && <Happened event="product_searched" properties={{ query, results: found.length }} />}
      <h1 class="title">
        {say(shop, `‘${query}’ 찾은 상품`, `Results for “${query}”`)} <Count shop={shop} count={found.length} />
      </h1>
      <Listing
        shop={shop}
        products={found}
        empty={say(shop, "찾는 상품이 없어요. 대신 이런 건 어떠세요?", "Nothing found. How about these?")}
      />
      {found.length === 0 && <nunchi-recommendations placement="home" count="12" />}
    </Page>,
  );
}

export async function showSale(c: HttpContext): Promise<Response> {
  const shop = await openShop(c);
  const products = [...shop.products.values()].filter((product) => product.off > 0).sort((a, b) => b.off - a.off);
  const name = say(shop, "세일", "Sale");
  return send(
    c,
    <Page shop={shop} title={name}>
      <h1 class="title">
        {name} <Count shop={shop} count={products.length} />
      </h1>
      <Listing shop={shop} products={products} empty={say(shop, "지금은 세일이 없어요.", "No sale at the moment.")} />
    </Page>,
  );
}

export async function showWishes(c: HttpContext): Promise<Response> {
  const shop = await openShop(c);
  const products = shop.wishes.flatMap((id) => shop.products.get(id) ?? []);
  const name = say(shop, "찜한 상품", "Wishlist");
  return send(
    c,
    <Page shop={shop} title={name}>
      <h1 class="title">
        {name} <Count shop={shop} count={products.length} />
      </h1>
      <Listing
        shop={shop}
        products={products}
        empty={say(shop, "하트를 누른 상품이 여기에 모여요.", "What you mark with a heart gathers here.")}
      />
      <nunchi-recommendations placement="home" count="12" />
    </Page>,
  );
}

export async function showMissing(c: HttpContext): Promise<Response> {
  const shop = await openShop(c);
  return send(
    c,
    <Page shop={shop} title={say(shop, "없는 페이지", "Not found")}>
      <h1 class="title">{say(shop, "찾는 페이지가 없어요", "There is no such page")}</h1>
      <p class="empty">
        <a href="/demo/">{say(shop, "처음 화면으로", "Back to the start")}</a>
      </p>
      <nunchi-recommendations placement="home-trending" layout="scroll" />
    </Page>,
    404,
  );
}

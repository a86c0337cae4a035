/** A product's page, described to machines by schema.org: the tag reads from it what is looked at. */
import type { HttpContext } from "../context.ts";
import { showMissing } from "./listing.tsx";
import { categoryUrl, Data, Icon, Page, Price, say, send } from "./parts.tsx";
import { eventOf, openShop, type Product } from "./shop.ts";

function describe(product: Product): object {
  return {
    "@context": "https://schema.org",
    "@type": "Product",
    productID: product.id,
    sku: product.id,
    name: product.title,
    image: product.imageUrl,
    url: product.url,
    description: product.description,
    brand: { "@type": "Brand", name: product.brand },
    category: product.category,
    offers: {
      "@type": "Offer",
      price: product.price,
      priceCurrency: product.currency,
      availability: `https://schema.org/${product.soldOut ? "OutOfStock" : "InStock"}`,
    },
  };
}

export async function showProduct(c: HttpContext): Promise<Response> {
  const shop = await openShop(c);
  const product = shop.products.get(c.req.param("id") ?? "");
  if (!product) return showMissing(c);
  const event = JSON.stringify(eventOf(product));
  const isWished = shop.wishes.includes(product.id);
  return send(
    c,
    <Page shop={shop} title={product.title}>
      <Data type="application/ld+json" value={describe(product)} />
      <nav class="crumbs" aria-label={say(shop, "위치", "Breadcrumb")}>
        <a href="/demo/">{say(shop, "눈치샵", "Shop")}</a>
        {product.categoryPath.map((_, depth) => (
          <a href={categoryUrl(product.categoryPath.slice(0, depth + 1).join("/"))}>{product.categoryNames[depth]}</a>
        ))}
      </nav>
      <article class="product">
        <div class="picture">
          <img src={product.imageUrl ?? ""} alt={product.title} width="800" height="1000" />
          {product.soldOut && <b class="gone">{say(shop, "품절", "Sold out")}</b>}
        </div>
        <div class="facts">
          <p class="brand">{product.brandName}</p>
          <h1>{product.title}</h1>
          <Price product={product} />
          {shop.locale === "ko" && product.description && <p class="about">{product.description}</p>}
          <ul class="promises">
            <li>
              {say(
                shop,
                "오늘 주문하면 모레 도착 (데모라 오지 않아요)",
                "Ordered today, there the day after tomorrow (not really: a demo)",
              )}
            </li>
            <li>{say(shop, "5만 원 넘게 사면 무료 배송", "Free delivery above ₩50,000")}</li>
            <li>{say(shop, "14일 안에 교환·환불", "Exchange and refund within 14 days")}</li>
          </ul>
          <div class="actions">
            <form method="post" action="/demo/cart" data-adds="product_added_to_cart" data-about={event}>
              <input type="hidden" name="id" value={product.id} />
              <button type="submit" class="button" disabled={product.soldOut}>
                <Icon name="bag" />
                {product.soldOut
                  ? say(shop, "품절된 상품이에요", "Sold out")
                  : say(shop, "장바구니 담기", "Add to cart")}
              </button>
            </form>
            <form method="post" action="/demo/wishes" data-adds="product_added_to_wishlist" data-about={event}>
              <input type="hidden" name="id" value={product.id} />
              <button
                type="submit"
                class="button quiet heart"
                aria-pressed={isWished ? "true" : "false"}
                aria-label={say(shop, "찜하기", "Add to wishlist")}
              >
                <Icon name="heart" />
              </button>
            </form>
          </div>
        </div>
      </article>
      <nunchi-recommendations placement="product" layout="scroll" item-id={product.id} />
    </Page>,
  );
}

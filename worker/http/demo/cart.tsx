/** The cart, ordering, and what comes after. Forms work without a script; the page's script tells the tag what happened. */
import type { HttpContext } from "../context.ts";
import { Consent } from "./account.tsx";
import { Happened, Icon, Page, Price, say, send } from "./parts.tsx";
import { eventOf, type Order, openShop, priceText, readOrder, type Shop, writeCookie } from "./shop.ts";

/** Lines with their products, as the catalog says now. */
function linesOf(shop: Shop, lines: Shop["cart"]) {
  return lines.flatMap((line) => {
    const product = shop.products.get(line.id);
    return product ? [{ ...line, product }] : [];
  });
}

function totalOf(lines: ReturnType<typeof linesOf>): number {
  return lines.reduce((sum, { product, quantity }) => sum + (product.price ?? 0) * quantity, 0);
}

export async function showCart(c: HttpContext): Promise<Response> {
  const shop = await openShop(c);
  const lines = linesOf(shop, shop.cart);
  const buyable = lines.filter(({ product }) => !product.soldOut);
  const total = totalOf(buyable);
  const name = say(shop, "장바구니", "Cart");
  const about = {
    products: buyable.map(({ product, quantity }) => ({ ...eventOf(product), quantity })),
    value: total,
    currency: "KRW",
  };
  return send(
    c,
    <Page shop={shop} title={name}>
      <h1 class="title">{name}</h1>
      {lines.length === 0 ? (
        <p class="empty">{say(shop, "아직 담은 상품이 없어요.", "Your cart is empty.")}</p>
      ) : (
        <div class="checkout">
          <ul class="lines">
            {lines.map(({ product, quantity }) => (
              <li class={product.soldOut ? "soldout" : ""}>
                <img src={product.imageUrl ?? ""} alt="" width="96" height="120" />
                <div>
                  <span class="brand">{product.brandName}</span>
                  <a href={`/demo/p/${product.id}`}>{product.title}</a>
                  {product.soldOut ? (
                    <b>{say(shop, "품절되어 주문에서 빠져요", "Sold out: not part of the order")}</b>
                  ) : (
                    <Price product={product} />
                  )}
                </div>
                <span class="quantity">{say(shop, `${quantity}개`, `× ${quantity}`)}</span>
                <form
                  method="post"
                  action="/demo/cart"
                  data-removes="product_removed_from_cart"
                  data-about={JSON.stringify({ ...eventOf(product), quantity })}
                >
                  <input type="hidden" name="id" value={product.id} />
                  <input type="hidden" name="remove" value="1" />
                  <button type="submit" class="plain">
                    {say(shop, "빼기", "Remove")}
                  </button>
                </form>
              </li>
            ))}
          </ul>
          <aside class="sum">
            <p>
              <span>{say(shop, "상품 금액", "Subtotal")}</span>
              <strong>{priceText(total, shop.locale)}</strong>
            </p>
            <p>
              <span>{say(shop, "배송비", "Delivery")}</span>
              <strong>{say(shop, "무료", "Free")}</strong>
            </p>
            <form
              method="post"
              action="/demo/checkout"
              data-tells="checkout_started"
              data-about={JSON.stringify(about)}
            >
              <button type="submit" class="button wide" disabled={buyable.length === 0}>
                {say(shop, `${priceText(total, "ko")} 주문하기`, `Order · ${priceText(total, "en")}`)}
              </button>
            </form>
            <Consent shop={shop} />
          </aside>
        </div>
      )}
      <nunchi-recommendations placement="cart" layout="scroll" {...(lines[0] ? { "item-id": lines[0].id } : {})} />
    </Page>,
  );
}

/** `id` is put in, or with `remove` taken out. A script asks for JSON and stays on its page. */
export async function postCart(c: HttpContext): Promise<Response> {
  const shop = await openShop(c);
  const { id, remove } = await c.req.parseBody();
  const product = typeof id === "string" ? shop.products.get(id) : undefined;
  let cart = shop.cart;
  if (product && remove !== undefined) cart = cart.filter((line) => line.id !== product.id);
  else if (product && !product.soldOut) {
    const others = cart.filter((line) => line.id !== product.id);
    const quantity = Math.min(99, (cart.find((line) => line.id === product.id)?.quantity ?? 0) + 1);
    cart = [{ id: product.id, quantity }, ...others].slice(0, 50);
  }
  writeCookie(c, "cart", cart);
  const count = cart.reduce((sum, line) => sum + line.quantity, 0);
  if (c.req.header("accept") === "application/json") return c.json({ count });
  return c.redirect("/demo/cart", 303);
}

export async function postWish(c: HttpContext): Promise<Response> {
  const shop = await openShop(c);
  const { id } = await c.req.parseBody();
  const product = typeof id === "string" ? shop.products.get(id) : undefined;
  const isWished = product !== undefined && !shop.wishes.includes(product.id);
  const others = shop.wishes.filter((each) => each !== product?.id);
  writeCookie(c, "wishes", isWished ? [product.id, ...others].slice(0, 100) : others);
  if (c.req.header("accept") === "application/json") return c.json({ isWished });
  return c.redirect(product ? `/demo/p/${product.id}` : "/demo/wishes", 303);
}

/** Nothing is paid: the order lives in a cookie, for the page after. */
export async function postCheckout(c: HttpContext): Promise<Response> {
  const shop = await openShop(c);
  const lines = linesOf(shop, shop.cart).filter(({ product }) => !product.soldOut);
  if (lines.length === 0) return c.redirect("/demo/cart", 303);
  const order: Order = {
    id: `order-${crypto.randomUUID()}`,
    lines: lines.map(({ id, quantity }) => ({ id, quantity })),
  };
  writeCookie(c, "order", order);
  writeCookie(c, "cart", undefined);
  return c.redirect("/demo/thanks", 303);
}

export async function showThanks(c: HttpContext): Promise<Response> {
  const [shop, order] = [await openShop(c), readOrder(c)];
  if (!order) return c.redirect("/demo/", 303);
  const lines = linesOf(shop, order.lines);
  const properties = {
    order_id: order.id,
    products: lines.map(({ product, quantity }) => ({ ...eventOf(product), quantity })),
    revenue: totalOf(lines),
    currency: "KRW",
  };
  return send(
    c,
    <Page shop={shop} title={say(shop, "주문 완료", "Thank you")}>
      <Happened event="product_purchased" properties={properties} once={order.id} />
      <div class="thanks">
        <span class="tick">
          <Icon name="heart" />
        </span>
        <h1>{say(shop, "주문해 주셔서 고마워요", "Thank you for your order")}</h1>
        <p>
          {say(
            shop,
            `${lines.length}가지 상품, ${priceText(totalOf(lines), "ko")}. 데모라서 결제도 배송도 없어요.`,
            `${lines.length} products, ${priceText(totalOf(lines), "en")}. A demo: nothing is paid or sent.`,
          )}
        </p>
        <ul class="grid small">
          {lines.map(({ product }) => (
            <li>
              <img src={product.imageUrl ?? ""} alt={product.title} width="400" height="500" />
            </li>
          ))}
        </ul>
        <a class="button" href="/demo/">
          {say(shop, "더 둘러보기", "Keep looking")}
        </a>
      </div>
      <nunchi-recommendations placement="home" count="12" />
    </Page>,
  );
}

/** What every page of the demo shop is put together from. */
import { html, raw } from "hono/html";
import type { Child } from "hono/jsx";
import type { HttpContext } from "../context.ts";
import { DEMO_KEY, type Product, type Shop } from "./shop.ts";

/** One language or the other. */
export function say(shop: Shop, ko: string, en: string): string {
  return shop.locale === "ko" ? ko : en;
}

/** Sends a whole page. */
export function send(c: HttpContext, page: Child, status: 200 | 404 = 200) {
  return c.html(html`<!doctype html>${page}`, status);
}

const ICONS = {
  search: "M11 4a7 7 0 1 0 0 14a7 7 0 0 0 0-14M16 16l5 5",
  heart: "M12 20S4 15 4 9.2A4.2 4.2 0 0 1 12 7a4.2 4.2 0 0 1 8 2.2C20 15 12 20 12 20Z",
  bag: "M5 8h14l1 12H4L5 8ZM9 8a3 3 0 0 1 6 0",
  person: "M12 4a4 4 0 1 0 0 8a4 4 0 0 0 0-8M4.5 20c.8-4 4-6 7.5-6s6.700 2 7.500 6",
  arrow: "M5 12h14M13 6l6 6-6 6",
} as const;

export function Icon({ name }: { name: keyof typeof ICONS }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
      <path d={ICONS[name]} />
    </svg>
  );
}

/** JSON that the page's script or a crawler reads; cannot end its element early. */
export function Data({
  type,
  value,
  ...more
}: {
  type: string;
  value: unknown;
  "data-event"?: string;
  "data-once"?: string;
}) {
  return (
    <script type={type} {...more}>
      {raw(JSON.stringify(value).replaceAll("<", "\\u003c"))}
    </script>
  );
}

/** An event that happened because this page was opened; `once` keeps a reload from telling it again. */
export function Happened({ event, properties, once }: { event: string; properties: object; once?: string }) {
  return (
    <Data type="application/json" value={properties} data-event={event} {...(once ? { "data-once": once } : {})} />
  );
}

export function categoryUrl(path: string): string {
  return `/demo/c/${path.split("/").map(encodeURIComponent).join("/")}`;
}

/** This page in the other language. */
function otherLanguage(shop: Shop): string {
  const { pathname, searchParams } = shop.here;
  const query = new URLSearchParams(searchParams);
  query.set("lang", say(shop, "en", "ko"));
  return `${pathname}?${query}`;
}

/** The frame of every page. The two script elements are what a customer of nunchi pastes. */
export function Page({ shop, title, children }: { shop: Shop; title: string; children: Child }) {
  const count = shop.cart.reduce((sum, line) => sum + line.quantity, 0);
  return (
    <html lang={shop.locale}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>{`${title} · ${say(shop, "눈치샵", "Nunchi Shop")}`}</title>
        <link rel="icon" href="/demo/img/mug-3.svg" type="image/svg+xml" />
        <link rel="stylesheet" href="/demo/shop.css" />
        <script>{raw("window.nunchi=window.nunchi||function(){(nunchi.q=nunchi.q||[]).push(arguments)}")}</script>
        <script async src="/nunchi.js" data-key={DEMO_KEY} data-survey="taste" />
        <script defer src="/demo/shop.js" />
        {shop.member && (
          <Data
            type="application/json"
            value={{ userId: shop.member.id, traits: { name: shop.member.name, email: shop.member.email } }}
            data-event="identify"
          />
        )}
      </head>
      <body>
        <a class="skip" href="#main">
          {say(shop, "본문으로", "Skip to content")}
        </a>
        <aside class="notice" aria-label={say(shop, "데모 안내", "About this demo")}>
          {say(
            shop,
            "nunchi 데모 가게예요. 둘러본 만큼 첫 화면이 바뀝니다.",
            "A nunchi demo: the shop changes with what you look at.",
          )}{" "}
          <button type="button" data-newcomer>
            {say(shop, "처음 온 손님 되기", "Become a new visitor")}
          </button>
        </aside>
        <header class="top">
          <div class="bar">
            <a class="logo" href="/demo/">
              nunchi<span>shop</span>
            </a>
            <search>
              <form class="search" action="/demo/search">
                <Icon name="search" />
                <input
                  name="q"
                  type="search"
                  required
                  aria-label={say(shop, "상품 찾기", "Search products")}
                  placeholder={say(shop, "코트, 백팩, 조명…", "Coats, backpacks, lamps…")}
                />
              </form>
            </search>
            <nav class="mine" aria-label={say(shop, "내 메뉴", "My shop")}>
              <a href={otherLanguage(shop)} class="lang" hreflang={shop.locale === "ko" ? "en" : "ko"}>
                {shop.locale === "ko" ? "EN" : "한국어"}
              </a>
              <a href="/demo/account" aria-label={say(shop, "내 정보", "Account")}>
                <Icon name="person" />
                <span>{shop.member ? shop.member.name : say(shop, "로그인", "Sign in")}</span>
              </a>
              <a href="/demo/wishes" aria-label={say(shop, "찜한 상품", "Wishlist")}>
                <Icon name="heart" />
              </a>
              <a href="/demo/cart" aria-label={say(shop, "장바구니", "Cart")}>
                <Icon name="bag" />
                <b class="count" data-cart-count hidden={count === 0}>
                  {count}
                </b>
              </a>
            </nav>
          </div>
          <nav class="departments" aria-label={say(shop, "카테고리", "Categories")}>
            {shop.categories.map((category) => (
              <a href={categoryUrl(category.path)}>{category.name}</a>
            ))}
            <a href="/demo/sale" class="hot">
              {say(shop, "세일", "Sale")}
            </a>
          </nav>
        </header>
        <main id="main">{children}</main>
        <footer class="bottom">
          <div>
            <strong>nunchi shop</strong>
            <p>
              {say(
                shop,
                "이 가게의 상품, 브랜드, 그림은 데모를 위해 지어낸 것입니다. 실제로 팔지 않습니다.",
                "Products, brands and pictures were made up for this demo. Nothing is for sale.",
              )}
            </p>
          </div>
          <a href="/admin">{say(shop, "마케터 화면 열기", "Open the marketer's side")}</a>
        </footer>
        <p class="toast" role="status" aria-live="polite" hidden />
      </body>
    </html>
  );
}

export function Price({ product }: { product: Product }) {
  return (
    <span class="price">
      {product.off > 0 && <em>{product.off}%</em>}
      <strong>{product.priceText}</strong>
      {product.off > 0 && <s>{product.listPriceText}</s>}
    </span>
  );
}

export function Card({ shop, product, isEager }: { shop: Shop; product: Product; isEager?: boolean }) {
  return (
    <li>
      <a class="card" href={`/demo/p/${product.id}`}>
        <span class="picture">
          <img src={product.imageUrl ?? ""} alt="" width="400" height="500" loading={isEager ? "eager" : "lazy"} />
          {product.soldOut && <b class="gone">{say(shop, "품절", "Sold out")}</b>}
          {product.off > 0 && !product.soldOut && <b class="off">SALE</b>}
        </span>
        <span class="brand">{product.brandName}</span>
        <span class="name">{product.title}</span>
        <Price product={product} />
      </a>
    </li>
  );
}

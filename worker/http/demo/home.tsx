import type { HttpContext } from "../context.ts";
import { Card, categoryUrl, Icon, Page, say, send } from "./parts.tsx";
import { openShop, type Shop } from "./shop.ts";

const ON_STAGE = ["coat-3", "lamp-7", "backpack-2", "sneakers-2"];
const SALE_COUNT = 6;

function Hero({ shop }: { shop: Shop }) {
  const stage = ON_STAGE.flatMap((id) => shop.products.get(id) ?? []);
  return (
    <section class="hero">
      <div class="words">
        <p class="eyebrow">{say(shop, "2026 겨울 컬렉션", "Winter 2026")}</p>
        <h1>
          {say(shop, "말하지 않아도", "It knows")}
          <br />
          {say(shop, "알아채는 가게", "before you ask")}
        </h1>
        <p class="lead">
          {say(
            shop,
            "취향 몇 가지만 골라 주세요. 첫 화면부터 당신의 것이 됩니다.",
            "Pick a few things you like. The first page is already yours.",
          )}
        </p>
        <p class="actions">
          <button type="button" class="button" data-survey="taste">
            {say(shop, "내 취향 고르기", "Pick my taste")} <Icon name="arrow" />
          </button>
          <a class="button quiet" href={categoryUrl("아우터")}>
            {say(shop, "아우터 보기", "Browse outerwear")}
          </a>
        </p>
      </div>
      <div class="stage">
        {stage.map((product) => (
          <a href={`/demo/p/${product.id}`}>
            <img src={product.imageUrl ?? ""} alt={product.title} width="400" height="500" />
          </a>
        ))}
      </div>
    </section>
  );
}

export async function showHome(c: HttpContext): Promise<Response> {
  const shop = await openShop(c);
  const sale = [...shop.products.values()]
    .filter((product) => product.off > 0 && !product.soldOut)
    .sort((a, b) => b.off - a.off || a.id.localeCompare(b.id))
    .slice(0, SALE_COUNT);
  return send(
    c,
    <Page shop={shop} title={say(shop, "홈", "Home")}>
      <Hero shop={shop} />
      <nav class="strip" aria-label={say(shop, "카테고리 둘러보기", "Browse categories")}>
        {shop.categories.map((category) => (
          <a href={categoryUrl(category.path)}>
            <img src={category.picture ?? ""} alt="" width="96" height="96" />
            {category.name}
          </a>
        ))}
      </nav>
      <nunchi-recommendations placement="home" count="12" />
      <nunchi-recommendations placement="home-trending" layout="scroll" />
      {sale.length > 0 && (
        <section>
          <h2>
            {say(shop, "지금 세일 중", "On sale now")}{" "}
            <a class="more" href="/demo/sale">
              {say(shop, "모두 보기", "See all")}
            </a>
          </h2>
          <ul class="grid six">
            {sale.map((product) => (
              <Card shop={shop} product={product} />
            ))}
          </ul>
        </section>
      )}
    </Page>,
  );
}

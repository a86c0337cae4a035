/**
 * `GET /v1/widgets/recommendations`: a placement as an HTML fragment for a shadow root. Markup only: the tag brings the
 * style sheet, so that the page's content security policy needs no exception. Everything from a feed is escaped by the JSX.
 */
import { Refusal } from "../../lib/errors.ts";
import { type Recommendation, type RecommendedItem, recommend } from "../../recommend/recommend.ts";
import { type RecommendationRequest, WidgetQuery } from "../../recommend/schema.ts";
import { requireCaller } from "../caller.ts";
import type { HttpContext } from "../context.ts";
import { deviceOf } from "../device.ts";
import { check } from "../errors.ts";

/** Keeps the place of an image that has not loaded yet; the style sheet decides the real size. */
const IMAGE = { width: 300, height: 400 };

/**
 * Query: `placement`, `anonymousId`, `userId`, `itemId`, `recent` (item ids with commas, latest first), `count`, `locale`,
 * `key`. A placement that is unknown or has nothing to show answers 204: the page shows nothing there, and the log says why.
 * Under an experiment it answers a list without cards instead, so that the tag can tell who would have seen one.
 */
export async function getRecommendationsWidget(c: HttpContext): Promise<Response> {
  const { site } = await requireCaller(c);
  const query = check(WidgetQuery, c.req.query());
  const request = { ...query, context: { ...query.context, device: deviceOf(c) } };
  c.header("Cache-Control", "private, no-store");
  const recommendation = await recommendOrNothing(c, site, request);
  if (!recommendation || (recommendation.items.length === 0 && recommendation.variant === null))
    return c.body(null, 204);
  return c.html(renderFragment(recommendation, request.locale ?? site.locale));
}

/** The fragment's markup; also what a survey's answer carries. */
export function renderFragment(recommendation: Recommendation, locale: string): string {
  return String(<Section {...recommendation} locale={locale} />);
}

async function recommendOrNothing(
  c: HttpContext,
  site: Parameters<typeof recommend>[1],
  request: RecommendationRequest,
): Promise<Recommendation | undefined> {
  const deps = c.get("deps");
  try {
    return await recommend(deps, site, request);
  } catch (error) {
    if (!(error instanceof Refusal) || error.code !== "not_found") throw error;
    deps.log.warn("unknown placement", { siteId: site.id, placement: request.placement });
    return undefined;
  }
}

function Section({
  recommendationId,
  placement,
  title,
  layout,
  items,
  fallbackLevel,
  variant,
  locale,
}: Recommendation & { locale: string }) {
  return (
    <section
      part="section"
      class="nunchi"
      lang={locale}
      data-recommendation-id={recommendationId}
      data-placement={placement}
      data-fallback={fallbackLevel}
      data-variant={variant ?? undefined}
    >
      <h2 part="title">{title}</h2>
      <ul part="list" class={layout}>
        {items.map((item, index) => (
          <li>
            <Card item={item} position={index + 1} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function Card({ item, position }: { item: RecommendedItem; position: number }) {
  const { id, title, url, imageUrl, brand, priceText, listPriceText, price, listPrice, reason } = item;
  const discount = price !== null && listPrice !== null ? Math.round((1 - price / listPrice) * 100) : 0;
  return (
    <a part="card" href={url} data-item-id={id} data-position={position}>
      {imageUrl && <img part="image" src={imageUrl} alt="" loading="lazy" decoding="async" {...IMAGE} />}
      {brand && <span part="brand">{brand}</span>}
      <span part="name">{title}</span>
      {priceText && <span part="price">{priceText}</span>}
      {listPriceText && <s part="list-price">{listPriceText}</s>}
      {discount > 0 && <span part="badge">−{discount}%</span>}
      <span part="reason">{reason}</span>
    </a>
  );
}

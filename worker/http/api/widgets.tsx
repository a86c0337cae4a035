/**
 * `GET /v1/widgets/recommendations`: a placement as an HTML fragment for a shadow root. Markup only: the tag brings the
 * style sheet, so that the page's content security policy needs no exception. Everything from a feed is escaped by the JSX.
 */
import { raw } from "hono/html";
import { srcsetOf } from "../../catalog/picture.ts";
import type { PublicItem } from "../../catalog/read.ts";
import { Refusal } from "../../lib/errors.ts";
import { type Listing, listFor } from "../../recommend/recommend.ts";
import { type RecommendationRequest, WidgetQuery } from "../../recommend/schema.ts";
import { isStranger, requireCaller, requireProof } from "../caller.ts";
import type { HttpContext } from "../context.ts";
import { visitOf } from "../device.ts";
import { check } from "../errors.ts";
import { withoutPerson } from "./recommendations.ts";

const PRIVATE = { "Cache-Control": "private, no-store" };
/** Keeps the place of an image that has not loaded yet; the style sheet decides the real size. */
const IMAGE = { width: 300, height: 400 };
/** Browsers that do not measure it themselves (`auto`, for lazy pictures) are told what the style sheet makes of it. */
const SIZES = "auto, (min-width: 1180px) 17vw, (min-width: 760px) 25vw, (min-width: 540px) 33vw, 50vw";

/**
 * Query: `placement`, `anonymousId`, `userId`, `itemId`, `recent` (item ids with commas, latest first), `count`, `locale`,
 * `key`. A placement that is unknown or has nothing to show answers 204: the page shows nothing there, and the log says why.
 * Under an experiment it answers a list without cards instead, so that the tag can tell who would have seen one.
 */
export async function getRecommendationsWidget(c: HttpContext): Promise<Response> {
  const caller = await requireCaller(c);
  const { site } = caller;
  const named = check(WidgetQuery, c.req.query());
  await requireProof(c, caller, c.req.query());
  const query = isStranger(caller) ? withoutPerson(named) : named;
  const request = { ...query, context: { ...query.context, ...visitOf(c) } };
  const recommendation = await recommendOrNothing(c, site, request);
  if (!recommendation || (recommendation.items.length === 0 && recommendation.variant === null))
    return new Response(null, { status: 204, headers: PRIVATE });
  const locale = request.locale ?? site.locale;
  const fragment = renderFragment(recommendation, locale, site.imageTemplate, request.itemId ?? undefined);
  return new Response(fragment, { headers: { ...PRIVATE, "Content-Type": "text/html; charset=UTF-8" } });
}

/** The fragment's markup; also what a survey's answer carries. `pageItemId`: the item whose page it is for. */
export function renderFragment(listing: Listing, locale: string, images: string | null, pageItemId?: string): string {
  return String(<Section {...listing} locale={locale} images={images} pageItemId={pageItemId} />);
}

async function recommendOrNothing(
  c: HttpContext,
  site: Parameters<typeof listFor>[1],
  request: RecommendationRequest,
): Promise<Listing | undefined> {
  const deps = c.get("deps");
  try {
    return await listFor(deps, site, request);
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
  images,
  pageItemId,
}: Listing & { locale: string; images: string | null; pageItemId: string | undefined }) {
  // The properties of every event about the list, as the tag hands them back. The other attributes say the same to scripts
  // and styles, and to tags that browsers have kept from before.
  const told = {
    recommendation_id: recommendationId,
    placement,
    variant: variant ?? undefined,
    fallback_level: fallbackLevel,
    page_item_id: pageItemId,
  };
  return (
    <section
      part="section"
      class="nunchi"
      lang={locale}
      data-recommendation-id={recommendationId}
      data-placement={placement}
      data-fallback={fallbackLevel}
      data-variant={variant ?? undefined}
      data-told={JSON.stringify(told)}
    >
      <h2 part="title">{title}</h2>
      <ul part="list" class={layout}>
        {items.map(({ item, reason }, index) => {
          const { face, dismissal } = looksOf(item, locale, images);
          return (
            <li>
              <a part="card" href={item.url} data-item-id={item.id} data-position={index + 1}>
                {face}
                <span part="reason">{reason}</span>
              </a>
              {dismissal}
            </li>
          );
        })}
      </ul>
    </section>
  );
}

/** What of an item is the same in every list. */
interface Looks {
  locale: string;
  images: string | null;
  face: ReturnType<typeof raw>;
  dismissal: ReturnType<typeof raw>;
}

/** Rendered once, as long as the isolate keeps its copy of the item. */
const rendered = new WeakMap<Readonly<PublicItem>, Looks>();

function looksOf(item: Readonly<PublicItem>, locale: string, images: string | null): Looks {
  let looks = rendered.get(item);
  if (looks?.locale !== locale || looks.images !== images) {
    const face = raw(
      String(<Face item={item} sources={item.imageUrl ? srcsetOf(images, item.imageUrl) : undefined} />),
    );
    looks = { locale, images, face, dismissal: raw(String(<Dismissal title={item.title} locale={locale} />)) };
    rendered.set(item, looks);
  }
  return looks;
}

/** "Not interested", and what then stands in the card's place. The tag shows one or the other. */
function Dismissal({ title, locale }: { title: string; locale: string }) {
  const words = locale === "ko" ? DISMISSAL.ko : DISMISSAL.en;
  return (
    <>
      <button type="button" part="dismiss" aria-label={`${title}: ${words.dismiss}`} title={words.dismiss} />
      <div part="dismissed" hidden>
        <span>{words.dismissed}</span>
        <button type="button" part="undo" aria-label={`${title}: ${words.undo}`}>
          {words.undo}
        </button>
      </div>
    </>
  );
}

const DISMISSAL = {
  ko: { dismiss: "관심 없음", dismissed: "이 상품은 더 추천하지 않을게요.", undo: "되돌리기" },
  en: { dismiss: "Not interested", dismissed: "We will not recommend this again.", undo: "Undo" },
} as const;

function Face({ item, sources }: { item: Readonly<PublicItem>; sources: string | undefined }) {
  const { title, imageUrl, brand, priceText, listPriceText, price, listPrice } = item;
  const discount = price !== null && listPrice !== null ? Math.round((1 - price / listPrice) * 100) : 0;
  return (
    <>
      {imageUrl && (
        <img
          part="image"
          src={imageUrl}
          alt=""
          loading="lazy"
          decoding="async"
          {...IMAGE}
          {...(sources && { srcset: sources, sizes: SIZES })}
        />
      )}
      {brand && <span part="brand">{brand}</span>}
      <span part="name">{title}</span>
      {priceText && <span part="price">{priceText}</span>}
      {listPriceText && <s part="list-price">{listPriceText}</s>}
      {discount > 0 && (
        <span part="badge" dir="ltr">
          −{discount}%
        </span>
      )}
    </>
  );
}

/** The catalog: search, one item, and the two switches that a marketer needs at once: sold out, and hidden. */
import type { Child } from "hono/jsx";
import type { Item } from "../../catalog/price.ts";
import { isServable, listItems, publicItem, readItems, titleOf } from "../../catalog/read.ts";
import { upsertItems } from "../../catalog/upsert.ts";
import { Refusal } from "../../lib/errors.ts";
import { formatMoney, fromMinor } from "../../lib/money.ts";
import { DAY } from "../../lib/time.ts";
import { openModel } from "../../recommend/model.ts";
import { text } from "./form.ts";
import { formatDuration, formatMoment, formatNumber } from "./format.ts";
import { Page, send } from "./frame.tsx";
import { Badge, Empty, Facts, Form, RowName, Section, Table } from "./parts.tsx";
import { type AdminContext, goTo, type SiteView, siteView } from "./view.ts";

const ITEMS_A_PAGE = 50;

export async function showCatalog(c: AdminContext): Promise<Response> {
  const view = siteView(c);
  const search = c.req.query("q")?.trim() ?? "";
  const after = c.req.query("after");
  const items = await listItems(view.deps, view.site.id, { search, after, limit: ITEMS_A_PAGE + 1 });
  return send(c, <CatalogPage view={view} items={items} search={search} isFirst={after === undefined} />);
}

export async function showItem(c: AdminContext): Promise<Response> {
  const view = siteView(c);
  const item = await requireItem(c, view);
  const model = await openModel(view.deps, view.site.id);
  const index = model?.ids.indexOf(item.id);
  const rebuyDays = index === undefined ? undefined : model?.habits?.rebuyDays(index);
  return send(c, <ItemPage view={view} item={item} rebuyDays={rebuyDays} />);
}

/** `availability`: in_stock or out_of_stock; `visibility`: hidden or shown. A later import of the feed has the last word. */
export async function postItem(c: AdminContext): Promise<Response> {
  const view = siteView(c);
  const item = await requireItem(c, view);
  const form = c.get("form");
  const availability = text(form, "availability");
  const visibility = text(form, "visibility");
  const inStock = availability ? availability === "in_stock" : item.inStock;
  const hidden = visibility ? visibility === "hidden" : item.hidden;
  const { refused } = await upsertItems(view.deps, view.site, [{ ...inputOf(item), ...switches(inStock, hidden) }]);
  const [wrong] = refused;
  if (wrong) throw new Refusal("unprocessable", "the item could not be stored", { issues: wrong.issues });
  return goTo(c, c.req.path, "saved");
}

async function requireItem(c: AdminContext, view: SiteView): Promise<Item> {
  const id = c.req.param("item") ?? "";
  const item = (await readItems(view.deps, view.site.id, [id])).get(id);
  if (!item) throw new Refusal("not_found", "there is no such item");
  return item;
}

function switches(inStock: boolean, hidden: boolean) {
  return { availability: inStock ? "in_stock" : "out_of_stock", hidden };
}

/** The item as a feed would say it, so that it goes in through the catalog's one way. */
function inputOf(item: Item) {
  const major = (minor: number | null) => (minor === null ? null : fromMinor(minor, item.currency));
  const { price, listPrice } = item.regular;
  // Nobody knows how many there are when a person says that there are some again.
  const quantity = item.quantity === 0 ? null : item.quantity;
  return { ...item, price: major(price), listPrice: major(listPrice), salePrice: major(item.salePrice), quantity };
}

function CatalogPage(props: { view: SiteView; items: Item[]; search: string; isFirst: boolean }) {
  const { view, search, isFirst } = props;
  const { t, site } = view;
  const items = props.items.slice(0, ITEMS_A_PAGE);
  const last = props.items.length > ITEMS_A_PAGE ? items.at(-1) : undefined;
  const more =
    last && `/admin/${site.id}/catalog?${new URLSearchParams({ ...(search && { q: search }), after: last.id })}`;
  return (
    <Page
      view={view}
      room="catalog"
      title={t("catalog.title")}
      lead={t("catalog.lead")}
      actions={
        <a class="button" href={`/admin/${site.id}/feeds`}>
          {t("feeds.open")}
        </a>
      }
    >
      <form class="search" method="get">
        <input
          type="search"
          name="q"
          value={search}
          placeholder={t("catalog.search")}
          aria-label={t("catalog.search")}
        />
        <button type="submit">{t("form.search")}</button>
      </form>
      <Section class="flush list">
        {items.length === 0 ? (
          <Empty title={t(search ? "catalog.noMatch" : "catalog.empty")}>
            {!search && isFirst && t("catalog.emptyLead")}
          </Empty>
        ) : (
          <Table
            label={t("catalog.title")}
            head={[t("catalog.item"), t("catalog.category"), t("catalog.price"), t("catalog.state")]}
          >
            {items.map((item) => (
              <tr>
                <td>
                  <ItemName view={view} item={item} />
                </td>
                <td class="muted">{item.category}</td>
                <td>
                  <Price view={view} item={item} />
                </td>
                <td>
                  <ItemState view={view} item={item} />
                </td>
              </tr>
            ))}
          </Table>
        )}
      </Section>
      {more && (
        <p class="more">
          <a class="button" href={more}>
            {t("form.more")}
          </a>
        </p>
      )}
    </Page>
  );
}

/** Picture, title and id of an item, leading to its page. */
export function ItemName({ view, item }: { view: SiteView; item: Item }) {
  return (
    <div class="with-thumb">
      {item.imageUrl ? (
        <img class="thumb" src={item.imageUrl} alt="" loading="lazy" width="40" height="40" />
      ) : (
        <span class="thumb" />
      )}
      <span>
        <RowName href={itemPath(view, item.id)} name={titleOf(item, view.locale)}>
          {item.id}
        </RowName>
      </span>
    </div>
  );
}

export function itemPath(view: SiteView, itemId: string): string {
  return `/admin/${view.site.id}/catalog/${encodeURIComponent(itemId)}`;
}

function Price({ view, item }: { view: SiteView; item: Item }) {
  const { priceText, listPriceText } = publicItem(item, view.locale);
  if (priceText === null) return <span class="muted">–</span>;
  return (
    <span class="price">
      {priceText} {listPriceText && <s class="muted">{listPriceText}</s>}
    </span>
  );
}

/** A sale by date, also before it begins and after its end. */
function Sale({ view, item }: { view: SiteView; item: Item }) {
  const { locale, site } = view;
  const { salePrice, saleStartsAt, saleEndsAt, currency } = item;
  if (salePrice === null) return <span class="muted">–</span>;
  const moment = (at: number | null) => (at === null ? "" : formatMoment(at, locale, site.timeZone));
  const isDated = saleStartsAt !== null || saleEndsAt !== null;
  return (
    <span class="price">
      {formatMoney(salePrice, currency, locale)}{" "}
      {isDated && (
        <span class="muted">
          {moment(saleStartsAt)} – {moment(saleEndsAt)}
        </span>
      )}
    </span>
  );
}

function ItemState({ view, item }: { view: SiteView; item: Item }) {
  const { t } = view;
  return (
    <span class="badges">
      {item.deletedAt !== null && <Badge tone="bad">{t("catalog.deleted")}</Badge>}
      {!item.inStock && <Badge tone="warn">{t("catalog.soldOut")}</Badge>}
      {item.hidden && <Badge>{t("catalog.hidden")}</Badge>}
      {isServable(item) && <Badge tone="good">{t("catalog.inStock")}</Badge>}
    </span>
  );
}

/** `rebuyDays`: after how long people usually buy it again, as far as the shop's orders say. */
function ItemPage({ view, item, rebuyDays }: { view: SiteView; item: Item; rebuyDays: number | undefined }) {
  const { t, locale, site } = view;
  const attributes = Object.entries(item.attributes);
  const facts: [string, Child][] = [
    [t("catalog.id"), <code>{item.id}</code>],
    [t("catalog.price"), <Price view={view} item={item} />],
    [t("feeds.field.salePrice"), <Sale view={view} item={item} />],
    [t("feeds.field.quantity"), item.quantity === null ? null : formatNumber(item.quantity, locale)],
    [t("catalog.category"), item.category],
    [t("catalog.brand"), item.brand],
    [t("catalog.tags"), item.tags.join(", ")],
    [
      t("catalog.rebuy"),
      rebuyDays === undefined ? null : formatDuration(Math.max(1, Math.round(rebuyDays)) * DAY, locale),
    ],
    [t("catalog.url"), <a href={item.url}>{item.url}</a>],
    [t("catalog.created"), formatMoment(item.createdAt, locale, site.timeZone)],
    [t("catalog.updated"), formatMoment(item.updatedAt, locale, site.timeZone)],
    ...attributes.map(([name, value]): [string, Child] => [name, Array.isArray(value) ? value.join(", ") : `${value}`]),
  ];
  return (
    <Page
      view={view}
      room="catalog"
      title={titleOf(item, locale)}
      above={[t("catalog.title"), `/admin/${site.id}/catalog`]}
      actions={item.deletedAt === null && <ItemActions view={view} item={item} />}
    >
      <div class="columns">
        <Section title={t("catalog.facts")} actions={<ItemState view={view} item={item} />}>
          <Facts facts={facts} />
          {item.description && <p class="description">{item.description}</p>}
        </Section>
        {item.imageUrl && <img class="picture" src={item.imageUrl} alt={titleOf(item, locale)} />}
      </div>
    </Page>
  );
}

function ItemActions({ view, item }: { view: SiteView; item: Item }) {
  const { t } = view;
  return (
    <>
      <Form view={view}>
        <button type="submit" name="availability" value={item.inStock ? "out_of_stock" : "in_stock"}>
          {t(item.inStock ? "catalog.markSoldOut" : "catalog.markInStock")}
        </button>
      </Form>
      <Form view={view}>
        <button type="submit" name="visibility" value={item.hidden ? "shown" : "hidden"}>
          {t(item.hidden ? "catalog.show" : "catalog.hide")}
        </button>
      </Form>
    </>
  );
}

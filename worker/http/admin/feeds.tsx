/** Feeds: where the catalog comes from, what the columns mean, what came of the imports, and what is to be decided. */
import { deleteFeed, listFeeds, listImports, putFeed, requireFeed, requireImport } from "../../feeds/feeds.ts";
import { previewFeed, sampleFeed } from "../../feeds/preview.ts";
import { type Feed, type FeedImport, FeedInput } from "../../feeds/schema.ts";
import { applyHeld, pullFeed } from "../../feeds/start.ts";
import { type Issue, Refusal } from "../../lib/errors.ts";
import {
  type FeedFields,
  FeedForm,
  NEW_FEED,
  PreviewSection,
  readFeedFields,
  toFeedFields,
  toFeedInput,
} from "./feed-form.tsx";
import { feedPath, HealthSection, HeldNotice, ImportBadge, ImportPage, ImportsSection } from "./feed-import.tsx";
import { checkForm, issuesIn } from "./form.ts";
import { formatAgo, formatMoment, formatNumber } from "./format.ts";
import { Page, send } from "./frame.tsx";
import { freshId } from "./fresh-id.ts";
import { Empty, Form, RowName, Section, Table } from "./parts.tsx";
import { type AdminContext, goTo, type SiteView, siteView } from "./view.ts";
import { reasonIn } from "./words/feeds.ts";

const IMPORTS_SHOWN = 30;

async function feedOf(c: AdminContext, { deps, site }: SiteView): Promise<Feed> {
  return requireFeed(deps, site.id, c.req.param("id") ?? "");
}

export async function showFeeds(c: AdminContext): Promise<Response> {
  const view = siteView(c);
  const feeds = await listFeeds(view.deps, view.site.id);
  const last = await Promise.all(feeds.map(({ id }) => listImports(view.deps, view.site.id, id, 1)));
  return send(c, <FeedsPage view={view} feeds={feeds.map((feed, place) => ({ feed, last: last[place]?.[0] }))} />);
}

export async function showNewFeed(c: AdminContext): Promise<Response> {
  return send(c, <NewFeedPage view={siteView(c)} fields={NEW_FEED} issues={[]} />);
}

export async function showFeed(c: AdminContext): Promise<Response> {
  const view = siteView(c);
  const feed = await feedOf(c, view);
  return sendFeed(c, view, feed, toFeedFields(feed), []);
}

async function sendFeed(c: AdminContext, view: SiteView, feed: Feed, fields: FeedFields, issues: Issue[]) {
  const [imports, preview] = await Promise.all([
    listImports(view.deps, view.site.id, feed.id, IMPORTS_SHOWN),
    previewFeed(view.deps, view.site, feed),
  ]);
  const { t, locale, site } = view;
  const path = feedPath(view, feed.id);
  const page = (
    <Page
      view={view}
      room="catalog"
      title={feed.name}
      above={[t("feeds.title"), feedPath(view)]}
      lead={
        feed.nextAt === null
          ? t("feeds.onDemand")
          : t("feeds.next", { when: formatMoment(feed.nextAt, locale, site.timeZone) })
      }
      actions={
        <>
          {feed.url !== null && (
            <Form view={view} action={`${path}/import`}>
              <button type="submit" class="primary">
                {t("feeds.pull")}
              </button>
            </Form>
          )}
          {feed.url !== null && (
            <Form view={view} action={`${path}/sample`}>
              <button type="submit">{t("feeds.sample")}</button>
            </Form>
          )}
          <Form view={view} action={`${path}/delete`}>
            <button type="submit" class="danger" data-confirm={t("feeds.deleteSure")}>
              {t("form.delete")}
            </button>
          </Form>
        </>
      }
    >
      <HeldNotice view={view} run={imports[0]} />
      <ImportsSection view={view} imports={imports} />
      <HealthSection view={view} imports={imports} />
      <PreviewSection view={view} preview={preview} />
      <FeedForm view={view} action={path} fields={fields} issues={issues} preview={preview} />
      {feed.url === null && (
        <Section title={t("feeds.push")} hint={t("feeds.pushHint")}>
          <pre
            class="code"
            tabindex={0}
          >{`curl --data-binary @feed.txt -H "Authorization: Bearer sk_…" ${view.deps.config.publicUrl}/v1/feeds/${feed.id}/import`}</pre>
        </Section>
      )}
    </Page>
  );
  return send(c, page, issues.length > 0 ? 422 : 200);
}

export async function postFeed(c: AdminContext): Promise<Response> {
  const view = siteView(c);
  const { deps, site, locale } = view;
  const existing = c.req.param("id") === undefined ? undefined : await feedOf(c, view);
  const fields = readFeedFields(c.get("form"));
  const again = (issues: Issue[]) =>
    existing
      ? sendFeed(c, view, existing, fields, issues)
      : send(c, <NewFeedPage view={view} fields={fields} issues={issues} />, 422);
  const checked = checkForm(FeedInput, toFeedInput(fields), locale);
  if (!checked.ok) return again(checked.issues);
  const taken = (await listFeeds(deps, site.id)).map(({ id }) => id);
  const id = existing?.id ?? freshId(checked.data.name, "feed", taken);
  try {
    await putFeed(deps, site, id, checked.data);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return again(issuesIn(locale, (error.issues ?? [{ path: "", message: error.message }]).map(inWords(view))));
  }
  return goTo(c, feedPath(view, id), "saved");
}

const inWords =
  ({ locale }: SiteView) =>
  (issue: Issue): Issue => ({ ...issue, message: reasonIn(locale, issue.message) });

/** What was refused is shown on the feed's page. */
async function tried(c: AdminContext, notice: string, work: (view: SiteView, feed: Feed) => Promise<unknown>) {
  const view = siteView(c);
  const feed = await feedOf(c, view);
  try {
    await work(view, feed);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const issues = [{ path: "", message: reasonIn(view.locale, error.message) }];
    return sendFeed(c, view, feed, toFeedFields(feed), issues);
  }
  return goTo(c, feedPath(view, feed.id), notice);
}

export function postFeedPull(c: AdminContext): Promise<Response> {
  return tried(c, "feed-pulled", (view, feed) => pullFeed(view.deps, feed));
}

export function postFeedSample(c: AdminContext): Promise<Response> {
  return tried(c, "feed-sampled", async (view, feed) => {
    const why = await sampleFeed(view.deps, feed);
    if (why) throw new Refusal("unprocessable", why);
  });
}

export function postFeedApply(c: AdminContext): Promise<Response> {
  return tried(c, "feed-applied", (view, feed) => applyHeld(view.deps, feed, c.req.param("import") ?? ""));
}

export async function postDeleteFeed(c: AdminContext): Promise<Response> {
  const view = siteView(c);
  const feed = await feedOf(c, view);
  await deleteFeed(view.deps, view.site.id, feed.id);
  return goTo(c, feedPath(view), "deleted");
}

export async function showFeedImport(c: AdminContext): Promise<Response> {
  const view = siteView(c);
  const feed = await feedOf(c, view);
  const run = await requireImport(view.deps, view.site.id, feed.id, c.req.param("import") ?? "");
  return send(c, <ImportPage view={view} feed={feed} run={run} />);
}

function FeedsPage({ view, feeds }: { view: SiteView; feeds: { feed: Feed; last: FeedImport | undefined }[] }) {
  const { t, locale, now, site } = view;
  return (
    <Page
      view={view}
      room="catalog"
      title={t("feeds.title")}
      above={[t("catalog.title"), `/admin/${site.id}/catalog`]}
      lead={t("feeds.lead")}
      actions={
        <a class="button primary" href={`${feedPath(view)}/new`}>
          {t("feeds.new")}
        </a>
      }
    >
      <Section class="flush list">
        {feeds.length === 0 ? (
          <Empty title={t("feeds.none")}>{t("feeds.noneLead")}</Empty>
        ) : (
          <Table
            label={t("feeds.title")}
            head={[
              t("feeds.name"),
              t("feeds.last"),
              t("feeds.count.records"),
              t("feeds.count.refused"),
              t("feeds.schedule"),
            ]}
            numbers={[2, 3]}
          >
            {feeds.map(({ feed, last }) => (
              <tr>
                <td>
                  <RowName href={feedPath(view, feed.id)} name={feed.name}>
                    {feed.url ?? t("feeds.sent")}
                  </RowName>
                </td>
                <td>
                  {last ? <ImportBadge view={view} state={last.state} /> : "–"}
                  {last && <span class="sub">{formatAgo(last.startedAt, now, locale)}</span>}
                </td>
                <td class="number">{last ? formatNumber(last.counts.records, locale) : "–"}</td>
                <td class="number">{last ? formatNumber(last.counts.refused, locale) : "–"}</td>
                <td class="muted">{t(`feeds.schedule.${feed.schedule?.every ?? "never"}`)}</td>
              </tr>
            ))}
          </Table>
        )}
      </Section>
    </Page>
  );
}

function NewFeedPage({ view, fields, issues }: { view: SiteView; fields: FeedFields; issues: Issue[] }) {
  const { t } = view;
  return (
    <Page
      view={view}
      room="catalog"
      title={t("feeds.new")}
      above={[t("feeds.title"), feedPath(view)]}
      lead={t("feeds.newLead")}
    >
      <FeedForm view={view} action={`${feedPath(view)}/new`} fields={fields} issues={issues} />
    </Page>
  );
}

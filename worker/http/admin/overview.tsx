/** The first page: two weeks at a glance, one chart, and the way in for a site that has nothing yet. */
import { formatMoney } from "../../lib/money.ts";
import { type Day, type DayFigures, overview } from "../../reports/overview.ts";
import { LineChart, Sparkline } from "./chart.tsx";
import { formatMoneyShort, formatNumber, formatShare, formatShort } from "./format.ts";
import { Page, send } from "./frame.tsx";
import { Empty, Section } from "./parts.tsx";
import { type AdminContext, type SiteView, siteView } from "./view.ts";

const DAYS = 14;
const WEEK = 7;

const METRICS = [
  "visitors",
  "events",
  "recommendationClicks",
  "messages",
  "revenue",
] as const satisfies (keyof DayFigures)[];
type Metric = (typeof METRICS)[number];

export async function showOverview(c: AdminContext): Promise<Response> {
  const view = siteView(c);
  const days = await overview(view.deps, view.site, DAYS);
  const metric = METRICS.find((each) => each === c.req.query("metric")) ?? "visitors";
  return send(c, <OverviewPage view={view} days={days} metric={metric} />);
}

function OverviewPage({ view, days, metric }: { view: SiteView; days: Day[]; metric: Metric }) {
  const { t, site } = view;
  const isEmpty = days.every((day) => day.events === 0);
  return (
    <Page view={view} room="overview" title={t("overview.title")} lead={t("overview.lead")}>
      {isEmpty && (
        <Section>
          <Empty title={t("overview.empty")}>
            {t("overview.emptyLead")} <a href={`/admin/${site.id}/settings`}>{t("overview.emptyLink")}</a>
          </Empty>
        </Section>
      )}
      <nav class="section tiles" aria-label={t("overview.metrics")}>
        {METRICS.map((each) => (
          <MetricTile view={view} days={days} metric={each} isShown={each === metric} />
        ))}
      </nav>
      <Section title={t(`overview.${metric}`)}>
        <LineChart
          view={view}
          label={t("overview.chart", { metric: t(`overview.${metric}`) })}
          head={METRICS.map((each) => t(`overview.${each}`))}
          points={days.map((day, index) => ({
            name: index === days.length - 1 ? t("overview.today") : dayName(view, day.day),
            value: day[metric],
            text: textOf(view, metric, day[metric]),
            cells: METRICS.map((each) => textOf(view, each, day[each])),
          }))}
          axis={(value) => shortText(view, metric, value)}
        />
      </Section>
    </Page>
  );
}

function MetricTile(props: { view: SiteView; days: Day[]; metric: Metric; isShown: boolean }) {
  const { view, days, metric, isShown } = props;
  const { t, site } = view;
  const sum = (part: Day[]) => part.reduce((total, day) => total + day[metric], 0);
  const [now, before] = [sum(days.slice(-WEEK)), sum(days.slice(-2 * WEEK, -WEEK))];
  return (
    <a class="tile" href={`/admin/${site.id}?metric=${metric}`} aria-current={isShown ? "true" : undefined}>
      <span class="tile-label">{t(`overview.${metric}`)}</span>
      <span class="figure">{shortText(view, metric, now)}</span>
      <span class="hint">
        {t("overview.week")} <Change view={view} now={now} before={before} />
      </span>
      <Sparkline values={days.map((day) => day[metric])} />
    </a>
  );
}

function Change({ view, now, before }: { view: SiteView; now: number; before: number }) {
  if (before === 0) return null;
  const isUp = now >= before;
  return (
    <span class={isUp ? "up" : "down"}>
      <span aria-hidden="true">{isUp ? "↑" : "↓"}</span>
      <span class="visually-hidden">{view.t(isUp ? "overview.up" : "overview.down")}</span>
      {formatShare(Math.abs(now - before), before, view.locale)}
    </span>
  );
}

function shortText({ site, locale }: SiteView, metric: Metric, value: number): string {
  return metric === "revenue" ? formatMoneyShort(value, site.currency, locale) : formatShort(value, locale);
}

function textOf(view: SiteView, metric: Metric, value: number): string {
  return metric === "revenue" ? formatMoney(value, view.site.currency, view.locale) : formatNumber(value, view.locale);
}

/** "2026-03-10" → "3월 10일", "Mar 10": the day is local already. */
function dayName(view: SiteView, day: string): string {
  return new Intl.DateTimeFormat(view.locale, { month: "short", day: "numeric", timeZone: "UTC" }).format(
    Date.parse(`${day}T00:00:00Z`),
  );
}

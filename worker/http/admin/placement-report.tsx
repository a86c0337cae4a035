/** How a placement does, day by day: one chart, and a tile for each figure that can be drawn. */
import { formatMoney } from "../../lib/money.ts";
import type { Coverage, PlacementDay } from "../../reports/placements.ts";
import { LineChart, Sparkline } from "./chart.tsx";
import { formatMoneyShort, formatNumber, formatShort } from "./format.ts";
import { Empty, Section } from "./parts.tsx";
import type { SiteView } from "./view.ts";

export const PLACEMENT_METRICS = ["ctr", "conversion", "revenue", "fallback", "coverage", "novelty"] as const;
export type PlacementMetric = (typeof PLACEMENT_METRICS)[number];

const SHARES: readonly PlacementMetric[] = ["ctr", "conversion", "fallback", "novelty"];
/** Days that the tiles sum up. */
export const WEEK = 7;

type Sums = Omit<PlacementDay, "day" | "seen">;

const percent = (part: number, whole: number) => (whole === 0 ? undefined : (100 * part) / whole);

/** Shares in percent, money in minor units, the others as they are counted; undefined: a share of nothing. */
function figureOf(
  metric: PlacementMetric,
  { lists, fallbacks, cards, items, novel, clicks, orders, revenue }: Sums,
): number | undefined {
  switch (metric) {
    case "ctr":
      return percent(clicks, lists);
    case "conversion":
      return percent(orders, clicks);
    case "revenue":
      return revenue;
    case "fallback":
      return percent(fallbacks, lists);
    case "coverage":
      return items;
    case "novelty":
      return percent(novel, cards);
  }
}

/** `items` is that of all days together: the same item counts each day anew. */
function sumOf(days: PlacementDay[], items: number): Sums {
  const sum = (key: keyof Sums) => days.reduce((total, day) => total + day[key], 0);
  return {
    lists: sum("lists"),
    fallbacks: sum("fallbacks"),
    cards: sum("cards"),
    items,
    novel: sum("novel"),
    clicks: sum("clicks"),
    orders: sum("orders"),
    revenue: sum("revenue"),
    clickedRevenue: sum("clickedRevenue"),
  };
}

/** What a tile's figure is a part of, or what is part of it. */
function noteOf({ t, site, locale }: SiteView, metric: PlacementMetric, sums: Sums, coverage: Coverage): string {
  if (metric === "revenue")
    return t("placements.figure.clicked", { money: formatMoneyShort(sums.clickedRevenue, site.currency, locale) });
  if (metric !== "coverage") return "";
  return t(coverage.isMore ? "placements.figure.ofMore" : "placements.figure.of", {
    count: formatNumber(coverage.of, locale),
  });
}

function textOf(
  { site, locale }: SiteView,
  metric: PlacementMetric,
  value: number | undefined,
  isShort = false,
): string {
  if (value === undefined) return "–";
  if (SHARES.includes(metric)) return `${Number(value.toFixed(value < 10 ? 1 : 0))}%`;
  if (metric === "revenue")
    return isShort ? formatMoneyShort(value, site.currency, locale) : formatMoney(value, site.currency, locale);
  return isShort ? formatShort(value, locale) : formatNumber(value, locale);
}

export function PlacementReport(props: {
  view: SiteView;
  path: string;
  days: PlacementDay[];
  /** Of the days that the tiles sum up. */
  coverage: Coverage;
  metric: PlacementMetric;
}) {
  const { view, path, days, coverage, metric } = props;
  const { t } = view;
  const week = sumOf(days.slice(-WEEK), coverage.items);
  const name = (day: string) =>
    new Intl.DateTimeFormat(view.locale, { month: "short", day: "numeric", timeZone: "UTC" }).format(
      Date.parse(`${day}T00:00:00Z`),
    );
  return (
    <div id="placement-report">
      <nav class="section tiles" aria-label={t("placements.report")}>
        {PLACEMENT_METRICS.map((each) => (
          <a
            class="tile"
            href={`${path}?metric=${each}#placement-report`}
            aria-current={each === metric ? "true" : undefined}
          >
            <span class="tile-label">{t(`placements.figure.${each}`)}</span>
            <span class="figure">{textOf(view, each, figureOf(each, week), true)}</span>
            <span class="hint">
              {t("overview.week")}
              <span class="sub">{noteOf(view, each, week, coverage)}</span>
            </span>
            <Sparkline values={days.map((day) => figureOf(each, day))} />
          </a>
        ))}
      </nav>
      <Section title={t(`placements.figure.${metric}`)} hint={t(`placements.figure.${metric}.hint`)}>
        {days.every(({ lists, clicks }) => lists + clicks === 0) ? (
          <Empty title={t("placements.unseen")}>{t("placements.unseenLead")}</Empty>
        ) : (
          <LineChart
            view={view}
            label={t("overview.chart", { metric: t(`placements.figure.${metric}`) })}
            head={[
              t("placements.figure.lists"),
              ...PLACEMENT_METRICS.map((each) => t(`placements.figure.${each}`)),
              t("placements.figure.clickedRevenue"),
            ]}
            points={days.map((day, index) => ({
              name: index === days.length - 1 ? t("overview.today") : name(day.day),
              value: figureOf(metric, day),
              text: textOf(view, metric, figureOf(metric, day)),
              cells: [
                formatNumber(day.lists, view.locale),
                ...PLACEMENT_METRICS.map((each) => textOf(view, each, figureOf(each, day))),
                formatMoney(day.clickedRevenue, view.site.currency, view.locale),
              ],
            }))}
            axis={(value) => textOf(view, metric, value, true)}
          />
        )}
      </Section>
    </div>
  );
}

/** The site at a glance: what people did in the last two weeks, and what was said to them. */
import { formatMoney } from "../../lib/money.ts";
import { type Day, overview } from "../../reports/overview.ts";
import { LineChart } from "./chart.tsx";
import { formatDay, formatNumber, formatShort } from "./format.ts";
import { Page, send } from "./frame.tsx";
import { Section, Table } from "./parts.tsx";
import { type AdminContext, type SiteView, siteView } from "./view.ts";

const DAYS = 14;
const WEEK = 7;

export async function showOverview(c: AdminContext): Promise<Response> {
  const view = siteView(c);
  const days = await overview(view.deps, view.site, DAYS);
  const { t, locale, site } = view;
  const labels = days.map(({ day }) => formatDay(Date.parse(`${day}T12:00:00Z`), locale, "UTC"));
  const money = (value: number) => formatMoney(value, site.currency, locale);
  return send(
    c,
    <Page view={view} room="overview" title={t("overview.title")} lead={t("overview.lead")}>
      <Tiles view={view} days={days} />
      <Section title={t("overview.activity")}>
        <LineChart
          title={t("overview.activity")}
          labels={labels}
          series={[
            { name: t("overview.visitors"), values: days.map((day) => day.visitors) },
            { name: t("overview.recommendationClicks"), values: days.map((day) => day.recommendationClicks) },
            { name: t("overview.messages"), values: days.map((day) => day.messages) },
          ]}
          format={(value) => formatShort(value, locale)}
        />
      </Section>
      <Section title={t("overview.days")} class="flush">
        <Table
          label={t("overview.days")}
          head={[
            t("overview.day"),
            t("overview.visitors"),
            t("overview.events"),
            t("overview.recommendationClicks"),
            t("overview.messages"),
            t("overview.messageClicks"),
            t("overview.orders"),
            t("overview.revenue"),
          ]}
        >
          {days
            .map((day, place) => ({ ...day, label: labels[place] }))
            .reverse()
            .map((day) => (
              <tr>
                <th scope="row">{day.label}</th>
                {[day.visitors, day.events, day.recommendationClicks, day.messages, day.messageClicks, day.orders].map(
                  (value) => (
                    <td class="number">{formatNumber(value, locale)}</td>
                  ),
                )}
                <td class="number">{money(day.revenue)}</td>
              </tr>
            ))}
        </Table>
      </Section>
    </Page>,
  );
}

/** The last seven days against the seven before. */
function Tiles({ view, days }: { view: SiteView; days: Day[] }) {
  const { t, locale, site } = view;
  const sum = (part: Day[], key: "visitors" | "recommendationClicks" | "messages" | "revenue") =>
    part.reduce((total, day) => total + day[key], 0);
  const [before, week] = [days.slice(-2 * WEEK, -WEEK), days.slice(-WEEK)];
  return (
    <ul class="tiles">
      {(["visitors", "recommendationClicks", "messages", "revenue"] as const).map((key) => {
        const value = sum(week, key);
        return (
          <li>
            <p class="muted">{t(`overview.${key}`)}</p>
            <p class="figure">
              {key === "revenue" ? formatMoney(value, site.currency, locale) : formatNumber(value, locale)}
            </p>
            <p class="hint">
              {t("overview.before")}{" "}
              {key === "revenue"
                ? formatMoney(sum(before, key), site.currency, locale)
                : formatNumber(sum(before, key), locale)}
            </p>
          </li>
        );
      })}
    </ul>
  );
}

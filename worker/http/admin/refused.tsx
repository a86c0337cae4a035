/** What was refused at the door: how much of it and why, and what the latest looked like. */
import { REFUSAL_REASONS, type RefusalReason } from "../../events/refused/note.ts";
import { listRefusalCounts, listRefused, type RefusedEvent } from "../../events/refused/store.ts";
import { DAY, HOUR } from "../../lib/time.ts";
import { LineChart, type Point } from "./chart.tsx";
import { CollectionPage } from "./collection.tsx";
import { formatDay, formatMoment, formatNumber, formatShort } from "./format.ts";
import { send } from "./frame.tsx";
import { Empty, Section, Table } from "./parts.tsx";
import { type AdminContext, type SiteView, siteView } from "./view.ts";
import { messageInKorean } from "./words/messages.ts";

const EXAMPLES = 50;
const CHART_DAYS = 14;
const MONTH = 30;

type Counts = Awaited<ReturnType<typeof listRefusalCounts>>;

export async function showRefused(c: AdminContext): Promise<Response> {
  const view = siteView(c);
  const { control } = view.deps;
  const since = Math.floor((view.now - MONTH * DAY) / HOUR);
  const [counts, examples] = await Promise.all([
    listRefusalCounts(control, view.site.id, since),
    listRefused(control, view.site.id, EXAMPLES),
  ]);
  return send(c, <RefusedPage view={view} counts={counts} examples={examples} />);
}

function RefusedPage({ view, counts, examples }: { view: SiteView; counts: Counts; examples: RefusedEvent[] }) {
  const { t } = view;
  return (
    <CollectionPage view={view} page="refused">
      {counts.length + examples.length === 0 ? (
        <Empty title={t("refused.none")}>{t("refused.noneLead")}</Empty>
      ) : (
        <>
          <CountsOf view={view} counts={counts} />
          <Examples view={view} examples={examples} />
        </>
      )}
    </CollectionPage>
  );
}

function CountsOf({ view, counts }: { view: SiteView; counts: Counts }) {
  const { t, now, locale } = view;
  const within = (reason: RefusalReason, ms: number) =>
    counts
      .filter((each) => each.reason === reason && each.hour * HOUR > now - ms - HOUR)
      .reduce((sum, { count }) => sum + count, 0);
  const rows = REFUSAL_REASONS.map((reason) => ({
    reason,
    figures: [within(reason, DAY), within(reason, 7 * DAY), within(reason, MONTH * DAY)],
  })).filter(({ figures }) => figures.some((count) => count > 0));
  const head = [t("refused.reason"), t("refused.day"), t("refused.week"), t("refused.month")];
  return (
    <Section title={t("refused.counts")} hint={t("refused.countsHint")}>
      <LineChart
        view={view}
        label={t("refused.perDay")}
        head={[t("refused.perDay")]}
        points={daysOf(view, counts)}
        axis={(value) => formatShort(value, locale)}
      />
      <Table label={t("refused.counts")} head={head} numbers={[1, 2, 3]}>
        {rows.map(({ reason, figures }) => (
          <tr>
            <td>{t(`refused.reason.${reason}`)}</td>
            {figures.map((count) => (
              <td class="number">{formatNumber(count, locale)}</td>
            ))}
          </tr>
        ))}
      </Table>
    </Section>
  );
}

/** Sums of the last days, each of 24 hours up to now. */
function daysOf(view: SiteView, counts: Counts): Point[] {
  const { now, locale, site } = view;
  return Array.from({ length: CHART_DAYS }, (_, index) => {
    const until = now - (CHART_DAYS - 1 - index) * DAY;
    const value = counts
      .filter(({ hour }) => hour * HOUR > until - DAY && hour * HOUR <= until)
      .reduce((sum, { count }) => sum + count, 0);
    const shown = formatNumber(value, locale);
    return { name: formatDay(until, locale, site.timeZone), value, text: shown, cells: [shown] };
  });
}

function Examples({ view, examples }: { view: SiteView; examples: RefusedEvent[] }) {
  const { t, locale, site } = view;
  const head = [t("live.time"), t("refused.reason"), t("refused.from"), t("refused.wrong"), t("refused.shape")];
  return (
    <Section title={t("refused.examples")} hint={t("refused.examplesHint")} class="flush">
      <Table label={t("refused.examples")} head={head}>
        {examples.map(({ at, reason, caller, issues, shape }) => (
          <tr>
            <td class="when">{formatMoment(at, locale, site.timeZone)}</td>
            <td>{t(`refused.reason.${reason as RefusalReason}`)}</td>
            <td>{t(caller === "browser" ? "refused.browser" : "refused.server")}</td>
            <td>
              <ul class="plain-list">
                {issues.map(({ path, message }) => (
                  <li>
                    {path && <code>{path}</code>} {locale === "ko" ? messageInKorean(message) : message}
                  </li>
                ))}
              </ul>
            </td>
            <td>
              <details>
                <summary>{t("refused.shape")}</summary>
                <pre class="code">{shape}</pre>
              </details>
            </td>
          </tr>
        ))}
      </Table>
    </Section>
  );
}

/** What became of an on-site message: who saw it, clicked, closed and bought, against who was held out. */
import { HOLDOUT } from "../../experiments/schema.ts";
import { ONLY } from "../../onsite/decide.ts";
import { type OnsiteReport, onsiteReport } from "../../onsite/report.ts";
import { formatNumber, formatShare } from "./format.ts";
import { Page, send } from "./frame.tsx";
import { OnsiteTabs } from "./onsite.tsx";
import { Empty, Section, Table } from "./parts.tsx";
import { type AdminContext, type SiteView, siteView } from "./view.ts";

export async function showOnsiteReport(c: AdminContext): Promise<Response> {
  const view = siteView(c);
  const report = await onsiteReport(view.deps, view.site.id, c.req.param("id") ?? "", c.req.query("against"));
  return send(c, <ReportPage view={view} report={report} />);
}

function ReportPage({ view, report }: { view: SiteView; report: OnsiteReport }) {
  const { t, site, locale } = view;
  const { message, result, dismissed } = report;
  const nameOf = (group: string) =>
    group === HOLDOUT ? t("experiments.group.holdout") : group === ONLY ? t("onsite.group.message") : group;
  const points = (value: number) =>
    new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 1, signDisplay: "exceptZero" }).format(
      value,
    );
  return (
    <Page
      view={view}
      room="onsite"
      title={message.name}
      above={[t("onsite.title"), `/admin/${site.id}/onsite`]}
      lead={<OnsiteTabs view={view} message={message} tab="report" />}
    >
      <Section title={t("onsite.report")} hint={t("onsite.reportHint")} class="flush">
        {!result ? (
          <Empty title={t("onsite.notYet")} />
        ) : (
          <Table
            label={t("onsite.report")}
            numbers={[1, 2, 3, 4, 5]}
            head={[
              t("experiments.group"),
              t("onsite.shown"),
              t("onsite.clicked"),
              t("onsite.dismissed"),
              t("onsite.bought"),
              t("experiments.difference", { group: nameOf(result.against) }),
            ]}
          >
            {result.groups.map(({ name, people, clicked, bought, differences }) => (
              <tr>
                <th scope="row">{nameOf(name)}</th>
                <td class="number">{formatNumber(people, locale)}</td>
                {[clicked, dismissed[name] ?? 0, bought].map((count) => (
                  <td class="number">
                    {formatNumber(count, locale)}
                    <span class="sub">{formatShare(count, people, locale)}</span>
                  </td>
                ))}
                <td class="number">
                  {differences.purchase ? (
                    <>
                      {points(differences.purchase.value)}
                      <span class="sub">
                        {t("experiments.interval", {
                          low: points(differences.purchase.low),
                          high: points(differences.purchase.high),
                        })}
                      </span>
                    </>
                  ) : (
                    <span class="muted">{name === result.against ? t("experiments.isBase") : "–"}</span>
                  )}
                </td>
              </tr>
            ))}
          </Table>
        )}
        {result?.isEarly && <p class="foot hint">{t("experiments.early")}</p>}
      </Section>
    </Page>
  );
}

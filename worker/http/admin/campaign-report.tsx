/** What became of a campaign: from whom it meant to what they bought, and why the others got nothing. */
import { requireCampaign } from "../../campaigns/campaigns.ts";
import type { Campaign } from "../../campaigns/schema.ts";
import { formatMoney } from "../../lib/money.ts";
import { type CampaignReport, campaignReport } from "../../reports/campaign.ts";
import { CampaignTabs } from "./campaign-list.tsx";
import { formatNumber, formatShare } from "./format.ts";
import { Page, send } from "./frame.tsx";
import { reasonInWords } from "./message-card.tsx";
import { Empty, Section, Table } from "./parts.tsx";
import { type AdminContext, type SiteView, siteView } from "./view.ts";
import type { Word } from "./words/words.ts";

export async function showCampaignReport(c: AdminContext): Promise<Response> {
  const view = siteView(c);
  const { deps, site } = view;
  const campaign = await requireCampaign(deps, site.id, c.req.param("id") ?? "");
  const report = await campaignReport(deps, site, campaign.id);
  return send(c, <ReportPage view={view} campaign={campaign} report={report} />);
}

function ReportPage({ view, campaign, report }: { view: SiteView; campaign: Campaign; report: CampaignReport }) {
  const { t, locale, site } = view;
  const { targeted, waiting, eligible, sent, opens, clicks, conversions } = report;
  const skipped = Object.entries(report.skipped).sort((a, b) => b[1] - a[1]);
  const steps: [Word, number, number][] = [
    ["report.targeted", targeted, targeted],
    ["report.eligible", eligible, targeted],
    ["report.sent", sent, eligible],
    ["report.opens", opens, sent],
    ["report.clicks", clicks, sent],
    ["report.conversions", conversions, clicks],
  ];
  return (
    <Page
      view={view}
      room="campaigns"
      title={campaign.name}
      above={[t("campaigns.title"), `/admin/${site.id}/campaigns`]}
      lead={<CampaignTabs view={view} campaign={campaign} tab="report" />}
    >
      <Section class="tiles">
        <Tile label={t("report.sent")} value={formatNumber(sent, locale)} />
        <Tile label={t("report.clicks")} value={formatNumber(clicks, locale)} sub={formatShare(clicks, sent, locale)} />
        <Tile
          label={t("report.conversions")}
          value={formatNumber(conversions, locale)}
          sub={formatShare(conversions, sent, locale)}
        />
        <Tile label={t("report.revenue")} value={formatMoney(report.revenue, report.currency, locale)} />
      </Section>
      <div class="columns">
        <Section title={t("report.funnel")} hint={t("report.funnelHint")} class="flush">
          <Table
            label={t("report.funnel")}
            numbers={[2, 3]}
            head={[
              t("report.step"),
              <span class="visually-hidden">{t("report.bar")}</span>,
              t("report.count"),
              t("report.share"),
            ]}
          >
            {steps.map(([word, count, of]) => (
              <tr>
                <th scope="row">{t(word)}</th>
                <td class="bar-cell">
                  <Bar part={count} whole={targeted} />
                </td>
                <td class="number">{formatNumber(count, locale)}</td>
                <td class="number muted">{formatShare(count, of, locale)}</td>
              </tr>
            ))}
          </Table>
          <p class="foot hint">
            {t("report.waiting", { count: formatNumber(waiting, locale) })} ·{" "}
            {t("report.pending", { count: formatNumber(report.pending, locale) })} ·{" "}
            {t("report.machines", {
              opens: formatNumber(report.machineOpens, locale),
              clicks: formatNumber(report.machineClicks, locale),
            })}
          </p>
        </Section>
        <Section title={t("report.skipped")} hint={t("report.skippedHint")} class="flush">
          {skipped.length === 0 && report.holdout === 0 ? (
            <Empty title={t("report.nobodySkipped")} />
          ) : (
            <Table label={t("report.skipped")} head={[t("report.reason"), t("report.count")]} numbers={[1]}>
              {skipped.map(([reason, count]) => (
                <tr>
                  <td>{reasonInWords(view, reason)}</td>
                  <td class="number">{formatNumber(count, locale)}</td>
                </tr>
              ))}
              {report.holdout > 0 && (
                <tr>
                  <td>{t("reason.holdout")}</td>
                  <td class="number">{formatNumber(report.holdout, locale)}</td>
                </tr>
              )}
            </Table>
          )}
        </Section>
      </div>
    </Page>
  );
}

export function Tile({ label, value, sub }: { label: string; value: string; sub?: string }) {
  return (
    <div class="tile">
      <p class="tile-label">{label}</p>
      <p class="figure">{value}</p>
      {sub && <p class="hint">{sub}</p>}
    </div>
  );
}

/** Width by an attribute: the page's policy allows no inline style. */
function Bar({ part, whole }: { part: number; whole: number }) {
  const share = whole === 0 ? 0 : Math.min(1, part / whole);
  return (
    <svg class="bar" width="100%" height="10" aria-hidden="true" focusable="false">
      <rect class="bar-ground" width="100%" height="10" rx="3" />
      {share > 0 && <rect class="bar-value" width={`${(share * 100).toFixed(1)}%`} height="10" rx="3" />}
    </svg>
  );
}

/** All campaigns of the site, and how each one stands. */
import { listCampaigns } from "../../campaigns/campaigns.ts";
import type { Campaign } from "../../campaigns/schema.ts";
import { SECOND } from "../../lib/time.ts";
import { formatAgo, formatDuration } from "./format.ts";
import { Page, send } from "./frame.tsx";
import { translateOr } from "./language.ts";
import { Badge, EditTabs, Empty, RowName, Section, Table } from "./parts.tsx";
import { type AdminContext, type SiteView, siteView } from "./view.ts";

export async function showCampaigns(c: AdminContext): Promise<Response> {
  const view = siteView(c);
  return send(c, <CampaignsPage view={view} campaigns={await listCampaigns(view.deps, view.site.id)} />);
}

function CampaignsPage({ view, campaigns }: { view: SiteView; campaigns: Campaign[] }) {
  const { t, site, locale, now } = view;
  const base = `/admin/${site.id}/campaigns`;
  const head = [
    t("campaigns.name"),
    t("campaigns.state"),
    t("campaigns.when"),
    t("people.channel"),
    t("campaigns.launched"),
    <span class="visually-hidden">{t("campaigns.report")}</span>,
  ];
  return (
    <Page
      view={view}
      room="campaigns"
      title={t("campaigns.title")}
      lead={t("campaigns.lead")}
      actions={
        <>
          <a class="button primary" href={`${base}/new`}>
            {t("campaigns.new")}
          </a>
          <a class="button" href={`${base}/new?start=catalog`}>
            {t("campaigns.newCatalog")}
          </a>
        </>
      }
    >
      <Section class="flush list">
        {campaigns.length === 0 ? (
          <Empty title={t("campaigns.none")}>{t("campaigns.noneLead")}</Empty>
        ) : (
          <Table label={t("campaigns.title")} head={head}>
            {campaigns.map(({ id, name, state, definition, launchedAt }) => (
              <tr>
                <td>
                  <RowName href={`${base}/${id}`} name={name}>
                    {id}
                  </RowName>
                </td>
                <td>
                  <StateBadge view={view} state={state} />
                </td>
                <td class="muted">
                  {t("campaigns.after", {
                    time: formatDuration(definition.delaySeconds * SECOND, locale),
                    events:
                      definition.trigger.kind === "catalog"
                        ? t(`campaigns.change.${definition.trigger.change}`)
                        : definition.trigger.events.map((event) => translateOr(t, `event.${event}`, event)).join(", "),
                  })}
                </td>
                <td class="muted">{t(`channel.${definition.channel}`)}</td>
                <td class="when">{launchedAt === null ? "–" : formatAgo(launchedAt, now, locale)}</td>
                <td class="number">
                  <a href={`${base}/${id}/report`}>
                    {t("campaigns.report")}
                    <span class="visually-hidden"> {name}</span>
                  </a>
                </td>
              </tr>
            ))}
          </Table>
        )}
      </Section>
    </Page>
  );
}

export function StateBadge({ view, state }: { view: SiteView; state: Campaign["state"] }) {
  const tone = state === "running" ? "good" : state === "paused" ? "warn" : "plain";
  return <Badge tone={tone}>{view.t(`campaigns.state.${state}`)}</Badge>;
}

export function CampaignTabs(props: { view: SiteView; campaign: Campaign; tab: "edit" | "report" }) {
  const { view, campaign, tab } = props;
  const base = `/admin/${view.site.id}/campaigns/${campaign.id}`;
  return (
    <EditTabs base={base} tab={tab} edit={view.t("campaigns.edit")} report={view.t("campaigns.report")}>
      <StateBadge view={view} state={campaign.state} />
    </EditTabs>
  );
}

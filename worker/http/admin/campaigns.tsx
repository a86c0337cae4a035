/** Campaigns: the list, the editor with a message that follows what is typed, and starting and pausing. */
import {
  checkComplete,
  deleteCampaign,
  launchCampaign,
  listCampaigns,
  pauseCampaign,
  putCampaign,
  requireCampaign,
} from "../../campaigns/campaigns.ts";
import { previewCampaign } from "../../campaigns/preview.ts";
import { type Campaign, CampaignDefinition, CampaignInput } from "../../campaigns/schema.ts";
import { type Issue, Refusal } from "../../lib/errors.ts";
import { SECOND } from "../../lib/time.ts";
import { listPlacements } from "../../recommend/placements.ts";
import { CampaignEditor } from "./campaign-editor.tsx";
import {
  type CampaignFields,
  changeCampaignFields,
  readCampaignFields,
  STARTER,
  toCampaignFields,
  toDefinition,
} from "./campaign-form.ts";
import { CampaignPreview } from "./campaign-preview.tsx";
import { keyOf } from "./find-person.ts";
import { checkForm, issuesIn, text } from "./form.ts";
import { formatAgo, formatDuration } from "./format.ts";
import { Page, send } from "./frame.tsx";
import { freshId } from "./fresh-id.ts";
import { translateOr } from "./language.ts";
import { Badge, Empty, Form, Section, Table } from "./parts.tsx";
import { peopleToOffer, personFor } from "./person-picker.tsx";
import { type AdminContext, goTo, type SiteView, siteView } from "./view.ts";

export async function showCampaigns(c: AdminContext): Promise<Response> {
  const view = siteView(c);
  return send(c, <CampaignsPage view={view} campaigns={await listCampaigns(view.deps, view.site.id)} />);
}

export async function showNewCampaign(c: AdminContext): Promise<Response> {
  const view = siteView(c);
  const placements = await listPlacements(view.deps, view.site.id);
  const placement = placements.find(({ id }) => id === "message") ?? placements[0];
  const fields = toCampaignFields("", { ...STARTER, placement: placement?.id ?? null });
  return sendEditor(c, view, undefined, fields, []);
}

export async function showCampaign(c: AdminContext): Promise<Response> {
  const view = siteView(c);
  const campaign = await requireOf(c, view);
  return sendEditor(c, view, campaign, toCampaignFields(campaign.name, campaign.definition), []);
}

/** Saves, and with `act=launch` also starts; or changes the editor when one of its own buttons sent the form. */
export async function postCampaign(c: AdminContext): Promise<Response> {
  const view = siteView(c);
  const { deps, site } = view;
  const form = c.get("form");
  const act = text(form, "act");
  const existing = c.req.param("id") === undefined ? undefined : await requireOf(c, view);
  const fields = readCampaignFields(form);
  const changed = changeCampaignFields(fields, act);
  if (changed) return sendEditor(c, view, existing, changed, []);
  const input = { name: fields.name, definition: toDefinition(fields) };
  const checked = checkForm(CampaignInput, input, view.locale);
  if (!checked.ok) return sendEditor(c, view, existing, fields, checked.issues);
  const taken = existing ? [] : (await listCampaigns(deps, site.id)).map((each) => each.id);
  const id = existing?.id ?? freshId(fields.name, "campaign", taken);
  try {
    const saved = await putCampaign(deps, site, id, checked.data);
    if (act !== "launch") return goTo(c, `/admin/${site.id}/campaigns/${id}`, "saved");
    if (saved.state !== "running") await launchCampaign(deps, site, id);
    return goTo(c, `/admin/${site.id}/campaigns/${id}`, "launched");
  } catch (error) {
    if (!(error instanceof Refusal) || !error.issues) throw error;
    // The draft is kept although it cannot start, so the page is the campaign's own from here on.
    const saved = (await listCampaigns(deps, site.id)).find((each) => each.id === id);
    return sendEditor(c, view, saved, fields, issuesIn(view.locale, error.issues));
  }
}

export async function postLaunch(c: AdminContext): Promise<Response> {
  const view = siteView(c);
  const campaign = await requireOf(c, view);
  try {
    await launchCampaign(view.deps, view.site, campaign.id);
  } catch (error) {
    if (!(error instanceof Refusal) || !error.issues) throw error;
    const issues = issuesIn(view.locale, error.issues);
    return sendEditor(c, view, campaign, toCampaignFields(campaign.name, campaign.definition), issues);
  }
  return goTo(c, `/admin/${view.site.id}/campaigns/${campaign.id}`, "launched");
}

export async function postPause(c: AdminContext): Promise<Response> {
  const { deps, site } = siteView(c);
  const { id } = await pauseCampaign(deps, site.id, c.req.param("id") ?? "");
  return goTo(c, `/admin/${site.id}/campaigns/${id}`, "paused");
}

export async function postDeleteCampaign(c: AdminContext): Promise<Response> {
  const { deps, site } = siteView(c);
  await deleteCampaign(deps, site.id, c.req.param("id") ?? "");
  return goTo(c, `/admin/${site.id}/campaigns`, "deleted");
}

/** The preview alone, for the editor: of what stands in the form, saved or not. */
export async function postCampaignPreview(c: AdminContext): Promise<Response> {
  const view = siteView(c);
  const { deps, site } = view;
  const form = c.get("form");
  const checked = checkForm(CampaignDefinition, toDefinition(readCampaignFields(form)), view.locale);
  if (!checked.ok) {
    const issues = checked.issues.map((issue) => ({ ...issue, path: `definition.${issue.path}` }));
    return c.html(
      <CampaignPreview view={view} issues={issues} person={undefined} preview={undefined} isUnknown={false} />,
    );
  }
  const [people, issues] = await Promise.all([peopleToOffer(view), checkComplete(deps, site, checked.data)]);
  const { person, isUnknown } = await personFor(view, text(form, "person"), people);
  const id = text(form, "campaign") || "preview";
  const hasPlacement = !issues.some((issue) => issue.path === "definition.placement");
  const definition = hasPlacement ? checked.data : { ...checked.data, placement: null };
  const preview = person && (await previewCampaign(deps, site, { id, definition }, keyOf(person)));
  return c.html(
    <CampaignPreview
      view={view}
      issues={issuesIn(view.locale, issues)}
      person={person}
      preview={preview}
      isUnknown={isUnknown}
    />,
  );
}

async function requireOf(c: AdminContext, { deps, site }: SiteView): Promise<Campaign> {
  return requireCampaign(deps, site.id, c.req.param("id") ?? "");
}

async function sendEditor(
  c: AdminContext,
  view: SiteView,
  campaign: Campaign | undefined,
  fields: CampaignFields,
  issues: Issue[],
): Promise<Response> {
  const [placements, people] = await Promise.all([listPlacements(view.deps, view.site.id), peopleToOffer(view)]);
  return send(
    c,
    <Page
      view={view}
      room="campaigns"
      title={campaign?.name ?? view.t("campaigns.new")}
      above={[view.t("campaigns.title"), `/admin/${view.site.id}/campaigns`]}
      lead={campaign && <CampaignTabs view={view} campaign={campaign} tab="edit" />}
      actions={campaign && <CampaignActions view={view} campaign={campaign} />}
    >
      <CampaignEditor
        view={view}
        campaign={campaign}
        fields={fields}
        issues={issues}
        placements={placements}
        people={people}
      />
    </Page>,
    issues.length > 0 ? 422 : 200,
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
    <span class="tabs">
      <StateBadge view={view} state={campaign.state} />
      <a href={base} aria-current={tab === "edit" ? "page" : undefined}>
        {view.t("campaigns.edit")}
      </a>
      <a href={`${base}/report`} aria-current={tab === "report" ? "page" : undefined}>
        {view.t("campaigns.report")}
      </a>
    </span>
  );
}

function CampaignActions({ view, campaign }: { view: SiteView; campaign: Campaign }) {
  const { t, site } = view;
  const base = `/admin/${site.id}/campaigns/${campaign.id}`;
  if (campaign.state === "running") {
    return (
      <Form view={view} action={`${base}/pause`}>
        <button type="submit">{t("campaigns.pause")}</button>
      </Form>
    );
  }
  return (
    <>
      {campaign.state === "paused" && (
        <Form view={view} action={`${base}/launch`}>
          <button type="submit" class="primary">
            {t("campaigns.resume")}
          </button>
        </Form>
      )}
      <Form view={view} action={`${base}/delete`}>
        <button type="submit" class="danger" data-confirm={t("campaigns.deleteSure")}>
          {t("form.delete")}
        </button>
      </Form>
    </>
  );
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
        <a class="button primary" href={`${base}/new`}>
          {t("campaigns.new")}
        </a>
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
                  <a class="main-link" href={`${base}/${id}`}>
                    {name}
                  </a>
                  <span class="sub">{id}</span>
                </td>
                <td>
                  <StateBadge view={view} state={state} />
                </td>
                <td class="muted">
                  {t("campaigns.after", {
                    time: formatDuration(definition.delaySeconds * SECOND, locale),
                    events: definition.trigger.events
                      .map((event) => translateOr(t, `event.${event}`, event))
                      .join(", "),
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

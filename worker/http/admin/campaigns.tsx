/** Writing a campaign, with a message that follows what is typed; starting and pausing it. */
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
import type { Profile } from "../../profiles/store.ts";
import { listPlacements } from "../../recommend/placements.ts";
import { CampaignEditor } from "./campaign-editor.tsx";
import {
  CATALOG_STARTER,
  type CampaignFields,
  changeCampaignFields,
  readCampaignFields,
  STARTER,
  toCampaignFields,
  toDefinition,
} from "./campaign-form.ts";
import { CampaignTabs } from "./campaign-list.tsx";
import { CampaignPreview } from "./campaign-preview.tsx";
import { keyOf, nameOf } from "./find-person.ts";
import { checkForm, issuesIn, text } from "./form.ts";
import { Page, send } from "./frame.tsx";
import { freshId } from "./fresh-id.ts";
import { Form } from "./parts.tsx";
import { peopleToOffer, personFor } from "./person-picker.tsx";
import { type AdminContext, goTo, type SiteView, siteView } from "./view.ts";

export async function showNewCampaign(c: AdminContext): Promise<Response> {
  const view = siteView(c);
  const placements = await listPlacements(view.deps, view.site.id);
  const placement = placements.find(({ id }) => id === "message") ?? placements[0];
  const starter = c.req.query("start") === "catalog" ? CATALOG_STARTER : STARTER;
  const definition = { ...starter, placement: placement?.id ?? null };
  return sendEditor(c, view, undefined, toCampaignFields("", definition), [], { id: "preview", definition });
}

export async function showCampaign(c: AdminContext): Promise<Response> {
  const view = siteView(c);
  const campaign = await requireOf(c, view);
  return sendEditor(c, view, campaign, toCampaignFields(campaign.name, campaign.definition), [], campaign);
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

/** How many people are tried before the preview is of somebody who would get nothing. */
const TRIED = 8;

/** Of the people on offer the first who would get the message, else the first for whom it can be written. */
async function someoneFor(
  { deps, site }: SiteView,
  campaign: Pick<Campaign, "id" | "definition">,
  people: Profile[],
): Promise<Profile | undefined> {
  let second: Profile | undefined;
  const issues = await checkComplete(deps, site, campaign.definition);
  if (issues.some((issue) => issue.path === "definition.placement")) return undefined;
  for (const person of people.slice(0, TRIED)) {
    const { content, fit, verdict } = await previewCampaign(deps, site, campaign, keyOf(person));
    if (content && fit === "fits" && verdict.allowed) return person;
    if (content) second ??= person;
  }
  return second;
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
  /** What the page opens with: somebody is looked for whom it means. */
  opened?: Pick<Campaign, "id" | "definition">,
): Promise<Response> {
  const [placements, people] = await Promise.all([listPlacements(view.deps, view.site.id), peopleToOffer(view)]);
  const person = opened && (await someoneFor(view, opened, people));
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
        person={person ? nameOf(person) : ""}
      />
    </Page>,
    issues.length > 0 ? 422 : 200,
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

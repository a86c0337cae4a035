/** `/v1/campaigns`: what is said to whom, for servers. */
import {
  deleteCampaign,
  launchCampaign,
  listCampaigns,
  pauseCampaign,
  putCampaign,
  requireCampaign,
} from "../../campaigns/campaigns.ts";
import { contentSignature } from "../../campaigns/content.ts";
import { previewCampaign } from "../../campaigns/preview.ts";
import { type Campaign, CampaignId, CampaignInput, PreviewInput, PreviewPerson } from "../../campaigns/schema.ts";
import { fromMinor } from "../../lib/money.ts";
import { campaignReport } from "../../reports/campaign.ts";
import { requireServer } from "../caller.ts";
import type { HttpContext } from "../context.ts";
import { check, readJson } from "../errors.ts";

const LIMIT_BYTES = 128 * 1024;

function shape({ siteId: _, ...campaign }: Campaign) {
  return campaign;
}

function idOf(c: HttpContext): string {
  return c.req.param("id") ?? "";
}

/** `GET /v1/campaigns` → `{campaigns: [{id, name, state, version, definition, createdAt, updatedAt, launchedAt}]}`. */
export async function getCampaigns(c: HttpContext): Promise<Response> {
  const site = await requireServer(c);
  return c.json({ campaigns: (await listCampaigns(c.get("deps"), site.id)).map(shape) });
}

/** `contentUrl`: where another tool reads one person's content; it appends `&user_id=`. */
export async function getCampaign(c: HttpContext): Promise<Response> {
  const deps = c.get("deps");
  const site = await requireServer(c);
  const campaign = await requireCampaign(deps, site.id, idOf(c));
  const sig = await contentSignature(deps, site.id, campaign.id);
  const contentUrl = `${deps.config.publicUrl}/v1/content/${campaign.id}?sig=${sig}`;
  return c.json({ ...shape(campaign), contentUrl });
}

/** `PUT /v1/campaigns/{id}` with `{name, definition}`: a draft, or the new words of what runs. */
export async function putCampaignById(c: HttpContext): Promise<Response> {
  const site = await requireServer(c);
  const id = check(CampaignId, c.req.param("id"), "the campaign's id");
  const input = check(CampaignInput, await readJson(c, LIMIT_BYTES), "the campaign");
  return c.json(shape(await putCampaign(c.get("deps"), site, id, input)));
}

export async function deleteCampaignById(c: HttpContext): Promise<Response> {
  const site = await requireServer(c);
  await deleteCampaign(c.get("deps"), site.id, idOf(c));
  return c.json({ success: true });
}

/** `POST /v1/campaigns/{id}/launch`: 422 names everything that keeps it from running. */
export async function postLaunch(c: HttpContext): Promise<Response> {
  const site = await requireServer(c);
  return c.json(shape(await launchCampaign(c.get("deps"), site, idOf(c))));
}

export async function postPause(c: HttpContext): Promise<Response> {
  const site = await requireServer(c);
  return c.json(shape(await pauseCampaign(c.get("deps"), site.id, idOf(c))));
}

/** `GET /v1/campaigns/{id}/report`: what happened, credited up to now; `revenue` in major units of `currency`. */
export async function getReport(c: HttpContext): Promise<Response> {
  const site = await requireServer(c);
  const report = await campaignReport(c.get("deps"), site, idOf(c));
  return c.json({ ...report, revenue: fromMinor(report.revenue, report.currency) });
}

/** `GET /v1/campaigns/{id}/preview?userId=`: the message that this person would get now, and the gate's word on it. */
export async function getPreview(c: HttpContext): Promise<Response> {
  const deps = c.get("deps");
  const site = await requireServer(c);
  const person = check(PreviewPerson, c.req.query(), "the query");
  return c.json(await previewCampaign(deps, site, await requireCampaign(deps, site.id, idOf(c)), person));
}

/** `POST /v1/campaigns/{id}/preview?userId=` with `{definition}`: the same for words that are not saved yet. */
export async function postPreview(c: HttpContext): Promise<Response> {
  const site = await requireServer(c);
  const id = check(CampaignId, c.req.param("id"), "the campaign's id");
  const person = check(PreviewPerson, c.req.query(), "the query");
  const body = await readJson(c, LIMIT_BYTES);
  const { definition } = check(PreviewInput, body, "the campaign");
  return c.json(await previewCampaign(c.get("deps"), site, { id, definition }, person));
}

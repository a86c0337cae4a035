/** The definitions and their states: draft → running ⇄ paused → ended. Nothing starts before `launch` has found it whole. */
import type { Deps } from "../deps.ts";
import { TtlCache } from "../lib/cache.ts";
import { type Issue, Refusal } from "../lib/errors.ts";
import { SECOND } from "../lib/time.ts";
import { hasOwnLabel } from "../messages/channels/form.ts";
import { checkTemplate } from "../messages/template.ts";
import { listPlacements } from "../recommend/placements.ts";
import type { Site } from "../sites/schema.ts";
import type { Campaign, CampaignDefinition, CampaignInput } from "./schema.ts";
import { moveCampaign, removeCampaign, selectCampaign, selectCampaigns, upsertCampaign } from "./store.ts";

/** A running campaign is asked about at every event. */
const known = new TtlCache<Campaign[]>(5 * SECOND);

export async function listCampaigns(deps: Deps, siteId: string): Promise<Campaign[]> {
  return selectCampaigns(deps.control, siteId);
}

/** All of a site, at most five seconds old on an isolate that did not make the change: for hot paths. */
export async function knownCampaigns(deps: Deps, siteId: string): Promise<Campaign[]> {
  return known.get(siteId, deps.clock.now(), () => selectCampaigns(deps.control, siteId));
}

/** Throws `not_found`. */
export async function requireCampaign(deps: Deps, siteId: string, id: string): Promise<Campaign> {
  const campaign = await selectCampaign(deps.control, siteId, id);
  if (!campaign) throw new Refusal("not_found", "there is no such campaign");
  return campaign;
}

/**
 * Makes a draft, or replaces name and definition. A draft may be incomplete; a running or paused campaign may not become so
 * (`unprocessable`), and people on their way get the new words.
 */
export async function putCampaign(deps: Deps, site: Site, id: string, input: CampaignInput): Promise<Campaign> {
  const before = await selectCampaign(deps.control, site.id, id);
  if (before && before.state !== "draft") await requireComplete(deps, site, input.definition);
  const now = deps.clock.now();
  const fresh = { state: "draft", version: 0, createdAt: now, launchedAt: null } as const;
  const campaign: Campaign = { ...(before ?? fresh), siteId: site.id, id, ...input, updatedAt: now };
  await upsertCampaign(deps.control, campaign);
  known.drop(site.id);
  return campaign;
}

/** Throws `not_found`, and `conflict` while it runs. People on their way are let go; what was sent stays. */
export async function deleteCampaign(deps: Deps, siteId: string, id: string): Promise<void> {
  const campaign = await requireCampaign(deps, siteId, id);
  if (campaign.state === "running")
    throw new Refusal("conflict", "a running campaign cannot be deleted: pause it first");
  await removeCampaign(deps.control, siteId, id);
  known.drop(siteId);
}

/** Starts it, or goes on after a pause. Throws `unprocessable` with everything that is missing. */
export async function launchCampaign(deps: Deps, site: Site, id: string): Promise<Campaign> {
  const campaign = await requireCampaign(deps, site.id, id);
  await requireComplete(deps, site, campaign.definition);
  return move(deps, campaign, ["draft", "paused"], {
    state: "running",
    version: campaign.version + 1,
    launchedAt: deps.clock.now(),
  });
}

/** People whose time comes while it is paused are skipped and counted as such. */
export async function pauseCampaign(deps: Deps, siteId: string, id: string): Promise<Campaign> {
  return move(deps, await requireCampaign(deps, siteId, id), ["running"], { state: "paused" });
}

async function move(deps: Deps, campaign: Campaign, ...how: MoveArguments): Promise<Campaign> {
  const moved = await moveCampaign(deps.control, campaign, ...how);
  known.drop(campaign.siteId);
  if (!moved) throw new Refusal("conflict", `the campaign is ${campaign.state} already: that cannot be done now`);
  return moved;
}

type MoveArguments = Parameters<typeof moveCampaign> extends [unknown, unknown, ...infer Rest] ? Rest : never;

async function requireComplete(deps: Deps, site: Site, definition: CampaignDefinition): Promise<void> {
  const issues = await checkComplete(deps, site, definition);
  if (issues.length === 0) return;
  const what = issues.map((issue) => issue.message).join("; ");
  throw new Refusal("unprocessable", `the campaign cannot run: ${what}`, { issues });
}

/** Everything that keeps a campaign from running; the editor shows it while writing. Paths are those of the API's body. */
export async function checkComplete(deps: Deps, site: Site, definition: CampaignDefinition): Promise<Issue[]> {
  const issues = checkWords(definition);
  if (!site.sender) {
    issues.push({
      path: "site.sender",
      message: "a campaign without a sender: the site needs a sender's name and contact",
    });
  }
  const { placement, link } = definition;
  if (placement !== null) {
    const placements = await listPlacements(deps, site.id);
    if (!placements.some((each) => each.id === placement)) {
      issues.push({ path: "definition.placement", message: `there is no placement "${placement}"` });
    }
  } else if (link.kind === "recommended" || usesRecommendation(definition)) {
    issues.push({ path: "definition.placement", message: "a recommended product needs a placement to come from" });
  }
  return issues;
}

function checkWords({ trigger, message, isAd }: CampaignDefinition): Issue[] {
  const issues: Issue[] = [];
  for (const locale of ["ko", "en"] as const) {
    for (const field of ["title", "body"] as const) {
      const source = message[locale]?.[field];
      if (source === undefined) continue;
      const path = `definition.message.${locale}.${field}`;
      const changedItem = trigger.kind === "catalog";
      for (const issue of checkTemplate(source, { changedItem })) issues.push({ path, message: issue.message });
      if (isAd && hasOwnLabel(source))
        issues.push({ path, message: "the label (광고) is added by the channel: leave it out" });
    }
  }
  return issues;
}

/** Whether the words name a recommended product. */
export function usesRecommendation({ message }: CampaignDefinition): boolean {
  return [message.ko, message.en].some((words) => words && /\brecommendation\b/.test(`${words.title}\n${words.body}`));
}

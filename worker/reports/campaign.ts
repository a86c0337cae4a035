import { requireCampaign } from "../campaigns/campaigns.ts";
import type { Deps } from "../deps.ts";
import { profileRange } from "../lib/ids.ts";
import { attributeCampaign } from "./attribute.ts";
import { countRuns, type MessageSums, sumMessages } from "./store.ts";

export interface CampaignReport {
  /** Entries of people: whom the trigger meant. */
  targeted: number;
  /** Of these: their time has not come yet. */
  waiting: number;
  /** Of these: the audience meant them when their time came, and nothing excluded them. The gate decided. */
  eligible: number;
  sent: number;
  /** Accepted and not yet confirmed by the provider. */
  pending: number;
  /** Messages opened and clicked by people. */
  opens: number;
  clicks: number;
  /** Messages that machines opened and clicked (gateways, previews); they may be among the above as well. */
  machineOpens: number;
  machineClicks: number;
  /** Messages after whose click the person did what the campaign is for, and what that was worth in minor units. */
  conversions: number;
  revenue: number;
  currency: string;
  /** Would have got it and deliberately did not. */
  holdout: number;
  /** Everybody else, by reason: audience and exclusion, the gate's reasons, the provider's refusals. */
  skipped: Record<string, number>;
}

/**
 * What happened, credited up to this moment. Reads each run and message of the campaign once: about two rows a message.
 * Throws `not_found`.
 */
export async function campaignReport(
  deps: Deps,
  site: { id: string; currency: string },
  campaignId: string,
): Promise<CampaignReport> {
  await requireCampaign(deps, site.id, campaignId);
  await attributeCampaign(deps, site.id, campaignId);
  const range = profileRange(site.id);
  const parts = await Promise.all(
    deps.shards.all().map(({ db }) => db.batch([countRuns(db, campaignId, range), sumMessages(db, campaignId, range)])),
  );
  const report: CampaignReport = {
    targeted: 0,
    waiting: 0,
    eligible: 0,
    sent: 0,
    pending: 0,
    opens: 0,
    clicks: 0,
    machineOpens: 0,
    machineClicks: 0,
    conversions: 0,
    revenue: 0,
    currency: site.currency,
    holdout: 0,
    skipped: {},
  };
  for (const [runs, messages] of parts) {
    for (const { name, count } of (runs?.results ?? []) as { name: string; count: number }[])
      addRuns(report, name, count);
    for (const sums of (messages?.results ?? []) as MessageSums[]) addMessages(report, sums);
  }
  return report;
}

function addRuns(report: CampaignReport, name: string, count: number): void {
  // The user whom the browser belongs to is counted instead.
  if (name === "moved") return;
  report.targeted += count;
  if (name === "waiting") report.waiting += count;
  else if (name === "messaged") report.eligible += count;
  else skip(report, name, count);
}

function addMessages(report: CampaignReport, sums: MessageSums): void {
  if (sums.state === "sent") report.sent += sums.count;
  else if (sums.state === "accepted") report.pending += sums.count;
  else if (sums.reason === "holdout") report.holdout += sums.count;
  else skip(report, sums.reason ?? sums.state, sums.count);
  for (const key of ["opens", "clicks", "machineOpens", "machineClicks", "conversions", "revenue"] as const) {
    report[key] += sums[key];
  }
}

function skip(report: CampaignReport, reason: string, count: number): void {
  report.skipped[reason] = (report.skipped[reason] ?? 0) + count;
}

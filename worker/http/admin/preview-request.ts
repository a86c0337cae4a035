/** Whom a placement's preview is for, and in what situation: as an address that can be passed on, and as the form's fields. */
import type { RecommendationRequest } from "../../recommend/schema.ts";
import { type Form, text } from "./form.ts";
import type { SiteView } from "./view.ts";

/** Empty: nothing is said of it. */
export interface PreviewRequest {
  /** A user id, an anonymous id or a profile key; in addresses the key, which names nobody. */
  person: string;
  itemId: string;
  device: string;
  campaign: string;
  referrer: string;
  /** The id of a list that the person was shown: what was known then, instead of now. */
  list: string;
  /** The item was just chosen from what was found. */
  isPicked?: boolean;
}

const DEVICES = ["phone", "desktop"] as const;
const NOTHING: PreviewRequest = { person: "", itemId: "", device: "", campaign: "", referrer: "", list: "" };
const LONGEST = 256;

/** The page of a placement with its preview of this. */
export function previewPath(view: SiteView, placementId: string, request: Partial<PreviewRequest>): string {
  const { person, itemId, device, campaign, referrer, list } = { ...NOTHING, ...request };
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries({ person, item: itemId, device, campaign, referrer, list }))
    if (value !== "") query.set(name, value);
  const search = query.size > 0 ? `?${query}` : "";
  return `/admin/${view.site.id}/placements/${encodeURIComponent(placementId)}${search}#preview`;
}

export function readPreviewQuery(query: (name: string) => string | undefined): PreviewRequest {
  const read = (name: string) => (query(name) ?? "").trim().slice(0, LONGEST);
  return {
    person: read("person"),
    itemId: read("item"),
    device: deviceOf(read("device")) ?? "",
    campaign: read("campaign"),
    referrer: read("referrer"),
    list: read("list"),
  };
}

export function readPreviewForm(form: Form): PreviewRequest {
  const read = (name: string) => text(form, name).slice(0, LONGEST);
  const picked = read("pick");
  return {
    person: read("person"),
    itemId: picked || read("previewItem"),
    isPicked: picked !== "",
    device: deviceOf(read("previewDevice")) ?? "",
    campaign: read("previewCampaign"),
    referrer: read("previewReferrer"),
    list: read("previewList"),
  };
}

const deviceOf = (value: string) => DEVICES.find((each) => each === value);

/** Somebody of whom nothing but this visit is known. */
export function isStranger({ person, device, campaign, referrer }: PreviewRequest): boolean {
  return person === "" && [device, campaign, referrer].some((each) => each !== "");
}

export function contextOf({ device, campaign, referrer }: PreviewRequest): RecommendationRequest["context"] {
  const known = deviceOf(device);
  return { ...(known ? { device: known } : {}), ...(campaign ? { campaign } : {}), ...(referrer ? { referrer } : {}) };
}

/**
 * The calls, as a table. `worker/app.ts` is what answers them; a test holds the two against each other, sends each example
 * to the worker, and tries each limit.
 */
import * as z from "zod";
import { CampaignId, ContentQuery, PreviewPerson } from "../../campaigns/schema.ts";
import { ITEM_BATCH_LIMIT, ITEM_BATCH_LIMIT_BYTES, ItemId } from "../../catalog/schema.ts";
import { BATCH_LIMIT_BYTES, BATCH_LIMIT_EVENTS, EVENT_LIMIT_BYTES } from "../../events/schema.ts";
import { ExperimentId } from "../../experiments/schema.ts";
import type { RefusalCode } from "../../lib/errors.ts";
import { PlacementId, WidgetQuery } from "../../recommend/schema.ts";
import { MembersPage, MOST_SEGMENTS, SegmentId } from "../../segments/schema.ts";
import { CustomQuery } from "../../shops/schema.ts";
import { FEED_OPERATIONS } from "./operations-of-feeds.ts";
import { ONSITE_OPERATIONS } from "./operations-of-onsite.ts";
import { PEOPLE_OPERATIONS } from "./operations-of-people.ts";
import { SURVEY_OPERATIONS } from "./operations-of-surveys.ts";
import type { ShapeName } from "./shapes.ts";

/**
 * Who may call. page: the public key from one of the site's origins, or the secret key; write: these, or Basic with the
 * key as user name, or `writeKey` in the body; signed: who holds an address that we gave out.
 */
type Caller = "write" | "page" | "server" | "setup" | "signed" | "anybody";

export interface Operation {
  id: string;
  method: "get" | "put" | "post" | "delete";
  path: `/${string}`;
  /** Other addresses of the same call. */
  alsoAt?: string[];
  tag: TagName;
  summary: string;
  description?: string;
  caller: Caller;
  /** What `{id}` is, where the path has one; anything else in a path is a token. */
  idIs?: z.ZodType;
  query?: z.ZodType;
  body?: ShapeName;
  /** Of the body, unzipped. */
  limitBytes?: number;
  /** By status: a shape, shapes of which it is one, or a media type. Null: nothing. */
  answers: Record<number, ShapeName | ShapeName[] | `${string}/${string}` | null>;
  /** Beyond those that follow from the caller and the body. */
  refusals?: RefusalCode[];
}

export const TAGS = {
  Events: "What visitors do, in the words of Segment's HTTP API: its SDKs work as they are.",
  Recommendations: "What for this person, here, now; and the rules by which it is chosen.",
  Survey: "The taste questions for who is not known yet.",
  Catalog: "What there is to recommend.",
  People: "What is known of somebody, what they agreed to, and their rights.",
  Segments: "Rules over people, kept up to date.",
  Campaigns: "What is said to whom, when, and what came of it.",
  Experiments: "What is tried out on placements, and what it changed.",
  Onsite: "What a page says to its visitor, at the right moment.",
  Webhooks:
    "What a shop's own system reports. The address is connected in the admin (Settings, Shop connections); who it is from is checked over the body as it came, and a wrong signature is a 401 that changes nothing.",
  Links: "The addresses in messages. The token is the key; opening one by hand counts as a visit.",
  Installation: "Opened by the installation's setup token.",
} as const;
export type TagName = keyof typeof TAGS;

const KB = 1024;
const NOTHING_STORED = "400 only when none of them can be stored.";
const EVENT = { tag: "Events", caller: "write", method: "post", answers: { 200: "Collected" } } as const;
const ONE_EVENT = { ...EVENT, limitBytes: EVENT_LIMIT_BYTES, refusals: ["rate_limited"] } satisfies Partial<Operation>;
const PLACEMENT = {
  tag: "Recommendations",
  caller: "server",
  idIs: PlacementId,
  refusals: ["bad_request", "not_found"],
} satisfies Partial<Operation>;
const ITEM = { tag: "Catalog", caller: "server", idIs: ItemId } as const;
const WEBHOOK = {
  tag: "Webhooks",
  method: "post",
  caller: "anybody",
  answers: { 200: "Received" },
  refusals: ["too_large", "unauthorized"],
} satisfies Partial<Operation>;
const SEGMENT = { tag: "Segments", caller: "server", idIs: SegmentId } as const;
const CAMPAIGN = { tag: "Campaigns", caller: "server", idIs: CampaignId } as const;
const EXPERIMENT = { tag: "Experiments", caller: "server", idIs: ExperimentId } as const;
const SETUP = { tag: "Installation", caller: "setup", method: "post", limitBytes: 16 * KB } as const;

// biome-ignore format: a table is read line by line
export const OPERATIONS: Operation[] = [
  { ...EVENT, id: "sendBatch", path: "/v1/batch", summary: "Store events",
    description: `At most ${BATCH_LIMIT_EVENTS} events and ${BATCH_LIMIT_BYTES / KB} KB a batch, ${EVENT_LIMIT_BYTES / KB} KB an event. 200 means stored, or safe in the queue while the database is overloaded (\`delayed\`); \`refused\` names what was not, by place. ${NOTHING_STORED} 503 with \`Retry-After\` means that nothing was: send it again, each message is stored once. \`/v1/events\` is the tag's own address for it.`,
    alsoAt: ["/v1/b", "/v1/events"], body: "EventBatch", limitBytes: BATCH_LIMIT_BYTES, refusals: ["rate_limited"] },
  { ...ONE_EVENT, id: "track", path: "/v1/track", alsoAt: ["/v1/t"], summary: "Somebody did something", body: "Track" },
  { ...ONE_EVENT, id: "identify", path: "/v1/identify", summary: "Somebody is known",
    description: "With both ids, what the browser did becomes the user's.", alsoAt: ["/v1/i"], body: "Identify" },
  { ...ONE_EVENT, id: "page", path: "/v1/page", alsoAt: ["/v1/p"], summary: "A page was looked at", body: "Page" },
  { ...ONE_EVENT, id: "screen", path: "/v1/screen", summary: "A screen of an app was looked at",
    alsoAt: ["/v1/s"], body: "Page" },
  { ...ONE_EVENT, id: "group", path: "/v1/group", summary: "Somebody belongs to a group",
    alsoAt: ["/v1/g"], body: "Group" },
  { ...ONE_EVENT, id: "alias", path: "/v1/alias", alsoAt: ["/v1/a"], summary: "Two ids are one person", body: "Alias" },
  { ...EVENT, id: "importEvents", path: "/v1/import/events", summary: "Store history",
    description: "The same batch, of what happened long ago: times are taken as they are, and no campaign starts. 200 also when every event is refused; a batch with `messageId` and `timestamp` may be sent again.",
    caller: "server", body: "EventBatch", limitBytes: BATCH_LIMIT_BYTES },
  { id: "getConfig", method: "get", path: "/v1/config", summary: "What the tag has to know of its site",
    description: "How the site honors what visitors' browsers say about privacy. May be kept for five minutes.",
    tag: "Events", caller: "page", answers: { 200: "TagConfig" } },
  { id: "getSegmentSettings", method: "get", path: "/v1/projects/{writeKey}/settings",
    summary: "What Segment's browser SDK has to know",
    description: "`AnalyticsBrowser.load({ writeKey, cdnURL })` with this worker's origin as `cdnURL` asks for it, and sends its events here.",
    tag: "Events", caller: "page", answers: { 200: "application/json" } },
  { id: "getRudderConfig", method: "get", path: "/sourceConfig/", summary: "What RudderStack's browser SDK has to know",
    description: "`load(writeKey, dataPlaneUrl, { configUrl })` with this worker's origin as both addresses asks for it, and sends its events here.",
    tag: "Events", caller: "write", answers: { 200: "application/json" } },

  { id: "recommend", method: "post", path: "/v1/recommendations", summary: "Recommend",
    description: "Never empty while the catalog has something to serve. What is sold out, hidden, deleted, excluded or bought lately is never in it. Unknown people and items are no error: they are recommended to as new. Whoever draws the list tells what came of it, as the tag does: `recommendation_shown` with `recommendation_id`, `placement`, `variant`, `fallback_level`, `page_item_id` (the request's `itemId`) and `item_ids`, those that came into view; `recommendation_clicked` with the same but for `product_id` and `position` (from 1) instead of `item_ids`; `recommendation_dismissed` with `product_id`. Experiments, rotation and reports know nothing of lists that are not told of; where `variant` is not null, an empty list is told of as well.",
    tag: "Recommendations", caller: "page", body: "RecommendationRequest", limitBytes: 32 * KB,
    answers: { 200: "RecommendationAnswer" }, refusals: ["not_found"] },
  { id: "recommendAsHtml", method: "get", path: "/v1/widgets/recommendations",
    summary: "Recommend, as an HTML fragment",
    description: "Markup for a shadow root; the tag brings the styles. 204 when the placement is unknown or has nothing to show.",
    tag: "Recommendations", caller: "page", query: WidgetQuery, answers: { 200: "text/html", 204: null },
    refusals: ["bad_request"] },
  { ...PLACEMENT, id: "listPlacements", method: "get", path: "/v1/placements", summary: "List placements",
    answers: { 200: "Placements" }, refusals: [] },
  { ...PLACEMENT, id: "getPlacement", method: "get", path: "/v1/placements/{id}", summary: "Read a placement",
    answers: { 200: "PlacementAnswer" } },
  { ...PLACEMENT, id: "putPlacement", method: "put", path: "/v1/placements/{id}",
    summary: "Make or replace a placement",
    body: "PlacementInput", limitBytes: 32 * KB, answers: { 200: "PlacementAnswer" }, refusals: [] },
  { ...PLACEMENT, id: "deletePlacement", method: "delete", path: "/v1/placements/{id}", summary: "Delete a placement",
    answers: { 204: null } },
  { id: "listModels", method: "get", path: "/v1/models", summary: "List models",
    description: "The last ones of the site, and how they measured.",
    tag: "Recommendations", caller: "server", answers: { 200: "Models" } },
  { id: "train", method: "post", path: "/v1/models", summary: "Train now",
    description: "Runs in the background; asked again while it runs, it answers the same version. Models are trained every night anyway.",
    tag: "Recommendations", caller: "server", answers: { 202: "TrainingStarted" } },
  { id: "activateModel", method: "post", path: "/v1/models/{version}/activate", summary: "Serve an earlier model again",
    description: "The way back: one of the kept models that has served before. 409 for one that never did.",
    tag: "Recommendations", caller: "server", answers: { 200: "Model" }, refusals: ["not_found", "conflict"] },

  ...SURVEY_OPERATIONS,

  { ...ITEM, id: "putItems", method: "post", path: "/v1/items/batch", summary: "Store items",
    description: `At most ${ITEM_BATCH_LIMIT} items a batch. What is the same as before costs nothing. ${NOTHING_STORED}`,
    body: "ItemBatch", limitBytes: ITEM_BATCH_LIMIT_BYTES, answers: { 200: "ItemsStored" } },
  { ...ITEM, id: "getItem", method: "get", path: "/v1/items/{id}", summary: "Read an item",
    answers: { 200: "ItemAnswer" }, refusals: ["bad_request", "not_found"] },
  { ...ITEM, id: "putItem", method: "put", path: "/v1/items/{id}", summary: "Store an item",
    description: "The whole of it: what is left out is empty.",
    body: "ItemBody", limitBytes: ITEM_BATCH_LIMIT_BYTES, answers: { 200: "ItemStored" } },
  { ...ITEM, id: "deleteItem", method: "delete", path: "/v1/items/{id}", summary: "Delete an item",
    description: "It is never recommended again; histories and reports still name it.",
    answers: { 204: null }, refusals: ["bad_request", "not_found"] },

  ...PEOPLE_OPERATIONS,

  { ...SEGMENT, id: "listSegments", method: "get", path: "/v1/segments", summary: "List segments",
    answers: { 200: "Segments" } },
  { ...SEGMENT, id: "estimateSegment", method: "post", path: "/v1/segments/estimate", summary: "How many would it be",
    description: "Nothing is stored.",
    body: "EstimateInput", limitBytes: 64 * KB, answers: { 200: "SegmentEstimate" } },
  { ...SEGMENT, id: "getSegment", method: "get", path: "/v1/segments/{id}", summary: "Read a segment",
    answers: { 200: "SegmentAnswer" }, refusals: ["not_found"] },
  { ...SEGMENT, id: "putSegment", method: "put", path: "/v1/segments/{id}", summary: "Make or replace a segment",
    description: `At most ${MOST_SEGMENTS} a site. Everybody is looked at again in the background.`,
    body: "SegmentInput", limitBytes: 64 * KB, answers: { 200: "SegmentAnswer" }, refusals: ["conflict"] },
  { ...SEGMENT, id: "deleteSegment", method: "delete", path: "/v1/segments/{id}", summary: "Delete a segment",
    answers: { 200: "Done" }, refusals: ["not_found"] },
  { ...SEGMENT, id: "listMembers", method: "get", path: "/v1/segments/{id}/members",
    summary: "Page through the members",
    query: MembersPage, answers: { 200: "Members" }, refusals: ["bad_request", "not_found"] },

  { ...CAMPAIGN, id: "listCampaigns", method: "get", path: "/v1/campaigns", summary: "List campaigns",
    answers: { 200: "Campaigns" } },
  { ...CAMPAIGN, id: "getCampaign", method: "get", path: "/v1/campaigns/{id}", summary: "Read a campaign",
    answers: { 200: "CampaignRead" }, refusals: ["not_found"] },
  { ...CAMPAIGN, id: "putCampaign", method: "put", path: "/v1/campaigns/{id}", summary: "Make or replace a campaign",
    description: "A draft, or the new words of what runs.",
    body: "CampaignInput", limitBytes: 128 * KB, answers: { 200: "CampaignAnswer" }, refusals: ["unprocessable"] },
  { ...CAMPAIGN, id: "deleteCampaign", method: "delete", path: "/v1/campaigns/{id}", summary: "Delete a campaign",
    answers: { 200: "Done" }, refusals: ["conflict", "not_found"] },
  { ...CAMPAIGN, id: "launchCampaign", method: "post", path: "/v1/campaigns/{id}/launch",
    summary: "Launch a campaign", description: "422 names everything that keeps it from running.",
    answers: { 200: "CampaignAnswer" }, refusals: ["conflict", "not_found", "unprocessable"] },
  { ...CAMPAIGN, id: "pauseCampaign", method: "post", path: "/v1/campaigns/{id}/pause", summary: "Pause a campaign",
    description: "People whose time comes while it is paused are skipped, and counted as such.",
    answers: { 200: "CampaignAnswer" }, refusals: ["conflict", "not_found"] },
  { ...CAMPAIGN, id: "getReport", method: "get", path: "/v1/campaigns/{id}/report", summary: "Read what came of it",
    description: "Credited up to now. Machines are counted apart from people.",
    answers: { 200: "Report" }, refusals: ["not_found"] },
  { ...CAMPAIGN, id: "previewCampaign", method: "get", path: "/v1/campaigns/{id}/preview",
    summary: "Preview for one person",
    description: "The message that this person would get now, and the gate's word on it. Nothing is sent or stored. Needs one of the two ids.",
    query: PreviewPerson, answers: { 200: "CampaignPreview" }, refusals: ["bad_request", "not_found"] },
  { ...CAMPAIGN, id: "previewWords", method: "post", path: "/v1/campaigns/{id}/preview",
    summary: "Preview words that are not saved",
    description: "The same for a definition that is still being written.",
    query: PreviewPerson, body: "PreviewInput", limitBytes: 128 * KB, answers: { 200: "CampaignPreview" },
    refusals: ["not_found"] },

  { ...CAMPAIGN, id: "getContent", method: "get", path: "/v1/content/{id}",
    summary: "Read one person's content, for another tool",
    description: "For the connected content of a CRM tool that sends by its own rules. 200 for every person, known or not, with the best content that is left; at most 20 KB, and nothing in it that a template would read. The address is a campaign's `contentUrl`.",
    caller: "signed", query: ContentQuery, answers: { 200: "PersonalContent" },
    refusals: ["bad_request", "forbidden", "not_found"] },

  { ...EXPERIMENT, id: "listExperiments", method: "get", path: "/v1/experiments", summary: "List experiments",
    query: z.object({ placement: z.string().optional() }), answers: { 200: "Experiments" } },
  { ...EXPERIMENT, id: "getExperiment", method: "get", path: "/v1/experiments/{id}", summary: "Read an experiment",
    answers: { 200: "ExperimentAnswer" }, refusals: ["not_found"] },
  { ...EXPERIMENT, id: "putExperiment", method: "put", path: "/v1/experiments/{id}",
    summary: "Make or replace an experiment",
    description: "A draft. Of what runs only the name may change, and the traffic may grow.",
    body: "ExperimentInput", limitBytes: 64 * KB, answers: { 200: "ExperimentAnswer" }, refusals: ["conflict"] },
  { ...EXPERIMENT, id: "deleteExperiment", method: "delete", path: "/v1/experiments/{id}",
    summary: "Delete an experiment", answers: { 204: null }, refusals: ["conflict", "not_found"] },
  { ...EXPERIMENT, id: "startExperiment", method: "post", path: "/v1/experiments/{id}/start",
    summary: "Start an experiment", description: "One at a time on a placement.",
    answers: { 200: "ExperimentAnswer" }, refusals: ["conflict", "not_found"] },
  { ...EXPERIMENT, id: "stopExperiment", method: "post", path: "/v1/experiments/{id}/stop",
    summary: "Stop an experiment", description: "For good. Windows that are still open are counted to their end.",
    answers: { 200: "ExperimentAnswer" }, refusals: ["conflict", "not_found"] },
  { ...EXPERIMENT, id: "applyVariant", method: "post", path: "/v1/experiments/{id}/apply",
    summary: "Make a variant the rule",
    description: "Lays its rules over the placement's for everybody, and ends the experiment if it runs.",
    body: "VariantChoice", limitBytes: 64 * KB, answers: { 200: "PlacementAnswer" }, refusals: ["bad_request", "conflict", "not_found"] },
  { ...EXPERIMENT, id: "getResult", method: "get", path: "/v1/experiments/{id}/result",
    summary: "Read what it changed", description: "Counted anew when the count is older than a minute.",
    query: z.object({ against: z.string().optional() }), answers: { 200: "ExperimentReport" },
    refusals: ["not_found"] },

  ...ONSITE_OPERATIONS,
  ...FEED_OPERATIONS,

  { ...WEBHOOK, id: "receiveCafe24", path: "/webhooks/cafe24", summary: "Cafe24 reports",
    description: "`{event_no, resource}` with the app's key in `X-API-Key`; repeated by `X-Trace-ID`. Products, stock, carts, orders, members who join and withdraw." },
  { ...WEBHOOK, id: "receiveShopify", path: "/webhooks/shopify", summary: "Shopify reports",
    description: "Signed in `X-Shopify-Hmac-SHA256`; what it is about is in `X-Shopify-Topic`, repeated by `X-Shopify-Webhook-Id`. Products, checkouts, orders, customers." },
  { ...WEBHOOK, id: "receiveCustom", path: "/webhooks/custom", summary: "Any other shop reports", query: CustomQuery,
    description: "Signed as Standard Webhooks say: `webhook-signature` is `v1,` and the base64 HMAC-SHA256 of `id.timestamp.body`, with `webhook-id` and `webhook-timestamp`, which is at most five minutes off. The body has `items` (as in `/v1/items/batch`), `deletedItemIds`, `events` (as in `/v1/batch`) and `erasedUserIds`.",
    refusals: ["bad_request", "too_large", "unauthorized"] },
  { id: "followLink", method: "get", path: "/c/{token}", summary: "Follow a link",
    description: "Counts the click and leads on. An address that is no more answers with a page that says so.",
    tag: "Links", caller: "anybody", answers: { 302: null, 404: "text/html" } },
  { id: "countOpen", method: "get", path: "/o/{file}", summary: "Count an opening",
    description: "`{file}` is the token and `.gif`: one transparent pixel.",
    tag: "Links", caller: "anybody", answers: { 200: "image/gif", 404: "image/gif" } },
  { id: "askUnsubscribe", method: "get", path: "/u/{token}", summary: "The way out, as a page",
    description: "Changes nothing: mail gateways follow every link.",
    tag: "Links", caller: "anybody", answers: { 200: "text/html", 404: "text/html" } },
  { id: "unsubscribe", method: "post", path: "/u/{token}", summary: "Unsubscribe",
    description: "The page's button, and a mail program's one click (RFC 8058).",
    tag: "Links", caller: "anybody", answers: { 200: "text/html", 404: "text/html" } },

  { ...SETUP, id: "setUp", path: "/v1/setup", summary: "The first account and the first site",
    description: "Works once, and ten times a minute at most. Every setting has a default but the name.",
    body: "Setup", answers: { 201: "KeysOfSite" }, refusals: ["conflict", "rate_limited"] },
  { ...SETUP, id: "openSite", path: "/v1/sites", summary: "One more site",
    description: "The secret key is told this once. The admin's own page may call it too, signed in.",
    body: "NewSite", answers: { 201: "KeysOfSite" }, refusals: ["rate_limited"] },
  { id: "getHealth", method: "get", path: "/healthz", summary: "Is it ready",
    description: "503 while a demo is being filled.",
    tag: "Installation", caller: "anybody", answers: { 200: "Health", 503: "Health" } },
  { id: "sayReady", method: "put", path: "/healthz", summary: "Say that the demo is ready",
    description: "For the demo's own start script; refused outside a demo.",
    tag: "Installation", caller: "setup", answers: { 200: "Health" } },
];

/** The whole URL table, the middleware and the error answer. Doors parse, call one verb, and shape the answer. */
import { Hono } from "hono";
import { cors } from "hono/cors";
import { createMiddleware } from "hono/factory";
import { RegExpRouter } from "hono/router/reg-exp-router";
import type { Compose } from "./compose.ts";
import { adminRoutes } from "./http/admin/routes.ts";
import { getAttributes, putAttribute } from "./http/api/attributes.ts";
import { deleteBrowser, putBrowser } from "./http/api/browsers.ts";
import {
  deleteCampaignById,
  getCampaign,
  getCampaigns,
  getPreview,
  getReport,
  postLaunch,
  postPause,
  postPreview,
  putCampaignById,
} from "./http/api/campaigns.ts";
import { getConfig } from "./http/api/config.ts";
import { getConsentDuties, postConsentDutiesDone } from "./http/api/consent-duties.ts";
import { postConsent, postConsentsImport } from "./http/api/consents.ts";
import { getContent } from "./http/api/content.ts";
import { deleteDevice, deletePushSubscription, postDevice, postPushSubscription } from "./http/api/endpoints.ts";
import { getErasure, getErasures } from "./http/api/erasures.ts";
import { postBatch, postOne } from "./http/api/events.ts";
import {
  deleteExperimentById,
  getExperiment,
  getExperiments,
  getResult,
  postApply,
  postStart,
  postStop,
  putExperimentById,
} from "./http/api/experiments.ts";
import {
  deleteFeedById,
  getCatalogChanges,
  getFeed,
  getFeedImport,
  getFeedImports,
  getFeeds,
  postFeedApply,
  postFeedImport,
  putFeedById,
} from "./http/api/feeds.ts";
import { postImportedEvents } from "./http/api/import.ts";
import { deleteItem, getItem, postItems, putItem } from "./http/api/items.ts";
import { getClick, getOpen, getWayOut, postWayOut } from "./http/api/links.tsx";
import { getModels, postModelActivation, postModels } from "./http/api/models.ts";
import {
  deleteOnsiteMessage,
  getOnsite,
  getOnsiteMessage,
  getOnsiteMessages,
  getOnsiteReport,
  getPushKey,
  postOnsiteLaunch,
  postOnsitePause,
  putOnsiteMessage,
} from "./http/api/onsite.ts";
import { deletePlacementById, getPlacement, getPlacements, putPlacementById } from "./http/api/placements.ts";
import { postRecommendations } from "./http/api/recommendations.ts";
import { getRudderConfig, getSegmentSettings } from "./http/api/sdk-settings.ts";
import {
  deleteSegmentById,
  getMembers,
  getSegment,
  getSegments,
  postEstimate,
  putSegmentById,
} from "./http/api/segments.ts";
import { postSetup } from "./http/api/setup.ts";
import { postSite } from "./http/api/sites.ts";
import {
  deleteSurveyById,
  getSurvey,
  getSurveyReport,
  getSurveys,
  postSurveyAnswer,
  postSurveyTiles,
  putSurveyById,
} from "./http/api/surveys.ts";
import { deleteUser, getUser, getUserExport, putUser } from "./http/api/users.ts";
import { postCafe24Webhook, postCustomWebhook, postShopifyWebhook } from "./http/api/webhooks.ts";
import { getRecommendationsWidget } from "./http/api/widgets.tsx";
import type { HttpEnv } from "./http/context.ts";
import { demoRoutes } from "./http/demo.ts";
import { answerError, answerNotFound } from "./http/errors.ts";
import { getHealth, putDemoReady } from "./http/health.ts";
import { referenceHeaders, showReference } from "./http/reference.tsx";

export function createApp(compose: Compose): Hono<HttpEnv> {
  // What people look at stands apart: its addresses have a word where others have an id (`new`), which only a slower router can
  // tell apart, and a call of the API would find its way by that one, too.
  const pages = new Hono<HttpEnv>();
  // By one regular expression, or a word for word comparison where nothing in the address varies.
  const app = new Hono<HttpEnv>({ router: new RegExpRouter() });
  for (const path of ["/admin", "/admin/*", "/demo", "/demo/*"])
    app.all(path, (c) => pages.fetch(c.req.raw, c.env, c.executionCtx));

  const prepare = createMiddleware<HttpEnv>(async (c, next) => {
    const requestId = `req_${crypto.randomUUID()}`;
    c.set("requestId", requestId);
    const deps = await compose(c.env, c.executionCtx, { requestId }, () => new URL(c.req.url).origin);
    c.set("deps", deps);
    await next();
    // To who asks for it.
    if (deps.config.demo && c.req.header("x-rows"))
      c.res.headers.set("X-Rows", `read=${deps.meter.read} written=${deps.meter.written}`);
  });
  for (const each of [app, pages]) {
    each.use(prepare);
    each.onError((error, c) => answerError(error, c));
    each.notFound((c) => answerNotFound(c));
  }

  // The key opens a call and no cookie does, so any origin may ask, with whatever headers its SDK adds; the key's own list
  // of origins decides. Credentials carry the visitor's own id, where page and worker are one site.
  const preflight = cors({ origin: (origin) => origin, credentials: true, maxAge: 86400 });
  const anyOrigin = createMiddleware<HttpEnv>(async (c, next) => {
    if (c.req.method === "OPTIONS") return preflight(c, next);
    await next();
    // What `cors` would add, on the response as it is: by `c.header` it would be made anew, a tenth of an answer's time.
    const origin = c.req.header("origin");
    if (origin) {
      c.res.headers.set("Access-Control-Allow-Origin", origin);
      c.res.headers.set("Access-Control-Allow-Credentials", "true");
    }
  });
  app.use("/v1/*", anyOrigin);
  app.use("/sourceConfig/*", anyOrigin);

  app.get("/healthz", getHealth);
  app.put("/healthz", putDemoReady);

  // What the tag has to know of its site
  app.get("/v1/config", getConfig);
  // What other SDKs have to know of it
  app.get("/v1/projects/:writeKey/settings", getSegmentSettings);
  app.get("/sourceConfig/", getRudderConfig);

  // Collection: Segment's HTTP API, and the tag's own call
  app.post("/v1/events", postBatch);
  app.on("POST", ["/v1/batch", "/v1/b"], postBatch);
  app.on("POST", ["/v1/track", "/v1/t"], postOne("track"));
  app.on("POST", ["/v1/identify", "/v1/i"], postOne("identify"));
  app.on("POST", ["/v1/page", "/v1/p"], postOne("page"));
  app.on("POST", ["/v1/screen", "/v1/s"], postOne("screen"));
  app.on("POST", ["/v1/group", "/v1/g"], postOne("group"));
  app.on("POST", ["/v1/alias", "/v1/a"], postOne("alias"));
  app.post("/v1/import/events", postImportedEvents);

  // People
  app.get("/v1/users/:id", getUser).put(putUser).delete(deleteUser);
  app.get("/v1/users/:id/export", getUserExport);
  app.put("/v1/users/:id/browsers/:anonymousId", putBrowser).delete(deleteBrowser);
  app.get("/v1/attributes", getAttributes);
  app.put("/v1/attributes/:id", putAttribute);
  app.post("/v1/consents", postConsent);
  app.post("/v1/consents/import", postConsentsImport);
  app.get("/v1/consent-duties", getConsentDuties);
  app.post("/v1/consent-duties/done", postConsentDutiesDone);
  app.get("/v1/erasures", getErasures);
  app.get("/v1/erasures/:id", getErasure);
  app.post("/v1/push-subscriptions", postPushSubscription).delete(deletePushSubscription);
  app.post("/v1/devices", postDevice).delete(deleteDevice);

  // Links in messages: the token is the key
  app.get("/c/:token", getClick);
  app.get("/o/:file", getOpen);
  app.get("/u/:token", getWayOut).post(postWayOut);

  // Shops that report by themselves
  app.post("/webhooks/cafe24", postCafe24Webhook);
  app.post("/webhooks/shopify", postShopifyWebhook);
  app.post("/webhooks/custom", postCustomWebhook);

  // Catalog
  app.post("/v1/items/batch", postItems);
  app.get("/v1/items/:id", getItem).put(putItem).delete(deleteItem);
  app.get("/v1/catalog/changes", getCatalogChanges);
  app.get("/v1/feeds", getFeeds);
  app.get("/v1/feeds/:id", getFeed).put(putFeedById).delete(deleteFeedById);
  app.post("/v1/feeds/:id/import", postFeedImport);
  app.get("/v1/feeds/:id/imports", getFeedImports);
  app.get("/v1/feeds/:id/imports/:importId", getFeedImport);
  app.post("/v1/feeds/:id/imports/:importId/apply", postFeedApply);

  // Recommendations
  app.post("/v1/recommendations", postRecommendations);
  app.get("/v1/widgets/recommendations", getRecommendationsWidget);
  app.get("/v1/placements", getPlacements);
  app.get("/v1/placements/:id", getPlacement).put(putPlacementById).delete(deletePlacementById);
  app.get("/v1/models", getModels).post(postModels);
  app.post("/v1/models/:version/activate", postModelActivation);

  // Experiments on placements
  app.get("/v1/experiments", getExperiments);
  app.get("/v1/experiments/:id", getExperiment).put(putExperimentById).delete(deleteExperimentById);
  app.post("/v1/experiments/:id/start", postStart);
  app.post("/v1/experiments/:id/stop", postStop);
  app.post("/v1/experiments/:id/apply", postApply);
  app.get("/v1/experiments/:id/result", getResult);

  // On-site messages
  app.get("/v1/onsite", getOnsite);
  app.get("/v1/onsite/messages", getOnsiteMessages);
  app.get("/v1/onsite/messages/:id", getOnsiteMessage).put(putOnsiteMessage).delete(deleteOnsiteMessage);
  app.post("/v1/onsite/messages/:id/launch", postOnsiteLaunch);
  app.post("/v1/onsite/messages/:id/pause", postOnsitePause);
  app.get("/v1/onsite/messages/:id/report", getOnsiteReport);
  app.get("/v1/push-key", getPushKey);

  // Installation: the setup token opens it
  app.post("/v1/setup", postSetup);
  app.post("/v1/sites", postSite);

  // The taste questions
  app.get("/v1/surveys", getSurveys);
  app.get("/v1/surveys/:id", getSurvey).put(putSurveyById).delete(deleteSurveyById);
  app.get("/v1/surveys/:id/report", getSurveyReport);
  app.post("/v1/surveys/:id/tiles", postSurveyTiles);
  app.post("/v1/surveys/:id/answers", postSurveyAnswer);

  // Segments
  app.get("/v1/segments", getSegments);
  app.post("/v1/segments/estimate", postEstimate);
  app.get("/v1/segments/:id", getSegment).put(putSegmentById).delete(deleteSegmentById);
  app.get("/v1/segments/:id/members", getMembers);

  // Campaigns
  app.get("/v1/campaigns", getCampaigns);
  app.get("/v1/campaigns/:id", getCampaign).put(putCampaignById).delete(deleteCampaignById);
  app.post("/v1/campaigns/:id/launch", postLaunch);
  app.post("/v1/campaigns/:id/pause", postPause);
  app.get("/v1/campaigns/:id/report", getReport);
  app.get("/v1/campaigns/:id/preview", getPreview).post(postPreview);
  app.get("/v1/content/:id", getContent);

  // What all of this is, for people; for programs it is an asset, /openapi.json
  app.get("/reference", referenceHeaders, showReference);

  // The marketer's side
  pages.route("/admin", adminRoutes());

  // A shop to try it in (DEMO=true)
  pages.get("/demo", (c) => c.redirect("/demo/"));
  pages.route("/demo/", demoRoutes());

  return app;
}

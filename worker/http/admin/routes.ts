/** The admin's URL table. Pages are GETs; every change is a POST that answers with a redirect. */
import { Hono } from "hono";
import { postArrivals, showArrivals } from "./arrivals.tsx";
import { postAttribute, showAttributes } from "./attributes.tsx";
import { showCampaigns } from "./campaign-list.tsx";
import { showCampaignReport } from "./campaign-report.tsx";
import {
  postCampaign,
  postCampaignPreview,
  postDeleteCampaign,
  postLaunch,
  postPause,
  showCampaign,
  showNewCampaign,
} from "./campaigns.tsx";
import { postItem, showCatalog, showItem } from "./catalog.tsx";
import { postRenewal, postRules, showRules } from "./collection-rules.tsx";
import { postConsentsDone, showConsentFile, showConsents } from "./consents.tsx";
import {
  postApplyVariant,
  postDeleteExperiment,
  postExperiment,
  postStartExperiment,
  postStopExperiment,
  showExperiment,
  showExperiments,
  showNewExperiment,
} from "./experiments.tsx";
import {
  postDeleteFeed,
  postFeed,
  postFeedApply,
  postFeedPull,
  postFeedSample,
  showFeed,
  showFeedImport,
  showFeeds,
  showNewFeed,
} from "./feeds.tsx";
import { adminHeaders, formLimit, openView, requireKnownSite, requireSignIn } from "./gate.ts";
import { answerAdminError, answerUnknownPage, postDemoAdvance, showHome } from "./home.tsx";
import { postChoices } from "./item-picker.tsx";
import { searchLive, showLive, showLiveEvents } from "./live.tsx";
import { showModel } from "./models.tsx";
import {
  postDeleteOnsite,
  postOnsite,
  postOnsitePreview,
  postPauseOnsite,
  showNewOnsite,
  showOnsite,
  showOnsiteMessage,
} from "./onsite.tsx";
import { showOnsiteReport } from "./onsite-report.tsx";
import { showOutbox } from "./outbox.tsx";
import { showOverview } from "./overview.tsx";
import { searchPeople, showPeople, showPerson } from "./people.tsx";
import { postBrowser } from "./person-browsers.tsx";
import {
  postDeletePlacement,
  postPlacement,
  previewPlacement,
  showNewPlacement,
  showPlacement,
  showPlacements,
} from "./placements.tsx";
import { showRefused } from "./refused.tsx";
import {
  postDeleteSegment,
  postSegment,
  postSegmentEstimate,
  showNewSegment,
  showSegment,
  showSegments,
} from "./segments.tsx";
import { postKey, postRevoke, postSettings, showSettings } from "./settings.tsx";
import { postNewSite, postSetup, showNewSite, showSetup } from "./setup.tsx";
import { postDisconnect, postShop, showShops } from "./shops.tsx";
import { postLocale, postPassword, postSignIn, postSignOut, showAccount, showSignIn } from "./sign-in.tsx";
import { showSurveyReport } from "./survey-report.tsx";
import { postDeleteSurvey, postSurvey, postSurveyPreview, showNewSurvey, showSurvey, showSurveys } from "./surveys.tsx";
import { postActivation, postTrain, showSystem } from "./system.tsx";
import type { AdminEnv } from "./view.ts";

export function adminRoutes(): Hono<AdminEnv> {
  const admin = new Hono<AdminEnv>();
  admin.onError((error, c) => answerAdminError(error, c));
  admin.use(adminHeaders, formLimit, openView);

  // Open to everybody
  admin.get("/sign-in", showSignIn);
  admin.post("/sign-in", postSignIn);
  admin.get("/setup", showSetup);
  admin.post("/setup", postSetup);
  admin.post("/locale", postLocale);

  // Signed in
  admin.use(requireSignIn);
  admin.get("/", showHome);
  admin.post("/sign-out", postSignOut);
  admin.get("/account", showAccount);
  admin.post("/account", postPassword);
  admin.get("/new-site", showNewSite);
  admin.post("/new-site", postNewSite);
  admin.post("/demo/advance", postDemoAdvance);

  // One site
  const site = new Hono<AdminEnv>();
  site.use(requireKnownSite);
  site.get("/", showOverview);
  site.get("/outbox", showOutbox);
  site.get("/people", showPeople);
  site.post("/people", searchPeople);
  site.get("/people/attributes", showAttributes);
  site.post("/people/attributes", postAttribute);
  site.get("/people/consents", showConsents);
  site.post("/people/consents", postConsentsDone);
  site.get("/people/consents.csv", showConsentFile);
  site.get("/people/:profile", showPerson);
  site.post("/people/:profile/browsers", postBrowser);
  site.get("/segments", showSegments);
  site.get("/segments/new", showNewSegment);
  site.post("/segments/new", postSegment);
  site.post("/segments/estimate", postSegmentEstimate);
  site.get("/segments/:id", showSegment);
  site.post("/segments/:id", postSegment);
  site.post("/segments/:id/delete", postDeleteSegment);
  site.get("/catalog", showCatalog);
  site.get("/catalog/:item", showItem);
  site.post("/catalog/:item", postItem);
  site.get("/feeds", showFeeds);
  site.get("/feeds/new", showNewFeed);
  site.post("/feeds/new", postFeed);
  site.get("/feeds/:id", showFeed);
  site.post("/feeds/:id", postFeed);
  site.post("/feeds/:id/import", postFeedPull);
  site.post("/feeds/:id/sample", postFeedSample);
  site.post("/feeds/:id/delete", postDeleteFeed);
  site.get("/feeds/:id/imports/:import", showFeedImport);
  site.post("/feeds/:id/imports/:import/apply", postFeedApply);
  site.post("/choices", postChoices);
  site.get("/placements", showPlacements);
  site.get("/placements/new", showNewPlacement);
  site.post("/placements/new", postPlacement);
  site.get("/placements/:id", showPlacement);
  site.post("/placements/:id", postPlacement);
  site.post("/placements/:id/preview", previewPlacement);
  site.post("/placements/:id/delete", postDeletePlacement);
  site.get("/placements/:placement/experiments", showExperiments);
  site.get("/placements/:placement/experiments/new", showNewExperiment);
  site.post("/placements/:placement/experiments/new", postExperiment);
  site.get("/placements/:placement/experiments/:id", showExperiment);
  site.post("/placements/:placement/experiments/:id", postExperiment);
  site.post("/placements/:placement/experiments/:id/start", postStartExperiment);
  site.post("/placements/:placement/experiments/:id/stop", postStopExperiment);
  site.post("/placements/:placement/experiments/:id/apply", postApplyVariant);
  site.post("/placements/:placement/experiments/:id/delete", postDeleteExperiment);
  site.get("/surveys", showSurveys);
  site.get("/surveys/new", showNewSurvey);
  site.post("/surveys/new", postSurvey);
  site.post("/surveys/preview", postSurveyPreview);
  site.get("/surveys/:id", showSurvey);
  site.post("/surveys/:id", postSurvey);
  site.get("/surveys/:id/report", showSurveyReport);
  site.post("/surveys/:id/delete", postDeleteSurvey);
  site.get("/campaigns", showCampaigns);
  site.get("/campaigns/new", showNewCampaign);
  site.post("/campaigns/new", postCampaign);
  site.post("/campaigns/preview", postCampaignPreview);
  site.get("/campaigns/:id", showCampaign);
  site.post("/campaigns/:id", postCampaign);
  site.get("/campaigns/:id/report", showCampaignReport);
  site.post("/campaigns/:id/launch", postLaunch);
  site.post("/campaigns/:id/pause", postPause);
  site.post("/campaigns/:id/delete", postDeleteCampaign);
  site.get("/collection", showLive);
  site.post("/collection", searchLive);
  site.get("/collection/events", showLiveEvents);
  site.get("/collection/setup", showArrivals);
  site.post("/collection/setup", postArrivals);
  site.get("/collection/refused", showRefused);
  site.get("/collection/rules", showRules);
  site.post("/collection/rules", postRules);
  site.post("/collection/rules/renew", postRenewal);
  site.get("/onsite", showOnsite);
  site.get("/onsite/new", showNewOnsite);
  site.post("/onsite/new", postOnsite);
  site.post("/onsite/preview", postOnsitePreview);
  site.get("/onsite/:id", showOnsiteMessage);
  site.post("/onsite/:id", postOnsite);
  site.get("/onsite/:id/report", showOnsiteReport);
  site.post("/onsite/:id/pause", postPauseOnsite);
  site.post("/onsite/:id/delete", postDeleteOnsite);
  site.get("/settings", showSettings);
  site.post("/settings", postSettings);
  site.post("/settings/keys", postKey);
  site.post("/settings/keys/:key/revoke", postRevoke);
  site.get("/shops", showShops);
  site.post("/shops", postShop);
  site.post("/shops/disconnect", postDisconnect);
  site.get("/system", showSystem);
  site.post("/system/train", postTrain);
  site.get("/system/models/:version", showModel);
  site.post("/system/models/:version/activate", postActivation);
  admin.route("/:site{site_[a-z0-9]+}", site);

  admin.all("*", answerUnknownPage);
  return admin;
}

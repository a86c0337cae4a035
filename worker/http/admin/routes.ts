/** The admin's URL table. Pages are GETs; every change is a POST that answers with a redirect. */
import { Hono } from "hono";
import { postItem, showCatalog, showItem } from "./catalog.tsx";
import { adminHeaders, formLimit, openView, requireKnownSite, requireSignIn } from "./gate.ts";
import { answerAdminError, answerUnknownPage, postDemoAdvance, showHome } from "./home.tsx";
import { searchPeople, showPeople, showPerson } from "./people.tsx";
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
import { postLocale, postPassword, postSignIn, postSignOut, showAccount, showSignIn } from "./sign-in.tsx";
import { showSystem } from "./system.tsx";
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
  site.get("/people", showPeople);
  site.post("/people", searchPeople);
  site.get("/people/:profile", showPerson);
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
  site.get("/settings", showSettings);
  site.post("/settings", postSettings);
  site.post("/settings/keys", postKey);
  site.post("/settings/keys/:key/revoke", postRevoke);
  site.get("/system", showSystem);
  admin.route("/:site{site_[a-z0-9]+}", site);

  admin.all("*", answerUnknownPage);
  return admin;
}

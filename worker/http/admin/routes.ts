/** The admin's URL table. Pages are GETs; every change is a POST that answers with a redirect. */
import { Hono } from "hono";
import { adminHeaders, formLimit, openView, requireKnownSite, requireSignIn } from "./gate.ts";
import { answerAdminError, answerUnknownPage, postDemoAdvance, showHome } from "./home.tsx";
import { postNewSite, postSetup, showNewSite, showSetup } from "./setup.tsx";
import { postLocale, postPassword, postSignIn, postSignOut, showAccount, showSignIn } from "./sign-in.tsx";
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
  admin.route("/:site{site_[a-z0-9]+}", site);

  admin.all("*", answerUnknownPage);
  return admin;
}

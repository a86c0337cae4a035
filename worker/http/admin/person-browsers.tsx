/** The browsers of one person: which are theirs, and the button that says that one is not. */

import { Refusal } from "../../lib/errors.ts";
import { siteIdOf } from "../../lib/ids.ts";
import { type Browser, listBrowsers, relinkBrowser, unlinkBrowser } from "../../profiles/browsers.ts";
import { text } from "./form.ts";
import { formatMoment } from "./format.ts";
import { Badge, Form, Section } from "./parts.tsx";
import { type AdminContext, goTo, type SiteView, siteView } from "./view.ts";

export async function postBrowser(c: AdminContext): Promise<Response> {
  const view = siteView(c);
  const user = c.req.param("profile") ?? "";
  const browser = text(c.get("form"), "browser");
  const known = /^p_/.test(user) && siteIdOf(user) === view.site.id ? await listBrowsers(view.deps, user) : [];
  if (!known.some(({ profileId }) => profileId === browser)) throw new Refusal("not_found", "there is no such browser");
  const page = `/admin/${view.site.id}/people/${user}`;
  if (text(c.get("form"), "act") !== "link") {
    await unlinkBrowser(view.deps, { user, browser });
    return goTo(c, page, "unlinked");
  }
  const state = await relinkBrowser(view.deps, { user, browser });
  return goTo(c, page, state === "linked" ? "linked" : "ownedBrowser");
}

export function Browsers({ view, user, browsers }: { view: SiteView; user: string; browsers: Browser[] }) {
  const { t, locale, site } = view;
  if (browsers.length === 0) return null;
  return (
    <Section title={t("people.browsers")} hint={t("people.browsersHint")}>
      <ul class="plain-list stack">
        {browsers.map(({ profileId, anonymousId, linkedAt, unlinkedAt }) => (
          <li>
            <code>{(anonymousId ?? profileId).slice(0, 18)}</code>{" "}
            <Badge tone={unlinkedAt === null ? "good" : "plain"}>
              {t(unlinkedAt === null ? "people.linked" : "people.unlinked")}
            </Badge>
            <span class="sub">{formatMoment(unlinkedAt ?? linkedAt, locale, site.timeZone)}</span>
            <Form view={view} action={`/admin/${site.id}/people/${user}/browsers`}>
              <input type="hidden" name="browser" value={profileId} />
              <button type="submit" class="small" name="act" value={unlinkedAt === null ? "unlink" : "link"}>
                {t(unlinkedAt === null ? "people.unlink" : "people.link")}
                <span class="visually-hidden"> {anonymousId ?? profileId}</span>
              </button>
            </Form>
          </li>
        ))}
      </ul>
    </Section>
  );
}

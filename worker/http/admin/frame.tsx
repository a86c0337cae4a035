/** The frame around every admin page: navigation, site switcher, language, the demo's clock. */

import { html } from "hono/html";
import type { Child } from "hono/jsx";
import { formatMoment } from "./format.ts";
import { Icon, type IconName } from "./icons.tsx";
import { Form, Notice } from "./parts.tsx";
import type { AdminContext, SiteView, View } from "./view.ts";
import type { Word } from "./words/words.ts";

const ROOMS: { word?: Word; rooms: [IconName, Word, string][] }[] = [
  { rooms: [["overview", "nav.overview", ""]] },
  {
    word: "nav.know",
    rooms: [
      ["people", "nav.people", "/people"],
      ["segments", "nav.segments", "/segments"],
      ["catalog", "nav.catalog", "/catalog"],
    ],
  },
  {
    word: "nav.show",
    rooms: [
      ["placements", "nav.placements", "/placements"],
      ["survey", "nav.survey", "/surveys"],
    ],
  },
  {
    word: "nav.say",
    rooms: [
      ["campaigns", "nav.campaigns", "/campaigns"],
      ["onsite", "nav.onsite", "/onsite"],
      ["outbox", "nav.outbox", "/outbox"],
    ],
  },
  {
    word: "nav.run",
    rooms: [
      ["collection", "nav.collection", "/collection"],
      ["settings", "nav.settings", "/settings"],
      ["system", "nav.system", "/system"],
    ],
  },
];

function Document({ view, title, children }: { view: View; title: string; children: Child }) {
  return (
    <html lang={view.locale}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex" />
        <meta name="htmx-config" content='{"includeIndicatorCSS":false,"history":false}' />
        <title>{`${title} · nunchi`}</title>
        <link rel="icon" href="data:," />
        <link rel="stylesheet" href="/admin/admin.css" />
        <script src="/admin/admin.js" defer />
      </head>
      {children}
    </html>
  );
}

/** Sends a whole page; `status` 422 when it shows what is wrong with a form. */
export function send(c: AdminContext, page: Child, status: 200 | 403 | 404 | 409 | 422 | 429 | 500 = 200) {
  return c.html(html`<!doctype html>${page}`, status);
}

/** A page of one site. `room` is the navigation entry that it belongs to. */
export function Page(props: {
  view: SiteView;
  room: IconName;
  title: string;
  /** Where the title's first word leads back to: [title, address]. */
  above?: [string, string];
  lead?: Child;
  actions?: Child;
  children: Child;
}) {
  const { view, room, title, above, lead, actions, children } = props;
  return (
    <Shell view={view} room={room} title={title}>
      <div class="page-head">
        <div>
          {above && (
            <p class="above">
              <a href={above[1]}>{above[0]}</a>
            </p>
          )}
          <h1>{title}</h1>
          {lead && <p class="lead">{lead}</p>}
        </div>
        {actions && <div class="actions">{actions}</div>}
      </div>
      <Notice view={view} />
      {children}
    </Shell>
  );
}

/** The frame of a signed-in person, with or without a site. */
export function Shell(props: { view: View; room?: IconName; title: string; children: Child }) {
  const { view, room, title, children } = props;
  const { t } = view;
  return (
    <Document view={view} title={title}>
      <body class="shell">
        <a class="skip" href="#main">
          {t("frame.skip")}
        </a>
        <header class="side">
          <div class="brand-row">
            <a class="brand" href="/admin">
              nunchi
            </a>
            <SiteSwitcher view={view} />
          </div>
          {view.site && <Navigation view={view} site={view.site.id} room={room} />}
          <Account view={view} />
        </header>
        <div class="content">
          {view.deps.config.demo && <DemoClock view={view} />}
          <main id="main" tabindex={-1}>
            {children}
          </main>
        </div>
      </body>
    </Document>
  );
}

function Navigation({ view, site, room }: { view: View; site: string; room: IconName | undefined }) {
  return (
    <nav class="rooms" aria-label={view.t("nav.label")}>
      {ROOMS.map(({ word, rooms }) => (
        <div class="room-group">
          {word && <p class="room-head">{view.t(word)}</p>}
          <ul>
            {rooms.map(([name, title, path]) => (
              <li>
                <a href={`/admin/${site}${path}`} aria-current={room === name ? "page" : undefined}>
                  <Icon name={name} />
                  {view.t(title)}
                </a>
              </li>
            ))}
          </ul>
        </div>
      ))}
    </nav>
  );
}

function SiteSwitcher({ view }: { view: View }) {
  const { t, site, sites } = view;
  if (sites.length === 0) return null;
  return (
    <details class="switcher">
      <summary>
        <span class="visually-hidden">{t("frame.site")}</span>
        <span class="switcher-name">{site?.name ?? t("frame.chooseSite")}</span>
      </summary>
      <ul>
        {sites.map((each) => (
          <li>
            <a href={`/admin/${each.id}`} aria-current={each.id === site?.id ? "true" : undefined}>
              {each.name}
            </a>
          </li>
        ))}
        <li class="switcher-add">
          <a href="/admin/new-site">{t("frame.newSite")}</a>
        </li>
      </ul>
    </details>
  );
}

function Account({ view }: { view: View }) {
  const { t, session } = view;
  return (
    <div class="account">
      {session && (
        <p class="account-line">
          <a href="/admin/account" title={session.staff.email}>
            {session.staff.email}
          </a>
        </p>
      )}
      <div class="account-row">
        <LanguageSwitch view={view} />
        {session && (
          <Form view={view} action="/admin/sign-out">
            <button class="quiet" type="submit">
              {t("frame.signOut")}
            </button>
          </Form>
        )}
      </div>
    </div>
  );
}

function LanguageSwitch({ view }: { view: View }) {
  const other = view.locale === "ko" ? "en" : "ko";
  return (
    <form method="post" action="/admin/locale">
      <input type="hidden" name="to" value={view.path} />
      <button class="quiet" type="submit" name="locale" value={other} lang={other}>
        {other === "ko" ? "한국어" : "English"}
      </button>
    </form>
  );
}

function DemoClock({ view }: { view: View }) {
  const { t, now, locale, site } = view;
  return (
    <aside class="demo-clock" aria-label={t("demo.label")}>
      <p>
        {t("demo.clock")}{" "}
        <time datetime={new Date(now).toISOString()}>{formatMoment(now, locale, site?.timeZone ?? "Asia/Seoul")}</time>
      </p>
      <Form view={view} action="/admin/demo/advance">
        <input type="hidden" name="to" value={view.path} />
        <button class="small" type="submit" name="by" value="hour">
          {t("demo.hour")}
        </button>
        <button class="small" type="submit" name="by" value="day">
          {t("demo.day")}
        </button>
      </Form>
    </aside>
  );
}

/** A page outside of the frame: sign in, set up, errors. */
export function Card({ view, title, children }: { view: View; title: string; children: Child }) {
  return (
    <Document view={view} title={title}>
      <body class="card-page">
        <main class="card" id="main">
          <p class="brand">nunchi</p>
          <h1>{title}</h1>
          <Notice view={view} />
          {children}
        </main>
        <footer class="card-foot">
          <LanguageSwitch view={view} />
        </footer>
      </body>
    </Document>
  );
}

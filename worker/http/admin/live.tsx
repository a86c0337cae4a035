/** The live debugger: the last events of one visitor or of the site, as they arrive, with what each was taken for and led to. */
import { CANONICAL_EVENTS } from "../../events/alias.ts";
import { type LiveEvent, listLive } from "../../events/live/store.ts";
import { sha256 } from "../../lib/hash.ts";
import type { ProfileId } from "../../lib/ids.ts";
import { DAY, HOUR, utcDay } from "../../lib/time.ts";
import { byShard, locatePerson } from "../../profiles/person.ts";
import { listRecentProfiles, type Profile } from "../../profiles/store.ts";
import { CollectionPage } from "./collection.tsx";
import { findPeople, keyOf, nameOf } from "./find-person.ts";
import { text } from "./form.ts";
import { formatClock } from "./format.ts";
import { send } from "./frame.tsx";
import { translateOr } from "./language.ts";
import { type Matches, matchesOf } from "./live-matches.ts";
import { maskId } from "./mask.ts";
import { Badge, Empty, Section, Table } from "./parts.tsx";
import { PersonSearch } from "./person-picker.tsx";
import { eventName } from "./timeline.tsx";
import { type AdminContext, type SiteView, siteView } from "./view.ts";

/** Shown at once. */
const EVENTS = 60;
/** Whom the view of the whole site reads, and how much of each: a bounded read however many are there. */
const PEOPLE = 40;
const EVENTS_A_PERSON = 8;

interface Live {
  events: LiveEvent[];
  matches: Matches[];
  names: Map<ProfileId, string>;
  /** Changes when something is shown that was not before. */
  version: string;
}

const KNOWN: ReadonlySet<string> = new Set([...CANONICAL_EVENTS, "identify", "group", "alias"]);

/** `?person=` is a profile's key, which names nobody; without it the whole site. `?paused` stops the polling. */
export async function showLive(c: AdminContext): Promise<Response> {
  const view = siteView(c);
  const [profile] = await findPeople(view, c.req.query("person") ?? "");
  return send(c, <LivePage view={view} profile={profile} live={await read(view, profile)} isPaused={isPaused(c)} />);
}

/** What the page asks for every two seconds: 204 while nothing is new, so that nothing moves under a reader. */
export async function showLiveEvents(c: AdminContext): Promise<Response> {
  const view = siteView(c);
  const [profile] = await findPeople(view, c.req.query("person") ?? "");
  const live = await read(view, profile);
  if (live.version === c.req.query("version")) return c.body(null, 204);
  return c.html(String(<LiveEvents view={view} profile={profile} live={live} isPaused={false} />));
}

/** A search is a POST: what is typed can be an e-mail address. */
export async function searchLive(c: AdminContext): Promise<Response> {
  const view = siteView(c);
  const query = text(c.get("form"), "query");
  const [profile] = await findPeople(view, query);
  if (profile) return c.redirect(`${livePath(view)}?person=${profile.profileId}`, 303);
  const live = await read(view, undefined);
  return send(c, <LivePage view={view} profile={undefined} live={live} isPaused={true} missed={query} />, 404);
}

function livePath(view: SiteView): string {
  return `/admin/${view.site.id}/collection`;
}

const isPaused = (c: AdminContext) => c.req.query("paused") !== undefined;

async function read(view: SiteView, profile: Profile | undefined): Promise<Live> {
  const { deps, site, now } = view;
  const names = new Map<ProfileId, string>();
  if (profile) {
    const { histories } = await locatePerson(deps, site.id, keyOf(profile));
    for (const id of histories) names.set(id, nameOf(profile));
  } else {
    const day = utcDay(now - HOUR);
    const shards = deps.shards.all();
    const parts = await Promise.all(shards.map(({ db }) => listRecentProfiles(db, site.id, day, PEOPLE)));
    const latest = parts.flat().sort((a, b) => b.lastSeenAt - a.lastSeenAt);
    for (const each of latest.slice(0, PEOPLE)) names.set(each.profileId, maskId(nameOf(each)));
  }
  const window = { since: now - (profile ? 7 * DAY : HOUR), until: now };
  const found = await Promise.all(
    [...byShard(deps, names.keys())].map(([{ db }, ids]) =>
      listLive(db, ids, window, profile ? EVENTS : EVENTS_A_PERSON),
    ),
  );
  const events = found
    .flat()
    .sort((a, b) => b.at - a.at)
    .slice(0, EVENTS);
  const matches = await matchesOf(view, events, profile?.profileId);
  return { events, matches, names, version: sha256(JSON.stringify([events, matches]), 16) };
}

interface Shown {
  view: SiteView;
  profile: Profile | undefined;
  live: Live;
  isPaused: boolean;
}

function LivePage({ missed, ...shown }: Shown & { missed?: string }) {
  const { view, profile, isPaused } = shown;
  const { t } = view;
  const person = profile ? `person=${profile.profileId}` : "";
  const title = profile ? t("live.ofPerson", { name: nameOf(profile) }) : t("live.ofSite");
  return (
    <CollectionPage view={view} page="live">
      <PersonSearch view={view} action={livePath(view)} value={missed} label={t("live.query")} />
      {missed !== undefined && (
        <p class="wrong" role="alert">
          {t("live.nobody")}
        </p>
      )}
      <Section
        title={title}
        hint={t(isPaused ? "live.hintPaused" : "live.hint")}
        actions={
          <>
            {profile && <a href={livePath(view)}>{t("live.everybody")}</a>}
            <a class="button" href={`${livePath(view)}?${person}${isPaused ? "" : `${person && "&"}paused`}`}>
              {t(isPaused ? "live.resume" : "live.pause")}
            </a>
          </>
        }
        class="flush"
      >
        <LiveEvents {...shown} />
      </Section>
    </CollectionPage>
  );
}

function LiveEvents({ view, profile, live, isPaused }: Shown) {
  const { t } = view;
  const { events, matches, names, version } = live;
  const query = new URLSearchParams({ version, ...(profile ? { person: profile.profileId } : {}) });
  const poll = isPaused
    ? {}
    : { "hx-get": `${livePath(view)}/events?${query}`, "hx-trigger": "every 2s", "hx-swap": "outerHTML" };
  const head = [
    t("live.time"),
    ...(profile ? [] : [t("live.who")]),
    t("live.event"),
    t("live.matched"),
    t("live.details"),
  ];
  return (
    <div id="live" {...poll}>
      {events.length === 0 ? (
        <Empty title={t("live.none")}>{t("live.noneLead")}</Empty>
      ) : (
        <Table label={t("live.ofSite")} head={head}>
          {events.map((event, index) => (
            <tr>
              <td class="when">
                <time datetime={new Date(event.at).toISOString()}>
                  {formatClock(event.at, view.locale, view.site.timeZone)}
                </time>
              </td>
              {!profile && (
                <td>
                  <a href={`${livePath(view)}?person=${event.profileId}`}>{names.get(event.profileId)}</a>
                </td>
              )}
              <td>
                <What view={view} event={event} />
              </td>
              <td>
                <Led view={view} event={event} matches={matches[index]} />
              </td>
              <td>
                <details>
                  <summary>
                    {event.itemId === null ? Object.keys(event.properties).slice(0, 4).join(", ") || "–" : event.itemId}
                  </summary>
                  <pre class="code">{JSON.stringify(event.properties, null, 2)}</pre>
                </details>
              </td>
            </tr>
          ))}
        </Table>
      )}
    </div>
  );
}

/** What it was taken for: its canonical name, and what it was called where that is another. */
function What({ view, event }: { view: SiteView; event: LiveEvent }) {
  const { t } = view;
  const word = eventName(view, event.name);
  return (
    <>
      <span class="main-link">{word}</span> {word !== event.name && <code>{event.name}</code>}{" "}
      {event.isBot && <Badge tone="warn">{t("live.bot")}</Badge>}{" "}
      {event.sentAs !== null && <span class="muted">{t("live.sentAs", { name: event.sentAs })}</span>}
      {!KNOWN.has(event.name) && <span class="muted">{t("live.custom")}</span>}
    </>
  );
}

function Led({ view, event, matches }: { view: SiteView; event: LiveEvent; matches: Matches | undefined }) {
  const { t, site } = view;
  const { campaigns = [], segments = [] } = matches ?? {};
  const { reason } = event.properties;
  const skipped = event.name === "message_skipped" && typeof reason === "string" ? reason : undefined;
  if (campaigns.length + segments.length === 0 && skipped === undefined)
    return <span class="muted">{t("live.nothing")}</span>;
  return (
    <ul class="plain-list">
      {campaigns.map(({ id, name, outcome }) => (
        <li>
          <a href={`/admin/${site.id}/campaigns/${id}/report`}>{t("live.starts", { name })}</a>{" "}
          {outcome !== undefined && (
            <span class="muted">{t("live.outcome", { outcome: translateOr(t, `reason.${outcome}`, outcome) })}</span>
          )}
        </li>
      ))}
      {segments.map(({ id, name }) => (
        <li>
          <a href={`/admin/${site.id}/segments/${id}`}>{t("live.enters", { name })}</a>
        </li>
      ))}
      {skipped !== undefined && <li>{t("live.skipped", { reason: translateOr(t, `reason.${skipped}`, skipped) })}</li>}
    </ul>
  );
}

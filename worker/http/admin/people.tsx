/** Finding a person, and everything that is known of them on one page. */
import type { Item } from "../../catalog/price.ts";
import { readItems } from "../../catalog/read.ts";
import { CHANNELS } from "../../deps.ts";
import { readHistory } from "../../events/history.ts";
import type { HistoryEvent } from "../../events/store.ts";
import { FARTHEST, type Intention } from "../../intention/behavior.ts";
import { intentionAt, openIntention } from "../../intention/serve.ts";
import { Refusal } from "../../lib/errors.ts";
import { DAY, utcDay } from "../../lib/time.ts";
import { messagesOf } from "../../messages/read.ts";
import type { Message } from "../../messages/store.ts";
import { type Browser, listBrowsers } from "../../profiles/browsers.ts";
import { type ConsentState, readConsentsOf } from "../../profiles/consent.ts";
import { locatePerson } from "../../profiles/person.ts";
import { listRecentProfiles, type Profile } from "../../profiles/store.ts";
import { listPlacements } from "../../recommend/placements.ts";
import type { Placement } from "../../recommend/schema.ts";
import { whoWasShown } from "../../reports/shown.ts";
import { segmentsOf } from "../../segments/of.ts";
import { knownSegments } from "../../segments/segments.ts";
import type { Segment } from "../../segments/store.ts";
import { findPeople, keyOf, nameOf } from "./find-person.ts";
import { text } from "./form.ts";
import { formatAgo, formatMoment, formatShare } from "./format.ts";
import { Page, send } from "./frame.tsx";
import { maskEmail, maskId } from "./mask.ts";
import { Badge, Empty, Facts, Section, Table } from "./parts.tsx";
import { Browsers } from "./person-browsers.tsx";
import { PersonSearch } from "./person-picker.tsx";
import { previewPath } from "./preview-request.ts";
import { itemsShown, PersonTimeline } from "./timeline.tsx";
import { type AdminContext, type SiteView, siteView } from "./view.ts";

const RECENT = 30;
const TIMELINE = 150;

export async function showPeople(c: AdminContext): Promise<Response> {
  const view = siteView(c);
  const since = utcDay(view.now - DAY);
  const shards = view.deps.shards.all();
  const parts = await Promise.all(shards.map(({ db }) => listRecentProfiles(db, view.site.id, since, RECENT)));
  const people = parts.flat().sort((a, b) => b.lastSeenAt - a.lastSeenAt);
  return send(c, <PeoplePage view={view} people={people.slice(0, RECENT)} query={undefined} />);
}

export async function searchPeople(c: AdminContext): Promise<Response> {
  const view = siteView(c);
  const query = text(c.get("form"), "query");
  if (query.startsWith("rec_")) {
    const shownTo = await whoWasShown(view.deps, view.site.id, query);
    if (shownTo !== undefined) return c.redirect(`${personPath(view, shownTo)}#${query}`, 303);
  }
  const people = await findPeople(view, query);
  const [only] = people;
  if (only && people.length === 1) return c.redirect(personPath(view, only.profileId), 303);
  return send(c, <PeoplePage view={view} people={people} query={query} />);
}

export async function showPerson(c: AdminContext): Promise<Response> {
  const view = siteView(c);
  const { deps, site } = view;
  const [profile] = await findPeople(view, c.req.param("profile") ?? "");
  if (!profile) throw new Refusal("not_found", "there is no such person");
  const person = await locatePerson(deps, site.id, keyOf(profile));
  const [history, messages, consents, segmentIds, segments, browsers, placements, intending] = await Promise.all([
    readHistory(deps, person, 0, FARTHEST),
    messagesOf(deps, person, TIMELINE),
    readConsentsOf(deps, [person]),
    segmentsOf(deps, site.id, keyOf(profile)),
    knownSegments(deps, site.id),
    profile.userId === null ? [] : listBrowsers(deps, profile.profileId),
    listPlacements(deps, site.id),
    openIntention(deps, site.id),
  ]);
  const events = history.slice(0, TIMELINE);
  const itemIds = events.flatMap((event) => [...(event.itemId === null ? [] : [event.itemId]), ...itemsShown(event)]);
  const items = await readItems(deps, site.id, [...new Set(itemIds)]);
  return send(
    c,
    <PersonPage
      view={view}
      profile={profile}
      browsers={browsers}
      events={events}
      intention={intentionAt(intending, history, view.now)}
      messages={messages}
      items={items}
      consent={consents.get(profile.profileId) ?? {}}
      segments={segments.filter(({ id }) => segmentIds.includes(id))}
      placements={placements}
    />,
  );
}

export function personPath(view: SiteView, profileId: string): string {
  return `/admin/${view.site.id}/people/${profileId}`;
}

function PeoplePage({ view, people, query }: { view: SiteView; people: Profile[]; query: string | undefined }) {
  const { t, now, locale } = view;
  const head = [t("people.person"), t("people.email"), t("people.firstSeen"), t("people.lastSeen")];
  return (
    <Page view={view} room="people" title={t("people.title")} lead={t("people.lead")}>
      <PersonSearch view={view} value={query} label={t("people.search")} />
      <Section
        title={t(query === undefined ? "people.recent" : "people.found")}
        class="flush"
        actions={
          <>
            <a href={`/admin/${view.site.id}/people/consents`}>{t("consents.open")}</a>
            <a href={`/admin/${view.site.id}/people/attributes`}>{t("attributes.open")}</a>
          </>
        }
      >
        {people.length === 0 ? (
          <Empty title={t(query === undefined ? "people.nobody" : "people.notFound")}>
            {t(query === undefined ? "people.nobodyLead" : "people.notFoundLead")}
          </Empty>
        ) : (
          <Table label={t("people.title")} head={head}>
            {people.map((profile) => (
              <tr>
                <td>
                  <a class="main-link" href={personPath(view, profile.profileId)}>
                    {maskId(nameOf(profile))}
                  </a>{" "}
                  <Kind view={view} profile={profile} />
                </td>
                <td class="muted">{profile.email === null ? "–" : maskEmail(profile.email)}</td>
                <td class="when">{formatAgo(profile.firstSeenAt, now, locale)}</td>
                <td class="when">{formatAgo(profile.lastSeenAt, now, locale)}</td>
              </tr>
            ))}
          </Table>
        )}
      </Section>
    </Page>
  );
}

function Kind({ view, profile }: { view: SiteView; profile: Profile }) {
  const isMember = profile.userId !== null;
  return <Badge tone={isMember ? "good" : "plain"}>{view.t(isMember ? "people.member" : "people.visitor")}</Badge>;
}

function PersonPage(props: {
  view: SiteView;
  profile: Profile;
  browsers: Browser[];
  events: HistoryEvent[];
  intention: Intention | undefined;
  messages: Message[];
  items: Map<string, Item>;
  consent: ConsentState;
  segments: Segment[];
  placements: Placement[];
}) {
  const { view, profile, browsers, events, intention, messages, items, consent, segments, placements } = props;
  const { t, locale, site } = view;
  return (
    <Page
      view={view}
      room="people"
      title={nameOf(profile)}
      above={[t("people.title"), `/admin/${site.id}/people`]}
      lead={<Kind view={view} profile={profile} />}
    >
      <div class="columns">
        <Section title={t("people.timeline")} class="flush">
          <PersonTimeline
            view={view}
            profileId={profile.profileId}
            events={events}
            messages={messages}
            items={items}
            placements={placements}
          />
        </Section>
        <div class="stack">
          <Section title={t("people.traits")}>
            <Facts
              facts={[
                [t("people.email"), profile.email],
                [t("people.phone"), profile.phone],
                [t("people.firstSeen"), formatMoment(profile.firstSeenAt, locale, site.timeZone)],
                [t("people.lastSeen"), formatMoment(profile.lastSeenAt, locale, site.timeZone)],
                [
                  t("people.intention"),
                  intention && `${formatShare(intention.chance, 1, locale)} · ${t(`mode.${intention.mode}`)}`,
                ],
                ...Object.entries(profile.traits).map(([name, value]): [string, string] => [name, textOf(value)]),
              ]}
            />
          </Section>
          <Section title={t("people.recommendations")} hint={t("people.recommendationsHint")}>
            {placements.length === 0 ? (
              <p class="muted">{t("placements.none")}</p>
            ) : (
              <ul class="plain-list">
                {placements.map(({ id, name }) => (
                  <li>
                    <a href={previewPath(view, id, { person: profile.profileId })}>{name}</a>
                  </li>
                ))}
              </ul>
            )}
          </Section>
          <Browsers view={view} user={profile.profileId} browsers={browsers} />
          <Section title={t("people.segments")}>
            {segments.length === 0 ? (
              <p class="muted">{t("people.noSegments")}</p>
            ) : (
              <ul class="plain-list">
                {segments.map(({ id, name }) => (
                  <li>
                    <a href={`/admin/${site.id}/segments/${id}`}>{name}</a>
                  </li>
                ))}
              </ul>
            )}
          </Section>
          <Section title={t("people.consents")}>
            <Consents view={view} consent={consent} />
          </Section>
        </div>
      </div>
    </Page>
  );
}

function Consents({ view, consent }: { view: SiteView; consent: ConsentState }) {
  const { t, locale, site } = view;
  const given = CHANNELS.flatMap((channel) => {
    const word = consent[channel];
    return word ? [{ channel, ...word }] : [];
  });
  if (given.length === 0) return <p class="muted">{t("people.noConsents")}</p>;
  return (
    <dl class="pairs">
      {given.map(({ channel, granted, night, at }) => (
        <>
          <dt>{t(`channel.${channel}`)}</dt>
          <dd>
            <span class="badges">
              <Badge tone={granted ? "good" : "bad"}>{t(granted ? "people.granted" : "people.withdrawn")}</Badge>
              {night && <Badge>{t("people.night")}</Badge>}
            </span>
            <span class="sub">{formatMoment(at, locale, site.timeZone)}</span>
          </dd>
        </>
      ))}
    </dl>
  );
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

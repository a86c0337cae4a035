/** Every message as its person got it, or why they did not. In the demo this is where all messages end. */
import { listCampaigns } from "../../campaigns/campaigns.ts";
import type { ProfileId } from "../../lib/ids.ts";
import { listOutbox } from "../../messages/read.ts";
import type { Message } from "../../messages/store.ts";
import { linksOf } from "../../messages/tokens.ts";
import { byShard } from "../../profiles/person.ts";
import { getProfiles, type Profile } from "../../profiles/store.ts";
import { nameOf } from "./find-person.ts";
import { formatMoment } from "./format.ts";
import { Page, send } from "./frame.tsx";
import { translateOr } from "./language.ts";
import { maskId } from "./mask.ts";
import { Badge, Empty } from "./parts.tsx";
import { personPath } from "./people.tsx";
import { type AdminContext, type SiteView, siteView } from "./view.ts";

const PAGE = 30;
const STATES = ["sent", "skipped", "failed", "accepted"] as const;
const TONES = { sent: "good", skipped: "plain", failed: "bad", accepted: "warn" } as const;

export async function showOutbox(c: AdminContext): Promise<Response> {
  const view = siteView(c);
  const { deps, site, t } = view;
  const state = STATES.find((each) => each === c.req.query("state")) ?? "sent";
  const before = Number(c.req.query("before")) || undefined;
  const campaigns = new Map((await listCampaigns(deps, site.id)).map(({ id, name }) => [id, name]));
  const messages = await listOutbox(deps, site.id, [...campaigns.keys()], { before, state, limit: PAGE });
  const [links, people] = await Promise.all([
    Promise.all(messages.map((message) => linksOf(deps, message))),
    readPeople(
      view,
      messages.map(({ profileId }) => profileId),
    ),
  ]);
  const last = messages.at(-1);
  const here = `/admin/${site.id}/outbox?state=${state}`;
  return send(
    c,
    <Page view={view} room="outbox" title={t("nav.outbox")} lead={t("outbox.lead")}>
      <nav class="tabs" aria-label={t("outbox.state")}>
        {STATES.map((each) => (
          <a href={`/admin/${site.id}/outbox?state=${each}`} aria-current={each === state ? "page" : undefined}>
            {t(`outbox.${each}`)}
          </a>
        ))}
      </nav>
      {messages.length === 0 ? (
        <Empty title={t("outbox.empty")}>{t("outbox.emptyLead")}</Empty>
      ) : (
        <div class="letters">
          {messages.map((message, place) => (
            <Letter
              view={view}
              message={message}
              person={people.get(message.profileId)}
              campaign={campaigns.get(message.campaignId) ?? message.campaignId}
              click={links[place]?.click}
            />
          ))}
        </div>
      )}
      {last && messages.length === PAGE && (
        <p class="more">
          <a class="button" href={`${here}&before=${last.createdAt}`}>
            {t("outbox.older")}
          </a>
        </p>
      )}
    </Page>,
  );
}

async function readPeople({ deps }: SiteView, ids: ProfileId[]): Promise<Map<ProfileId, Profile>> {
  const groups = [...byShard(deps, new Set(ids))];
  const found = await Promise.all(groups.map(([shard, group]) => getProfiles(shard.db, group)));
  return new Map(found.flat().map((profile) => [profile.profileId, profile]));
}

function Letter(props: {
  view: SiteView;
  message: Message;
  person: Profile | undefined;
  campaign: string;
  click: string | undefined;
}) {
  const { view, message, person, campaign, click } = props;
  const { t, locale, site } = view;
  const { content, state, reason } = message;
  return (
    <article class="letter">
      <header>
        <Badge tone={TONES[state]}>{t(`outbox.${state}`)}</Badge>
        <span>{t(`channel.${message.channel}`)}</span>
        <time datetime={new Date(message.createdAt).toISOString()}>
          {formatMoment(message.sentAt ?? message.createdAt, locale, site.timeZone)}
        </time>
      </header>
      {reason && <p class="muted">{translateOr(t, `reason.${reason}`, reason)}</p>}
      {content && (
        <div class="letter-body">
          {content.imageUrl && <img src={content.imageUrl} alt="" width="80" height="100" loading="lazy" />}
          <div>
            <h2>{content.title}</h2>
            <p class="letter-text">{content.body}</p>
            {click && state === "sent" && (
              <a class="button small" href={click}>
                {t("outbox.open")}
              </a>
            )}
          </div>
        </div>
      )}
      <footer class="muted">
        <a href={`/admin/${site.id}/campaigns/${message.campaignId}`}>{campaign}</a>
        <a href={personPath(view, message.profileId)}>{person ? maskId(nameOf(person)) : t("outbox.person")}</a>
        {message.openedAt !== null && <span>{t("outbox.opened")}</span>}
        {message.clickedAt !== null && <span>{t("outbox.clicked")}</span>}
        {message.convertedAt !== null && <span>{t("outbox.converted")}</span>}
      </footer>
    </article>
  );
}

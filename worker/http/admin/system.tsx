/** The machine room: models and what failed. */

import { NIGHT_HOUR } from "../../jobs/schedule.ts";
import { DAY, HOUR } from "../../lib/time.ts";
import { type DeadLetter, listDeadLetters } from "../../platform/dead-letters.ts";
import { activateModel, listModels } from "../../recommend/models.ts";
import type { ModelRecord } from "../../recommend/store.ts";
import { startTraining } from "../../recommend/train.ts";
import { formatAgo, formatMoment, formatNumber, formatShare, formatTime } from "./format.ts";
import { Page, send } from "./frame.tsx";
import { againstInWords, ModelHistory, shortName } from "./models.tsx";
import { Badge, Empty, Form, Section, Table } from "./parts.tsx";
import { type AdminContext, goTo, type SiteView, siteView } from "./view.ts";
import { messageInKorean } from "./words/messages.ts";

const LETTERS = 50;

export async function showSystem(c: AdminContext): Promise<Response> {
  const view = siteView(c);
  const { deps, site } = view;
  const [letters, models] = await Promise.all([listDeadLetters(deps.control, LETTERS), listModels(deps, site.id)]);
  const own = letters.filter((letter) => concerns(letter, site.id));
  return send(c, <SystemPage view={view} letters={own} models={models} />);
}

export async function postTrain(c: AdminContext): Promise<Response> {
  const { deps, site } = siteView(c);
  await startTraining(deps, site.id);
  return goTo(c, `/admin/${site.id}/system`, "training");
}

export async function postActivation(c: AdminContext): Promise<Response> {
  const { deps, site } = siteView(c);
  await activateModel(deps, site.id, c.req.param("version") ?? "");
  return goTo(c, `/admin/${site.id}/system`, "saved");
}

/** Jobs of another site are that site's affair; jobs over a whole shard are everybody's. */
function concerns(letter: DeadLetter, siteId: string): boolean {
  const job = JSON.parse(letter.job) as { siteId?: string };
  return job.siteId === undefined || job.siteId === siteId;
}

function SystemPage({ view, letters, models }: { view: SiteView; letters: DeadLetter[]; models: ModelRecord[] }) {
  const { t, locale, site } = view;
  return (
    <Page view={view} room="system" title={t("system.title")}>
      <Models view={view} models={models} />
      <ModelHistory view={view} models={models} />
      <Section title={t("system.dead")} hint={t("system.deadHint")} class="flush">
        {letters.length === 0 ? (
          <Empty title={t("system.noDead")} />
        ) : (
          <Table label={t("system.dead")} head={[t("system.job"), t("system.failedAt"), t("system.content")]}>
            {letters.map((letter) => (
              <tr>
                <td>{letter.kind}</td>
                <td class="when">{formatMoment(letter.failedAt, locale, site.timeZone)}</td>
                <td>
                  <code>{letter.job}</code>
                </td>
              </tr>
            ))}
          </Table>
        )}
      </Section>
    </Page>
  );
}

/** "03:00", on the site's clocks */
function nightIn({ locale, site, now }: SiteView): string {
  return formatTime(Math.floor(now / DAY) * DAY + NIGHT_HOUR * HOUR, locale, site.timeZone);
}

function Models({ view, models }: { view: SiteView; models: ModelRecord[] }) {
  const { t, locale, site, now } = view;
  const head = [
    t("system.version"),
    t("system.state"),
    t("system.built"),
    t("system.learned"),
    t("system.hits"),
    t("system.popularHits"),
    t("system.decision"),
  ];
  return (
    <Section
      title={t("system.models")}
      hint={t("system.modelsHint", { time: nightIn(view) })}
      class="flush"
      actions={
        <Form view={view} action={`/admin/${site.id}/system/train`}>
          <button type="submit">{t("system.train")}</button>
        </Form>
      }
    >
      {models.length === 0 ? (
        <Empty title={t("system.noModels")}>{t("system.noModelsLead")}</Empty>
      ) : (
        <Table label={t("system.models")} head={head} numbers={[4, 5]}>
          {models.map(({ version, state, createdAt, refreshedAt, metrics }) => (
            <tr>
              <td>
                <a href={`/admin/${site.id}/system/models/${version}`} title={version}>
                  <code>{shortName(version)}</code>
                </a>
              </td>
              <td>
                <Badge tone={state === "active" ? "good" : state === "rejected" ? "bad" : "plain"}>
                  {t(`system.state.${state}`)}
                </Badge>
              </td>
              <td class="when">
                {formatMoment(createdAt, locale, site.timeZone)}
                {state === "active" && refreshedAt !== null && (
                  <span class="sub">{t("system.refreshed", { ago: formatAgo(refreshedAt, now, locale) })}</span>
                )}
              </td>
              <td class="muted">
                {metrics.sessions !== undefined &&
                  t("system.learnedFrom", {
                    sessions: formatNumber(metrics.sessions, locale),
                    items: formatNumber(metrics.items ?? 0, locale),
                  })}
              </td>
              <td class="number">{metrics.model ? formatShare(metrics.model.precision20, 1, locale) : "–"}</td>
              <td class="number muted">
                {metrics.popularity ? formatShare(metrics.popularity.precision20, 1, locale) : "–"}
              </td>
              <td class="muted">
                {locale === "ko" ? messageInKorean(metrics.decision ?? "") : metrics.decision}
                {metrics.against && metrics.against.cases > 0 && (
                  <span class="sub">{againstInWords(view, metrics.against)}</span>
                )}
                {state === "retired" && (
                  <Form view={view} action={`/admin/${site.id}/system/models/${version}/activate`}>
                    <button type="submit">{t("system.activate")}</button>
                  </Form>
                )}
              </td>
            </tr>
          ))}
        </Table>
      )}
    </Section>
  );
}

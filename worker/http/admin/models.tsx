/** One model: what it learned from, how well it foretold and how it did with people, its intention model, what it chose. */
import { Refusal } from "../../lib/errors.ts";
import type { Evaluation, ModelMetrics } from "../../recommend/metrics.ts";
import { listModels } from "../../recommend/models.ts";
import type { ModelRecord } from "../../recommend/store.ts";
import { LineChart, type Point } from "./chart.tsx";
import { formatMoment, formatNumber, formatShare } from "./format.ts";
import { Page, send } from "./frame.tsx";
import { Badge, Empty, Facts, Section, Table } from "./parts.tsx";
import { ReliabilityChart } from "./reliability-chart.tsx";
import { type AdminContext, type SiteView, siteView } from "./view.ts";
import { messageInKorean } from "./words/messages.ts";

export async function showModel(c: AdminContext): Promise<Response> {
  const view = siteView(c);
  const version = c.req.param("version") ?? "";
  const model = (await listModels(view.deps, view.site.id)).find((each) => each.version === version);
  if (!model) throw new Refusal("not_found", "there is no such model");
  return send(c, <ModelPage view={view} model={model} />);
}

function ModelPage({ view, model }: { view: SiteView; model: ModelRecord }) {
  const { t, site } = view;
  const { metrics } = model;
  const title = t("models.title", { version: shortName(model.version) });
  return (
    <Page view={view} room="system" title={title} above={[t("models.back"), `/admin/${site.id}/system`]}>
      <About view={view} model={model} />
      <Online view={view} metrics={metrics} />
      <Offline view={view} metrics={metrics} />
      <IntentionSection view={view} metrics={metrics} />
      <TuningSection view={view} metrics={metrics} />
    </Page>
  );
}

export const shortName = (version: string) => version.slice(0, 16);

function About({ view, model }: { view: SiteView; model: ModelRecord }) {
  const { t, locale, site } = view;
  const { state, createdAt, promotedAt, refreshedAt, metrics } = model;
  const number = (value: number | undefined) => (value === undefined ? "–" : formatNumber(value, locale));
  const facts: [string, string][] = [
    [t("models.built"), formatMoment(createdAt, locale, site.timeZone)],
    [t("models.promoted"), promotedAt === null ? "–" : formatMoment(promotedAt, locale, site.timeZone)],
    [t("models.refreshed"), refreshedAt === null ? "–" : formatMoment(refreshedAt, locale, site.timeZone)],
    [t("models.sessions"), number(metrics.sessions)],
    [t("models.actions"), number(metrics.actions)],
    [t("models.items"), number(metrics.items)],
    [t("models.ranker"), metrics.ranker ? t(`models.ranker.${metrics.ranker}`) : "–"],
    [t("models.decision"), (locale === "ko" ? messageInKorean(metrics.decision ?? "") : metrics.decision) || "–"],
  ];
  const tone = state === "active" ? "good" : state === "rejected" ? "bad" : "plain";
  return (
    <Section title={t("models.facts")} actions={<Badge tone={tone}>{t(`system.state.${state}`)}</Badge>}>
      <Facts facts={facts} />
    </Section>
  );
}

function Online({ view, metrics: { online } }: { view: SiteView; metrics: ModelMetrics }) {
  const { t, locale } = view;
  return (
    <Section title={t("models.online")} hint={t("models.onlineHint")}>
      {online ? (
        <dl class="pairs">
          <dt>{t("models.shown")}</dt>
          <dd>{formatNumber(online.shown, locale)}</dd>
          <dt>{t("models.clicked")}</dt>
          <dd>{formatNumber(online.clicked, locale)}</dd>
          <dt>{t("models.clickRate")}</dt>
          <dd>{formatShare(online.clicked, online.shown, locale)}</dd>
        </dl>
      ) : (
        <Empty title={t("models.notOnline")} />
      )}
    </Section>
  );
}

/** How far it is from the model that served before it. */
export function againstInWords({ t, locale }: SiteView, against: NonNullable<ModelMetrics["against"]>): string {
  const { cases, sessions, difference, standardError, low, high } = against;
  const signed = (value: number) => `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(4)}`;
  const counted = formatNumber(cases, locale);
  if (sessions === undefined || low === undefined || high === undefined)
    return t("models.against", { difference: signed(difference), error: standardError.toFixed(4), cases: counted });
  return t("models.between", {
    difference: signed(difference),
    low: signed(low),
    high: signed(high),
    sessions: formatNumber(sessions, locale),
    cases: counted,
  });
}

function Offline({ view, metrics }: { view: SiteView; metrics: ModelMetrics }) {
  const { t, locale } = view;
  const lines: [string, Evaluation | undefined][] = [
    [t("models.this"), metrics.model],
    [t("models.rows"), metrics.rows],
    [t("models.popularity"), metrics.popularity],
  ];
  const { against } = metrics;
  return (
    <Section title={t("models.offline")} class="flush" {...(against ? { hint: againstInWords(view, against) } : {})}>
      <Table
        label={t("models.offline")}
        head={[t("models.by"), t("models.cases"), t("models.hits"), t("models.rank")]}
        numbers={[1, 2, 3]}
      >
        {lines.map(([name, evaluation]) =>
          evaluation ? (
            <tr>
              <td>{name}</td>
              <td class="number">{formatNumber(evaluation.cases, locale)}</td>
              <td class="number">{formatShare(evaluation.precision20, 1, locale)}</td>
              <td class="number">{evaluation.mrr20.toFixed(3)}</td>
            </tr>
          ) : null,
        )}
      </Table>
    </Section>
  );
}

function IntentionSection({ view, metrics: { intention } }: { view: SiteView; metrics: ModelMetrics }) {
  const { t, locale } = view;
  if (!intention) {
    return (
      <Section title={t("models.intention")}>
        <Empty title={t("models.noIntention")} />
      </Section>
    );
  }
  const { moments, judged, auc, averagePrecision, calibrationError, bins, here, away, serves, reason } = intention;
  const kinds = [
    { label: t("models.reliabilityHere"), kind: here },
    { label: t("models.reliabilityAway"), kind: away },
  ].flatMap(({ label, kind }) => (kind && kind.judged > 0 ? [{ label, ...kind }] : []));
  return (
    <Section title={t("models.intention")} hint={t("models.intentionHint")}>
      {serves !== "new" && <p>{t(reason === "unjudged" ? `models.unjudged.${serves}` : "models.keptBefore")}</p>}
      <dl class="pairs">
        <dt>{t("models.auc")}</dt>
        <dd>{auc.toFixed(3)}</dd>
        <dt>{t("models.precision")}</dt>
        <dd>{averagePrecision.toFixed(3)}</dd>
        <dt>{t("models.calibration")}</dt>
        <dd>{formatShare(calibrationError, 1, locale)}</dd>
        <dt>{t("models.moments")}</dt>
        <dd>{`${formatNumber(moments, locale)} / ${formatNumber(judged, locale)}`}</dd>
      </dl>
      {kinds.length === 0 && <ReliabilityChart view={view} label={t("models.reliability")} bins={bins} />}
      <div class="columns even side-by-side">
        {kinds.map((kind) => (
          <div>
            <h3>{`${kind.label} · ${formatShare(kind.calibrationError, 1, locale)}`}</h3>
            <ReliabilityChart view={view} label={kind.label} bins={kind.bins} />
          </div>
        ))}
      </div>
    </Section>
  );
}

const TRIALS = [
  "rows",
  "rows.age",
  "rows.distance",
  "rows.incoming",
  "net",
  "net.hidden",
  "net.rate",
  "net.epochs",
] as const;

/** In words, as far as there are any: models of before may have tried something else. */
function Trialed({ view, what }: { view: SiteView; what: string }) {
  const known = TRIALS.find((each) => each === what);
  return (
    <>
      {known && view.t(`models.trial.${known}`)}
      <span class="sub">
        <code>{what}</code>
      </span>
    </>
  );
}

function TuningSection({ view, metrics: { tuning } }: { view: SiteView; metrics: ModelMetrics }) {
  const { t } = view;
  if (!tuning || tuning.trials.length === 0) return null;
  return (
    <Section title={t("models.tuning")} hint={t("models.tuningHint")} class="flush">
      <Table
        label={t("models.tuning")}
        head={[t("models.trial"), t("models.value"), t("models.score"), ""]}
        numbers={[1, 2]}
      >
        {tuning.trials.map(({ what, value, score, isTaken }) => (
          <tr>
            <td>
              <Trialed view={view} what={what} />
            </td>
            <td class="number">{what.includes(".") ? value : t("models.usual")}</td>
            <td class="number">{score.toFixed(4)}</td>
            <td>{isTaken && what.includes(".") && <Badge tone="good">{t("models.taken")}</Badge>}</td>
          </tr>
        ))}
      </Table>
    </Section>
  );
}

/** Night by night, oldest first: how well each model foretold, and its click rate in the table. */
export function ModelHistory({ view, models }: { view: SiteView; models: ModelRecord[] }) {
  const { t, locale, site } = view;
  const day = new Intl.DateTimeFormat(locale, { month: "numeric", day: "numeric", timeZone: site.timeZone });
  const points = models.toReversed().flatMap(({ createdAt, metrics: { model, online } }): Point[] => {
    if (!model || model.cases === 0) return [];
    const text = formatShare(model.precision20, 1, locale);
    const clicks = online ? formatShare(online.clicked, online.shown, locale) : "–";
    return [{ name: day.format(createdAt), value: 100 * model.precision20, text, cells: [text, clicks] }];
  });
  if (points.length < 2) return null;
  return (
    <Section title={t("models.history")} hint={t("models.historyHint")}>
      <LineChart
        view={view}
        label={t("models.history")}
        head={[t("models.share"), t("models.clickRate")]}
        points={points}
        axis={(value) => `${formatNumber(value, locale)}%`}
      />
    </Section>
  );
}

/** The pages of a placement's experiments. */
import type { Report } from "../../experiments/report.ts";
import type { Experiment } from "../../experiments/schema.ts";
import type { Issue } from "../../lib/errors.ts";
import { SECOND } from "../../lib/time.ts";
import type { Placement } from "../../recommend/schema.ts";
import type { ExperimentFields } from "./experiment-fields.ts";
import { ExperimentForm, PercentInput } from "./experiment-form.tsx";
import { ResultView } from "./experiment-result.tsx";
import { formatAgo, formatDuration, formatMoment } from "./format.ts";
import { Page } from "./frame.tsx";
import { Badge, Empty, Field, Form, Input, Problems, RowName, Section, Table } from "./parts.tsx";
import type { SiteView } from "./view.ts";

export function pathOf(view: SiteView, placement: Placement, id = ""): string {
  return `/admin/${view.site.id}/placements/${placement.id}/experiments${id && `/${id}`}`;
}

const TONES = { draft: "plain", running: "good", ended: "plain" } as const;

function StateBadge({ view, state }: { view: SiteView; state: Experiment["state"] }) {
  return <Badge tone={TONES[state]}>{view.t(`experiments.state.${state}`)}</Badge>;
}

export function ExperimentsPage(props: { view: SiteView; placement: Placement; experiments: Experiment[] }) {
  const { view, placement, experiments } = props;
  const { t, locale, now, site } = view;
  const base = pathOf(view, placement);
  return (
    <Page
      view={view}
      room="placements"
      title={t("experiments.title")}
      above={[placement.name, `/admin/${site.id}/placements/${placement.id}`]}
      lead={t("experiments.lead")}
      actions={
        <a class="button primary" href={`${base}/new`}>
          {t("experiments.new")}
        </a>
      }
    >
      <Section class="flush list">
        {experiments.length === 0 ? (
          <Empty title={t("experiments.none")}>{t("experiments.noneLead")}</Empty>
        ) : (
          <Table
            label={t("experiments.title")}
            head={[
              t("experiments.name"),
              t("experiments.state"),
              t("experiments.mode"),
              t("experiments.metric"),
              t("placements.updated"),
            ]}
          >
            {experiments.map(({ id, name, state, definition, startedAt, endedAt, updatedAt }) => (
              <tr>
                <td>
                  <RowName href={`${base}/${id}`} name={name}>
                    {definition.variants.map((variant) => variant.name).join(" · ")}
                  </RowName>
                </td>
                <td>
                  <StateBadge view={view} state={state} />
                </td>
                <td class="muted">{t(`experiments.mode.${definition.mode}`)}</td>
                <td class="muted">{t(`experiments.metric.${definition.metric.kind}`)}</td>
                <td class="when">{formatAgo(endedAt ?? startedAt ?? updatedAt, now, locale)}</td>
              </tr>
            ))}
          </Table>
        )}
      </Section>
    </Page>
  );
}

export function DraftPage(props: {
  view: SiteView;
  placement: Placement;
  experiment?: Experiment | undefined;
  fields: ExperimentFields;
  issues: Issue[];
}) {
  const { view, placement, experiment, fields, issues } = props;
  const { t } = view;
  const base = pathOf(view, placement);
  const path = experiment && `${base}/${experiment.id}`;
  return (
    <Page
      view={view}
      room="placements"
      title={experiment?.name ?? t("experiments.new")}
      above={[`${placement.name} · ${t("experiments.title")}`, base]}
      lead={experiment && <StateBadge view={view} state="draft" />}
      actions={
        path && (
          <>
            <Form view={view} action={`${path}/start`}>
              <button type="submit" class="primary">
                {t("experiments.start")}
              </button>
            </Form>
            <DeleteButton view={view} path={path} />
          </>
        )
      }
    >
      <ExperimentForm view={view} action={path ?? `${base}/new`} fields={fields} issues={issues} />
    </Page>
  );
}

function DeleteButton({ view, path }: { view: SiteView; path: string }) {
  return (
    <Form view={view} action={`${path}/delete`}>
      <button type="submit" class="danger" data-confirm={view.t("experiments.deleteSure")}>
        {view.t("form.delete")}
      </button>
    </Form>
  );
}

export function StartedPage(props: { view: SiteView; placement: Placement; report: Report; issues: Issue[] }) {
  const { view, placement, report, issues } = props;
  const { t } = view;
  const { experiment } = report;
  const path = pathOf(view, placement, experiment.id);
  return (
    <Page
      view={view}
      room="placements"
      title={experiment.name}
      above={[`${placement.name} · ${t("experiments.title")}`, pathOf(view, placement)]}
      lead={<Times view={view} experiment={experiment} />}
      actions={
        experiment.state === "running" ? (
          <Form view={view} action={`${path}/stop`}>
            <button type="submit" data-confirm={t("experiments.stopSure")}>
              {t("experiments.stop")}
            </button>
          </Form>
        ) : (
          <DeleteButton view={view} path={path} />
        )
      }
    >
      <ResultView view={view} report={report} path={path} />
      <Winner view={view} report={report} path={path} />
      <Plan view={view} experiment={experiment} path={path} issues={issues} />
    </Page>
  );
}

function Times({ view, experiment }: { view: SiteView; experiment: Experiment }) {
  const { t, locale, site } = view;
  const { state, startedAt, endedAt } = experiment;
  const moment = (at: number) => formatMoment(at, locale, site.timeZone);
  return (
    <>
      <StateBadge view={view} state={state} />{" "}
      {startedAt !== null && t("experiments.started", { when: moment(startedAt) })}
      {endedAt !== null && ` · ${t("experiments.ended", { when: moment(endedAt) })}`}
    </>
  );
}

/** Each variant with the button that makes it the rule; the ones that did better stand first. */
function Winner({ view, report, path }: { view: SiteView; report: Report; path: string }) {
  const { t } = view;
  const { experiment, result } = report;
  const verdictOf = (name: string) => result?.groups.find((group) => group.name === name)?.verdict;
  const order = ["better", "unclear", undefined, "worse"];
  const variants = experiment.definition.variants
    .map(({ name }) => ({ name, verdict: verdictOf(name) }))
    .toSorted((one, other) => order.indexOf(one.verdict) - order.indexOf(other.verdict));
  return (
    <Section title={t("experiments.winner")} hint={t("experiments.winnerHint")}>
      {result?.isEarly !== false && <p class="hint">{t("experiments.winnerEarly")}</p>}
      <ul class="rule-rows">
        {variants.map(({ name, verdict }) => (
          <li class="rule-row">
            <Form view={view} action={`${path}/apply`} class="inline">
              <input type="hidden" name="variant" value={name} />
              <strong>{name}</strong>
              {verdict && (
                <Badge tone={verdict === "better" ? "good" : "plain"}>{t(`experiments.verdict.${verdict}`)}</Badge>
              )}
              <button
                type="submit"
                class={verdict === "better" ? "small primary" : "small"}
                data-confirm={t("experiments.applySure", { variant: name })}
              >
                {t("experiments.apply")}
              </button>
            </Form>
          </li>
        ))}
      </ul>
    </Section>
  );
}

/** What was planned, and the little of it that may still change. */
function Plan(props: { view: SiteView; experiment: Experiment; path: string; issues: Issue[] }) {
  const { view, experiment, path, issues } = props;
  const { t, locale } = view;
  const { mode, metric, holdout, variants, traffic } = experiment.definition;
  const percent = (share: number) => `${Number((share * 100).toFixed(2))}%`;
  return (
    <Section title={t("experiments.plan")}>
      <dl class="pairs">
        <dt>{t("experiments.mode")}</dt>
        <dd>{t(`experiments.mode.${mode}`)}</dd>
        <dt>{t("experiments.metric")}</dt>
        <dd>
          {t(`experiments.metric.${metric.kind}`)} · {t("experiments.window")}{" "}
          {formatDuration(metric.windowSeconds * SECOND, locale)}
        </dd>
        {holdout.share > 0 && (
          <>
            <dt>{t("experiments.holdout")}</dt>
            <dd>
              {percent(holdout.share)} · {t(`experiments.shows.${holdout.shows}`)}
            </dd>
          </>
        )}
        {variants.map(({ name, share, rules }) => (
          <>
            <dt>{name}</dt>
            <dd>
              {mode === "fixed" && `${share} · `}
              {Object.keys(rules).length === 0 ? t("experiments.asPlacement") : <code>{JSON.stringify(rules)}</code>}
            </dd>
          </>
        ))}
      </dl>
      <Problems view={view} issues={issues} />
      <Form view={view} action={path} class="stack readable plan-form">
        <div class="row">
          <Field name="name" label={t("experiments.name")} issues={issues}>
            <Input name="name" value={experiment.name} required maxlength={120} />
          </Field>
          {experiment.state === "running" && (
            <Field
              name="trafficPercent"
              label={t("experiments.traffic")}
              hint={t("experiments.trafficHint")}
              issues={issues}
            >
              <PercentInput name="trafficPercent" value={String(Number((traffic * 100).toFixed(4)))} max={100} />
            </Field>
          )}
        </div>
        <div class="form-end">
          <button type="submit">{t("form.save")}</button>
        </div>
      </Form>
    </Section>
  );
}

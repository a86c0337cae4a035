/** What an experiment has shown: people by group with intervals, the sample-ratio check, what automatic mode has learned. */
import type { Report } from "../../experiments/report.ts";
import type { ExperimentResult, GroupResult, Metric, Verdict } from "../../experiments/result.ts";
import { METRICS } from "../../experiments/result.ts";
import { HOLDOUT } from "../../experiments/schema.ts";
import type { Interval } from "../../experiments/statistics.ts";
import { ALL_VARIANTS } from "../../experiments/tally.ts";
import { formatMoney } from "../../lib/money.ts";
import { formatMoment, formatNumber } from "./format.ts";
import { translateOr } from "./language.ts";
import { Badge, Empty, Section, Table } from "./parts.tsx";
import type { SiteView } from "./view.ts";

export function ResultView({ view, report, path }: { view: SiteView; report: Report; path: string }) {
  const { t, locale, site } = view;
  const { experiment, measuredAt, result } = report;
  if (!result || measuredAt === null) {
    return (
      <Section title={t("experiments.result")}>
        <Empty title={t("experiments.counting")} />
      </Section>
    );
  }
  const { kind } = experiment.definition.metric;
  return (
    <>
      <Warnings view={view} result={result} />
      <Section
        title={t("experiments.result")}
        hint={t("experiments.resultHint")}
        class="flush"
        actions={<Against view={view} result={result} path={path} />}
      >
        <Groups view={view} result={result} primary={kind} />
        <p class="foot hint">
          {t("experiments.measured", { when: formatMoment(measuredAt, locale, site.timeZone) })}
          {result.ratio && !result.ratio.isAlarming && ` · ${t("experiments.ratioFine")}`}
          {result.switched > 0 && ` · ${t("experiments.switched", { count: formatNumber(result.switched, locale) })}`}
        </p>
      </Section>
      {result.learning && <Learning view={view} learning={result.learning} />}
    </>
  );
}

function Warnings({ view, result }: { view: SiteView; result: ExperimentResult }) {
  const { t } = view;
  return (
    <>
      {result.ratio?.isAlarming && (
        <div class="problems" role="alert">
          <p>{t("experiments.ratio", { p: chance(result.ratio.p) })}</p>
        </div>
      )}
      {result.isEarly && <p class="caution">{t("experiments.early")}</p>}
    </>
  );
}

const chance = (p: number) => (p < 0.000_001 ? "< 0.000001" : p.toPrecision(2));

function nameOf(view: SiteView, group: string): string {
  return group === HOLDOUT || group === ALL_VARIANTS ? view.t(`experiments.group.${group}`) : group;
}

function Against({ view, result, path }: { view: SiteView; result: ExperimentResult; path: string }) {
  if (result.groups.length < 2) return null;
  return (
    <form method="get" action={path} class="inline">
      <label for="against">{view.t("experiments.base")}</label>
      <select id="against" name="against">
        {result.groups.map(({ name }) => (
          <option value={name} selected={name === result.against}>
            {nameOf(view, name)}
          </option>
        ))}
      </select>
      <button type="submit" class="small">
        {view.t("placements.show")}
      </button>
    </form>
  );
}

/** The metric of the experiment first, the others after it. */
function Groups({ view, result, primary }: { view: SiteView; result: ExperimentResult; primary: Metric }) {
  const { t, locale } = view;
  const metrics = [primary, ...METRICS.filter((metric) => metric !== primary)];
  const spans = result.groups.flatMap(({ differences }) => differences[primary] ?? []);
  const reach = Math.max(...spans.flatMap(({ low, high }) => [Math.abs(low), Math.abs(high)]), 0);
  return (
    <Table
      label={t("experiments.result")}
      numbers={[1, 2, 5, 6]}
      head={[
        t("experiments.group"),
        t("experiments.people"),
        t(`experiments.${primary}`),
        t("experiments.difference", { group: nameOf(view, result.against) }),
        <span class="visually-hidden">{t("experiments.state")}</span>,
        ...metrics.slice(1).map((metric) => t(`experiments.${metric}`)),
      ]}
    >
      {result.groups.map((group) => {
        const difference = group.differences[primary];
        return (
          <tr>
            <th scope="row">
              {nameOf(view, group.name)}
              <span class="sub">{t("experiments.expected", { share: percent(group.share, locale) })}</span>
            </th>
            <td class="number">{formatNumber(group.people, locale)}</td>
            <td class="number">
              <Figure view={view} metric={primary} interval={group.metrics[primary]} />
            </td>
            <td>
              {difference ? (
                <>
                  <IntervalBar interval={difference} reach={reach} verdict={group.verdict ?? "unclear"} />
                  <span class="difference">{signed(view, primary, difference.value)}</span>
                  <span class="sub">
                    {t("experiments.interval", {
                      low: signed(view, primary, difference.low),
                      high: signed(view, primary, difference.high),
                    })}
                  </span>
                  <Uplift view={view} interval={group.uplifts[primary]} />
                </>
              ) : (
                <span class="muted">{group.name === result.against ? t("experiments.isBase") : "–"}</span>
              )}
            </td>
            <td>
              <VerdictBadge view={view} verdict={group.verdict} />
            </td>
            {metrics.slice(1).map((metric) => (
              <td class="number">
                <Figure view={view} metric={metric} interval={group.metrics[metric]} />
              </td>
            ))}
          </tr>
        );
      })}
    </Table>
  );
}

/** By how much more than the group compared with, as a share of what that has. */
function Uplift({ view, interval }: { view: SiteView; interval: Interval | undefined }) {
  if (!interval) return null;
  const { t, locale } = view;
  const options = { style: "percent", maximumFractionDigits: 1, signDisplay: "exceptZero" } as const;
  const share = (value: number) => new Intl.NumberFormat(locale, options).format(value).replace("-", "−");
  return (
    <>
      <span class="difference">{t("experiments.uplift", { share: share(interval.value) })}</span>
      <span class="sub">{t("experiments.interval", { low: share(interval.low), high: share(interval.high) })}</span>
    </>
  );
}

function Figure({ view, metric, interval }: { view: SiteView; metric: Metric; interval: Interval | undefined }) {
  if (!interval) return <span class="muted">–</span>;
  return (
    <>
      {plain(view, metric, interval.value)}
      <span class="sub">
        {view.t("experiments.interval", {
          low: plain(view, metric, interval.low),
          high: plain(view, metric, interval.high),
        })}
      </span>
    </>
  );
}

const TONES = { better: "good", worse: "bad", unclear: "plain" } as const;

function VerdictBadge({ view, verdict }: { view: SiteView; verdict: GroupResult["verdict"] }) {
  if (!verdict) return null;
  return <Badge tone={TONES[verdict]}>{view.t(`experiments.verdict.${verdict}`)}</Badge>;
}

/** The interval of a difference on a line around zero, in attributes: the page's policy allows no inline style. */
function IntervalBar({ interval, reach, verdict }: { interval: Interval; reach: number; verdict: Verdict }) {
  const x = (value: number) => (reach === 0 ? 80 : 80 + (value / reach) * 76);
  return (
    <svg
      class={`interval ${TONES[verdict]}`}
      viewBox="0 0 160 16"
      width="160"
      height="16"
      aria-hidden="true"
      focusable="false"
    >
      <line class="zero" x1="80" x2="80" y1="0" y2="16" />
      <line class="reach" x1={x(interval.low)} x2={x(interval.high)} y1="8" y2="8" />
      <circle cx={x(interval.value)} cy="8" r="4" />
    </svg>
  );
}

function Learning({ view, learning }: { view: SiteView; learning: NonNullable<ExperimentResult["learning"]> }) {
  const { t, locale } = view;
  const { contexts, regret } = learning;
  const number = (value: number) => formatNumber(Math.round(value), locale);
  return (
    <>
      {regret && (
        <Section title={t("experiments.regret")}>
          <div class="readable">
            <p class="figure">{t("experiments.regretValue", { value: number(regret.value) })}</p>
            <p class="hint">
              {t("experiments.regretHint", {
                best: regret.best,
                low: number(regret.low),
                high: number(regret.high),
                trials: number(regret.trials),
              })}
            </p>
          </div>
        </Section>
      )}
      <Section title={t("experiments.learning")} hint={t("experiments.learningHint")} class="flush">
        {contexts.length === 0 ? (
          <Empty title={t("experiments.nothingLearned")} />
        ) : (
          <Table
            label={t("experiments.learning")}
            numbers={[2, 3, 4, 5]}
            head={[
              t("experiments.context"),
              t("experiments.variants"),
              t("experiments.trials"),
              t("experiments.rate"),
              t("experiments.best"),
              t("experiments.shareNow"),
            ]}
          >
            {contexts.flatMap(({ context, arms }) =>
              arms.map((arm) => (
                <tr>
                  <th scope="row">{contextInWords(view, context)}</th>
                  <td>{arm.variant}</td>
                  <td class="number">{formatNumber(arm.trials, locale)}</td>
                  <td class="number">
                    <Figure view={view} metric="click" interval={arm.rate} />
                  </td>
                  <td class="number">{percent(arm.probabilityBest, locale)}</td>
                  <td class="number">{percent(arm.share, locale)}</td>
                </tr>
              )),
            )}
          </Table>
        )}
      </Section>
    </>
  );
}

function contextInWords({ t }: SiteView, context: string): string {
  const [knows = "", device = ""] = context.split(".");
  return `${translateOr(t, `experiments.knows.${knows}`, knows)} · ${translateOr(t, `experiments.device.${device}`, device)}`;
}

function percent(share: number, locale: string, digits = 1): string {
  return new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: digits }).format(share);
}

function plain({ locale, site }: SiteView, metric: Metric, value: number): string {
  return metric === "revenue" ? formatMoney(Math.round(value), site.currency, locale) : percent(value, locale, 2);
}

/** With its sign; rates in percentage points. */
function signed({ locale, site }: SiteView, metric: Metric, value: number): string {
  const sign = value > 0 ? "+" : value < 0 ? "−" : "";
  const size = Math.abs(value);
  if (metric === "revenue") return `${sign}${formatMoney(Math.round(size), site.currency, locale)}`;
  const points = new Intl.NumberFormat(locale, { maximumFractionDigits: 2 }).format(size * 100);
  return `${sign}${points}${locale === "ko" ? "%p" : " pp"}`;
}

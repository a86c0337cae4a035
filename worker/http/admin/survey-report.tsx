/** What a survey has changed, from who was asked to who came back, against who was not. */
import type { Interval } from "../../experiments/statistics.ts";
import { surveyReport } from "../../reports/survey.ts";
import { type ActivationGroup, HELD_OUT } from "../../survey/activation.ts";
import type { Survey } from "../../survey/schema.ts";
import { formatNumber, formatShare } from "./format.ts";
import { Page, send } from "./frame.tsx";
import { Badge, EditTabs, Empty, Section, Table } from "./parts.tsx";
import { type AdminContext, type SiteView, siteView } from "./view.ts";

export async function showSurveyReport(c: AdminContext): Promise<Response> {
  const view = siteView(c);
  const { deps, site, t } = view;
  const { survey, measuredAt, groups } = await surveyReport(deps, site.id, c.req.param("id") ?? "");
  return send(
    c,
    <Page
      view={view}
      room="survey"
      title={survey.name}
      above={[t("surveys.title"), `/admin/${site.id}/surveys`]}
      lead={<SurveyTabs view={view} survey={survey} tab="report" />}
    >
      {groups.length === 0 ? (
        <Section>
          <Empty title={t(measuredAt === null ? "surveys.counting" : "surveys.nobodyAsked")} />
        </Section>
      ) : (
        groups.map((group) => <Group view={view} group={group} />)
      )}
      <p class="hint readable">{t("surveys.reportHint")}</p>
    </Page>,
  );
}

export function SurveyTabs(props: { view: SiteView; survey: Survey; tab: "edit" | "report" }) {
  const { view, survey, tab } = props;
  const base = `/admin/${view.site.id}/surveys/${survey.id}`;
  return (
    <EditTabs base={base} tab={tab} edit={view.t("surveys.edit")} report={view.t("surveys.report")}>
      <span>
        <code>{survey.id}</code> · {view.t("surveys.version", { version: survey.version })}
      </span>
    </EditTabs>
  );
}

function Group({ view, group }: { view: SiteView; group: ActivationGroup }) {
  const { t, locale } = view;
  const { name, people, stages } = group;
  const isHeldOut = name === HELD_OUT;
  const shown = stages.filter(({ stage }) => !isHeldOut || (stage !== "started" && stage !== "completed"));
  const [id, version] = name.split("@");
  const title = isHeldOut ? t("surveys.heldOut") : `${id} · ${t("surveys.version", { version: version ?? "" })}`;
  return (
    <Section class="flush" title={title}>
      <Table
        label={title}
        numbers={[1, 2]}
        head={[t("report.step"), t("report.count"), t("report.share"), t("surveys.difference")]}
      >
        {shown.map(({ stage, people: count, rate, difference }) => (
          <tr>
            <th scope="row">{t(isHeldOut && stage === "shown" ? "surveys.stage.meant" : `surveys.stage.${stage}`)}</th>
            <td class="number">{formatNumber(count, locale)}</td>
            <td class="number">
              {formatShare(count, people, locale)}
              {rate && stage !== "shown" && <span class="sub">{between(view, rate)}</span>}
            </td>
            <td>{difference ? <Difference view={view} difference={difference} /> : <span class="muted">–</span>}</td>
          </tr>
        ))}
      </Table>
    </Section>
  );
}

function Difference({ view, difference }: { view: SiteView; difference: Interval }) {
  const { value, low, high } = difference;
  const tone = low > 0 ? "good" : high < 0 ? "bad" : "plain";
  const signed = `${value > 0 ? "+" : ""}${percent(view, value)}`;
  return (
    <>
      <Badge tone={tone}>{signed}</Badge>
      <span class="sub">{between(view, difference)}</span>
    </>
  );
}

function between(view: SiteView, { low, high }: Interval): string {
  return view.t("experiments.interval", { low: percent(view, low), high: percent(view, high) });
}

function percent({ locale }: SiteView, value: number): string {
  return formatShare(value, 1, locale);
}

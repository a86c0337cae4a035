/** Taste surveys: the questions, to whom they are asked, and how the next visitor would see them. */
import { type Issue, Refusal } from "../../lib/errors.ts";
import { knownOf } from "../../recommend/foretold.ts";
import { listPlacements } from "../../recommend/placements.ts";
import type { Placement } from "../../recommend/schema.ts";
import { type Survey, SurveyDefinition, SurveyId, SurveyInput } from "../../survey/schema.ts";
import { nextScreen } from "../../survey/screen.ts";
import { deleteSurvey, listSurveys, putSurvey, requireSurvey } from "../../survey/surveys.ts";
import { checkForm, text } from "./form.ts";
import { formatAgo } from "./format.ts";
import { Page, send } from "./frame.tsx";
import { Empty, Form, RowName, Section, Table } from "./parts.tsx";
import { SurveyEditor } from "./survey-editor.tsx";
import { STARTER, type SurveyFields } from "./survey-fields.ts";
import { changeSurveyFields, readSurveyFields, toDefinition, toSurveyFields } from "./survey-form.ts";
import { SurveyScreenPreview } from "./survey-preview.tsx";
import { SurveyTabs } from "./survey-report.tsx";
import { type AdminContext, goTo, type SiteView, siteView } from "./view.ts";

export async function showSurveys(c: AdminContext): Promise<Response> {
  const view = siteView(c);
  return send(c, <SurveysPage view={view} surveys={await listSurveys(view.deps, view.site.id)} />);
}

export async function showNewSurvey(c: AdminContext): Promise<Response> {
  const view = siteView(c);
  const [first] = await listPlacements(view.deps, view.site.id);
  return sendEditor(c, view, undefined, { ...STARTER, placement: first?.id ?? "" }, []);
}

export async function showSurvey(c: AdminContext): Promise<Response> {
  const view = siteView(c);
  const survey = await requireOf(c, view);
  return sendEditor(c, view, survey, toSurveyFields(survey.name, survey.definition), []);
}

/** Saves, or changes the editor when one of its own buttons sent the form. */
export async function postSurvey(c: AdminContext): Promise<Response> {
  const view = siteView(c);
  const { deps, site, locale, t } = view;
  const form = c.get("form");
  const existing = c.req.param("id") === undefined ? undefined : await requireOf(c, view);
  const fields = readSurveyFields(form);
  const changed = changeSurveyFields(fields, text(form, "act"));
  if (changed) return sendEditor(c, view, existing, changed, []);
  const again = (issues: Issue[]) => sendEditor(c, view, existing, fields, issues);
  const id = existing?.id ?? fields.id;
  const checkedId = checkForm(SurveyId, id, locale);
  const checked = checkForm(SurveyInput, { name: fields.name, definition: toDefinition(fields) }, locale);
  if (!checkedId.ok) return again(checkedId.issues.map((issue) => ({ ...issue, path: "id" })));
  if (!checked.ok) return again(checked.issues);
  if (!existing && (await listSurveys(deps, site.id)).some((each) => each.id === id))
    return again([{ path: "id", message: t("placements.taken") }]);
  await putSurvey(deps, site.id, id, checked.data);
  return goTo(c, `/admin/${site.id}/surveys/${id}`, "saved");
}

export async function postDeleteSurvey(c: AdminContext): Promise<Response> {
  const { deps, site } = siteView(c);
  await deleteSurvey(deps, site.id, c.req.param("id") ?? "");
  return goTo(c, `/admin/${site.id}/surveys`, "deleted");
}

/** The screen alone, for the editor: of what stands in the form, saved or not. */
export async function postSurveyPreview(c: AdminContext): Promise<Response> {
  const view = siteView(c);
  const { deps, site, locale, now } = view;
  const checked = checkForm(SurveyDefinition, toDefinition(readSurveyFields(c.get("form"))), locale);
  if (!checked.ok) return c.html(<SurveyScreenPreview view={view} screens={[]} issues={checked.issues} />);
  const known = await knownOf(deps, site.id);
  const survey: Survey = {
    siteId: site.id,
    id: "preview",
    name: "",
    version: 0,
    definition: { ...checked.data, screens: Math.max(checked.data.screens, checked.data.questions.length) },
    updatedAt: now,
  };
  // Conditions are not looked at: a marketer wants to see every question.
  survey.definition.questions = survey.definition.questions.map(({ when: _, ...question }) => question);
  const screens = await Promise.all(
    (locale === "ko" ? (["ko", "en"] as const) : (["en", "ko"] as const)).map((language) =>
      nextScreen(deps, survey, { locale: language, currency: site.currency, known }, { all: true }),
    ),
  );
  return c.html(<SurveyScreenPreview view={view} screens={screens} issues={[]} />);
}

async function requireOf(c: AdminContext, { deps, site }: SiteView): Promise<Survey> {
  const id = c.req.param("id");
  if (id === undefined) throw new Refusal("not_found", "there is no such survey");
  return requireSurvey(deps, site.id, id);
}

async function sendEditor(
  c: AdminContext,
  view: SiteView,
  survey: Survey | undefined,
  fields: SurveyFields,
  issues: Issue[],
): Promise<Response> {
  const { t, site } = view;
  const placements: Placement[] = await listPlacements(view.deps, site.id);
  const base = `/admin/${site.id}/surveys`;
  return send(
    c,
    <Page
      view={view}
      room="survey"
      title={survey?.name ?? t("surveys.new")}
      above={[t("surveys.title"), base]}
      lead={survey && <SurveyTabs view={view} survey={survey} tab="edit" />}
      actions={
        survey && (
          <Form view={view} action={`${base}/${survey.id}/delete`}>
            <button type="submit" class="danger" data-confirm={t("surveys.deleteSure")}>
              {t("form.delete")}
            </button>
          </Form>
        )
      }
    >
      <SurveyEditor view={view} survey={survey} fields={fields} issues={issues} placements={placements} />
    </Page>,
    issues.length > 0 ? 422 : 200,
  );
}

function SurveysPage({ view, surveys }: { view: SiteView; surveys: Survey[] }) {
  const { t, site, locale, now } = view;
  const base = `/admin/${site.id}/surveys`;
  return (
    <Page
      view={view}
      room="survey"
      title={t("surveys.title")}
      lead={t("surveys.lead")}
      actions={
        <a class="button primary" href={`${base}/new`}>
          {t("surveys.new")}
        </a>
      }
    >
      <Section class="flush list">
        {surveys.length === 0 ? (
          <Empty title={t("surveys.none")}>{t("surveys.noneLead")}</Empty>
        ) : (
          <Table
            label={t("surveys.title")}
            head={[t("surveys.name"), t("surveys.questions"), t("surveys.placement"), t("placements.updated")]}
          >
            {surveys.map(({ id, name, version, definition, updatedAt }) => (
              <tr>
                <td>
                  <RowName href={`${base}/${id}`} name={name}>
                    {id} · {t("surveys.version", { version })}
                  </RowName>
                </td>
                <td class="muted">
                  {definition.questions.map(({ title }) => title[locale] ?? title.ko ?? title.en).join(", ")}
                </td>
                <td class="muted">{definition.placement ?? "–"}</td>
                <td class="when">{formatAgo(updatedAt, now, locale)}</td>
              </tr>
            ))}
          </Table>
        )}
      </Section>
    </Page>
  );
}

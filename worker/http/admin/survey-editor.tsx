/** The survey editor, and the screen that it makes. */
import type { Issue } from "../../lib/errors.ts";
import type { Placement } from "../../recommend/schema.ts";
import type { Survey } from "../../survey/schema.ts";
import {
  ActButton,
  Checkbox,
  EnterButton,
  Field,
  Form,
  Input,
  Problems,
  SaveButton,
  Section,
  Select,
} from "./parts.tsx";
import { QUESTION_KINDS, type QuestionFields, type SurveyFields } from "./survey-fields.ts";
import type { SiteView } from "./view.ts";

const MOST_QUESTIONS = 8;

export function SurveyEditor(props: {
  view: SiteView;
  survey: Survey | undefined;
  fields: SurveyFields;
  issues: Issue[];
  placements: Placement[];
}) {
  const { view, survey, fields, placements } = props;
  const { t, site } = view;
  const base = `/admin/${site.id}/surveys`;
  const issues = props.issues.map((issue) => ({ ...issue, path: issue.path.replace(/^definition\./, "") }));
  return (
    <div class="columns">
      <div>
        <Problems view={view} issues={issues} />
        <Form view={view} action={`${base}/${survey?.id ?? "new"}`} class="stack" id="survey">
          <EnterButton />
          <Section>
            <div class="stack">
              {!survey && (
                <Field name="id" label={t("placements.id")} hint={t("surveys.idHint")} issues={issues}>
                  <Input name="id" value={fields.id} required maxlength={63} pattern="[a-z0-9][a-z0-9_\-]*" />
                </Field>
              )}
              <Field name="name" label={t("surveys.name")} issues={issues}>
                <Input name="name" value={fields.name} required maxlength={120} />
              </Field>
              <Field name="placement" label={t("surveys.placement")} hint={t("surveys.placementHint")} issues={issues}>
                <Select
                  name="placement"
                  value={fields.placement}
                  options={[
                    ["", t("surveys.noPlacement")],
                    ...placements.map(({ id, name }): [string, string] => [id, name]),
                  ]}
                />
              </Field>
              <Field name="screens" label={t("surveys.screens")} hint={t("surveys.screensHint")} issues={issues}>
                <Input name="screens" type="number" value={fields.screens} min={1} max={5} />
              </Field>
            </div>
          </Section>
          <Section title={t("surveys.show")}>
            <div class="stack">
              <Checkbox name="firstVisit" checked={fields.firstVisit} label={t("surveys.firstVisit")} />
              <Checkbox name="onProductPages" checked={fields.onProductPages} label={t("surveys.onProductPages")} />
              <Checkbox name="onAdLandings" checked={fields.onAdLandings} label={t("surveys.onAdLandings")} />
              <div class="row">
                <Field name="dormantDays" label={t("surveys.dormantDays")} issues={issues}>
                  <Input
                    name="dormantDays"
                    type="number"
                    value={fields.dormantDays}
                    min={1}
                    max={365}
                    placeholder="–"
                  />
                </Field>
                <Field name="delaySeconds" label={t("surveys.delaySeconds")} issues={issues}>
                  <Input name="delaySeconds" type="number" value={fields.delaySeconds} min={0} max={300} />
                </Field>
              </div>
            </div>
          </Section>
          <Section title={t("surveys.measure")} hint={t("surveys.measureHint")}>
            <div class="stack">
              <div class="row">
                <Field name="holdout" label={t("surveys.holdout")} issues={issues}>
                  <Input name="holdout" type="number" value={fields.holdout} min={0} max={50} step="0.1" />
                </Field>
                <Field name="against" label={t("surveys.against")} hint={t("surveys.againstHint")} issues={issues}>
                  <textarea id="against" name="against" class="source" rows={2} spellcheck={false}>
                    {fields.against}
                  </textarea>
                </Field>
              </div>
              <Checkbox
                name="onlyWhereItHelps"
                checked={fields.onlyWhereItHelps}
                label={t("surveys.onlyWhereItHelps")}
                hint={t("surveys.onlyWhereItHelpsHint")}
              />
            </div>
          </Section>
          <Section title={t("surveys.look")} hint={t("surveys.lookHint")}>
            <div class="row">
              {(["accent", "onAccent", "surface", "color"] as const).map((name) => (
                <Field name={name} label={t(`surveys.look.${name}`)} issues={issues}>
                  <Input name={name} value={fields[name]} maxlength={7} placeholder="#7c3aed" />
                </Field>
              ))}
            </div>
          </Section>
          <div id="questions" class="stack">
            {fields.questions.map((question, index) => (
              <QuestionSection
                view={view}
                question={question}
                index={index}
                count={fields.questions.length}
                earlier={fields.questions.slice(0, index).map(({ id }) => id)}
              />
            ))}
            {fields.questions.length < MOST_QUESTIONS && (
              <p>
                <ActButton view={view} act="questions:add" part="questions">
                  {t("surveys.add")}
                </ActButton>
              </p>
            )}
          </div>
          <div class="form-end">
            <SaveButton view={view} />
            <span class="hint">{t("surveys.versionHint")}</span>
          </div>
        </Form>
      </div>
      <aside class="stack follow" aria-label={t("campaigns.preview")}>
        <Section title={t("campaigns.preview")}>
          <div
            aria-live="polite"
            hx-post={`${base}/preview`}
            hx-trigger="load, input delay:500ms from:#survey, htmx:after:settle from:#survey"
            hx-include="#survey"
          >
            <p class="muted">{t("campaigns.previewWaits")}</p>
          </div>
        </Section>
      </aside>
    </div>
  );
}

function QuestionSection(props: {
  view: SiteView;
  question: QuestionFields;
  index: number;
  count: number;
  /** Ids of the questions before it. */
  earlier: string[];
}) {
  const { view, question, index, count, earlier } = props;
  const { t } = view;
  const name = (part: keyof QuestionFields) => `questions.${index}.${part}`;
  const number = index + 1;
  return (
    <Section
      class="question"
      title={t("surveys.question", { number })}
      actions={
        count > 1 && (
          <ActButton view={view} act={`questions:remove:${index}`} part="questions">
            {t("surveys.remove", { number })}
          </ActButton>
        )
      }
    >
      <div class="stack">
        <div class="row">
          <Field name={name("kind")} label={t("surveys.kind")}>
            <Select
              name={name("kind")}
              value={question.kind}
              options={QUESTION_KINDS.map((kind) => [kind, t(`surveys.kind.${kind}`)])}
            />
          </Field>
          <Field name={name("id")} label={t("surveys.questionId")}>
            <Input name={name("id")} value={question.id} required maxlength={40} />
          </Field>
        </div>
        <div class="row">
          <Field name={name("titleKo")} label={t("placements.titleKo")}>
            <Input name={name("titleKo")} value={question.titleKo} maxlength={120} />
          </Field>
          <Field name={name("titleEn")} label={t("placements.titleEn")}>
            <Input name={name("titleEn")} value={question.titleEn} maxlength={120} />
          </Field>
        </div>
        <div class="row">
          <Field name={name("hintKo")} label={t("surveys.hintKo")}>
            <Input name={name("hintKo")} value={question.hintKo} maxlength={200} />
          </Field>
          <Field name={name("hintEn")} label={t("surveys.hintEn")}>
            <Input name={name("hintEn")} value={question.hintEn} maxlength={200} />
          </Field>
        </div>
        <div class="row">
          <Field class="for-auto" name={name("count")} label={t("surveys.count")}>
            <Input name={name("count")} type="number" value={question.count} min={2} max={24} />
          </Field>
          <Field class="for-tiles" name={name("most")} label={t("surveys.most")}>
            <Input name={name("most")} type="number" value={question.most} min={1} max={24} />
          </Field>
          <Field name={name("trait")} label={t("surveys.trait")}>
            <Input name={name("trait")} value={question.trait} maxlength={40} />
          </Field>
        </div>
        <Field class="for-lines" name={name("lines")} label={t("surveys.lines")} hint={t("surveys.linesHint")}>
          <textarea id={name("lines")} name={name("lines")} class="source" rows={5} spellcheck={false}>
            {question.lines}
          </textarea>
        </Field>
        <div class="for-choice">
          <Checkbox name={name("multiple")} checked={question.multiple} label={t("surveys.multiple")} />
        </div>
        <div class="row for-price">
          <Field name={name("min")} label={t("surveys.min")}>
            <Input name={name("min")} type="number" value={question.min} min={0} step="any" />
          </Field>
          <Field name={name("max")} label={t("surveys.max")}>
            <Input name={name("max")} type="number" value={question.max} min={0} step="any" />
          </Field>
          <Field name={name("step")} label={t("surveys.step")}>
            <Input name={name("step")} type="number" value={question.step} min={0} step="any" />
          </Field>
        </div>
        <Field class="for-text" name={name("characters")} label={t("surveys.characters")}>
          <Input name={name("characters")} type="number" value={question.characters} min={1} max={500} />
        </Field>
        {index > 0 && (
          <div class="row">
            <Field name={name("whenQuestion")} label={t("surveys.whenQuestion")}>
              <Select
                name={name("whenQuestion")}
                value={question.whenQuestion}
                options={[["", t("surveys.always")], ...earlier.map((id): [string, string] => [id, id])]}
              />
            </Field>
            <Field name={name("whenAnyOf")} label={t("surveys.whenAnyOf")} hint={t("surveys.whenAnyOfHint")}>
              <textarea id={name("whenAnyOf")} name={name("whenAnyOf")} class="source" rows={2} spellcheck={false}>
                {question.whenAnyOf}
              </textarea>
            </Field>
          </div>
        )}
      </div>
    </Section>
  );
}

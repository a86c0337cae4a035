/** Mixes of a placement for some moments, each with its condition, before the one for all others. */
import type { Issue } from "../../lib/errors.ts";
import { HEARD_EVENTS, MOMENT_TRAITS } from "../../recommend/moment-rule.ts";
import { ActButton, Field, Input } from "./parts.tsx";
import type { CaseFields } from "./placement-fields.ts";
import { EventNames, RuleEditor } from "./rule-editor.tsx";
import type { SiteView } from "./view.ts";

export function Cases(props: { view: SiteView; action: string; cases: CaseFields[]; issues: Issue[] }) {
  const { view, action, cases, issues } = props;
  const { t } = view;
  return (
    <fieldset id="cases" class="stack">
      <legend>{t("placements.cases")}</legend>
      <p class="hint">{t("placements.casesHint")}</p>
      {cases.length > 0 && <EventNames view={view} events={HEARD_EVENTS} traits={MOMENT_TRAITS} />}
      {cases.map(({ when, ways }, place) => (
        <section class="stack" aria-label={t("placements.case", { number: place + 1 })}>
          <RuleEditor
            view={view}
            action={action}
            name={`cases.${place}.when`}
            rule={when}
            label={t("placements.caseWhen", { number: place + 1 })}
          />
          <div class="row">
            <Field
              name={`cases.${place}.ways`}
              label={t("placements.caseWays", { number: place + 1 })}
              hint={t("placements.caseWaysHint")}
              issues={issues}
            >
              <Input name={`cases.${place}.ways`} value={ways} placeholder={t("way.complementary")} maxlength={300} />
            </Field>
          </div>
          <div class="actions">
            <ActButton view={view} act={`cases:remove:${place}`} part="cases" action={action} class="small quiet">
              {t("placements.caseRemove", { number: place + 1 })}
            </ActButton>
          </div>
        </section>
      ))}
      <div class="actions">
        <ActButton view={view} act="cases:add" part="cases" action={action}>
          {t(cases.length === 0 ? "placements.caseFirst" : "placements.caseAdd")}
        </ActButton>
      </div>
    </fieldset>
  );
}

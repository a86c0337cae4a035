/** The campaign editor: when, who, what, how often; beside it the message that one person would get. */
import type { Campaign } from "../../campaigns/schema.ts";
import type { Issue } from "../../lib/errors.ts";
import { CHANGE_FIELDS, ITEM_FIELDS, ITEM_LISTS, PROFILE_FIELDS, SITE_FIELDS } from "../../messages/variables.ts";
import type { Profile } from "../../profiles/store.ts";
import type { Placement } from "../../recommend/schema.ts";
import type { CampaignFields } from "./campaign-form.ts";
import { Limits, What, Who } from "./campaign-sections.tsx";
import { When } from "./campaign-trigger.tsx";
import { EnterButton, Field, Form, Input, Problems, SaveButton, Section } from "./parts.tsx";
import { PersonPicker } from "./person-picker.tsx";
import { EventNames } from "./rule-editor.tsx";
import type { SiteView } from "./view.ts";

interface Editing {
  view: SiteView;
  /** Undefined while it is new. */
  campaign: Campaign | undefined;
  fields: CampaignFields;
  issues: Issue[];
  placements: Placement[];
  people: Profile[];
  /** Whom the preview begins with. */
  person: string;
}

export function CampaignEditor(editing: Editing) {
  const { view, campaign, people, person } = editing;
  const { t, site } = view;
  const base = `/admin/${site.id}/campaigns`;
  const issues = editing.issues.map((issue) => ({ ...issue, path: issue.path.replace(/^definition\./, "") }));
  const parts = { view, fields: editing.fields, issues };
  return (
    <div class="columns">
      <div>
        <Problems view={view} issues={issues} />
        <EventNames view={view} />
        <Form view={view} action={`${base}/${campaign?.id ?? "new"}`} class="stack" id="campaign">
          <EnterButton />
          <input type="hidden" name="campaign" value={campaign?.id ?? ""} />
          <Section>
            <Field name="name" label={t("campaigns.name")} issues={issues}>
              <Input name="name" value={editing.fields.name} required maxlength={120} />
            </Field>
          </Section>
          <When {...parts} />
          <Who {...parts} />
          <What {...parts} placements={editing.placements} />
          <Limits {...parts} />
          <div class="form-end sticky-end">
            <SaveButton view={view} />
            {campaign?.state !== "running" && (
              <button type="submit" name="act" value="launch">
                {t("campaigns.launch")}
              </button>
            )}
            <span class="hint">
              {t(campaign?.state === "running" ? "campaigns.savedLive" : "campaigns.launchHint")}
            </span>
          </div>
        </Form>
      </div>
      <aside class="stack follow" aria-label={t("campaigns.preview")}>
        <Section title={t("campaigns.preview")}>
          <div class="stack">
            <PersonField view={view} people={people} person={person} />
            <div
              id="preview"
              aria-live="polite"
              hx-post={`${base}/preview`}
              hx-trigger="load, input delay:500ms from:#campaign, input delay:500ms from:#person, htmx:after:settle from:#campaign"
              hx-include="#campaign, #person"
            >
              <p class="muted">{t("campaigns.previewWaits")}</p>
            </div>
          </div>
        </Section>
        <Variables view={view} />
      </aside>
    </div>
  );
}

function PersonField({ view, people, person }: { view: SiteView; people: Profile[]; person: string }) {
  return (
    <Field name="person" label={view.t("campaigns.previewFor")}>
      <PersonPicker view={view} name="person" value={person} people={people} />
    </Field>
  );
}

function Variables({ view }: { view: SiteView }) {
  const { t } = view;
  return (
    <Section>
      <details>
        <summary>{t("campaigns.variables")}</summary>
        <p class="hint">{t("campaigns.variablesHint")}</p>
        <pre class="code">{`{{ product_added_to_cart.0.product_name }}
{{ recommendation.0.product_name | josa: "을/를" }}
{% if product_viewed.0 %}…{% else %}…{% endif %}
{{ profile.name | default: "${t("campaigns.variablesDefault")}" }}`}</pre>
        <dl class="variables">
          <dt>{t("campaigns.variableLists")}</dt>
          <dd>
            <Codes names={ITEM_LISTS} />
          </dd>
          <dt>{t("campaigns.variableFields")}</dt>
          <dd>
            <Codes names={ITEM_FIELDS} />
          </dd>
          <dt>{t("campaigns.variableChange")}</dt>
          <dd>
            <Codes names={[...ITEM_FIELDS.slice(0, 8), ...CHANGE_FIELDS].map((name) => `item.${name}`)} />
          </dd>
          <dt>profile.</dt>
          <dd>
            <Codes names={PROFILE_FIELDS} />
          </dd>
          <dt>site.</dt>
          <dd>
            <Codes names={SITE_FIELDS} />
          </dd>
        </dl>
      </details>
    </Section>
  );
}

function Codes({ names }: { names: readonly string[] }) {
  return (
    <>
      {names.map((name) => (
        <>
          <code>{name}</code>{" "}
        </>
      ))}
    </>
  );
}

/** What is known of people, by name: types to keep to, and what is personal. */

import type { Issue } from "../../lib/errors.ts";
import { ATTRIBUTE_TYPES, type Attribute } from "../../profiles/attribute.ts";
import { declareAttribute, listAttributes } from "../../profiles/attributes.ts";
import { AttributeInput, AttributeName } from "../../profiles/schema.ts";
import { checkForm, text } from "./form.ts";
import { Page, send } from "./frame.tsx";
import { Badge, Empty, Form, Problems, Section, Select, Table } from "./parts.tsx";
import { type AdminContext, goTo, type SiteView, siteView } from "./view.ts";

const AttributeForm = AttributeInput.extend({ name: AttributeName });

export async function showAttributes(c: AdminContext): Promise<Response> {
  return send(c, await page(siteView(c), []));
}

export async function postAttribute(c: AdminContext): Promise<Response> {
  const view = siteView(c);
  const form = c.get("form");
  const fields = { name: text(form, "name"), type: text(form, "type"), isPersonal: text(form, "isPersonal") !== "" };
  const checked = checkForm(AttributeForm, fields, view.locale);
  if (!checked.ok) return send(c, await page(view, checked.issues), 422);
  await declareAttribute(view.deps, view.site.id, checked.data);
  return goTo(c, c.req.path, "saved");
}

async function page(view: SiteView, issues: Issue[]) {
  return <AttributesPage view={view} attributes={await listAttributes(view.deps, view.site.id)} issues={issues} />;
}

function AttributesPage({ view, attributes, issues }: { view: SiteView; attributes: Attribute[]; issues: Issue[] }) {
  const { t, site } = view;
  const head = [t("attributes.name"), t("attributes.state"), t("attributes.decide")];
  return (
    <Page
      view={view}
      room="people"
      title={t("attributes.title")}
      lead={t("attributes.lead")}
      above={[t("people.title"), `/admin/${site.id}/people`]}
    >
      <Section title={t("attributes.all")} hint={t("attributes.hint")} class="flush">
        <Problems view={view} issues={issues} />
        {attributes.length === 0 ? (
          <Empty title={t("attributes.none")}>{t("attributes.noneLead")}</Empty>
        ) : (
          <Table label={t("attributes.title")} head={head}>
            {attributes.map((attribute) => (
              <tr>
                <td>
                  <code>{attribute.name}</code>
                </td>
                <td>
                  <span class="badges">
                    <Badge tone={attribute.isDeclared ? "good" : "plain"}>
                      {t(attribute.isDeclared ? "attributes.declared" : "attributes.seen")}
                    </Badge>
                    {attribute.isPersonal && <Badge tone="warn">{t("attributes.personal")}</Badge>}
                  </span>
                </td>
                <td>
                  <Decide view={view} attribute={attribute} />
                </td>
              </tr>
            ))}
          </Table>
        )}
      </Section>
      <Section title={t("attributes.new")}>
        <Decide view={view} attribute={undefined} />
      </Section>
    </Page>
  );
}

function Decide({ view, attribute }: { view: SiteView; attribute: Attribute | undefined }) {
  const { t } = view;
  const of = attribute ? ` · ${attribute.name}` : "";
  return (
    <Form view={view} class="inline">
      {attribute ? (
        <input type="hidden" name="name" value={attribute.name} />
      ) : (
        <input
          name="name"
          maxlength={128}
          required
          aria-label={t("attributes.name")}
          placeholder={t("attributes.name")}
        />
      )}
      <Select
        name="type"
        value={attribute?.type ?? "string"}
        aria-label={`${t("attributes.type")}${of}`}
        options={ATTRIBUTE_TYPES.map((type) => [type, t(`attributes.type.${type}`)])}
      />
      <label class="check-inline">
        <input type="checkbox" name="isPersonal" value="yes" checked={attribute?.isPersonal ?? false} />{" "}
        <span>{t("attributes.personal")}</span>
        <span class="visually-hidden">{of}</span>
      </label>
      <button type="submit" class="small">
        {t("form.save")}
        <span class="visually-hidden">{of}</span>
      </button>
    </Form>
  );
}

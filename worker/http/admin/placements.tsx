/** Placements: the rules that a marketer owns, and what one person would see there, beside what everybody would. */

import { readItems } from "../../catalog/read.ts";
import type { Item } from "../../catalog/price.ts";
import type { Issue } from "../../lib/errors.ts";
import type { Profile } from "../../profiles/store.ts";
import { deletePlacement, listPlacements, putPlacement, requirePlacement } from "../../recommend/placements.ts";
import { type Recommendation, recommend } from "../../recommend/recommend.ts";
import { type Placement, PlacementId, PlacementInput } from "../../recommend/schema.ts";
import { keyOf } from "./find-person.ts";
import { checkForm, text } from "./form.ts";
import { formatAgo } from "./format.ts";
import { Page, send } from "./frame.tsx";
import { Badge, Empty, Form, Section, Table } from "./parts.tsx";
import { peopleToOffer, personFor } from "./person-picker.tsx";
import { type PlacementFields, PlacementForm, readPlacementForm, toPlacementFields } from "./placement-form.tsx";
import { PlacementPreview } from "./placement-preview.tsx";
import { type AdminContext, goTo, type SiteView, siteView } from "./view.ts";

export interface Preview {
  typed: string;
  isUnknown: boolean;
  people: Profile[];
  person: Profile | undefined;
  forPerson: Recommendation | undefined;
  forEverybody: Recommendation;
  /** Titles of what the explanation names. */
  items: Map<string, Item>;
}

export async function showPlacements(c: AdminContext): Promise<Response> {
  const view = siteView(c);
  return send(c, <PlacementsPage view={view} placements={await listPlacements(view.deps, view.site.id)} />);
}

export function showNewPlacement(c: AdminContext): Response | Promise<Response> {
  const rules = PlacementInput.shape.rules.parse({});
  const fields = toPlacementFields({ name: "", rules });
  return send(c, <PlacementPage view={siteView(c)} placement={undefined} fields={fields} issues={[]} />);
}

/** GET with nobody named, POST with somebody. The preview is of the rules as they are saved. */
export async function showPlacement(c: AdminContext): Promise<Response> {
  const view = siteView(c);
  const placement = await requirePlacement(view.deps, view.site.id, c.req.param("id") ?? "");
  const typed = c.req.method === "POST" ? text(c.get("form"), "person") : "";
  const preview = await previewOf(view, placement, typed);
  const fields = toPlacementFields(placement);
  return send(c, <PlacementPage view={view} placement={placement} fields={fields} issues={[]} preview={preview} />);
}

async function previewOf(view: SiteView, placement: Placement, typed: string): Promise<Preview> {
  const { deps, site, locale } = view;
  const people = await peopleToOffer(view);
  const { person, isUnknown } = await personFor(view, typed, people);
  const request = { placement: placement.id, locale, explain: true };
  const [forPerson, forEverybody] = await Promise.all([
    person && recommend(deps, site, { ...request, ...keyOf(person) }),
    recommend(deps, site, request),
  ]);
  const named = forPerson?.explain;
  const ids = named
    ? [
        ...named.seeds.map((seed) => seed.itemId),
        ...named.candidates.map(({ id }) => id),
        ...named.removed.map(({ id }) => id),
      ]
    : [];
  const items = await readItems(deps, site.id, [...new Set(ids)]);
  return { typed, isUnknown, people, person, forPerson, forEverybody, items };
}

export async function postPlacement(c: AdminContext): Promise<Response> {
  const view = siteView(c);
  const { deps, site, locale, t } = view;
  const form = c.get("form");
  const param = c.req.param("id");
  const existing = param === undefined ? undefined : await requirePlacement(deps, site.id, param);
  const { fields, input, isEdited } = readPlacementForm(form);
  const again = (issues: Issue[], status: 200 | 422 = 422) =>
    send(c, <PlacementPage view={view} placement={existing} fields={fields} issues={issues} />, status);
  if (isEdited) return again([], 200);
  const id = existing?.id ?? fields.id;
  const [checkedId, checked] = [checkForm(PlacementId, id, locale), checkForm(PlacementInput, input, locale)];
  if (!checkedId.ok) return again(checkedId.issues.map((issue) => ({ ...issue, path: "id" })));
  if (!checked.ok) return again(checked.issues);
  if (!existing && (await listPlacements(deps, site.id)).some((each) => each.id === id))
    return again([{ path: "id", message: t("placements.taken") }]);
  await putPlacement(deps, site.id, id, checked.data);
  return goTo(c, `/admin/${site.id}/placements/${id}`, "saved");
}

export async function postDeletePlacement(c: AdminContext): Promise<Response> {
  const { deps, site } = siteView(c);
  await deletePlacement(deps, site.id, c.req.param("id") ?? "");
  return goTo(c, `/admin/${site.id}/placements`, "deleted");
}

function PlacementsPage({ view, placements }: { view: SiteView; placements: Placement[] }) {
  const { t, site, locale, now } = view;
  const base = `/admin/${site.id}/placements`;
  const head = [t("placements.name"), t("placements.ways"), t("placements.layout"), t("placements.updated")];
  return (
    <Page
      view={view}
      room="placements"
      title={t("placements.title")}
      lead={t("placements.lead")}
      actions={
        <a class="button primary" href={`${base}/new`}>
          {t("placements.new")}
        </a>
      }
    >
      <Section class="flush list">
        {placements.length === 0 ? (
          <Empty title={t("placements.none")}>{t("placements.noneLead")}</Empty>
        ) : (
          <Table label={t("placements.title")} head={head}>
            {placements.map(({ id, name, rules, updatedAt }) => (
              <tr>
                <td>
                  <a class="main-link" href={`${base}/${id}`}>
                    {name}
                  </a>
                  <span class="sub">{id}</span>
                </td>
                <td>
                  <span class="badges">
                    {rules.ways.map((way) => (
                      <Badge>{t(`way.${way}`)}</Badge>
                    ))}
                  </span>
                </td>
                <td class="muted">
                  {t(`placements.layout.${rules.layout}`)} · {rules.count}
                </td>
                <td class="when">{formatAgo(updatedAt, now, locale)}</td>
              </tr>
            ))}
          </Table>
        )}
      </Section>
    </Page>
  );
}

function PlacementPage(props: {
  view: SiteView;
  placement: Placement | undefined;
  fields: PlacementFields;
  issues: Issue[];
  preview?: Preview;
}) {
  const { view, placement, fields, issues, preview } = props;
  const { t, site } = view;
  const base = `/admin/${site.id}/placements`;
  return (
    <Page
      view={view}
      room="placements"
      title={placement?.name ?? t("placements.new")}
      above={[t("placements.title"), base]}
      lead={placement && <code>{placement.id}</code>}
      actions={
        placement && (
          <>
            <a class="button" href={`${base}/${placement.id}/experiments`}>
              {t("experiments.title")}
            </a>
            <Form view={view} action={`${base}/${placement.id}/delete`}>
              <button type="submit" class="danger" data-confirm={t("placements.deleteSure")}>
                {t("form.delete")}
              </button>
            </Form>
          </>
        )
      }
    >
      {placement && preview && (
        <PlacementPreview view={view} action={`${base}/${placement.id}/preview`} preview={preview} />
      )}
      <PlacementForm
        view={view}
        action={`${base}/${placement?.id ?? "new"}`}
        isNew={placement === undefined}
        fields={fields}
        issues={issues}
      />
    </Page>
  );
}

/** Placements: the rules that a marketer owns, and what one person would see there, beside what everybody would. */
import type { Issue } from "../../lib/errors.ts";
import { deletePlacement, listPlacements, putPlacement, requirePlacement } from "../../recommend/placements.ts";
import { type Placement, PlacementId, PlacementInput, waysOf } from "../../recommend/schema.ts";
import { issuesWith } from "../../recommend/settle.ts";
import { type Coverage, coverageOf, type PlacementDay, placementDays } from "../../reports/placements.ts";
import { checkForm, issuesIn, text } from "./form.ts";
import { formatAgo } from "./format.ts";
import { Page, send } from "./frame.tsx";
import { type Found, findItems } from "./item-picker.tsx";
import { Badge, Empty, Form, RowName, Section, Table } from "./parts.tsx";
import { factsOf, type PlacementFacts } from "./placement-facts.ts";
import { type PlacementFields, readPlacementForm, toPlacementFields } from "./placement-fields.ts";
import { PlacementForm } from "./placement-form.tsx";
import { PlacementPreview } from "./placement-preview.tsx";
import { PLACEMENT_METRICS, type PlacementMetric, PlacementReport, WEEK } from "./placement-report.tsx";
import { type Preview, previewOf } from "./preview.ts";
import { readPreviewForm, readPreviewQuery } from "./preview-request.ts";
import { type AdminContext, goTo, type SiteView, siteView } from "./view.ts";

/** Of the chart. */
const DAYS = 28;

export async function showPlacements(c: AdminContext): Promise<Response> {
  const view = siteView(c);
  return send(c, <PlacementsPage view={view} placements={await listPlacements(view.deps, view.site.id)} />);
}

export function showNewPlacement(c: AdminContext): Response | Promise<Response> {
  const view = siteView(c);
  const rules = PlacementInput.shape.rules.parse({});
  const fields = toPlacementFields({ name: "", rules }, view.locale);
  return send(c, <PlacementPage view={view} placement={undefined} fields={fields} issues={[]} />);
}

export async function showPlacement(c: AdminContext): Promise<Response> {
  const view = siteView(c);
  const placement = await requirePlacement(view.deps, view.site.id, c.req.param("id") ?? "");
  const asked = readPreviewQuery((name) => c.req.query(name));
  const [preview, days, facts] = await Promise.all([
    previewOf(view, placement, placement.rules, asked),
    placementDays(view.deps, view.site, placement.id, DAYS),
    factsOf(view, placement.rules, asked.itemId),
  ]);
  const coverage = await coverageOf(view.deps, view.site.id, days.slice(-WEEK));
  const metric = PLACEMENT_METRICS.find((each) => each === c.req.query("metric")) ?? "ctr";
  return send(
    c,
    <PlacementPage
      view={view}
      placement={placement}
      fields={toPlacementFields(placement, view.locale)}
      issues={[]}
      preview={preview}
      facts={facts}
      report={{ days, coverage, metric }}
    />,
  );
}

/** By the rules as they stand in the form, saved or not; by the saved ones where no form is sent with it. */
export async function previewPlacement(c: AdminContext): Promise<Response> {
  const view = siteView(c);
  const placement = await requirePlacement(view.deps, view.site.id, c.req.param("id") ?? "");
  const form = c.get("form");
  const hasRules = text(form, "name") !== "";
  const { fields, input } = hasRules
    ? readPlacementForm(form)
    : { fields: toPlacementFields(placement, view.locale), input: placement };
  const checked = checkForm(PlacementInput.shape.rules, (input as { rules: unknown }).rules, view.locale);
  const issues = checked.ok ? [] : checked.issues;
  const rules = checked.ok ? checked.data : placement.rules;
  const preview = await previewOf(view, placement, rules, readPreviewForm(form), !checked.ok);
  const facts = await factsOf(view, rules, preview.asked.itemId);
  const page = (
    <PlacementPage
      view={view}
      placement={placement}
      fields={fields}
      issues={issues}
      preview={preview}
      facts={checked.ok ? facts : undefined}
    />
  );
  return send(c, page);
}

export async function postPlacement(c: AdminContext): Promise<Response> {
  const view = siteView(c);
  const { deps, site, locale, t } = view;
  const form = c.get("form");
  const param = c.req.param("id");
  const existing = param === undefined ? undefined : await requirePlacement(deps, site.id, param);
  const { fields, input, isEdited } = readPlacementForm(form);
  const again = async (issues: Issue[], status: 200 | 422 = 422) => {
    const whole = PlacementInput.shape.rules.safeParse((input as { rules: unknown }).rules);
    const facts = whole.success ? await factsOf(view, whole.data, text(form, "previewItem")) : undefined;
    const found = await findItems(view, fields.pinSearch);
    const page = (
      <PlacementPage view={view} placement={existing} fields={fields} issues={issues} facts={facts} found={found} />
    );
    return send(c, page, status);
  };
  if (isEdited) return again([], 200);
  const id = existing?.id ?? fields.id;
  const [checkedId, checked] = [checkForm(PlacementId, id, locale), checkForm(PlacementInput, input, locale)];
  if (!checkedId.ok) return again(checkedId.issues.map((issue) => ({ ...issue, path: "id" })));
  if (!checked.ok) return again(checked.issues);
  const unknown = await issuesWith(deps, site.id, checked.data.rules);
  if (unknown.length > 0) return again(issuesIn(locale, unknown));
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
                  <RowName href={`${base}/${id}`} name={name}>
                    {id}
                  </RowName>
                </td>
                <td>
                  <span class="badges">
                    {waysOf(rules.ways).map((way) => (
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
  facts?: PlacementFacts | undefined;
  found?: Found | undefined;
  preview?: Preview;
  report?: { days: PlacementDay[]; coverage: Coverage; metric: PlacementMetric };
}) {
  const { view, placement, fields, issues, facts, found, preview, report } = props;
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
      {placement && report && <PlacementReport view={view} path={`${base}/${placement.id}`} {...report} />}
      <PlacementForm
        view={view}
        action={`${base}/${placement?.id ?? "new"}`}
        isNew={placement === undefined}
        fields={fields}
        issues={issues}
        facts={facts}
        found={found}
      />
    </Page>
  );
}

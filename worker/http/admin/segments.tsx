/** Segments: who is in them now, and the editor with an estimate that follows what is typed. */
import type { Issue } from "../../lib/errors.ts";
import { countMembers, type Member, pageMembers } from "../../segments/count.ts";
import { estimate } from "../../segments/estimate.ts";
import { Rule } from "../../segments/rule.ts";
import { SegmentInput } from "../../segments/schema.ts";
import { deleteSegment, listSegments, putSegment, requireSegment } from "../../segments/segments.ts";
import type { Segment } from "../../segments/store.ts";
import { nameOf } from "./find-person.ts";
import { checkForm, text } from "./form.ts";
import { formatAgo, formatNumber } from "./format.ts";
import { Page, send } from "./frame.tsx";
import { freshId } from "./fresh-id.ts";
import { Empty, EnterButton, Field, Form, Input, Problems, RowName, SaveButton, Section, Table } from "./parts.tsx";
import { personPath } from "./people.tsx";
import { EventNames, RuleEditor } from "./rule-editor.tsx";
import { BLANK_ROW, changeRuleForm, fromRuleForm, type RuleForm, readRuleForm, toRuleForm } from "./rule-form.ts";
import { ruleInWords } from "./rule-words.ts";
import { type AdminContext, goTo, type SiteView, siteView } from "./view.ts";

const MEMBERS_SHOWN = 12;

interface Editing {
  view: SiteView;
  /** Undefined while it is new. */
  id: string | undefined;
  name: string;
  rule: RuleForm;
  issues: Issue[];
  members: Member[];
}

export async function showSegments(c: AdminContext): Promise<Response> {
  const view = siteView(c);
  const { deps, site } = view;
  const [segments, counts] = await Promise.all([listSegments(deps, site.id), countMembers(deps, site.id)]);
  return send(c, <SegmentsPage view={view} segments={segments} counts={counts} />);
}

export function showNewSegment(c: AdminContext): Response | Promise<Response> {
  const rule: RuleForm = { mode: "form", join: "all", rows: [{ ...BLANK_ROW, event: "product_viewed" }] };
  return send(c, <SegmentPage view={siteView(c)} id={undefined} name="" rule={rule} issues={[]} members={[]} />);
}

export async function showSegment(c: AdminContext): Promise<Response> {
  const view = siteView(c);
  const { deps, site } = view;
  const { id, name, rule } = await requireSegment(deps, site.id, c.req.param("id") ?? "");
  const members = await pageMembers(deps, site.id, id, undefined, MEMBERS_SHOWN);
  return send(c, <SegmentPage view={view} id={id} name={name} rule={toRuleForm(rule)} issues={[]} members={members} />);
}

/** Saves, or changes the editor when one of its own buttons sent the form. */
export async function postSegment(c: AdminContext): Promise<Response> {
  const view = siteView(c);
  const { deps, site, t } = view;
  const form = c.get("form");
  const param = c.req.param("id");
  const existing = param === undefined ? undefined : await requireSegment(deps, site.id, param);
  const rule = readRuleForm(form, "rule");
  const name = text(form, "name");
  const page = (shown: RuleForm, issues: Issue[]) => (
    <SegmentPage view={view} id={existing?.id} name={name} rule={shown} issues={issues} members={[]} />
  );
  const changed = changeRuleForm(rule, "rule", text(form, "act"));
  if (changed) return send(c, page(changed, []));
  const said = fromRuleForm(rule);
  if (said === null) return send(c, page(rule, [{ path: "rule", message: t("segments.needsRule") }]), 422);
  const checked = checkForm(SegmentInput, { name, rule: said }, view.locale);
  if (!checked.ok) return send(c, page(rule, checked.issues), 422);
  const id =
    existing?.id ??
    freshId(
      name,
      "segment",
      (await listSegments(deps, site.id)).map((each) => each.id),
    );
  await putSegment(deps, site.id, id, checked.data);
  return goTo(c, `/admin/${site.id}/segments/${id}`, "saved");
}

export async function postDeleteSegment(c: AdminContext): Promise<Response> {
  const { deps, site } = siteView(c);
  await deleteSegment(deps, site.id, c.req.param("id") ?? "");
  return goTo(c, `/admin/${site.id}/segments`, "deleted");
}

/** The estimate alone, for the editor: nothing is saved. */
export async function postSegmentEstimate(c: AdminContext): Promise<Response> {
  const view = siteView(c);
  const checked = Rule.safeParse(fromRuleForm(readRuleForm(c.get("form"), "rule")));
  if (!checked.success) return c.html(<p class="muted">{view.t("segments.noEstimate")}</p>);
  const { people, members, isExact, sampled } = await estimate(view.deps, view.site.id, checked.data);
  const { t, locale } = view;
  return c.html(
    <>
      <p class="figure">{formatNumber(members, locale)}</p>
      <p class="muted">{t("segments.estimateOf", { people: formatNumber(people, locale) })}</p>
      <p class="hint">
        {isExact ? t("segments.exact") : t("segments.sampled", { sampled: formatNumber(sampled, locale) })}
      </p>
    </>,
  );
}

function SegmentsPage(props: { view: SiteView; segments: Segment[]; counts: Map<string, number> }) {
  const { view, segments, counts } = props;
  const { t, site, locale, now } = view;
  const base = `/admin/${site.id}/segments`;
  const head = [t("segments.name"), t("segments.rule"), t("segments.members"), t("segments.updated")];
  return (
    <Page
      view={view}
      room="segments"
      title={t("segments.title")}
      lead={t("segments.lead")}
      actions={
        <a class="button primary" href={`${base}/new`}>
          {t("segments.new")}
        </a>
      }
    >
      <Section class="flush list">
        {segments.length === 0 ? (
          <Empty title={t("segments.none")}>{t("segments.noneLead")}</Empty>
        ) : (
          <Table label={t("segments.title")} head={head} numbers={[2]}>
            {segments.map((segment) => (
              <tr>
                <td>
                  <RowName href={`${base}/${segment.id}`} name={segment.name}>
                    {segment.id}
                  </RowName>
                </td>
                <td class="muted">{ruleInWords(view, segment.rule)}</td>
                <td class="number">{formatNumber(counts.get(segment.id) ?? 0, locale)}</td>
                <td class="when">{formatAgo(segment.updatedAt, now, locale)}</td>
              </tr>
            ))}
          </Table>
        )}
      </Section>
    </Page>
  );
}

function SegmentPage({ view, id, name, rule, issues, members }: Editing) {
  const { t, site } = view;
  const base = `/admin/${site.id}/segments`;
  return (
    <Page
      view={view}
      room="segments"
      title={id === undefined ? t("segments.new") : name}
      above={[t("segments.title"), base]}
      actions={
        id !== undefined && (
          <Form view={view} action={`${base}/${id}/delete`}>
            <button type="submit" class="danger" data-confirm={t("segments.deleteSure")}>
              {t("form.delete")}
            </button>
          </Form>
        )
      }
    >
      <EventNames view={view} />
      <div class="columns wide-left">
        <Section>
          <Problems view={view} issues={issues} />
          <Form view={view} class="stack" id="segment">
            <EnterButton />
            <Field name="name" label={t("segments.name")} issues={issues}>
              <Input name="name" value={name} required maxlength={120} />
            </Field>
            <RuleEditor view={view} name="rule" rule={rule} label={t("segments.who")} />
            <div class="form-end">
              <SaveButton view={view} />
            </div>
          </Form>
        </Section>
        <div class="stack">
          <Section title={t("segments.estimate")}>
            <div
              aria-live="polite"
              hx-post={`${base}/estimate`}
              hx-trigger="load, input delay:600ms from:#segment, htmx:after:settle from:#segment"
              hx-include="#segment"
            >
              <p class="muted">{t("segments.noEstimate")}</p>
            </div>
          </Section>
          {id !== undefined && (
            <Section title={t("segments.current")}>
              {members.length === 0 ? (
                <p class="muted">{t("segments.nobody")}</p>
              ) : (
                <ul class="plain-list">
                  {members.map(({ profile }) => (
                    <li>
                      <a href={personPath(view, profile.profileId)}>{nameOf(profile)}</a>
                    </li>
                  ))}
                </ul>
              )}
            </Section>
          )}
        </div>
      </div>
    </Page>
  );
}

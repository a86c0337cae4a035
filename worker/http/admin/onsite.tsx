/** On-site messages: all of them, the editor's actions, its preview, and what each has changed. */
import { type Issue, Refusal } from "../../lib/errors.ts";
import { OnsiteDefinition, OnsiteInput, type OnsiteMessage } from "../../onsite/definition.ts";
import {
  checkOnsite,
  deleteOnsite,
  launchOnsite,
  listOnsite,
  pauseOnsite,
  putOnsite,
  requireOnsite,
} from "../../onsite/messages.ts";
import { previewOnsite } from "../../onsite/preview.ts";
import { listPlacements } from "../../recommend/placements.ts";
import { listSegments } from "../../segments/segments.ts";
import { renderMessage } from "../api/onsite-fragment.tsx";
import { checkForm, issuesIn, text } from "./form.ts";
import { formatAgo } from "./format.ts";
import { Page, send } from "./frame.tsx";
import { freshId } from "./fresh-id.ts";
import { OnsiteEditor } from "./onsite-editor.tsx";
import {
  changeOnsiteFields,
  type OnsiteFields,
  readOnsiteFields,
  toOnsiteDefinition,
  toOnsiteFields,
} from "./onsite-form.ts";
import { STARTER } from "./onsite-starter.ts";
import { Badge, EditTabs, Empty, Form, Problems, RowName, Section, Table } from "./parts.tsx";
import { type AdminContext, goTo, type SiteView, siteView } from "./view.ts";

export async function showOnsite(c: AdminContext): Promise<Response> {
  const view = siteView(c);
  return send(c, <ListPage view={view} messages={await listOnsite(view.deps, view.site.id)} />);
}

export async function showNewOnsite(c: AdminContext): Promise<Response> {
  return sendEditor(c, siteView(c), undefined, toOnsiteFields("", STARTER), []);
}

export async function showOnsiteMessage(c: AdminContext): Promise<Response> {
  const view = siteView(c);
  const message = await requireOf(c, view);
  return sendEditor(c, view, message, toOnsiteFields(message.name, message.definition), []);
}

/** Saves, and with `act=launch` also starts; or changes the editor when one of its own buttons sent the form. */
export async function postOnsite(c: AdminContext): Promise<Response> {
  const view = siteView(c);
  const { deps, site, locale } = view;
  const form = c.get("form");
  const act = text(form, "act");
  const existing = c.req.param("id") === undefined ? undefined : await requireOf(c, view);
  const fields = readOnsiteFields(form);
  const changed = changeOnsiteFields(fields, act);
  if (changed) return sendEditor(c, view, existing, changed, []);
  const input = { name: fields.plain.name, definition: toOnsiteDefinition(fields) };
  const checked = checkForm(OnsiteInput, input, locale);
  if (!checked.ok) return sendEditor(c, view, existing, fields, checked.issues);
  const taken = existing ? [] : (await listOnsite(deps, site.id)).map((each) => each.id);
  const id = existing?.id ?? freshId(fields.plain.name, "message", taken);
  try {
    const saved = await putOnsite(deps, site.id, id, checked.data);
    if (act !== "launch") return goTo(c, `/admin/${site.id}/onsite/${id}`, "saved");
    if (saved.state !== "running") await launchOnsite(deps, site.id, id);
    return goTo(c, `/admin/${site.id}/onsite/${id}`, "saved");
  } catch (error) {
    if (!(error instanceof Refusal) || !error.issues) throw error;
    // The draft is kept although it cannot start, so the page is the message's own from here on.
    const saved = (await listOnsite(deps, site.id)).find((each) => each.id === id);
    return sendEditor(c, view, saved, fields, issuesIn(locale, error.issues));
  }
}

export async function postPauseOnsite(c: AdminContext): Promise<Response> {
  const { deps, site } = siteView(c);
  const { id } = await pauseOnsite(deps, site.id, c.req.param("id") ?? "");
  return goTo(c, `/admin/${site.id}/onsite/${id}`, "saved");
}

export async function postDeleteOnsite(c: AdminContext): Promise<Response> {
  const { deps, site } = siteView(c);
  await deleteOnsite(deps, site.id, c.req.param("id") ?? "");
  return goTo(c, `/admin/${site.id}/onsite`, "deleted");
}

/** The two frames alone, for the editor: of what stands in the form, saved or not. */
export async function postOnsitePreview(c: AdminContext): Promise<Response> {
  const view = siteView(c);
  const { deps, site, locale, t } = view;
  const form = c.get("form");
  const checked = checkForm(OnsiteDefinition, toOnsiteDefinition(readOnsiteFields(form)), locale);
  if (!checked.ok) return c.html(<Problems view={view} issues={checked.issues} />);
  const issues = issuesIn(locale, await checkOnsite(deps, site.id, checked.data));
  const writing = await previewOnsite(deps, site, checked.data, text(form, "language") === "en" ? "en" : "ko");
  if (!writing.ok) {
    const what = writing.detail ?? t(`reason.${writing.reason}`);
    return c.html(
      <>
        <Problems view={view} issues={issues} />
        <p class="muted">{t("onsite.cannotWrite", { what })}</p>
      </>,
    );
  }
  const fragment = renderMessage({ definition: checked.data, written: writing.written, userAgent: "" }, true);
  const page = frameOf(fragment);
  return c.html(
    <>
      <Problems view={view} issues={issues} />
      <div class="devices">
        <iframe class="device-phone" srcdoc={page} title={t("onsite.previewPhone")} sandbox="" tabindex={-1} />
        <div class="device-wide">
          <iframe class="device-desktop" srcdoc={page} title={t("onsite.previewDesktop")} sandbox="" tabindex={-1} />
        </div>
      </div>
    </>,
  );
}

/** A page with nothing but the message on it, in a shadow root as on a shop's page; the admin's policy holds in it too. */
function frameOf(fragment: string): string {
  return (
    '<!doctype html><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>.</title>' +
    '<link rel="stylesheet" href="/admin/onsite-frame.css"><main></main>' +
    '<nunchi-message><template shadowrootmode="open"><link rel="stylesheet" href="/admin/onsite-message.css">' +
    `${fragment}</template></nunchi-message>`
  );
}

async function requireOf(c: AdminContext, { deps, site }: SiteView): Promise<OnsiteMessage> {
  return requireOnsite(deps, site.id, c.req.param("id") ?? "");
}

async function sendEditor(
  c: AdminContext,
  view: SiteView,
  message: OnsiteMessage | undefined,
  fields: OnsiteFields,
  issues: Issue[],
): Promise<Response> {
  const { t, site, deps } = view;
  const [placements, segments] = await Promise.all([listPlacements(deps, site.id), listSegments(deps, site.id)]);
  const base = `/admin/${site.id}/onsite`;
  return send(
    c,
    <Page
      view={view}
      room="onsite"
      title={message?.name ?? t("onsite.new")}
      above={[t("onsite.title"), base]}
      lead={message && <OnsiteTabs view={view} message={message} tab="edit" />}
      actions={
        message && (
          <>
            {message.state === "running" && (
              <Form view={view} action={`${base}/${message.id}/pause`}>
                <button type="submit">{t("onsite.pause")}</button>
              </Form>
            )}
            <Form view={view} action={`${base}/${message.id}/delete`}>
              <button type="submit" class="danger" data-confirm={t("onsite.deleteSure")}>
                {t("form.delete")}
              </button>
            </Form>
          </>
        )
      }
    >
      <OnsiteEditor
        view={view}
        message={message}
        fields={fields}
        issues={issues}
        placements={placements}
        segments={segments}
      />
    </Page>,
    issues.length > 0 ? 422 : 200,
  );
}

export function OnsiteTabs(props: { view: SiteView; message: OnsiteMessage; tab: "edit" | "report" }) {
  const { view, message, tab } = props;
  const base = `/admin/${view.site.id}/onsite/${message.id}`;
  return (
    <EditTabs base={base} tab={tab} edit={view.t("onsite.edit")} report={view.t("onsite.report")}>
      <StateBadge view={view} state={message.state} />
    </EditTabs>
  );
}

function StateBadge({ view, state }: { view: SiteView; state: OnsiteMessage["state"] }) {
  return <Badge tone={state === "running" ? "good" : "plain"}>{view.t(`onsite.state.${state}`)}</Badge>;
}

function ListPage({ view, messages }: { view: SiteView; messages: OnsiteMessage[] }) {
  const { t, site, locale, now } = view;
  const base = `/admin/${site.id}/onsite`;
  return (
    <Page
      view={view}
      room="onsite"
      title={t("onsite.title")}
      lead={t("onsite.lead")}
      actions={
        <a class="button primary" href={`${base}/new`}>
          {t("onsite.new")}
        </a>
      }
    >
      <Section class="flush list">
        {messages.length === 0 ? (
          <Empty title={t("onsite.none")}>{t("onsite.noneLead")}</Empty>
        ) : (
          <Table
            label={t("onsite.title")}
            head={[
              t("onsite.name"),
              t("onsite.state"),
              t("onsite.format"),
              t("onsite.trigger"),
              t("placements.updated"),
            ]}
          >
            {messages.map(({ id, name, state, definition, updatedAt }) => (
              <tr>
                <td>
                  <RowName href={`${base}/${id}`} name={name}>
                    {id}
                  </RowName>
                </td>
                <td>
                  <StateBadge view={view} state={state} />
                </td>
                <td class="muted">
                  {t(`onsite.format.${definition.format}`)} · {t(`onsite.kind.${definition.kind}`)}
                </td>
                <td class="muted">{t(`onsite.trigger.${definition.trigger.kind}`)}</td>
                <td class="when">{formatAgo(updatedAt, now, locale)}</td>
              </tr>
            ))}
          </Table>
        )}
      </Section>
    </Page>
  );
}

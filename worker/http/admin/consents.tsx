/** What is owed to people about their consent, and that people were erased. */
import { listReceipts, type Receipt } from "../../privacy/receipt.ts";
import type { OpenDuty } from "../../profiles/duties/store.ts";
import { countOpenDuties, type DutyCount, listDuties, markDone } from "../../profiles/duties.ts";
import { csvOf, dutyOf } from "../consent-list.ts";
import { text } from "./form.ts";
import { formatMoment, formatNumber } from "./format.ts";
import { Page, send } from "./frame.tsx";
import { maskId } from "./mask.ts";
import { Badge, Empty, Form, Section, Table } from "./parts.tsx";
import { type AdminContext, goTo, type SiteView, siteView } from "./view.ts";

const SHOWN = 100;
/** Of one file: more is for the API, which pages. */
const FILE_LIMIT = 5000;
const RECEIPTS = 20;

export async function showConsents(c: AdminContext): Promise<Response> {
  const view = siteView(c);
  const { deps, site } = view;
  const [{ duties }, counts, receipts] = await Promise.all([
    listDuties(deps, site.id, { limit: SHOWN }),
    countOpenDuties(deps, site.id),
    listReceipts(deps, site.id, undefined, RECEIPTS),
  ]);
  return send(c, <ConsentsPage view={view} duties={duties} counts={counts} receipts={receipts} />);
}

export async function showConsentFile(c: AdminContext): Promise<Response> {
  const { deps, site, now } = siteView(c);
  const { duties } = await listDuties(deps, site.id, { limit: FILE_LIMIT });
  c.header("Content-Type", "text/csv; charset=utf-8");
  c.header("Content-Disposition", 'attachment; filename="consent-duties.csv"');
  c.header("Cache-Control", "no-store");
  return c.body(csvOf(duties.map((duty) => dutyOf(site, duty, now))));
}

/** Closes what the page showed, up to the last key of it: what came since stays open. */
export async function postConsentsDone(c: AdminContext): Promise<Response> {
  const view = siteView(c);
  const { deps, site } = view;
  const until = text(c.get("form"), "until");
  const { duties } = await listDuties(deps, site.id, { limit: SHOWN });
  const shown = duties.filter((duty) => keyOf(duty) <= until);
  await markDone(
    deps,
    site.id,
    shown.map(({ userId, anonymousId, kind, channel }) => ({
      person: userId === null ? { anonymousId: anonymousId ?? "" } : { userId },
      kind,
      channel,
    })),
  );
  return goTo(c, `/admin/${site.id}/people/consents`, "dutiesDone");
}

function keyOf({ profileId, kind, channel, saidAt }: OpenDuty): string {
  return `${profileId}/${kind}/${channel}/${saidAt}`;
}

function ConsentsPage(props: { view: SiteView; duties: OpenDuty[]; counts: DutyCount[]; receipts: Receipt[] }) {
  const { view, duties, counts, receipts } = props;
  const { t, locale, site } = view;
  return (
    <Page
      view={view}
      room="people"
      title={t("consents.title")}
      lead={t("consents.lead")}
      above={[t("people.title"), `/admin/${site.id}/people`]}
    >
      {counts.length > 0 && (
        <Section title={t("consents.counts")} class="flush">
          <Table
            label={t("consents.counts")}
            head={[t("consents.kind"), t("people.channel"), t("consents.openCount"), t("consents.overdue")]}
            numbers={[2, 3]}
          >
            {counts.map(({ kind, channel, open, overdue }) => (
              <tr>
                <td>{t(`consents.${kind}`)}</td>
                <td>{t(`channel.${channel}`)}</td>
                <td class="number">{formatNumber(open, locale)}</td>
                <td class="number">
                  {overdue > 0 ? <Badge tone="bad">{formatNumber(overdue, locale)}</Badge> : formatNumber(0, locale)}
                </td>
              </tr>
            ))}
          </Table>
        </Section>
      )}
      <Duties view={view} duties={duties} />
      <Section title={t("consents.erasures")} hint={t("consents.erasuresHint")} class="flush">
        {receipts.length === 0 ? (
          <Empty title={t("consents.noErasures")} />
        ) : (
          <Table
            label={t("consents.erasures")}
            head={[t("consents.receipt"), t("consents.rows"), t("consents.when")]}
            numbers={[1]}
          >
            {receipts.map(({ id, rows, erasedAt }) => (
              <tr>
                <td>
                  <code>{id}</code>
                </td>
                <td class="number">
                  {formatNumber(
                    Object.values(rows).reduce((sum, count) => sum + count, 0),
                    locale,
                  )}
                </td>
                <td class="when">{formatMoment(erasedAt, locale, site.timeZone)}</td>
              </tr>
            ))}
          </Table>
        )}
      </Section>
    </Page>
  );
}

function Duties({ view, duties }: { view: SiteView; duties: OpenDuty[] }) {
  const { t, locale, site, now } = view;
  const base = `/admin/${site.id}/people`;
  const last = duties.at(-1);
  if (!last) {
    return (
      <Section title={t("consents.list")} class="flush">
        <Empty title={t("consents.none")}>{t("consents.noneLead")}</Empty>
      </Section>
    );
  }
  return (
    <Section
      title={t("consents.list")}
      hint={t("consents.listHint")}
      class="flush"
      actions={<a href={`${base}/consents.csv`}>{t("consents.download")}</a>}
    >
      <Table
        label={t("consents.list")}
        head={[t("people.person"), t("consents.kind"), t("consents.due"), t("consents.text")]}
      >
        {duties.map((duty) => (
          <tr>
            <td>
              <a href={`${base}/${duty.profileId}`}>{maskId(duty.userId ?? duty.anonymousId ?? duty.profileId)}</a>
            </td>
            <td>
              {t(`consents.${duty.kind}`)} <span class="sub">{t(`channel.${duty.channel}`)}</span>
            </td>
            <td class="when">
              {duty.dueAt < now ? (
                <Badge tone="bad">{formatMoment(duty.dueAt, locale, site.timeZone)}</Badge>
              ) : (
                formatMoment(duty.dueAt, locale, site.timeZone)
              )}
            </td>
            <td class="muted">{dutyOf(site, duty, now).text}</td>
          </tr>
        ))}
      </Table>
      <Form view={view} action={`${base}/consents`} class="inline foot">
        <input type="hidden" name="until" value={keyOf(last)} />
        <button type="submit" data-confirm={t("consents.doneSure")}>
          {t("consents.done")}
        </button>
      </Form>
    </Section>
  );
}

/** What came of imports: the history, its health over time, and one import with the rows that were refused. */
import type { Feed, FeedImport, ImportCounts } from "../../feeds/schema.ts";
import { LineChart } from "./chart.tsx";
import { formatAgo, formatDay, formatMoment, formatNumber, formatShort } from "./format.ts";
import { Page } from "./frame.tsx";
import { Badge, Empty, Facts, Form, RowName, Section, Table } from "./parts.tsx";
import type { SiteView } from "./view.ts";
import { reasonIn } from "./words/feeds.ts";

export const feedPath = (view: SiteView, id = "") => `/admin/${view.site.id}/feeds${id && `/${id}`}`;

const TONES = { running: "plain", done: "good", unchanged: "plain", held: "warn", failed: "bad" } as const;

export function ImportBadge({ view, state }: { view: SiteView; state: FeedImport["state"] }) {
  return <Badge tone={TONES[state]}>{view.t(`feeds.state.${state}`)}</Badge>;
}

/** What the safety stop asks, where it holds the newest import. */
export function HeldNotice({ view, run }: { view: SiteView; run: FeedImport | undefined }) {
  const { t, locale } = view;
  if (run?.state !== "held" || !run.sweep) return null;
  const numbers = { missing: formatNumber(run.sweep.missing, locale), owned: formatNumber(run.sweep.owned, locale) };
  return (
    <div class="problems" role="alert">
      <p>{t("feeds.held", numbers)}</p>
      <Form view={view} action={`${feedPath(view, run.feedId)}/imports/${run.id}/apply`}>
        <button type="submit" class="danger" data-confirm={t("feeds.applySure", numbers)}>
          {t("feeds.apply")}
        </button>
      </Form>
    </div>
  );
}

export function ImportsSection({ view, imports }: { view: SiteView; imports: FeedImport[] }) {
  const { t, locale, now } = view;
  const number = (value: number) => formatNumber(value, locale);
  return (
    <Section title={t("feeds.imports")} class="flush">
      {imports.length === 0 ? (
        <Empty title={t("feeds.noImports")}>{t("feeds.noImportsLead")}</Empty>
      ) : (
        <Table
          label={t("feeds.imports")}
          head={[
            t("feeds.when"),
            t("feeds.result"),
            t("feeds.count.records"),
            t("feeds.count.added"),
            t("feeds.count.changed"),
            t("feeds.count.removed"),
            t("feeds.count.refused"),
          ]}
          numbers={[2, 3, 4, 5, 6]}
        >
          {imports.map(({ id, feedId, startedAt, state, counts, reason }) => (
            <tr>
              <td>
                <RowName href={`${feedPath(view, feedId)}/imports/${id}`} name={formatAgo(startedAt, now, locale)}>
                  {reason && reasonIn(locale, reason)}
                </RowName>
              </td>
              <td>
                <ImportBadge view={view} state={state} />
              </td>
              <td class="number">{number(counts.records)}</td>
              <td class="number">{number(counts.added)}</td>
              <td class="number">{number(counts.changed)}</td>
              <td class="number">{number(counts.removed)}</td>
              <td class="number">{number(counts.refused)}</td>
            </tr>
          ))}
        </Table>
      )}
    </Section>
  );
}

const HEALTH = ["refused", "duplicates", "missingImage", "zeroPrice", "brokenText", "deadLinks"] as const;
type Health = (typeof HEALTH)[number];
const troubles = (counts: ImportCounts) =>
  HEALTH.reduce((sum, kind) => sum + (kind === "duplicates" ? 0 : counts[kind]), 0);

/** What is wrong with the products of the last file, and how that has been going. */
export function HealthSection({ view, imports }: { view: SiteView; imports: FeedImport[] }) {
  const { t, locale, site } = view;
  const read = imports.filter(({ counts }) => counts.records > 0);
  const [last] = read;
  if (!last) return null;
  const points = read
    .slice(0, 30)
    .reverse()
    .map(({ startedAt, counts }) => ({
      name: formatDay(startedAt, locale, site.timeZone),
      value: troubles(counts),
      text: formatNumber(troubles(counts), locale),
      cells: HEALTH.map((kind) => formatNumber(counts[kind], locale)),
    }));
  const of = (kind: Health) =>
    kind === "deadLinks"
      ? t("feeds.ofChecked", { count: formatNumber(last.counts.checkedLinks, locale) })
      : t("feeds.ofRecords", { count: formatNumber(last.counts.records, locale) });
  return (
    <Section title={t("feeds.health")} hint={t("feeds.healthHint")}>
      <dl class="pairs">
        {HEALTH.map((kind) => (
          <>
            <dt>{t(`feeds.count.${kind}`)}</dt>
            <dd>
              <strong>{formatNumber(last.counts[kind], locale)}</strong> <span class="muted">{of(kind)}</span>
            </dd>
          </>
        ))}
      </dl>
      <LineChart
        view={view}
        label={t("feeds.healthOverTime")}
        head={HEALTH.map((kind) => t(`feeds.count.${kind}`))}
        points={points}
        axis={(value) => formatShort(value, locale)}
      />
    </Section>
  );
}

const COUNTS = ["records", "added", "changed", "unchanged", "removed", ...HEALTH] as const;
const CHANGES = ["price_dropped", "back_in_stock", "low_stock", "item_added"] as const;

export function ImportPage({ view, feed, run }: { view: SiteView; feed: Feed; run: FeedImport }) {
  const { t, locale, site } = view;
  const number = (value: number) => formatNumber(value, locale);
  const moment = (at: number) => formatMoment(at, locale, site.timeZone);
  const format = run.layout && t(`feeds.format.${run.layout.format}`);
  const facts: [string, string | null][] = [
    [t("feeds.source"), t(`feeds.source.${run.source}`)],
    [t("feeds.format"), format && `${format}${run.encoding ? ` · ${run.encoding.toUpperCase()}` : ""}`],
    [t("feeds.started"), moment(run.startedAt)],
    [t("feeds.ended"), run.endedAt === null ? null : moment(run.endedAt)],
    [t("feeds.reason"), run.reason && reasonIn(locale, run.reason)],
    ...COUNTS.map((kind): [string, string] => [t(`feeds.count.${kind}`), number(run.counts[kind])]),
    ...CHANGES.map((kind): [string, string] => [t(`feeds.change.${kind}`), number(run.counts.changes[kind] ?? 0)]),
  ];
  return (
    <Page
      view={view}
      room="catalog"
      title={t("feeds.import")}
      above={[feed.name, feedPath(view, feed.id)]}
      lead={<ImportBadge view={view} state={run.state} />}
    >
      <Section title={t("feeds.facts")}>
        <Facts facts={facts} />
      </Section>
      {run.deadLinks.length > 0 && (
        <Section title={t("feeds.deadLinks")} hint={t("feeds.deadLinksHint")}>
          <ul>
            {run.deadLinks.map((id) => (
              <li>
                <a href={`/admin/${site.id}/catalog/${encodeURIComponent(id)}`}>{id}</a>
              </li>
            ))}
          </ul>
        </Section>
      )}
      <Section title={t("feeds.refusedRows")} hint={t("feeds.refusedHint")} class="flush">
        {run.refused.length === 0 ? (
          <Empty title={t("feeds.noneRefused")} />
        ) : (
          <Table
            label={t("feeds.refusedRows")}
            head={[t("feeds.row"), t("feeds.field.id"), t("feeds.reason")]}
            numbers={[0]}
          >
            {run.refused.map(({ number: row, id, reason }) => (
              <tr>
                <td class="number">{number(row)}</td>
                <td>{id ?? "–"}</td>
                <td>{reasonIn(locale, reason)}</td>
              </tr>
            ))}
          </Table>
        )}
      </Section>
    </Page>
  );
}

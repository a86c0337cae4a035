/** The machine room: models and what failed. */
import { type DeadLetter, listDeadLetters } from "../../platform/dead-letters.ts";
import { formatMoment } from "./format.ts";
import { Page, send } from "./frame.tsx";
import { Empty, Section, Table } from "./parts.tsx";
import { type AdminContext, type SiteView, siteView } from "./view.ts";

const LETTERS = 50;

export async function showSystem(c: AdminContext): Promise<Response> {
  const view = siteView(c);
  const letters = await listDeadLetters(view.deps.control, LETTERS);
  return send(c, <SystemPage view={view} letters={letters.filter((letter) => concerns(letter, view.site.id))} />);
}

/** Jobs of another site are that site's affair; jobs over a whole shard are everybody's. */
function concerns(letter: DeadLetter, siteId: string): boolean {
  const job = JSON.parse(letter.job) as { siteId?: string };
  return job.siteId === undefined || job.siteId === siteId;
}

function SystemPage({ view, letters }: { view: SiteView; letters: DeadLetter[] }) {
  const { t, locale, site } = view;
  return (
    <Page view={view} room="system" title={t("system.title")}>
      <Section title={t("system.dead")} hint={t("system.deadHint")} class="flush">
        {letters.length === 0 ? (
          <Empty title={t("system.noDead")} />
        ) : (
          <Table label={t("system.dead")} head={[t("system.job"), t("system.failedAt"), t("system.content")]}>
            {letters.map((letter) => (
              <tr>
                <td>{letter.kind}</td>
                <td class="when">{formatMoment(letter.failedAt, locale, site.timeZone)}</td>
                <td>
                  <code>{letter.job}</code>
                </td>
              </tr>
            ))}
          </Table>
        )}
      </Section>
    </Page>
  );
}

/** Set-up: the lines to embed, the events that already arrive, and what the site's own names of them mean. */

import { CANONICAL_EVENTS, wordOf } from "../../events/alias.ts";
import { type Arrivals, type ArrivingEvent, readArrivals } from "../../events/arrivals.ts";
import type { Issue } from "../../lib/errors.ts";
import { SiteSettings } from "../../sites/schema.ts";
import { changeSite } from "../../sites/site.ts";
import { CollectionPage } from "./collection.tsx";
import { Embed, type EmbedNames, readEmbed } from "./embed.tsx";
import { checkForm, text } from "./form.ts";
import { formatAgo, formatNumber, formatShare } from "./format.ts";
import { send } from "./frame.tsx";
import { Badge, Empty, Form, Problems, SaveButton, Section, Select, Table } from "./parts.tsx";
import { eventName } from "./timeline.tsx";
import { type AdminContext, goTo, type SiteView, siteView } from "./view.ts";

/** What a page or a shop can tell; the rest is ours to tell. */
const MEANINGS = CANONICAL_EVENTS.filter((name) => !/^(survey|recommendation|message|consent)_/.test(name));
const OURS: ReadonlySet<string> = new Set([...CANONICAL_EVENTS, "identify", "group", "alias"]);
const FIELD = "meaning:";

export async function showArrivals(c: AdminContext): Promise<Response> {
  const view = siteView(c);
  return send(c, <ArrivalsPage {...(await read(view))} aliases={view.site.eventAliases} issues={[]} />);
}

/** All names that are shown are sent, with an empty meaning for those that stay as they are. */
export async function postArrivals(c: AdminContext): Promise<Response> {
  const view = siteView(c);
  const form = c.get("form");
  const fields = Object.keys(form).filter((name) => name.startsWith(FIELD));
  const eventAliases = Object.fromEntries(
    fields.flatMap((field) => {
      const meaning = text(form, field);
      return meaning ? [[wordOf(field.slice(FIELD.length)), meaning] as const] : [];
    }),
  );
  const known = SiteSettings.pick({ eventAliases: true }).refine(
    (settings) => Object.values(settings.eventAliases).every((name) => MEANINGS.some((each) => each === name)),
    { path: ["eventAliases"], message: "one of the names that are offered" },
  );
  const checked = checkForm(known, { eventAliases }, view.locale);
  if (!checked.ok)
    return send(c, <ArrivalsPage {...(await read(view))} aliases={eventAliases} issues={checked.issues} />, 422);
  await changeSite(view.deps, view.site.id, checked.data);
  return goTo(c, c.req.path, "saved");
}

interface Shown {
  view: SiteView;
  embed: EmbedNames;
  arrivals: Arrivals;
}

async function read(view: SiteView): Promise<Shown> {
  const [embed, arrivals] = await Promise.all([readEmbed(view), readArrivals(view.deps, view.site.id)]);
  return { view, embed, arrivals };
}

function ArrivalsPage(props: Shown & { aliases: Record<string, string>; issues: Issue[] }) {
  const { view, embed, arrivals, aliases, issues } = props;
  const { t, locale } = view;
  const hint = arrivals.isWhole
    ? t("arrivals.hintWhole")
    : t("arrivals.hint", { people: formatNumber(arrivals.people, locale) });
  return (
    <CollectionPage view={view} page="setup">
      <Embed view={view} names={embed} />
      <Problems view={view} issues={issues} />
      <Section title={t("arrivals.title")} hint={`${hint} ${t("arrivals.dataLayer")}`} class="flush">
        {arrivals.events.length === 0 ? (
          <Empty title={t("live.none")}>{t("live.noneLead")}</Empty>
        ) : (
          <Table label={t("arrivals.title")} head={headOf(view)} numbers={[2, 3, 5]}>
            {arrivals.events.map((event) => (
              <Row view={view} event={event} />
            ))}
          </Table>
        )}
      </Section>
      <Meanings view={view} arrivals={arrivals} aliases={aliases} />
    </CollectionPage>
  );
}

const headOf = ({ t }: SiteView) =>
  (["sent", "means", "day", "week", "last", "items"] as const).map((column) => t(`arrivals.${column}`));

function Row({ view, event }: { view: SiteView; event: ArrivingEvent }) {
  const { t, locale, now } = view;
  const { sent, name, day, week, lastAt, items } = event;
  return (
    <tr>
      <td>
        <code>{sent}</code>
      </td>
      <td>{OURS.has(name) ? eventName(view, name) : <Badge tone="warn">{t("live.custom")}</Badge>}</td>
      <td class="number">{formatNumber(day, locale)}</td>
      <td class="number">{formatNumber(week, locale)}</td>
      <td class="when">{formatAgo(lastAt, now, locale)}</td>
      <td class="number">{items.named > 0 ? formatShare(items.known, items.named, locale) : "–"}</td>
    </tr>
  );
}

/** The names that we do not know, and those that the marketer explained, also while they do not arrive. */
function Meanings(props: { view: SiteView; arrivals: Arrivals; aliases: Record<string, string> }) {
  const { view, arrivals, aliases } = props;
  const { t } = view;
  const unknown = arrivals.events.filter(({ name }) => !OURS.has(name)).map(({ sent }) => wordOf(sent));
  const names = [...new Set([...Object.keys(aliases), ...unknown])].slice(0, 100);
  if (names.length === 0) return null;
  const options = [
    ["", t("arrivals.asItIs")] as [string, string],
    ...MEANINGS.map((name) => [name, eventName(view, name)] as [string, string]),
  ];
  return (
    <Section title={t("arrivals.meanings")} hint={t("arrivals.meaningsHint")}>
      <Form view={view} action={`/admin/${view.site.id}/collection/setup`} class="stack readable">
        {names.map((name) => (
          <div class="field">
            <label for={`${FIELD}${name}`}>
              <code>{name}</code>
            </label>
            <Select name={`${FIELD}${name}`} value={aliases[name] ?? ""} options={options} />
          </div>
        ))}
        <div class="form-end">
          <SaveButton view={view} />
        </div>
      </Form>
    </Section>
  );
}

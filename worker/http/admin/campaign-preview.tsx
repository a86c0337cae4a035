/** The finished message of one person, and what would become of it. */
import type { Preview } from "../../campaigns/preview.ts";
import type { Issue } from "../../lib/errors.ts";
import type { Profile } from "../../profiles/store.ts";
import { nameOf } from "./find-person.ts";
import { formatMoment } from "./format.ts";
import { MessageCard, reasonInWords } from "./message-card.tsx";
import { Badge, Problems } from "./parts.tsx";
import { personPath } from "./people.tsx";
import type { SiteView } from "./view.ts";
import { messageInKorean } from "./words/messages.ts";

export function CampaignPreview(props: {
  view: SiteView;
  /** What keeps the campaign from starting. */
  issues: Issue[];
  person: Profile | undefined;
  preview: Preview | undefined;
  isUnknown: boolean;
}) {
  const { view, person, preview, isUnknown } = props;
  const { t } = view;
  const issues = props.issues.map((issue) => ({ ...issue, path: issue.path.replace(/^definition\./, "") }));
  return (
    <div class="stack">
      {isUnknown && <p class="wrong">{t("campaigns.unknownPerson")}</p>}
      {!person && !isUnknown && issues.length === 0 && <p class="muted">{t("placements.nobody")}</p>}
      {person && preview && (
        <>
          <p>
            <a href={personPath(view, person.profileId)}>{nameOf(person)}</a> <Verdict view={view} preview={preview} />
          </p>
          {preview.content ? (
            <MessageCard view={view} content={preview.content} locale={preview.locale} />
          ) : (
            <p class="wrong">
              {reasonInWords(view, preview.problem?.reason ?? "")}
              {preview.problem?.detail && (
                <>
                  {" "}
                  <code>{view.locale === "ko" ? messageInKorean(preview.problem.detail) : preview.problem.detail}</code>
                </>
              )}
            </p>
          )}
        </>
      )}
      <Problems view={view} issues={issues} title={t("campaigns.beforeLaunch")} />
    </div>
  );
}

function Verdict({ view, preview }: { view: SiteView; preview: Preview }) {
  const { t, locale, site } = view;
  const { fit, verdict } = preview;
  if (fit !== "fits") return <Badge tone="warn">{reasonInWords(view, fit)}</Badge>;
  if (verdict.allowed) return <Badge tone="good">{t("campaigns.wouldSend")}</Badge>;
  if (verdict.holdUntil === undefined) return <Badge tone="warn">{reasonInWords(view, verdict.reason)}</Badge>;
  return (
    <Badge>
      {t("campaigns.wouldHold", {
        reason: reasonInWords(view, verdict.reason),
        time: formatMoment(verdict.holdUntil, locale, site.timeZone),
      })}
    </Badge>
  );
}

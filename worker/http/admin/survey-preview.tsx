/** The survey as it is being edited, as a phone and a desktop would show it. */
import type { Issue } from "../../lib/errors.ts";
import type { SurveyScreen } from "../../survey/schema.ts";
import { SurveyForm } from "../api/survey-fragment.tsx";
import { Problems } from "./parts.tsx";
import type { SiteView } from "./view.ts";

/** In both languages, with the same markup and styles that a visitor gets. */
export function SurveyScreenPreview(props: { view: SiteView; screens: SurveyScreen[]; issues: Issue[] }) {
  const { view, screens, issues } = props;
  const { t } = view;
  if (issues.length > 0) return <Problems view={view} issues={issues} />;
  if (screens.every(({ screen }) => !screen)) return <p class="muted">{t("surveys.nothingToAsk")}</p>;
  return (
    <div class="stack devices">
      {screens.map((shown) => (
        <>
          <h3>{t(`surveys.in.${shown.locale}`)}</h3>
          {(["phone", "desktop"] as const).map((device) => (
            <Device
              label={`${t(`surveys.device.${device}`)}, ${t(`surveys.in.${shown.locale}`)}`}
              device={device}
              shown={shown}
            />
          ))}
        </>
      ))}
    </div>
  );
}

/** The admin's script puts the template into a shadow root, with the survey's style sheet and colors. */
function Device({ label, device, shown }: { label: string; device: "phone" | "desktop"; shown: SurveyScreen }) {
  const { screen, locale, look } = shown;
  if (!screen) return null;
  return (
    <section class={`device ${device}`} aria-label={label} data-survey-preview={JSON.stringify(look)}>
      <template>
        {screen.questions.map((question, index) => (
          <SurveyForm question={question} screen={{ ...screen, step: index + 1 }} locale={locale} hasAnswers />
        ))}
      </template>
    </section>
  );
}

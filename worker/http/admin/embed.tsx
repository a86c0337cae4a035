/** The lines that a shop puts into its pages. */
import { listPlacements } from "../../recommend/placements.ts";
import { listKeys } from "../../sites/store.ts";
import { listSurveys } from "../../survey/surveys.ts";
import { CopyButton, Section } from "./parts.tsx";
import type { SiteView } from "./view.ts";

/** The first of each that the site has. */
export interface EmbedNames {
  /** The public key. */
  key: string | undefined;
  survey: string | undefined;
  placement: string | undefined;
}

export async function readEmbed({ deps, site }: SiteView): Promise<EmbedNames> {
  const [keys, surveys, placements] = await Promise.all([
    listKeys(deps.control, site.id),
    listSurveys(deps, site.id),
    listPlacements(deps, site.id),
  ]);
  const placement = placements.find(({ id }) => id === "home") ?? placements[0];
  const key = keys.find((each) => each.kind === "public" && each.revokedAt === null);
  return { key: key?.lookup, survey: surveys[0]?.id, placement: placement?.id };
}

export function Embed({ view, names }: { view: SiteView; names: EmbedNames }) {
  const { t, deps } = view;
  const { key, survey, placement } = names;
  const { consentMode, gpc } = view.site.privacy;
  const asks = [
    survey === undefined ? "" : ` data-survey="${survey}"`,
    consentMode === "opt_in" ? ' data-consent="ask"' : "",
    gpc === "no_tracking" ? ' data-gpc="honor"' : "",
  ].join("");
  const tag = `<script async src="${deps.config.publicUrl}/nunchi.js" data-key="${key}"${asks}></script>`;
  const element = `<nunchi-recommendations placement="${placement ?? "home"}"></nunchi-recommendations>`;
  return (
    <Section title={t("settings.embed")} hint={key ? t("settings.embedHint") : t("settings.noPublicKey")}>
      {key && (
        <div class="stack">
          <Code view={view} id="embed-code" label={t("settings.embed")} code={tag} />
          <p class="hint">{t("settings.embedPlacement")}</p>
          <Code view={view} id="embed-element" label={t("settings.embedPlacement")} code={element} />
        </div>
      )}
    </Section>
  );
}

function Code({ view, id, label, code }: { view: SiteView; id: string; label: string; code: string }) {
  return (
    <div class="code-row">
      <section class="code" aria-label={label} tabindex={0}>
        <code id={id}>{code}</code>
      </section>
      <CopyButton view={view} of={id} />
    </div>
  );
}

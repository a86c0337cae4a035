/** Why a list is what it is: what it starts from, what each way proposes, what speaks for each candidate, what rules took out. */
import type { Item } from "../../catalog/price.ts";
import { titleOf } from "../../catalog/read.ts";
import type { ExplainedCandidate, Explanation } from "../../recommend/explain.ts";
import type { Way } from "../../recommend/schema.ts";
import { itemPath } from "./catalog.tsx";
import { formatNumber, formatShare } from "./format.ts";
import { translateOr } from "./language.ts";
import { Table } from "./parts.tsx";
import { Applied } from "./placement-applied.tsx";
import { removalInWords } from "./removal-words.ts";
import type { SiteView } from "./view.ts";
import { bySubject } from "./words/features.ts";

interface Known {
  view: SiteView;
  /** What the explanation names. */
  items: Map<string, Item>;
}

/** Candidates that are told at once; the others when somebody asks. */
const FIRST_CANDIDATES = 10;
const SUBJECTS_SHOWN = 4;
const PER_WAY = 6;

export function Explain({ explain, isOpen, ...known }: Known & { explain: Explanation; isOpen: boolean }) {
  const { view } = known;
  const { t } = view;
  const [first, others] = [explain.candidates.slice(0, FIRST_CANDIDATES), explain.candidates.slice(FIRST_CANDIDATES)];
  return (
    <details class="explain" open={isOpen}>
      <summary>{t("placements.explain")}</summary>
      <p class="hint">{explain.model ? t("placements.model", { model: explain.model }) : t("placements.noModel")}</p>
      {explain.intention && (
        <p class="hint">
          {t(`placements.intention.${explain.intention.mode}`, {
            chance: formatShare(explain.intention.chance, 1, view.locale),
          })}
        </p>
      )}
      {explain.variant?.shows === "nothing" && <p class="hint">{t("placements.heldOut")}</p>}
      <h3>{t("placements.seeds")}</h3>
      <Seeds {...known} explain={explain} />
      {explain.searches.map(({ query, found, leastLikeness }) => (
        <p class="hint">{t("placements.searched", { query, found, least: leastLikeness })}</p>
      ))}
      {explain.contexts.length > 0 && (
        <p class="hint">
          {t("placements.contexts")}: {explain.contexts.map((name) => contextInWords(view, name)).join(", ")}
        </p>
      )}
      <h3>{t("placements.byWay")}</h3>
      <dl class="facts">
        {Object.entries(explain.ways).map(([way, list]) => (
          <>
            <dt>{t(`way.${way as Way}`)}</dt>
            <dd class="muted">
              {list.length === 0
                ? "–"
                : list
                    .slice(0, PER_WAY)
                    .map(({ id }) => titleIn(known, id))
                    .join(" · ")}
            </dd>
          </>
        ))}
      </dl>
      {explain.standIns.length > 0 && (
        <p class="hint">
          {t("placements.standIns", { items: explain.standIns.map((id) => titleIn(known, id)).join(" · ") })}
        </p>
      )}
      <h3>{t("placements.candidates")}</h3>
      <p class="hint">{t("placements.candidatesHint")}</p>
      <Candidates {...known} candidates={first} start={1} />
      {others.length > 0 && (
        <details>
          <summary>{t("placements.moreCandidates", { count: others.length })}</summary>
          <Candidates {...known} candidates={others} start={FIRST_CANDIDATES + 1} />
        </details>
      )}
      <details>
        <summary>{t("placements.applied")}</summary>
        <Applied view={view} rules={explain.rules} titleOf={(id) => titleIn(known, id)} />
      </details>
      <Removed {...known} explain={explain} />
    </details>
  );
}

function titleIn({ view, items }: Known, id: string): string {
  const item = items.get(id);
  return item ? titleOf(item, view.locale) : id;
}

function Seeds({ explain: { seeds }, ...known }: Known & { explain: Explanation }) {
  const { t } = known.view;
  if (seeds.length === 0) return <p class="muted">{t("placements.noSeeds")}</p>;
  return (
    <Table
      label={t("placements.seeds")}
      head={[t("catalog.item"), t("placements.from"), t("placements.weight")]}
      numbers={[2]}
    >
      {seeds.map((seed) => (
        <tr>
          <td>{titleIn(known, seed.itemId)}</td>
          <td class="muted">
            {t(`seed.${seed.from}`)} · {translateOr(t, `seed.kind.${seed.kind}`, seed.kind)}
          </td>
          <td class="number">{seed.weight}</td>
        </tr>
      ))}
    </Table>
  );
}

/** "hour:afternoon" in words; what a shop has named itself stays as it is. */
function contextInWords({ t }: SiteView, name: string): string {
  const [kind = "", value = ""] = [name.slice(0, name.indexOf(":")), name.slice(name.indexOf(":") + 1)];
  return `${translateOr(t, `context.${kind}`, kind)} ${translateOr(t, `context.${name}`, value)}`;
}

function Candidates({ candidates, start, ...known }: Known & { candidates: ExplainedCandidate[]; start: number }) {
  const { view } = known;
  const { t, locale } = view;
  return (
    <ol class="candidates" start={start}>
      {candidates.map((candidate) => (
        <li>
          <span class="candidate-head">
            <a class="main-link" href={itemPath(view, candidate.id)}>
              {titleIn(known, candidate.id)}
            </a>
            <span class="muted">
              {Object.keys(candidate.parts)
                .map((way) => t(`way.${way as Way}`))
                .join(" · ")}
            </span>
            <span class="number">
              {candidate.score.toFixed(3)}
              {candidate.boost ? ` ×${formatNumber(candidate.boost, locale)}` : ""}
            </span>
          </span>
          <Contributions view={view} candidate={candidate} />
        </li>
      ))}
    </ol>
  );
}

/** What the net adds to a score and takes from it, in words. */
function Contributions({ view: { t }, candidate }: { view: SiteView; candidate: ExplainedCandidate }) {
  const added = bySubject(candidate.contributions ?? {}).slice(0, SUBJECTS_SHOWN);
  if (added.length === 0) return null;
  return (
    <span class="sub">
      {added.map(({ subject, value }, place) => (
        <>
          {place > 0 && " · "}
          {t(subject)}{" "}
          <span class={value > 0 ? "adds" : "takes"}>
            {value > 0 ? "+" : "−"}
            {Math.abs(value).toFixed(2)}
          </span>
        </>
      ))}
    </span>
  );
}

/** By rule: how many, and some of them. */
function Removed({ explain: { removed }, ...known }: Known & { explain: Explanation }) {
  const { t, locale } = known.view;
  if (removed.length === 0) return null;
  return (
    <>
      <h3>{t("placements.removed")}</h3>
      <ul class="plain-list removed">
        {removed.map(({ rule, condition, count, examples }) => (
          <li>
            <details>
              <summary>
                {removalInWords(known.view, condition ?? rule)} <span class="muted">{formatNumber(count, locale)}</span>
              </summary>
              <p class="hint">{examples.map(({ id }) => titleIn(known, id)).join(" · ")}</p>
            </details>
          </li>
        ))}
      </ul>
    </>
  );
}

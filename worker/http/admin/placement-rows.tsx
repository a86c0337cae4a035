/** Rows of a placement's form, one a rule over items, and what the catalog says of them. */
import type { Child } from "hono/jsx";
import { ITEM_FIELDS } from "../../recommend/item-rule.ts";
import { formatNumber } from "./format.ts";
import { ActButton } from "./parts.tsx";
import type { PlacementFacts } from "./placement-facts.ts";
import type { BoostFields } from "./placement-fields.ts";
import { ConditionInputs } from "./rule-editor.tsx";
import type { ConditionFields } from "./rule-form.ts";
import type { SiteView } from "./view.ts";

export function Rows(props: {
  view: SiteView;
  action: string;
  name: "filter" | "booster";
  rows: (ConditionFields | BoostFields)[];
  /** Undefined where each row is a rule by itself. */
  join?: "all" | "any";
  /** Behind the button that adds a row. */
  children?: Child;
}) {
  const { view, action, name, rows, join, children } = props;
  const { t } = view;
  return (
    <fieldset id={name} class="rule">
      <legend>{t(`placements.${name}`)}</legend>
      <p class="hint">{t(`placements.${name}Hint`)}</p>
      {join && rows.length > 1 && (
        <p class="inline">
          <select name={`${name}Join`} aria-label={t("rule.join")}>
            {(["all", "any"] as const).map((each) => (
              <option value={each} selected={each === join}>
                {t(`rule.${each}`)}
              </option>
            ))}
          </select>
        </p>
      )}
      <datalist id={`${name}-properties`}>
        {ITEM_FIELDS.map((property) => (
          <option value={property} />
        ))}
      </datalist>
      {rows.length > 0 && (
        <ol class="rule-rows">
          {rows.map((fields, index) => (
            <li class="rule-row" aria-label={t("rule.row", { number: index + 1 })}>
              <span class="inline">
                <ConditionInputs
                  view={view}
                  fields={fields}
                  nameOf={(part) => `${name}.${index}.${part}`}
                  list={`${name}-properties`}
                />
                {"by" in fields && (
                  <input
                    class="short"
                    type="number"
                    name={`${name}.${index}.by`}
                    value={fields.by}
                    min={0.01}
                    max={100}
                    step="any"
                    aria-label={t("placements.boostBy")}
                  />
                )}
              </span>
            </li>
          ))}
        </ol>
      )}
      <div class="actions">
        <ActButton view={view} act={`${name}:add`} part={name} action={action}>
          {t("rule.add")}
        </ActButton>
        {children}
      </div>
    </fieldset>
  );
}

/** How many items the filter lets through now. One that lets nothing through is given up, so that it is worth a word. */
export function Passing({ view: { t, locale }, facts }: { view: SiteView; facts: PlacementFacts | undefined }) {
  if (!facts) return <span class="wrong">{t("placements.notWhole")}</span>;
  if (!facts.passing) return null;
  const { count, onSale } = facts.passing;
  const orMore = (number: number, isMore: boolean) => `${formatNumber(number, locale)}${isMore ? "+" : ""}`;
  const passing = orMore(count.passing, count.isMore);
  const isNone = count.passing === 0 && !count.isMore;
  return (
    <span class={isNone ? "wrong" : "hint"} role="status">
      {isNone
        ? t("placements.passingNone")
        : t("placements.passing", { passing, of: orMore(onSale.of, onSale.isMore) })}
    </span>
  );
}

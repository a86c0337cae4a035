/**
 * Editing a rule over people: a list of sentences, or JSON for what sentences cannot say. Its buttons send the whole form
 * back to its own page, which answers with one row more or less; with the script only the editor is replaced.
 */
import { CANONICAL_EVENTS } from "../../events/alias.ts";
import type { Issue } from "../../lib/errors.ts";
import { OPERATORS } from "../../segments/comparison.ts";
import { JUDGED_TRAITS } from "../../segments/rule.ts";
import { translateOr } from "./language.ts";
import { ActButton } from "./parts.tsx";
import { asForm, type ConditionFields, type RuleForm, type RuleRow, UNITS } from "./rule-form.ts";
import type { View } from "./view.ts";

interface Editing {
  view: View;
  /** Prefix of the fields, and the path of the rule in the schema's issues. */
  name: string;
  /** Where its buttons send the form, where that is not the page's own address. */
  action?: string | undefined;
  issues?: Issue[];
}

/** The element that its buttons replace. */
const partOf = (name: string) => `${name.replaceAll(".", "-")}-rule`;

export function RuleEditor({ view, name, action, rule, label }: Editing & { rule: RuleForm; label: string }) {
  const { t } = view;
  const own = { view, name, action };
  return (
    <fieldset class="rule" id={partOf(name)}>
      <legend>{label}</legend>
      <input type="hidden" name={`${name}.mode`} value={rule.mode} />
      {rule.mode === "json" ? (
        <textarea
          class="source"
          name={`${name}.json`}
          rows={12}
          spellcheck={false}
          aria-label={`${label} · ${t("rule.json")}`}
        >
          {rule.json}
        </textarea>
      ) : (
        <>
          {rule.rows.length > 1 && <Join view={view} name={name} join={rule.join} />}
          <ol class="rule-rows">
            {rule.rows.map((row, index) => (
              <Row view={view} name={name} action={action} row={row} index={index} />
            ))}
          </ol>
        </>
      )}
      <div class="actions">
        {rule.mode === "form" ? (
          <>
            <Act {...own} act="add" label={t(rule.rows.length === 0 ? "rule.addFirst" : "rule.add")} />
            <Act {...own} act="json" label={t("rule.asJson")} quiet />
          </>
        ) : (
          asForm(rule) && <Act {...own} act="form" label={t("rule.asForm")} quiet />
        )}
      </div>
    </fieldset>
  );
}

function Act(props: Editing & { act: string; label: string; quiet?: boolean; icon?: string }) {
  const { view, name, action, act, label, quiet, icon } = props;
  return (
    <ActButton
      view={view}
      act={`${name}:${act}`}
      part={partOf(name)}
      {...(action === undefined ? {} : { action })}
      class={icon ? "small quiet rule-remove" : quiet ? "small quiet" : "small"}
    >
      {icon ? (
        <>
          <span aria-hidden="true">{icon}</span>
          <span class="visually-hidden">{label}</span>
        </>
      ) : (
        label
      )}
    </ActButton>
  );
}

function Join({ view, name, join }: { view: View; name: string; join: "all" | "any" }) {
  const { t } = view;
  return (
    <p class="inline">
      <select name={`${name}.join`} aria-label={t("rule.join")}>
        <option value="all" selected={join === "all"}>
          {t("rule.all")}
        </option>
        <option value="any" selected={join === "any"}>
          {t("rule.any")}
        </option>
      </select>
    </p>
  );
}

function Row({ view, name, action, row, index }: Editing & { row: RuleRow; index: number }) {
  const { t } = view;
  const field = (part: keyof RuleRow) => `${name}.rows.${index}.${part}`;
  const number = index + 1;
  const kinds = ["did", "didNot", "trait"] as const;
  const counts = ["", "gte", "lte", "eq"] as const;
  return (
    <li class="rule-row" aria-label={t("rule.row", { number })}>
      <div class="inline">
        <select name={field("kind")} aria-label={t("rule.kind")}>
          {kinds.map((kind) => (
            <option value={kind} selected={kind === row.kind}>
              {t(`rule.kind.${kind}`)}
            </option>
          ))}
        </select>
        <span class="inline for-event">
          <EventInput view={view} name={field("event")} value={row.event} />
          <select name={field("countOp")} aria-label={t("rule.countOp")}>
            {counts.map((op) => (
              <option value={op} selected={op === row.countOp}>
                {t(op === "" ? "rule.countOp.once" : `rule.countOp.${op}`)}
              </option>
            ))}
          </select>
          <input
            class="short for-count"
            type="number"
            name={field("count")}
            value={row.count || "1"}
            min={0}
            max={1000}
            aria-label={t("rule.count")}
          />
        </span>
        <Act
          view={view}
          name={name}
          action={action}
          act={`remove:${index}`}
          label={t("rule.remove", { number })}
          icon="×"
        />
      </div>
      <div class="inline rule-more">
        <span class="inline for-event">
          <span>{t("rule.within")}</span>
          <Duration
            view={view}
            amount={[field("within"), row.within]}
            unit={[field("unit"), row.unit]}
            label={t("rule.within")}
            placeholder="∞"
          />
        </span>
        <span class="inline">
          <span class="for-event">{t("rule.where")}</span>
          <ConditionInputs view={view} fields={row} nameOf={field} list="trait-names" />
        </span>
      </div>
    </li>
  );
}

/** An event's name with the known ones to choose from; custom names are as good. Needs `EventNames` on the page. */
export function EventInput(props: { view: View; name: string; value: string; id?: string }) {
  const { view, name, value, id } = props;
  return (
    <input
      class="event"
      id={id}
      name={name}
      value={value}
      list="event-names"
      placeholder="product_viewed"
      aria-label={id ? undefined : view.t("rule.event")}
      autocomplete="off"
      spellcheck={false}
    />
  );
}

/**
 * Once a page, for all its rules: names of events, and of what is judged of people at the moment of asking; or, for rules over
 * something else, what those may name.
 */
export function EventNames(props: {
  view: View;
  events?: readonly (typeof CANONICAL_EVENTS)[number][];
  traits?: readonly string[];
}) {
  const { view, events = CANONICAL_EVENTS, traits = JUDGED_TRAITS } = props;
  return (
    <>
      <datalist id="event-names">
        {events.map((name) => (
          <option value={name}>{view.t(`event.${name}`)}</option>
        ))}
      </datalist>
      <datalist id="trait-names">
        {traits.map((name) => (
          <option value={name}>{translateOr(view.t, `trait.${name}`, name)}</option>
        ))}
      </datalist>
    </>
  );
}

export function Duration(props: {
  view: View;
  amount: [name: string, value: string];
  unit: [name: string, value: string];
  label: string;
  placeholder?: string;
  required?: boolean;
}) {
  const { view, amount, unit, label, placeholder, required } = props;
  return (
    <span class="inline duration">
      <input
        class="short"
        type="number"
        min={0}
        id={amount[0]}
        name={amount[0]}
        value={amount[1]}
        placeholder={placeholder}
        aria-label={label}
        required={required}
      />
      <select name={unit[0]} aria-label={`${label} · ${view.t("rule.unit")}`}>
        {UNITS.map((each) => (
          <option value={each} selected={each === unit[1]}>
            {view.t(`unit.${each}`)}
          </option>
        ))}
      </select>
    </span>
  );
}

/** Property, operator, value. An empty property asks nothing. */
export function ConditionInputs(props: {
  view: View;
  fields: ConditionFields;
  nameOf: (part: keyof ConditionFields) => string;
  list?: string;
}) {
  const { view, fields, nameOf, list } = props;
  const { t } = view;
  return (
    <span class="inline">
      <input
        name={nameOf("property")}
        value={fields.property}
        placeholder={t("rule.property")}
        aria-label={t("rule.property")}
        list={list}
        autocomplete="off"
        spellcheck={false}
      />
      <select name={nameOf("op")} aria-label={t("rule.op")}>
        {OPERATORS.map((op) => (
          <option value={op} selected={op === fields.op}>
            {t(`op.${op}`)}
          </option>
        ))}
      </select>
      <input
        name={nameOf("value")}
        value={fields.value}
        placeholder={t("rule.value")}
        aria-label={t("rule.value")}
        autocomplete="off"
      />
    </span>
  );
}

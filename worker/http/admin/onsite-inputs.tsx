/** Inputs of the on-site message's editor: one plain field of its form each. */
import type { Issue } from "../../lib/errors.ts";
import type { Placement } from "../../recommend/schema.ts";
import type { Segment } from "../../segments/store.ts";
import type { OnsiteField, OnsiteFields } from "./onsite-form.ts";
import { Checkbox, Field, Input, Select } from "./parts.tsx";
import type { SiteView } from "./view.ts";
import type { Word } from "./words/words.ts";

export interface Editing {
  view: SiteView;
  fields: OnsiteFields;
  issues: Issue[];
}

export type Part = Editing & { placements: Placement[]; segments: Segment[] };

/** One of the form's plain fields, as an input with its label. */
export function Plain(
  props: Editing & { name: OnsiteField; label: string; type?: string; hint?: string; max?: number; of?: string },
) {
  const { fields, issues, name, label, type = "text", hint, max, of } = props;
  return (
    <Field name={name} label={label} hint={hint} issues={issues} class={of ?? ""}>
      <Input
        name={name}
        type={type}
        value={fields.plain[name]}
        {...(type === "number" ? { min: 0, step: "any" } : {})}
        {...(max === undefined ? {} : { max })}
      />
    </Field>
  );
}

export function Choice(
  props: Editing & { name: OnsiteField; label: string; options: [string, string][]; of?: string },
) {
  const { fields, issues, name, label, options, of } = props;
  return (
    <Field name={name} label={label} issues={issues} class={of ?? ""}>
      <Select name={name} value={fields.plain[name]} options={options} />
    </Field>
  );
}

export function Tick({ view, fields, name, word }: Editing & { name: OnsiteField; word: Word }) {
  return <Checkbox name={name} checked={fields.plain[name] !== ""} label={view.t(word)} />;
}

/** The few parts that all pages are made of. */
import type { Child } from "hono/jsx";
import type { Issue } from "../../lib/errors.ts";
import { translateOr } from "./language.ts";
import type { View } from "./view.ts";

/** A form that sends its session's token; every change in the admin is one of these. */
export function Form(props: { view: View; action?: string; class?: string; id?: string; children: Child }) {
  const { view, children, action = view.path, ...rest } = props;
  return (
    <form method="post" action={action} {...rest}>
      {view.session && <input type="hidden" name="csrf" value={view.session.csrfToken} />}
      {children}
    </form>
  );
}

/**
 * The button that Enter presses in a field: browsers take a form's first one, which would be the editor's "remove". First in
 * a form with more buttons than one.
 */
export function EnterButton() {
  return <button type="submit" hidden />;
}

/** What a form ends with. */
export function SaveButton({ view }: { view: View }) {
  return (
    <button type="submit" class="primary">
      {view.t("form.save")}
    </button>
  );
}

/**
 * A submit button that changes a part of an editor, such as a row more or less. The form's own address answers, with or
 * without the script; with it only the element with the id `part` is replaced.
 */
export function ActButton(props: {
  view: View;
  act: string;
  part: string;
  action?: string;
  class?: string;
  children: Child;
}) {
  const { view, act, part, action = view.path, children } = props;
  return (
    <button
      type="submit"
      class={props.class ?? "small"}
      name="act"
      value={act}
      formnovalidate
      hx-post={action}
      hx-target={`#${part}`}
      hx-select={`#${part}`}
      hx-swap="outerHTML"
    >
      {children}
    </button>
  );
}

/** One labeled input with its hint and what is wrong with it. `children` is the control and carries `id={name}`. */
export function Field(props: {
  name: string;
  label: Child;
  hint?: Child;
  issues?: Issue[] | undefined;
  class?: string;
  children: Child;
}) {
  const { name, label, hint, issues = [], children } = props;
  const wrong = issues.find((issue) => issue.path === name || issue.path.startsWith(`${name}.`));
  return (
    <div class={`field ${props.class ?? ""}`}>
      <label for={name}>{label}</label>
      {children}
      {hint && (
        <p class="hint" id={`${name}-hint`}>
          {hint}
        </p>
      )}
      {wrong && (
        <p class="wrong" id={`${name}-wrong`}>
          {wrong.message}
        </p>
      )}
    </div>
  );
}

export function Input(props: {
  name: string;
  value?: string | number | null | undefined;
  type?: string;
  required?: boolean;
  autocomplete?: string;
  placeholder?: string;
  min?: number;
  max?: number;
  minlength?: number;
  maxlength?: number;
  step?: string;
  list?: string;
  pattern?: string;
  autofocus?: boolean;
  inputmode?: "text" | "email" | "numeric" | "decimal" | "url" | "search";
  "aria-label"?: string;
}) {
  const { value, type = "text", ...rest } = props;
  return <input id={props.name} type={type} value={value ?? undefined} {...rest} />;
}

export function Select(props: { name: string; value: string; options: [string, string][]; "aria-label"?: string }) {
  return (
    <select id={props.name} name={props.name} aria-label={props["aria-label"]}>
      {props.options.map(([value, label]) => (
        <option value={value} selected={value === props.value}>
          {label}
        </option>
      ))}
    </select>
  );
}

export function Checkbox(props: { name: string; checked: boolean; label: Child; value?: string; hint?: Child }) {
  return (
    <div class="check">
      <label>
        <input type="checkbox" name={props.name} value={props.value ?? "yes"} checked={props.checked} />
        <span>{props.label}</span>
      </label>
      {props.hint && <p class="hint">{props.hint}</p>}
    </div>
  );
}

/** What a form did, after its redirect; unknown notices say nothing. */
export function Notice({ view }: { view: View }) {
  const text = view.notice ? translateOr(view.t, `notice.${view.notice}`, "") : "";
  if (!text) return null;
  return (
    <p class="notice" role="status">
      {text}
    </p>
  );
}

/** What is wrong with a form, above it. */
export function Problems(props: {
  view: View;
  issues: Issue[];
  title?: string;
  /** What a field is called on the page; undefined: as it is sent. */
  labelOf?: (path: string) => string | undefined;
}) {
  const { view, issues, title, labelOf } = props;
  if (issues.length === 0) return null;
  return (
    <div class="problems" role="alert">
      <p>{title ?? view.t("form.problems")}</p>
      <ul>
        {issues.map((issue) => (
          <li>
            {labelOf?.(issue.path) ?? (issue.path && <code>{issue.path}</code>)}
            {issue.path && ": "}
            {issue.message}
          </li>
        ))}
      </ul>
    </div>
  );
}

/** Copies the text of the element with the id `of`. Needs the script; the text can be selected without. */
export function CopyButton({ view, of }: { view: View; of: string }) {
  return (
    <button type="button" class="small" data-copy={of} data-copied={view.t("settings.copied")}>
      {view.t("settings.copy")}
    </button>
  );
}

export function Empty({ title, children }: { title: string; children?: Child }) {
  return (
    <div class="empty">
      <p class="empty-title">{title}</p>
      {children && <p>{children}</p>}
    </div>
  );
}

export function Badge({ tone = "plain", children }: { tone?: "plain" | "good" | "bad" | "warn"; children: Child }) {
  return <span class={`badge ${tone}`}>{children}</span>;
}

/** Names and values; a value that is empty is left out with its name. */
export function Facts({ facts }: { facts: [string, Child][] }) {
  return (
    <dl class="pairs">
      {facts.map(([name, value]) =>
        value ? (
          <>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </>
        ) : null,
      )}
    </dl>
  );
}

/** What a row of a list is about: the name leads to its page; `children` is the line below. */
export function RowName({ href, name, children }: { href: string; name: Child; children?: Child }) {
  return (
    <>
      <a class="main-link" href={href}>
        {name}
      </a>
      {children && <span class="sub">{children}</span>}
    </>
  );
}

/** The two pages of one thing: its editor and its report. `children` says how it stands. */
export function EditTabs(props: {
  base: string;
  tab: "edit" | "report";
  edit: string;
  report: string;
  children: Child;
}) {
  const { base, tab, edit, report, children } = props;
  return (
    <span class="tabs">
      {children}
      <a href={base} aria-current={tab === "edit" ? "page" : undefined}>
        {edit}
      </a>
      <a href={`${base}/report`} aria-current={tab === "report" ? "page" : undefined}>
        {report}
      </a>
    </span>
  );
}

/** A table that scrolls inside itself on a phone. `label` names it for screen readers. */
export function Table(props: {
  label: string;
  head: Child[];
  /** Which columns hold numbers, from 0. */
  numbers?: number[];
  children: Child;
}) {
  const { label, head, numbers = [], children } = props;
  return (
    <section class="table" aria-label={label} tabindex={0}>
      <table>
        <thead>
          <tr>
            {head.map((cell, column) => (
              <th scope="col" class={numbers.includes(column) ? "number" : undefined}>
                {cell}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </section>
  );
}

export function Section(props: { title?: Child; hint?: Child; actions?: Child; class?: string; children: Child }) {
  return (
    <section class={`section ${props.class ?? ""}`}>
      {(props.title || props.actions) && (
        <div class="section-head">
          {props.title && <h2>{props.title}</h2>}
          {props.actions && <div class="actions">{props.actions}</div>}
        </div>
      )}
      {props.hint && <p class="hint">{props.hint}</p>}
      {props.children}
    </section>
  );
}

/** A feed's definition as a form, and the way back; the column mapper with the first rows as they would be stored. */
import { FORMATS } from "../../feeds/detect.ts";
import { ITEM_FIELDS, type ItemField, type Mapping, type Source } from "../../feeds/mapping.ts";
import type { Preview } from "../../feeds/preview.ts";
import type { Feed } from "../../feeds/schema.ts";
import type { Issue } from "../../lib/errors.ts";
import type { Form as Sent } from "./form.ts";
import { text } from "./form.ts";
import { Empty, Field, Form, Input, Problems, SaveButton, Section, Select, Table } from "./parts.tsx";
import type { SiteView } from "./view.ts";
import { reasonIn } from "./words/feeds.ts";

/** The form's own fields, as texts. */
export interface FeedFields {
  name: string;
  url: string;
  format: string;
  contents: string;
  schedule: string;
  hour: string;
  safetyStopPercent: string;
  categorySeparator: string;
  lowStockThreshold: string;
  map: Partial<Record<ItemField, string>>;
  attributes: string;
}

export const NEW_FEED: FeedFields = {
  name: "",
  url: "",
  format: "auto",
  contents: "full",
  schedule: "day",
  hour: "4",
  safetyStopPercent: "30",
  categorySeparator: ">",
  lowStockThreshold: "",
  map: {},
  attributes: "",
};

const shown = (source: Source): string => (Array.isArray(source) ? source.join(" | ") : source);
const sourceOf = (value: string): Source => {
  const parts = value.split("|").map((part) => part.trim());
  const [only = "", ...more] = parts.filter(Boolean);
  return more.length > 0 ? [only, ...more] : only;
};

export function toFeedFields(feed: Feed): FeedFields {
  const map = Object.entries(feed.mapping.fields).map(([field, source]) => [field, shown(source)]);
  return {
    name: feed.name,
    url: feed.url ?? "",
    format: feed.format,
    contents: feed.contents,
    schedule: feed.schedule?.every ?? "never",
    hour: `${feed.schedule?.hour ?? 4}`,
    safetyStopPercent: `${feed.safetyStopPercent}`,
    categorySeparator: feed.categorySeparator,
    lowStockThreshold: `${feed.lowStockThreshold ?? ""}`,
    map: Object.fromEntries(map),
    attributes: Object.entries(feed.mapping.attributes)
      .map(([name, source]) => `${name} = ${shown(source)}`)
      .join("\n"),
  };
}

export function readFeedFields(form: Sent): FeedFields {
  const map = ITEM_FIELDS.flatMap((field) => {
    const value = text(form, `map.${field}`);
    return value === "" ? [] : [[field, value]];
  });
  const names = ["name", "url", "format", "contents", "schedule", "hour", "safetyStopPercent"] as const;
  const rest = ["categorySeparator", "lowStockThreshold", "attributes"] as const;
  const fields = Object.fromEntries([...names, ...rest].map((name) => [name, text(form, name)]));
  return { ...NEW_FEED, ...fields, map: Object.fromEntries(map) };
}

/** For `FeedInput` to check. */
export function toFeedInput(fields: FeedFields) {
  const number = (value: string) => (value === "" ? null : Number(value));
  const lines = fields.attributes.split("\n").flatMap((line) => {
    const [name = "", ...source] = line.split("=");
    return name.trim() && source.length > 0 ? [[name.trim(), sourceOf(source.join("="))]] : [];
  });
  return {
    name: fields.name,
    url: fields.url || null,
    format: fields.format,
    contents: fields.contents,
    schedule: fields.schedule === "never" ? null : { every: fields.schedule, hour: Number(fields.hour) },
    safetyStopPercent: Number(fields.safetyStopPercent),
    categorySeparator: fields.categorySeparator,
    lowStockThreshold: number(fields.lowStockThreshold),
    mapping: {
      fields: Object.fromEntries(Object.entries(fields.map).map(([field, value]) => [field, sourceOf(value)])),
      attributes: Object.fromEntries(lines),
    },
  };
}

export function FeedForm(props: {
  view: SiteView;
  action: string;
  fields: FeedFields;
  issues: Issue[];
  preview?: Preview | undefined;
}) {
  const { view, action, fields, issues, preview } = props;
  const { t } = view;
  const field = (name: Exclude<keyof FeedFields, "map">) => ({ name, label: t(`feeds.${name}`), issues });
  return (
    <Form view={view} action={action} class="stack apart">
      <Problems view={view} issues={issues} />
      <Section title={t("feeds.where")}>
        <div class="stack">
          <Field {...field("name")}>
            <Input name="name" value={fields.name} required maxlength={80} />
          </Field>
          <Field {...field("url")} hint={t("feeds.urlHint")}>
            <Input name="url" type="url" value={fields.url} placeholder="https://" />
          </Field>
          <div class="row">
            <Field {...field("schedule")}>
              <Select
                name="schedule"
                value={fields.schedule}
                options={(["never", "hour", "day"] as const).map((each) => [each, t(`feeds.schedule.${each}`)])}
              />
            </Field>
            <Field {...field("hour")} hint={t("feeds.hourHint")}>
              <Input name="hour" type="number" min={0} max={23} value={fields.hour} />
            </Field>
          </div>
        </div>
      </Section>
      <Section title={t("feeds.how")}>
        <div class="stack">
          <div class="row">
            <Field {...field("format")}>
              <Select
                name="format"
                value={fields.format}
                options={(["auto", ...FORMATS] as const).map((each) => [each, t(`feeds.format.${each}`)])}
              />
            </Field>
            <Field {...field("contents")}>
              <Select
                name="contents"
                value={fields.contents}
                options={(["full", "changes"] as const).map((each) => [each, t(`feeds.contents.${each}`)])}
              />
            </Field>
          </div>
          <div class="row">
            <Field {...field("safetyStopPercent")} hint={t("feeds.safetyHint")}>
              <Input name="safetyStopPercent" type="number" min={1} max={100} value={fields.safetyStopPercent} />
            </Field>
            <Field {...field("lowStockThreshold")} hint={t("feeds.lowStockHint")}>
              <Input name="lowStockThreshold" type="number" min={0} value={fields.lowStockThreshold} />
            </Field>
            <Field {...field("categorySeparator")}>
              <Input name="categorySeparator" value={fields.categorySeparator} maxlength={5} />
            </Field>
          </div>
        </div>
      </Section>
      <Mapper
        view={view}
        fields={fields}
        issues={issues}
        mapping={preview?.ok ? preview.mapping : undefined}
        columns={preview?.ok ? preview.columns : []}
      />
      <p>
        <SaveButton view={view} />
      </p>
    </Form>
  );
}

/** One line a field of an item; a placeholder says which column is taken when nothing is written. */
function Mapper(props: {
  view: SiteView;
  fields: FeedFields;
  issues: Issue[];
  mapping: Mapping | undefined;
  columns: string[];
}) {
  const { view, fields, issues, mapping, columns } = props;
  const { t } = view;
  return (
    <Section title={t("feeds.mapping")} hint={t("feeds.mappingHint")}>
      <div class="stack">
        <datalist id="columns">
          {columns.map((column) => (
            <option value={column} />
          ))}
        </datalist>
        <div class="row">
          {ITEM_FIELDS.map((field) => {
            const guessed = mapping?.fields[field];
            return (
              <Field
                name={`map.${field}`}
                label={t(`feeds.field.${field}`)}
                issues={issues.filter(({ path }) => path === `mapping.fields.${field}`)}
              >
                <Input
                  name={`map.${field}`}
                  value={fields.map[field]}
                  list="columns"
                  maxlength={500}
                  {...(guessed === undefined ? {} : { placeholder: shown(guessed) })}
                />
              </Field>
            );
          })}
        </div>
        <Field name="attributes" label={t("feeds.attributes")} hint={t("feeds.attributesHint")} issues={issues}>
          <textarea id="attributes" name="attributes" rows={3}>
            {fields.attributes}
          </textarea>
        </Field>
      </div>
    </Section>
  );
}

const SHOWN = ["id", "title", "price", "salePrice", "category", "brand", "availability", "groupId"] as const;

/** The first rows of the last file, as they would be stored with what is saved. */
export function PreviewSection({ view, preview }: { view: SiteView; preview: Preview | undefined }) {
  const { t, locale } = view;
  if (!preview) return <Empty title={t("feeds.noPreview")}>{t("feeds.noPreviewLead")}</Empty>;
  if (!preview.ok) return <Empty title={t("feeds.unreadable")}>{reasonIn(locale, preview.reason)}</Empty>;
  const said = (item: Record<string, unknown> | undefined, field: string) => {
    const value = item?.[field];
    return Array.isArray(value) ? value.join(" > ") : value === undefined ? "–" : String(value).slice(0, 80);
  };
  return (
    <Section
      title={t("feeds.preview")}
      hint={t("feeds.previewHint", { format: t(`feeds.format.${preview.format}`), columns: preview.columns.length })}
      class="flush"
    >
      <Table
        label={t("feeds.preview")}
        head={["#", ...SHOWN.map((field) => t(`feeds.field.${field}`)), t("feeds.wrong")]}
        numbers={[0]}
      >
        {preview.rows.map(({ number, item, issues }) => (
          <tr>
            <td class="number">{number}</td>
            {SHOWN.map((field) => (
              <td>{said(item, field)}</td>
            ))}
            <td class={issues.length > 0 ? "bad" : "muted"}>
              {issues.map(({ path, message }) => reasonIn(locale, `${path}: ${message}`)).join("; ") || "–"}
            </td>
          </tr>
        ))}
      </Table>
    </Section>
  );
}

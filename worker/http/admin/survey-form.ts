/** A survey's definition as form fields, and back. Pure. Every definition fits the form. */
import type { Question, SurveyDefinition } from "../../survey/schema.ts";
import { type Form, text } from "./form.ts";
import { readRows } from "./rule-form.ts";

/** items, categories: tiles from the live catalog. chosen: tiles that the marketer named. choice: words to choose from. */
export const QUESTION_KINDS = ["items", "categories", "chosen", "choice"] as const;
export type QuestionKind = (typeof QUESTION_KINDS)[number];

export interface QuestionFields {
  id: string;
  kind: QuestionKind;
  titleKo: string;
  titleEn: string;
  hintKo: string;
  hintEn: string;
  count: string;
  most: string;
  trait: string;
  multiple: boolean;
  /** One tile or option a line. */
  lines: string;
}

export interface SurveyFields {
  id: string;
  name: string;
  placement: string;
  firstVisit: boolean;
  dormantDays: string;
  delaySeconds: string;
  onProductPages: boolean;
  questions: QuestionFields[];
}

const BLANK_QUESTION: QuestionFields = {
  id: "",
  kind: "items",
  titleKo: "",
  titleEn: "",
  hintKo: "",
  hintEn: "",
  count: "12",
  most: "5",
  trait: "",
  multiple: false,
  lines: "",
};

export const STARTER: SurveyFields = {
  id: "",
  name: "",
  placement: "",
  firstVisit: true,
  dormantDays: "60",
  delaySeconds: "0",
  onProductPages: false,
  questions: [{ ...BLANK_QUESTION, id: "picks", titleKo: "어떤 게 마음에 드세요?", titleEn: "What catches your eye?" }],
};

export function toSurveyFields(name: string, definition: SurveyDefinition): SurveyFields {
  const { show, placement, questions } = definition;
  return {
    id: "",
    name,
    placement,
    firstVisit: show.firstVisit,
    dormantDays: show.dormantDays === null ? "" : String(show.dormantDays),
    delaySeconds: String(show.delaySeconds),
    onProductPages: show.onProductPages,
    questions: questions.map(toQuestionFields),
  };
}

function toQuestionFields(question: Question): QuestionFields {
  const { id, title, hint, trait = "" } = question;
  const shared = {
    ...BLANK_QUESTION,
    id,
    trait,
    titleKo: title.ko ?? "",
    titleEn: title.en ?? "",
    hintKo: hint?.ko ?? "",
    hintEn: hint?.en ?? "",
  };
  if (question.kind === "choice") {
    const lines = question.options.map(({ value, label }) => line(value, label));
    return { ...shared, kind: "choice", multiple: question.multiple, lines: lines.join("\n") };
  }
  const most = String(question.most);
  if (!Array.isArray(question.tiles)) {
    return { ...shared, kind: question.tiles.auto, count: String(question.tiles.count), most };
  }
  const lines = question.tiles.map((tile) =>
    "itemId" in tile ? tile.itemId : line(`${CATEGORY}${tile.category}`, tile.title ?? {}),
  );
  return { ...shared, kind: "chosen", most, lines: lines.join("\n") };
}

/** Before a category's path, to tell it from an item's id. */
const CATEGORY = "category:";

function line(value: string, { ko, en }: { ko?: string | undefined; en?: string | undefined }): string {
  return ko || en ? `${value} | ${ko ?? ""} | ${en ?? ""}` : value;
}

export function readSurveyFields(form: Form): SurveyFields {
  const read = (name: string) => text(form, name);
  return {
    id: read("id"),
    name: read("name"),
    placement: read("placement"),
    firstVisit: read("firstVisit") !== "",
    dormantDays: read("dormantDays"),
    delaySeconds: read("delaySeconds"),
    onProductPages: read("onProductPages") !== "",
    questions: readRows(form, "questions").map((row) => ({
      id: text(row, "id"),
      kind: QUESTION_KINDS.find((kind) => kind === text(row, "kind")) ?? "items",
      titleKo: text(row, "titleKo"),
      titleEn: text(row, "titleEn"),
      hintKo: text(row, "hintKo"),
      hintEn: text(row, "hintEn"),
      count: text(row, "count"),
      most: text(row, "most"),
      trait: text(row, "trait"),
      multiple: text(row, "multiple") !== "",
      lines: text(row, "lines").replaceAll("\r\n", "\n"),
    })),
  };
}

/** The fields after one of the editor's own buttons; undefined when another one was pressed. */
export function changeSurveyFields(fields: SurveyFields, act: string): SurveyFields | undefined {
  const { questions } = fields;
  if (act === "questions:add") {
    const ids = questions.map((each) => each.id);
    const id = [1, 2, 3, 4].map((number) => `question${number}`).find((each) => !ids.includes(each)) ?? "";
    return { ...fields, questions: [...questions, { ...BLANK_QUESTION, id }] };
  }
  const [, removed] = /^questions:remove:(\d+)$/.exec(act) ?? [];
  if (removed === undefined) return undefined;
  return { ...fields, questions: questions.filter((_, index) => index !== Number(removed)) };
}

/** The definition that the fields say, not yet checked. */
export function toDefinition(fields: SurveyFields): unknown {
  return {
    show: {
      firstVisit: fields.firstVisit,
      dormantDays: fields.dormantDays === "" ? null : Number(fields.dormantDays),
      delaySeconds: Number(fields.delaySeconds || 0),
      onProductPages: fields.onProductPages,
    },
    placement: fields.placement,
    questions: fields.questions.map(toQuestion),
  };
}

function toQuestion(fields: QuestionFields): unknown {
  const { id, kind, titleKo, titleEn, hintKo, hintEn, trait } = fields;
  const lines = fields.lines
    .split("\n")
    .map((each) => each.trim())
    .filter(Boolean);
  const shared = {
    id,
    title: words(titleKo, titleEn),
    ...(hintKo || hintEn ? { hint: words(hintKo, hintEn) } : {}),
    ...(trait ? { trait } : {}),
  };
  if (kind === "choice") {
    const options = lines.map((each) => {
      const [value = "", ko, en] = split(each);
      return { value, label: ko || en ? words(ko, en) : { ko: value } };
    });
    return { ...shared, kind, multiple: fields.multiple, options };
  }
  const tiles = kind === "chosen" ? lines.map(toTile) : { auto: kind, count: Number(fields.count || Number.NaN) };
  return { ...shared, kind: "tiles", tiles, most: Number(fields.most || Number.NaN) };
}

function toTile(text: string): unknown {
  if (!text.startsWith(CATEGORY)) return { itemId: text };
  const [category = "", ko, en] = split(text.slice(CATEGORY.length));
  return { category, ...(ko || en ? { title: words(ko, en) } : {}) };
}

function split(text: string): string[] {
  return text.split("|").map((part) => part.trim());
}

function words(ko: string | undefined, en: string | undefined) {
  return { ...(ko ? { ko } : {}), ...(en ? { en } : {}) };
}

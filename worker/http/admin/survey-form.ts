/** A survey's definition as form fields, and back. Pure. Every definition fits the form. */
import type { Question, SurveyDefinition, Tile } from "../../survey/schema.ts";
import { type Form, text } from "./form.ts";
import { readRows } from "./rule-form.ts";
import { BLANK_QUESTION, QUESTION_KINDS, type QuestionFields, type SurveyFields } from "./survey-fields.ts";

export function toSurveyFields(name: string, definition: SurveyDefinition): SurveyFields {
  const { show, placement, screens, look, against, questions } = definition;
  return {
    id: "",
    name,
    placement: placement ?? "",
    firstVisit: show.firstVisit,
    dormantDays: show.dormantDays === null ? "" : String(show.dormantDays),
    delaySeconds: String(show.delaySeconds),
    onProductPages: show.onProductPages,
    onAdLandings: show.onAdLandings,
    holdout: String(Math.round(show.holdout * 1000) / 10),
    onlyWhereItHelps: show.onlyWhereItHelps,
    screens: String(screens),
    accent: look.accent ?? "",
    onAccent: look.onAccent ?? "",
    surface: look.surface ?? "",
    color: look.color ?? "",
    against: against.map(({ survey, share }) => (share === 1 ? survey : `${survey} ${share}`)).join("\n"),
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
    whenQuestion: question.when?.question ?? "",
    whenAnyOf: question.when?.anyOf.join("\n") ?? "",
  };
  if (question.kind === "size")
    return { ...shared, kind: "size", multiple: question.multiple, lines: question.sizes.join("\n") };
  if (question.kind === "text") return { ...shared, kind: "text", characters: String(question.most) };
  if (question.kind === "price") {
    const { min, max, step } = question;
    return { ...shared, kind: "price", min: String(min), max: String(max), step: String(step) };
  }
  if (question.kind === "choice") {
    const lines = question.options.map(({ value, label }) => line(value, label));
    return { ...shared, kind: "choice", multiple: question.multiple, lines: lines.join("\n") };
  }
  const most = String(question.most);
  if (!Array.isArray(question.tiles)) {
    return { ...shared, kind: question.tiles.auto, count: String(question.tiles.count), most };
  }
  const lines = question.tiles.map((tile) =>
    "itemId" in tile ? tile.itemId : line(groupText(tile), tile.title ?? {}),
  );
  return { ...shared, kind: "chosen", most, lines: lines.join("\n") };
}

/** Before a group's name, to tell it from an item's id. */
const GROUPS = ["category", "brand", "style"] as const;

function groupText(tile: Exclude<Tile, { itemId: string }>): string {
  if ("category" in tile) return `category:${tile.category}`;
  return "brand" in tile ? `brand:${tile.brand}` : `style:${tile.style}`;
}

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
    onAdLandings: read("onAdLandings") !== "",
    holdout: read("holdout"),
    onlyWhereItHelps: read("onlyWhereItHelps") !== "",
    screens: read("screens"),
    accent: read("accent"),
    onAccent: read("onAccent"),
    surface: read("surface"),
    color: read("color"),
    against: read("against").replaceAll("\r\n", "\n"),
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
      min: text(row, "min"),
      max: text(row, "max"),
      step: text(row, "step"),
      characters: text(row, "characters"),
      whenQuestion: text(row, "whenQuestion"),
      whenAnyOf: text(row, "whenAnyOf").replaceAll("\r\n", "\n"),
    })),
  };
}

/** The fields after one of the editor's own buttons; undefined when another one was pressed. */
export function changeSurveyFields(fields: SurveyFields, act: string): SurveyFields | undefined {
  const { questions } = fields;
  if (act === "questions:add") {
    const ids = questions.map((each) => each.id);
    const id = [1, 2, 3, 4, 5, 6, 7, 8].map((number) => `question${number}`).find((each) => !ids.includes(each)) ?? "";
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
      onAdLandings: fields.onAdLandings,
      holdout: Number(fields.holdout || 0) / 100,
      onlyWhereItHelps: fields.onlyWhereItHelps,
    },
    placement: fields.placement || null,
    screens: Number(fields.screens || 2),
    look: Object.fromEntries(
      (["accent", "onAccent", "surface", "color"] as const).flatMap((name) =>
        fields[name] ? [[name, fields[name]]] : [],
      ),
    ),
    against: linesOf(fields.against).map((each) => {
      const [survey = "", share] = each.split(/\s+/);
      return { survey, ...(share === undefined ? {} : { share: Number(share) }) };
    }),
    questions: fields.questions.map(toQuestion),
  };
}

function linesOf(text: string): string[] {
  return text
    .split("\n")
    .map((each) => each.trim())
    .filter(Boolean);
}

function toQuestion(fields: QuestionFields): unknown {
  const { id, kind, titleKo, titleEn, hintKo, hintEn, trait, multiple, whenQuestion } = fields;
  const lines = linesOf(fields.lines);
  const number = (value: string) => Number(value || Number.NaN);
  const shared = {
    id,
    title: words(titleKo, titleEn),
    ...(hintKo || hintEn ? { hint: words(hintKo, hintEn) } : {}),
    ...(trait ? { trait } : {}),
    ...(whenQuestion ? { when: { question: whenQuestion, anyOf: linesOf(fields.whenAnyOf) } } : {}),
  };
  switch (kind) {
    case "choice": {
      const options = lines.map((each) => {
        const [value = "", ko, en] = split(each);
        return { value, label: ko || en ? words(ko, en) : { ko: value } };
      });
      return { ...shared, kind, multiple, options };
    }
    case "size":
      return { ...shared, kind, multiple, sizes: lines };
    case "price":
      return { ...shared, kind, min: number(fields.min), max: number(fields.max), step: number(fields.step) };
    case "text":
      return { ...shared, kind, most: number(fields.characters) };
    default: {
      const tiles = kind === "chosen" ? lines.map(toTile) : { auto: kind, count: number(fields.count) };
      return { ...shared, kind: "tiles", tiles, most: number(fields.most) };
    }
  }
}

function toTile(text: string): unknown {
  const group = GROUPS.find((each) => text.startsWith(`${each}:`));
  if (!group) return { itemId: text };
  const [name = "", ko, en] = split(text.slice(group.length + 1));
  return { [group]: name, ...(ko || en ? { title: words(ko, en) } : {}) };
}

function split(text: string): string[] {
  return text.split("|").map((part) => part.trim());
}

function words(ko: string | undefined, en: string | undefined) {
  return { ...(ko ? { ko } : {}), ...(en ? { en } : {}) };
}

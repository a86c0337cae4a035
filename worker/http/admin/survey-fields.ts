/** What the survey editor's fields are called, and what stands in them at first. */
import { AUTO_TILES } from "../../survey/schema.ts";

/** The first four: tiles from the live catalog. chosen: tiles that the marketer named. choice: words to choose from. */
export const QUESTION_KINDS = [...AUTO_TILES, "chosen", "choice", "size", "price", "text"] as const;
type QuestionKind = (typeof QUESTION_KINDS)[number];

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
  /** One tile, option or size a line. */
  lines: string;
  /** Of a price: its ends and its step. Of words: how many characters. */
  min: string;
  max: string;
  step: string;
  characters: string;
  /** Asked only when that question was answered by one of these, one a line. */
  whenQuestion: string;
  whenAnyOf: string;
}

export interface SurveyFields {
  id: string;
  name: string;
  placement: string;
  firstVisit: boolean;
  dormantDays: string;
  delaySeconds: string;
  onProductPages: boolean;
  onAdLandings: boolean;
  /** In percent. */
  holdout: string;
  onlyWhereItHelps: boolean;
  screens: string;
  accent: string;
  onAccent: string;
  surface: string;
  color: string;
  /** "survey" or "survey 2" (its share), one a line. */
  against: string;
  questions: QuestionFields[];
}

export const BLANK_QUESTION: QuestionFields = {
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
  min: "0",
  max: "200000",
  step: "10000",
  characters: "200",
  whenQuestion: "",
  whenAnyOf: "",
};

export const STARTER: SurveyFields = {
  id: "",
  name: "",
  placement: "",
  firstVisit: true,
  dormantDays: "60",
  delaySeconds: "0",
  onProductPages: false,
  onAdLandings: false,
  holdout: "0",
  onlyWhereItHelps: false,
  screens: "2",
  accent: "",
  onAccent: "",
  surface: "",
  color: "",
  against: "",
  questions: [
    {
      ...BLANK_QUESTION,
      id: "kinds",
      kind: "categories",
      count: "6",
      titleKo: "어떤 것을 보러 오셨어요?",
      titleEn: "What are you here for?",
    },
    { ...BLANK_QUESTION, id: "picks", titleKo: "어떤 게 마음에 드세요?", titleEn: "What catches your eye?" },
  ],
};

/** The calls of surveys; as operations.ts. */
import { ScreenQuery, SurveyId } from "../../survey/schema.ts";
import type { Operation } from "./operations.ts";

const SURVEY = { tag: "Survey", caller: "server", idIs: SurveyId } as const;
const KB = 1024;

// biome-ignore format: a table is read line by line
export const SURVEY_OPERATIONS: Operation[] = [
  { ...SURVEY, id: "getSurvey", method: "get", path: "/v1/surveys/{id}", summary: "Read a survey, or what to ask now",
    description: "The public key gets the screen that a visitor sees now; the secret key gets the definition.",
    caller: "page", query: ScreenQuery, answers: { 200: ["Screen", "SurveyStored"] },
    refusals: ["bad_request", "not_found"] },
  { ...SURVEY, id: "adaptSurvey", method: "post", path: "/v1/surveys/{id}/tiles", summary: "Choose tiles anew after a tap",
    description: "Everything up to the tapped tile stays; those behind it are the ones that now tell most. Stores nothing.",
    caller: "write", body: "TilesRequest", limitBytes: 32 * KB, answers: { 200: "SurveyTiles" },
    refusals: ["not_found", "rate_limited"] },
  { ...SURVEY, id: "answerSurvey", method: "post", path: "/v1/surveys/{id}/answers", summary: "Answer a survey",
    description: "Stores the answer, and recommends in the same breath: the lists know it already. With `continues`, the answer is the next question instead, where there is one.",
    caller: "write", body: "SurveyAnswerRequest", limitBytes: 32 * KB, answers: { 200: "SurveyAnswered" },
    refusals: ["not_found", "rate_limited"] },
  { ...SURVEY, id: "getSurveyReport", method: "get", path: "/v1/surveys/{id}/report", summary: "Read what asking changed",
    description: "Who was asked, began, ended, clicked what was recommended in the same visit, put something into the cart, bought and came back within 7 days, by survey and version, against who was held out. Counted anew when the count is older than a minute.",
    answers: { 200: "SurveyReportAnswer" }, refusals: ["not_found"] },
  { ...SURVEY, id: "listSurveys", method: "get", path: "/v1/surveys", summary: "List surveys",
    answers: { 200: "Surveys" } },
  { ...SURVEY, id: "putSurvey", method: "put", path: "/v1/surveys/{id}", summary: "Make or replace a survey",
    description: "Another definition is another version.",
    body: "SurveyInput", limitBytes: 64 * KB, answers: { 200: "SurveyStored" } },
  { ...SURVEY, id: "deleteSurvey", method: "delete", path: "/v1/surveys/{id}", summary: "Delete a survey",
    answers: { 200: "Done" }, refusals: ["not_found"] },
];

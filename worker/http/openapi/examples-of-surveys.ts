/** The calls of surveys, sent and answered; as examples.ts. */
import { MAY, reader, recommendation, show, survey, surveyAnswer, taste } from "./example-shop.ts";
import type { Example } from "./examples.ts";

export const SURVEY_EXAMPLES: Record<string, Example> = {
  listSurveys: { answer: { surveys: [surveyAnswer] } },
  getSurvey: {
    path: taste,
    query: { locale: "ko" },
    answer: {
      id: "taste",
      of: "taste",
      version: 1,
      locale: "ko",
      placement: "home",
      show,
      look: { "--nunchi-accent": "#7c3aed" },
      group: "asked",
      screen: {
        step: 1,
        steps: 1,
        questions: [
          {
            id: "likes",
            kind: "tiles",
            title: "마음에 드는 것을 골라 주세요",
            hint: null,
            most: 5,
            adapts: true,
            tiles: [
              {
                key: "item:coat-1",
                title: "울 코트",
                imageUrl: "https://shop.example/images/coat-1.webp",
                itemId: "coat-1",
              },
              {
                key: "item:scarf-1",
                title: "캐시미어 머플러",
                imageUrl: "https://shop.example/images/scarf-1.webp",
                itemId: "scarf-1",
              },
            ],
          },
        ],
      },
      ticket: "eyJzIjoidGFzdGUi…",
    },
  },
  adaptSurvey: {
    path: taste,
    body: { ticket: "eyJzIjoidGFzdGUi…", picked: ["item:coat-1"], tapped: "item:coat-1" },
    answer: {
      tiles: [
        { key: "item:coat-1", title: "울 코트", imageUrl: "https://shop.example/images/coat-1.webp", itemId: "coat-1" },
        {
          key: "item:scarf-1",
          title: "캐시미어 머플러",
          imageUrl: "https://shop.example/images/scarf-1.webp",
          itemId: "scarf-1",
        },
      ],
      ticket: "eyJzIjoidGFzdGUi…",
    },
  },
  getSurveyReport: {
    path: taste,
    answer: {
      survey: surveyAnswer,
      measuredAt: MAY,
      groups: [
        {
          name: "taste@1",
          people: 900,
          stages: [
            {
              stage: "clicked",
              people: 315,
              rate: { value: 0.35, low: 0.3195, high: 0.3818 },
              difference: { value: 0.13, low: 0.0433, high: 0.2035 },
            },
          ],
        },
        {
          name: "holdout",
          people: 100,
          stages: [
            { stage: "clicked", people: 22, rate: { value: 0.22, low: 0.1503, high: 0.3107 }, difference: null },
          ],
        },
      ],
    },
  },
  putSurvey: { path: taste, body: survey, answer: surveyAnswer },
  deleteSurvey: { path: taste, answer: { success: true } },
  answerSurvey: {
    path: taste,
    body: { ticket: "eyJzIjoidGFzdGUi…", ...reader, answers: [{ questionId: "likes", picked: ["item:coat-1"] }] },
    answer: { picked: 1, ignored: 0, recommendations: [{ ...recommendation, fallbackLevel: "survey" }] },
  },
};

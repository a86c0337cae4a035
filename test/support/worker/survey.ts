/** A shop that asks for tastes. */
import { expect } from "vitest";
import { demoCatalog } from "../../../widget/demo/catalog.ts";
import { upsertItems } from "../../../worker/catalog/upsert.ts";
import { putPlacement } from "../../../worker/recommend/placements.ts";
import { PlacementRules } from "../../../worker/recommend/schema.ts";
import type { ShownQuestion, SurveyScreen } from "../../../worker/survey/schema.ts";
import { type Harness, harness } from "./harness.ts";

export const words = (text: string) => ({ ko: text, en: `${text} (en)` });

export const TILES = {
  id: "likes",
  kind: "tiles",
  title: words("무엇이 마음에 드세요?"),
  tiles: { auto: "items", count: 12 },
  most: 3,
};

export const CHOICE = {
  id: "for",
  kind: "choice",
  title: words("누구를 위해?"),
  options: [
    { value: "me", label: words("나") },
    { value: "gift", label: words("선물") },
  ],
  trait: "shopping_for",
};

export const survey = (questions: object[] = [TILES], more: object = {}) => ({
  name: "첫 방문",
  definition: { placement: "home", questions, ...more },
});

export async function shop(questions?: object[], more?: object): Promise<Harness> {
  const h = await harness();
  const { refused } = await upsertItems(h.deps, h.site, demoCatalog("https://shop.test"));
  expect(refused).toEqual([]);
  await putPlacement(h.deps, h.site.id, "home", { name: "Home", rules: PlacementRules.parse({ count: 8 }) });
  expect((await h.server("PUT", "/v1/surveys/taste", survey(questions, more))).status).toBe(200);
  return h;
}

export async function ask(h: Harness, query = ""): Promise<SurveyScreen> {
  const answer = await h.browser("GET", `/v1/surveys/taste${query}`);
  expect(answer.status).toBe(200);
  return answer.json();
}

export function tilesOf(screen: SurveyScreen, index = 0) {
  const question = screen.screen?.questions[index] as ShownQuestion;
  if (question?.kind !== "tiles") throw new Error("no tiles");
  return question.tiles;
}

/** The small shop of `shop.ts` with a model that serves, and how it is asked for lists. */
import { type Recommendation, recommend } from "../../../worker/recommend/recommend.ts";
import { type PlacementRules, RecommendationRequest } from "../../../worker/recommend/schema.ts";
import { trainNow } from "../../../worker/recommend/train.ts";
import { type Harness, harness } from "./harness.ts";
import { openShop } from "./shop.ts";

/** @param prepare before the model is trained */
export async function trainedShop(prepare: (h: Harness) => Promise<void> = async () => undefined): Promise<Harness> {
  const h = await harness();
  await openShop(h);
  await prepare(h);
  await trainNow(h.deps, h.site.id);
  return h;
}

/** What the placement "home" recommends, or the one that the request names. */
export const ask = (
  h: Harness,
  request: Record<string, unknown> = {},
  draft?: { rules: PlacementRules },
): Promise<Recommendation> =>
  recommend(h.deps, h.site, RecommendationRequest.parse({ placement: "home", ...request }), draft);

export const ids = (answer: Recommendation) => answer.items.map((each) => each.id);

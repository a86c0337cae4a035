/** `POST /v1/recommendations`: for the site's pages (public key) and servers (secret key). */
import { Refusal } from "../../lib/errors.ts";
import { answerText } from "../../recommend/answer-text.ts";
import { listFor } from "../../recommend/recommend.ts";
import { RecommendationRequest } from "../../recommend/schema.ts";
import { explainShown } from "../../reports/explain-shown.ts";
import { isStranger, requireCaller, requireProof } from "../caller.ts";
import type { HttpContext } from "../context.ts";
import { visitOf } from "../device.ts";
import { check, readJson } from "../errors.ts";

const LIMIT_BYTES = 32 * 1024;

export async function postRecommendations(c: HttpContext): Promise<Response> {
  const caller = await requireCaller(c);
  const { site, kind } = caller;
  const body = await readJson(c, LIMIT_BYTES);
  const named = check(RecommendationRequest, body);
  await requireProof(c, caller, body as object);
  const request = isStranger(caller) ? withoutPerson(named) : named;
  if (kind === "browser") request.context = { ...visitOf(c), ...request.context };
  // An explanation names what the person did: it is for the shop's own servers, not for whoever knows a user's id.
  if ((request.explain || request.explainShown) && kind === "browser")
    throw new Refusal("forbidden", "explain needs a secret key (sk_…)");
  if (request.explainShown) return c.json(await explainShown(c.get("deps"), site, request, request.explainShown));
  const text = answerText(await listFor(c.get("deps"), site, request));
  return c.body(text, 200, { "Content-Type": "application/json" });
}

/** What a stranger on the same page would ask. */
export function withoutPerson(request: RecommendationRequest): RecommendationRequest {
  return {
    ...request,
    userId: undefined,
    anonymousId: undefined,
    context: { ...request.context, recentItemIds: undefined },
  };
}

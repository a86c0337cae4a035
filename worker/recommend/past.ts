/** Who asks, and what is known of what they did: what a recommendation is made from, read in one trip. */
import { announcedVersion } from "../catalog/read.ts";
import type { Deps } from "../deps.ts";
import { readPast } from "../events/history.ts";
import type { HistoryEvent } from "../events/store.ts";
import type { DecisionContext } from "../experiments/schema.ts";
import { type PersonKey, type ProfileId, profileIdOf } from "../lib/ids.ts";
import { membershipsOf } from "../segments/of.ts";
import { type ServingModel, segmentsToAsk } from "./model.ts";
import type { PlacementRules, RecommendationRequest } from "./schema.ts";
import { NEWEST_EVENTS, SHOWN, SURVEY_DAYS } from "./taste.ts";

/** All kinds together: a limit of each kind would cost everybody rows. Few people have more than twenty in half a year. */
export const LANDMARK_LIMIT = 600;

export interface Past {
  history: HistoryEvent[];
  landmarks: HistoryEvent[];
  /** As the person's shard knows it; undefined: ask the control database. */
  catalogVersion: number | undefined;
  /** That the model knows the interest of, and the person is in. */
  segments: string[];
  firstBrowser: ProfileId | undefined;
}

const NO_PAST: Past = {
  history: [],
  landmarks: [],
  catalogVersion: undefined,
  segments: [],
  firstBrowser: undefined,
};

export function personOf({ userId, anonymousId }: RecommendationRequest): PersonKey | undefined {
  if (userId != null) return { userId };
  return anonymousId == null ? undefined : { anonymousId };
}

/**
 * Whose variant it is: the first browser of a user. What somebody is shown in a browser then stays the same when they sign
 * in there, and on every further device once they have signed in on it.
 */
export function unitOf(siteId: string, request: RecommendationRequest, { firstBrowser }: Past): ProfileId | undefined {
  if (firstBrowser !== undefined) return firstBrowser;
  const { anonymousId } = request;
  const person = anonymousId == null ? personOf(request) : { anonymousId };
  return person && profileIdOf(siteId, person);
}

export function contextOf(
  { context }: Pick<RecommendationRequest, "context">,
  { history, landmarks }: Pick<Past, "history" | "landmarks">,
): DecisionContext {
  const hasHistory = history.some(({ name }) => name !== SHOWN) || (context?.recentItemIds?.length ?? 0) > 0;
  const hasSurvey = landmarks.some(({ name }) => name === "survey_answered");
  return {
    knows: hasHistory ? "history" : hasSurvey ? "survey" : "nothing",
    device: context?.device ?? "unknown",
  };
}

/** What the person did. A shard that cannot be read makes this person a stranger for once, and is logged. */
export async function readPastOf(
  deps: Deps,
  siteId: string,
  person: PersonKey | undefined,
  rules: PlacementRules,
  model: Promise<ServingModel | undefined>,
): Promise<Past> {
  if (!person) return NO_PAST;
  try {
    // An isolate that is new learns of the model first which segments are to be asked about.
    const segmentIds = segmentsToAsk(siteId) ?? (await model)?.segments ?? [];
    const profileId = profileIdOf(siteId, person);
    const version = announcedVersion(siteId, profileId);
    const segments = segmentIds.length > 0 ? membershipsOf(segmentIds, profileId) : undefined;
    const days = Math.max(rules.excludePurchasedDays, SURVEY_DAYS);
    const { answers, ...past } = await readPast(deps, siteId, person, NEWEST_EVENTS, { days, limit: LANDMARK_LIMIT }, [
      version,
      ...(segments ? [segments] : []),
    ]);
    return { ...past, catalogVersion: answers(version) ?? undefined, segments: segments ? answers(segments) : [] };
  } catch (error) {
    deps.log.error("history could not be read", error, { siteId });
    return NO_PAST;
  }
}

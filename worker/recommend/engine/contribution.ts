/**
 * What each feature adds to a candidate's score, for whoever asks why: integrated gradients (Sundararajan, Taly, Yan: ICML
 * 2017) on the straight way from the mean of the candidates. Each unit of the net is on for one stretch of it, so that the
 * integral is exact, and all that is added comes to the candidate's score less that of the mean. What is the same of all
 * candidates adds nothing. Pure; no request computes it unless somebody asks.
 */
import { FEATURE_WIDTH, FEATURES } from "./feature-list.ts";
import type { Net } from "./net.ts";

type Named = Readonly<Record<string, number>>;

/** By name, of each candidate. @param candidates every feature by name, as `Engine.features` tells them; other names are passed over */
export function contributionsOf(net: Net, candidates: readonly Named[]): Record<string, number>[] {
  const told = candidates.map((features) => FEATURES.map((name) => features[name] ?? 0));
  const means = FEATURES.map((_, at) => told.reduce((sum, values) => sum + (values[at] as number), 0) / told.length);
  const { weights, hidden } = net;
  const slopes = new Float64Array(FEATURES.length);
  return told.map((values) => {
    for (let at = 0; at < slopes.length; at++) slopes[at] = weights[at] as number;
    for (let unit = 0; unit < hidden; unit++) {
      const from = FEATURE_WIDTH + unit * (FEATURE_WIDTH + 2);
      const [bias, outgoing] = [weights[from + FEATURE_WIDTH] as number, weights[from + FEATURE_WIDTH + 1] as number];
      const sum = (told: readonly number[]) =>
        told.reduce((sum, value, at) => sum + (weights[from + at] as number) * value, bias);
      const on = outgoing * shareOn(sum(means), sum(values));
      if (on === 0) continue;
      for (let at = 0; at < slopes.length; at++)
        slopes[at] = (slopes[at] as number) + on * (weights[from + at] as number);
    }
    return Object.fromEntries(
      FEATURES.map((name, at) => [name, (slopes[at] as number) * ((values[at] as number) - (means[at] as number))]),
    );
  });
}

/** How much of the way from one sum to another a rectified unit is on. */
function shareOn(from: number, to: number): number {
  if (from > 0 && to > 0) return 1;
  if (from <= 0 && to <= 0) return 0;
  return Math.max(from, to) / Math.abs(to - from);
}

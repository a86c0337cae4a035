/** Whose taste, or what else, a list is made of. Pure. */
import type { Candidate } from "./candidates.ts";
import type { Selected } from "./select.ts";

/** The best that was to be had. */
export type FallbackLevel = "personal" | "survey" | "context" | "segment" | "popular" | "catalog";

const LEVELS: readonly FallbackLevel[] = ["personal", "survey", "context", "segment", "popular", "catalog"];

/** The best level that a quarter of the list is of: one thing of theirs among fillers makes no personal list. */
export function levelOf(list: Selected[]): FallbackLevel {
  const chosen = list.filter(({ candidate }) => !candidate.pinned);
  const levels = chosen.map(({ candidate }) => levelOfOne(candidate));
  const quarter = Math.ceil(chosen.length / 4);
  let better = 0;
  for (const level of LEVELS) {
    better += levels.filter((each) => each === level).length;
    if (better >= quarter && better > 0) return level;
  }
  return "catalog";
}

function levelOfOne({ seed, seen, search, because, category, way, filler }: Candidate): FallbackLevel {
  if (seed?.from === "history" || seed?.from === "page" || seen || search !== undefined) return "personal";
  if (seed?.from === "survey" || because === "survey" || category !== undefined) return "survey";
  if (seed?.from === "current" || because === "context") return "context";
  if (because === "segment") return "segment";
  return way === "trending" && !filler ? "popular" : "catalog";
}

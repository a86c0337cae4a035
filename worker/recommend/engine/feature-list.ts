/**
 * The features of a candidate by name, in the order of a net's weights, and which of them differ between the candidates
 * of a request: what is the same for all need not be multiplied for each.
 */
import { MOMENT_FEATURES } from "./deeds.ts";

/** What behavior may say little of: how a candidate trends, what it is described like, how new it is. */
export const AROUND_FEATURES = [
  "place in trend",
  "described like last",
  "described like session",
  "among the most alike",
  "days in catalog",
  "is new",
  "never looked at",
  "new and alike",
] as const;

/** What a person's intention makes of a candidate: by itself it is the same of all, and orders them only through what it meets. */
export const JUDGMENT_FEATURES = [
  "likelier to buy",
  "about to buy",
  "comparing",
  "likelier to buy, in session",
  "likelier to buy, by rows",
  "about to buy, next step",
  "comparing, like last",
] as const;

/** Columns that are summed over the session's rows, in this order; the last two over what is described like its items. */
export const COLUMNS = [
  "BA",
  "F",
  "B",
  "T",
  "C",
  "R",
  "slowRootBA",
  "slowC",
  "lastBA",
  "lastF",
  "lastB",
  "lastT",
  "lastC",
  "lastR",
  "secondBA",
  "secondF",
  "secondT",
  "rows",
  "likeLast",
  "likeSession",
] as const;

/** Columns that are features by themselves, and of these the first that are also told against the best. */
export const POINTWISE = 17;
export const SUMMED = 8;
export const EMBEDDINGS = 2;

/** Names of the features, for `explain` and for the log. */
export const FEATURES: readonly string[] = [
  ...COLUMNS.slice(0, POINTWISE),
  ...COLUMNS.slice(0, SUMMED).map((column) => `${column} against best`),
  "rows",
  "share of rows",
  "popularity",
  "recent popularity",
  "latest popularity",
  "trend",
  "latest trend",
  "age",
  "unseen",
  "in session",
  "lag",
  "times",
  "return rate",
  "is last",
  "is first",
  "gap",
  "session length",
  "distinct share",
  "last item's popularity",
  "last item's return rate",
  "last is repeat",
  "repeats lately",
  "coherence",
  "closest of session",
  ...["1", "2"].flatMap((which) => [
    `cosine ${which}`,
    `cosine ${which} against best`,
    `cosine ${which} with last`,
    `rank ${which}`,
  ]),
  "price against last",
  "price against session",
  "same category as last",
  "share of same category",
  "title like last",
  "title like session",
  ...MOMENT_FEATURES,
  "was wanted",
  "was bought",
  "same category as what was wanted or bought",
  "next step after what was wanted or bought",
  "taste",
  "taste against best",
  "rank of taste",
  "length of history",
  ...AROUND_FEATURES,
  ...JUDGMENT_FEATURES,
];

/** Place of a feature. Throws for a name that is none. */
export function place(name: string): number {
  const at = FEATURES.indexOf(name);
  if (at < 0) throw new RangeError(`no feature is called ${name}`);
  return at;
}

/** Features before those of the catalog, of the moment, of a long history, of what surrounds a session, and of the intention. */
export const LEARNED = place("price against last");
export const DESCRIBED = place("last was wanted");
export const TASTED = place("taste");
export const PLACED = place("place in trend");
export const SURROUNDED = place("likelier to buy");

/** What an item is in general: features that do not depend on who asks, one behind the other. */
export const GENERAL = { from: place("popularity"), until: place("in session") };

/** Numbers per candidate, a multiple of four for the net's loops; the rest is zero. */
export const FEATURE_WIDTH = (FEATURES.length + 3) & ~3;

/** Features that only the session's own items have; 0 for all others. */
export const VISITED: readonly number[] = [
  "in session",
  "lag",
  "times",
  "return rate",
  "is last",
  "is first",
  "gap",
  "was wanted",
  "was bought",
  "likelier to buy, in session",
].map(place);

/** Features that are another one minus the best of the new candidates: pairs of the feature and that other. */
export const AGAINST: readonly (readonly [feature: number, source: number])[] = FEATURES.flatMap((name, feature) =>
  name.endsWith(" against best") ? [[feature, place(name.replace(" against best", ""))] as const] : [],
);

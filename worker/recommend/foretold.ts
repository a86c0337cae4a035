/**
 * What a survey's answers foretell of all items, by what was picked and what was shown and passed over: the taste of somebody
 * who has done nothing yet. Later behavior says more, so its say fades with every item that the person touches.
 */
import type { Deps } from "../deps.ts";
import type { HistoryEvent } from "../events/store.ts";
import { type Answer, expectItems, type Insight } from "../survey/insight.ts";
import type { Known } from "../survey/supply.ts";
import { answersOf } from "../survey/tiles.ts";
import type { Candidate } from "./candidates.ts";
import { openInsight } from "./insight.ts";
import { openModel } from "./model.ts";
import { NO_POPULAR, popularNow } from "./popularity.ts";
import type { Boost } from "./schema.ts";
import type { Taste } from "./taste.ts";

interface Foretold {
  id: string;
  /** In (0, 1], 1 for the best. */
  value: number;
  /** The picked item that speaks loudest for it. */
  speaker: string | undefined;
}

const LISTED = 120;
/** An item this much less liked than by everybody is not proposed. */
const LEAST = 0;

/** What surveys may know of a site: its insight and what is popular now. */
export async function knownOf(deps: Deps, siteId: string): Promise<Known> {
  const model = await openModel(deps, siteId);
  const insight = model && (await openInsight(deps, siteId, model.version));
  return {
    name: model ? `${model.version}/${model.revision}` : "",
    insight,
    popular: popularNow(model?.popular ?? NO_POPULAR),
  };
}

const LISTS = { item: "item_ids", category: "categories", brand: "brands", style: "styles" } as const;

/** The answers of a `survey_answered` event about tiles that the insight knows. */
function answersIn(insight: Insight, { properties }: Pick<HistoryEvent, "properties">): Answer[] {
  const keysOf = (side: "picked" | "passed") =>
    Object.entries(LISTS).flatMap(([kind, list]) => {
      const names = properties[`${side}_${list}`];
      return Array.isArray(names)
        ? names.filter((each) => typeof each === "string").map((name) => `${kind}:${name}`)
        : [];
    });
  const picked = keysOf("picked").slice(0, 50);
  return answersOf(insight, [{ shown: [...picked, ...keysOf("passed").slice(0, 150)], picked }]);
}

/** Items by how much more than nothing they are liked, best first; empty without an answer that says something. */
function foretell(insight: Insight, answers: readonly Answer[], skip: ReadonlySet<string>): Foretold[] {
  if (!answers.some(({ isLiked }) => isLiked)) return [];
  const expected = expectItems(insight, answers);
  const order = [...expected.keys()]
    .filter((item) => (expected[item] as number) > LEAST && !skip.has(insight.items[item] as string))
    .sort((one, other) => (expected[other] as number) - (expected[one] as number))
    .slice(0, LISTED);
  const best = expected[order[0] ?? 0] ?? 1;
  const speakers = answers.filter(({ tile, isLiked }) => isLiked && insight.tiles[tile]?.startsWith("item:"));
  return order.map((item) => {
    let [speaker, most]: [string | undefined, number] = [undefined, 0];
    for (const { tile } of speakers) {
      // A picked item speaks for others.
      if (insight.tiles[tile] === `item:${insight.items[item]}`) continue;
      const together = insight.across[tile * insight.items.length + item] as number;
      if (together > most) [speaker, most] = [(insight.tiles[tile] as string).slice("item:".length), together];
    }
    return { id: insight.items[item] as string, value: (expected[item] as number) / best, speaker };
  });
}

/** Of somebody who has done nothing else, and by how much less with every item that they touched. */
const SAY = 0.9;
const FADING = 0.7;

/** Candidates with what the person's answer foretells among them, best first. */
export function withForetold(
  ranked: Candidate[],
  taste: Taste,
  insight: Insight | undefined,
  skip: ReadonlySet<string>,
): Candidate[] {
  if (!insight || !taste.answer) return ranked;
  const foretold = foretell(insight, answersIn(insight, taste.answer), skip);
  if (foretold.length === 0) return ranked;
  const touched = taste.seeds.filter(({ from }) => from === "history" || from === "page").length;
  const say = SAY * FADING ** touched;
  const candidates = new Map(ranked.map((each) => [each.id, { ...each, score: (1 - say) * each.score }]));
  const seeds = new Map(taste.seeds.map((seed) => [seed.itemId, seed]));
  for (const { id, value, speaker } of foretold) {
    const known = candidates.get(id);
    const seed = speaker === undefined ? undefined : seeds.get(speaker);
    if (!known) {
      const parts = { personalized: value };
      candidates.set(id, {
        id,
        score: say * value,
        way: "personalized",
        parts,
        ...(seed ? { seed } : { because: "survey" }),
      });
      continue;
    }
    known.score += say * value;
    // The answer says more of it than anything else: then it is the reason.
    if (known.seen || say * value < known.score / 2) continue;
    known.way = "personalized";
    known.parts = { ...known.parts, personalized: value };
    known.search = undefined;
    if (seed) known.seed = seed;
    else known.because = "survey";
  }
  return [...candidates.values()].sort((a, b) => b.score - a.score || (a.id < b.id ? -1 : 1));
}

const IN_BAND = 2;

/** What the answer says of prices: an item within the band counts more. */
export function bandBoost({ answer }: Taste): Boost[] {
  const { min, max } = (answer?.properties.price_band ?? {}) as { min?: unknown; max?: unknown };
  if (typeof min !== "number" || typeof max !== "number") return [];
  const within = {
    all: [{ property: "price", op: "gte", value: min } as const, { property: "price", op: "lte", value: max } as const],
  };
  return [{ when: within, by: IN_BAND }];
}

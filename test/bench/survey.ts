/**
 * What a survey is worth: `npm run bench:survey`, one JSON line per strategy. People answer tiles from what they really liked
 * (MovieLens 100K, five folds over people; the demo shop's simulated visitors), and what they are shown then is held against
 * what everybody is shown. The same functions choose tiles and read answers as in the worker. The data may not be
 * redistributed: it is read from ../shared/data/ml100k (or NUNCHI_ML100K) when it is there.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { demoCatalog } from "../../widget/demo/catalog.ts";
import { randomFrom } from "../../widget/demo/random.ts";
import { simulateVisitors } from "../../widget/demo/simulator.ts";
import { insightFromContent } from "../../worker/survey/content-insight.ts";
import { type Described, InsightCounter, keysOf, type Likes, scopeOf } from "../../worker/survey/count-insight.ts";
import { type Answer, chooseTiles, expectItems, type Insight, NEXT_APPEAL } from "../../worker/survey/insight.ts";

const FOLDS = 5;
const TILES = 12;
const MOST_PICKS = 5;
const FEWEST_TARGETS = 5;
const TOP = 10;

interface Person {
  likes: Likes;
  /** Tile of a group → share of the likes that are of it. */
  groups?: ReadonlyMap<string, number>;
}

/** Ways to ask: from a person's likes to what was shown and what was answered. */
type Strategy = (person: Person, insight: Insight) => { answers: Answer[]; shown: number[] };

/** Of a category: when a fourth of what somebody likes is of it. */
const GROUP_LIKED = 0.25;

function isLiked(person: Person, { tiles }: Insight, tile: number): boolean {
  const key = tiles[tile]!;
  if (key.startsWith("item:")) return person.likes.has(key.slice("item:".length));
  return (person.groups?.get(key) ?? 0) >= GROUP_LIKED;
}

function answer(person: Person, insight: Insight, tiles: number[], most = MOST_PICKS): Answer[] {
  let picks = 0;
  return tiles.map((tile) => {
    const picked = picks < most && isLiked(person, insight, tile);
    if (picked) picks++;
    return { tile, isLiked: picked };
  });
}

function itemTiles({ tiles }: Insight): number[] {
  return tiles.flatMap((key, tile) => (key.startsWith("item:") ? [tile] : []));
}

const screenOf =
  (choose: (insight: Insight) => number[]): Strategy =>
  (person, insight) => {
    const shown = choose(insight);
    return { answers: answer(person, insight, shown), shown };
  };

function remember<T>(choose: (insight: Insight) => T): (insight: Insight) => T {
  const known = new WeakMap<Insight, T>();
  return (insight) => {
    const value = known.get(insight) ?? choose(insight);
    known.set(insight, value);
    return value;
  };
}

/** The most informative tiles for somebody of whom nothing is known. */
const first = (count: number) =>
  remember((insight) => chooseTiles(insight, { answers: [], open: itemTiles(insight), count }));

const firstSix = first(TILES / 2);
const adaptive: Strategy = (person, insight) => {
  const one = firstSix(insight);
  const known = answer(person, insight, one);
  const open = itemTiles(insight).filter((tile) => !one.includes(tile));
  const two = chooseTiles(insight, { answers: known, open, count: TILES / 2, appeal: NEXT_APPEAL });
  return { answers: [...known, ...answer(person, insight, two)], shown: [...one, ...two] };
};

/** One screen, read from its beginning; after each pick the tiles behind it are chosen anew, as the widget does. */
const firstTwelve = first(TILES);
const reordered: Strategy = (person, insight) => {
  let shown = firstTwelve(insight);
  const answers: Answer[] = [];
  for (let place = 0; place < shown.length; place++) {
    const tile = shown[place]!;
    const picks = answers.filter((each) => each.isLiked);
    const picked = picks.length < MOST_PICKS && isLiked(person, insight, tile);
    answers.push({ tile, isLiked: picked });
    if (!picked) continue;
    const kept = shown.slice(0, place + 1);
    const open = itemTiles(insight).filter((each) => !kept.includes(each));
    shown = [...kept, ...chooseTiles(insight, { answers, open, count: shown.length - kept.length })];
  }
  return { answers, shown };
};

function ndcg(items: string[], scores: Float32Array, hidden: Set<string>, targets: Set<string>): number {
  const order = [...scores.keys()].filter((at) => !hidden.has(items[at]!)).sort((a, b) => scores[b]! - scores[a]!);
  let gain = 0;
  for (const [rank, at] of order.slice(0, TOP).entries()) if (targets.has(items[at]!)) gain += 1 / Math.log2(rank + 2);
  let ideal = 0;
  for (let rank = 0; rank < Math.min(TOP, targets.size); rank++) ideal += 1 / Math.log2(rank + 2);
  return gain / ideal;
}

function recall(items: string[], scores: Float32Array, hidden: Set<string>, targets: Set<string>): number {
  const order = [...scores.keys()].filter((at) => !hidden.has(items[at]!)).sort((a, b) => scores[b]! - scores[a]!);
  return order.slice(0, TOP).filter((at) => targets.has(items[at]!)).length / targets.size;
}

function count(people: Person[], describe: (id: string) => Described): Insight {
  const liked = new Map<string, number>();
  for (const { likes } of people) for (const [id, degree] of likes) liked.set(id, (liked.get(id) ?? 0) + degree);
  const counter = new InsightCounter(scopeOf(liked, describe), describe);
  for (const { likes } of people) counter.add(likes);
  return counter.finish();
}

function shuffle<T>(list: T[], random: () => number): T[] {
  const shuffled = [...list];
  for (let at = shuffled.length - 1; at > 0; at--) {
    const other = Math.floor(random() * (at + 1));
    [shuffled[at], shuffled[other]] = [shuffled[other]!, shuffled[at]!];
  }
  return shuffled;
}

const folds = (people: Person[], seed: string) => {
  const shuffled = shuffle(people, randomFrom(seed));
  return Array.from({ length: FOLDS }, (_, fold) => ({
    learned: shuffled.filter((_, index) => index % FOLDS !== fold),
    asked: shuffled.filter((_, index) => index % FOLDS === fold),
  }));
};

class Sums {
  readonly #sums = new Map<string, { ndcg: number; recall: number; picks: number; people: number }>();
  add(strategy: string, values: { ndcg: number; recall: number; picks: number }): void {
    const sum = this.#sums.get(strategy) ?? { ndcg: 0, recall: 0, picks: 0, people: 0 };
    sum.ndcg += values.ndcg;
    sum.recall += values.recall;
    sum.picks += values.picks;
    sum.people++;
    this.#sums.set(strategy, sum);
  }
  print(data: string, against = "popularity"): void {
    const base = this.#sums.get(against)!;
    const round = (value: number) => Number(value.toFixed(4));
    const lift = (value: number, before: number) =>
      `${value >= before ? "+" : ""}${(100 * (value / before - 1)).toFixed(1)} %`;
    for (const [strategy, sum] of this.#sums) {
      const { people } = sum;
      console.log(
        JSON.stringify({
          bench: "survey",
          data,
          strategy,
          people,
          ndcg10: round(sum.ndcg / people),
          lift: lift(sum.ndcg, base.ndcg),
          recall10: round(sum.recall / people),
          recallLift: lift(sum.recall, base.recall),
          picks: round(sum.picks / people),
        }),
      );
    }
  }
}

function movieLens(folder: string): void {
  const lines = (name: string, encoding: BufferEncoding) =>
    readFileSync(join(folder, name), encoding).split("\n").filter(Boolean);
  const people = new Map<string, Map<string, number>>();
  for (const line of lines("u.data", "utf8")) {
    const [user = "", item = "", rating] = line.split("\t");
    if (Number(rating) < 4) continue;
    const likes = people.get(user) ?? new Map<string, number>();
    people.set(user, likes.set(item, 1));
  }
  const genres = new Map(
    lines("u.item", "latin1").map((line) => {
      const [id = "", , , , , ...flags] = line.split("|");
      return [id, String(flags.indexOf("1"))];
    }),
  );
  const nothing: Described = { category: null, brand: null, style: null };
  const [sums, alone] = [new Sums(), new Sums()];
  const asked = [...people.values()].filter((likes) => likes.size >= 10).map((likes) => ({ likes }));
  for (const [fold, { learned, asked: others }] of folds(asked, "movielens").entries()) {
    const insight = count(learned, () => nothing);
    const open = itemTiles(insight);
    const random = shuffle(open, randomFrom(`random ${fold}`)).slice(0, TILES);
    const byGenre = insightFromContent(
      open.map((tile) => {
        const id = insight.tiles[tile]!.slice("item:".length);
        return { id, ...nothing, category: genres.get(id)! };
      }),
    );
    const diverse = chooseTiles(byGenre, { answers: [], open: itemTiles(byGenre), count: TILES }).map((tile) =>
      insight.tiles.indexOf(byGenre.tiles[tile]!),
    );
    const screens: Record<string, Strategy> = {
      popular: screenOf(() => open.slice(0, TILES)),
      random: screenOf(() => random),
      diverse: screenOf(() => diverse),
      informative: screenOf(firstTwelve),
    };
    const adapting: Record<string, Strategy> = {
      "re-chosen after each pick": reordered,
      "adaptive, two screens of six": adaptive,
    };
    for (const person of others) {
      compare(alone, person, insight, screens);
      compare(sums, person, insight, { ...screens, ...adapting });
    }
  }
  alone.print("ml100k, one screen of twelve");
  sums.print("ml100k, with what adapts");
}

/** The demo shop, where a single product is known to few: what a category tells, and what one product out of it adds. */
function demoShop(): void {
  const catalog = demoCatalog("https://shop.example");
  const described = new Map(
    catalog.map(({ id, category, brand, attributes }) => [id, { category, brand, style: attributes.style }]),
  );
  const describe = (id: string) => described.get(id)!;
  const visitors = new Map<string, Map<string, number>>();
  for (const { anonymousId, event, properties } of simulateVisitors({
    seed: 11,
    visitors: 3000,
    days: 45,
    now: Date.UTC(2026, 0, 1),
    catalog,
  })) {
    if (event !== "product_viewed") continue;
    const likes = visitors.get(anonymousId) ?? new Map<string, number>();
    visitors.set(anonymousId, likes.set(String(properties?.product_id), 1));
  }
  const people = [...visitors.values()]
    .filter((likes) => likes.size >= 10)
    .map((likes): Person => {
      const groups = new Map<string, number>();
      for (const id of likes.keys()) {
        for (const key of keysOf(id, describe(id)).slice(1)) groups.set(key, (groups.get(key) ?? 0) + 1 / likes.size);
      }
      return { likes, groups };
    });
  const sums = new Sums();
  const openOf = (insight: Insight, kind: string) =>
    insight.tiles.flatMap((key, tile) => (key.startsWith(`${kind}:`) ? [tile] : []));
  const categories = (count: number) =>
    remember((insight) => chooseTiles(insight, { answers: [], open: openOf(insight, "category"), count }));
  const [six, twelve] = [categories(TILES / 2), categories(TILES)];
  const toProduct: Strategy = (person, insight) => {
    const one = six(insight);
    const known = answer(person, insight, one);
    const two = chooseTiles(insight, {
      answers: known,
      open: openOf(insight, "item"),
      count: TILES / 2,
      appeal: NEXT_APPEAL,
    });
    return { answers: [...known, ...answer(person, insight, two)], shown: [...one, ...two] };
  };
  for (const { learned, asked } of folds(people, "demo")) {
    const insight = count(learned, describe);
    const strategies: Record<string, Strategy> = {
      "popular products": screenOf((of) => openOf(of, "item").slice(0, TILES)),
      "informative products": screenOf(firstTwelve),
      "categories, a screen of six": screenOf(six),
      "categories, a screen of twelve": screenOf(twelve),
      "six categories, then six products": toProduct,
    };
    for (const person of asked) compare(sums, person, insight, strategies);
  }
  sums.print("demo shop");
}

/** Candidates and targets leave out the tiles of every strategy; who has too little left is left out of all. */
function compare(sums: Sums, person: Person, insight: Insight, strategies: Record<string, Strategy>): void {
  const asked = Object.entries(strategies).map(([name, strategy]) => ({ name, ...strategy(person, insight) }));
  const keys = asked.flatMap(({ shown }) => shown.map((tile) => insight.tiles[tile]!));
  const hidden = new Set(keys.flatMap((key) => (key.startsWith("item:") ? [key.slice("item:".length)] : [])));
  const targets = new Set([...person.likes.keys()].filter((id) => !hidden.has(id)));
  if (targets.size < FEWEST_TARGETS) return;
  const judge = (name: string, answers: Answer[]) => {
    const scores = expectItems(insight, answers);
    sums.add(name, {
      ndcg: ndcg(insight.items, scores, hidden, targets),
      recall: recall(insight.items, scores, hidden, targets),
      picks: answers.filter((each) => each.isLiked).length,
    });
  };
  judge("popularity", []);
  for (const { name, answers } of asked) judge(name, answers);
}

const folder = process.env.NUNCHI_ML100K ?? join(import.meta.dirname, "../../../shared/data/ml100k");
if (existsSync(join(folder, "u.data"))) movieLens(folder);
else console.error(`MovieLens 100K is not at ${folder}: left out`);
demoShop();

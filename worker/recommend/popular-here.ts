/**
 * What is popular with people who come like this. The same for everybody of the same contexts, so an isolate keeps the lists for as
 * long as it keeps the model.
 */
import type { Supply } from "./candidates.ts";
import { saysWho, segmentOf } from "./context.ts";
import type { Habits } from "./habits.ts";
import { popularNow } from "./popularity.ts";
import type { Proposal } from "./ways.ts";

/**
 * By how much more than others people of each known context look at an item: naive Bayes over the contexts, damped because
 * they overlap. Without a known context it is the site's own list.
 */
export function popularHere({ popular, habits, rows, contexts }: Supply): readonly Proposal[] {
  // Anybody may come with a campaign of their own: what the model does not know makes no other list.
  const known = contexts.filter((name) => habits?.contexts.has(name));
  const name = known.join("\n");
  let lists = listsHere.get(popular);
  if (!lists || lists.habits !== habits) {
    lists = { habits, byContexts: new Map() };
    listsHere.set(popular, lists);
  }
  let list = lists.byContexts.get(name);
  if (!list) {
    list = listPopularHere({ popular, habits, rows, contexts: known });
    if (lists.byContexts.size >= LISTS_KEPT) lists.byContexts.clear();
    // Without rows it is another list, and for a moment only.
    if (rows) lists.byContexts.set(name, list);
  }
  return list;
}

/** What a model says to each set of contexts, for as long as the model is in memory. */
const listsHere = new WeakMap<
  Supply["popular"],
  { habits: Habits | undefined; byContexts: Map<string, readonly Proposal[]> }
>();
/** About 20 KB each. */
const LISTS_KEPT = 100;

function listPopularHere({
  popular,
  habits,
  rows,
  contexts,
}: Pick<Supply, "popular" | "habits" | "rows" | "contexts">): Proposal[] {
  const global = popularNow(popular);
  const known = contexts.flatMap((name) => {
    const list = habits?.contexts.get(name);
    return list ? [{ name, list }] : [];
  });
  if (!habits || !rows || known.length === 0) return global.map((id) => ({ id, value: 1 }));
  const damping = 1 / Math.sqrt(known.length);
  const lifts = new Map<string, { lift: number; most: number; name: string }>();
  for (const { name, list } of known) {
    for (const [place, item] of list.items.entries()) {
      const id = rows.idOf(item);
      if (id === undefined) continue;
      const lift = (list.lifts[place] as number) * damping;
      const sum = lifts.get(id);
      if (!sum) lifts.set(id, { lift, most: lift, name });
      else {
        sum.lift += lift;
        if (lift > sum.most) Object.assign(sum, { most: lift, name });
      }
    }
  }
  const shareOf = (id: string) => {
    const item = rows.indexOf(id);
    return (item === undefined ? undefined : habits.share(item)) ?? UNHEARD_OF;
  };
  return [...new Set([...global, ...lifts.keys()])]
    .map((id, place) => {
      const said = lifts.get(id);
      return { id, said, place, score: shareOf(id) + (said?.lift ?? 0) };
    })
    .sort((one, other) => other.score - one.score || one.place - other.place)
    .map(({ id, said }) =>
      said && said.most > HEARD && saysWho(said.name)
        ? { id, value: 1, because: segmentOf(said.name) === undefined ? "context" : "segment" }
        : { id, value: 1 },
    );
}

/** Logarithm of a share of interest below that of anything listed, and of a lift that is worth a word. */
const UNHEARD_OF = -20;
const HEARD = 0.1;

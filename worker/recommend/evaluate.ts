/**
 * Offline evaluation: of sessions that the rows have not seen, which next new item do they put into the first 20, against
 * what is popular and against the model that serves now. Pure.
 */
import { DAY } from "../lib/time.ts";
import type { Row } from "./engine/codec.ts";
import type { Engine, Records } from "./engine/engine.ts";
import { clicksBefore, longHistory } from "./engine/histories.ts";
import { Arrivals, type Occasion } from "./engine/occasion.ts";
import { scoreByRows, sessionItems } from "./engine/score.ts";
import type { Sessions } from "./engine/sessions.ts";

const LISTED = 20;
/** Share of the newest sessions that is held back, and cases that are enough to judge by. */
const HELD_BACK = 0.1;
const ENOUGH = 1000;
const FEWEST_FRESH = 100;
const MOST_FRESH = 0.2;
const MOST_CASES = 2000;

export interface Case {
  /** Dense indexes, in time order. */
  prefix: number[];
  /** The newest of what the catalog had is for the ranker to say; of who had touched much by then also all of it, newest first. */
  occasion: Occasion & { history?: number[] | undefined };
  target: number;
  startedAt: number;
}

/**
 * Where the sessions that judge begin. What came after the serving model had learned is new to both models alike; where
 * that is too little or too much, or nothing serves, it is the last day, or the last tenth where that is less.
 */
export function cutOf(startedAt: Float64Array, servingUntil: number | undefined): number {
  const count = startedAt.length;
  const since = (time: number) => {
    let sessions = 0;
    while (sessions < count && (startedAt[count - 1 - sessions] as number) > time) sessions++;
    return sessions;
  };
  const fresh = servingUntil === undefined ? 0 : since(servingUntil);
  if (fresh >= FEWEST_FRESH && fresh <= count * MOST_FRESH) return count - fresh;
  const lastDay = since((startedAt[count - 1] ?? 0) - DAY);
  return count - Math.min(Math.floor(count * HELD_BACK), Math.max(lastDay, ENOUGH));
}

/** Each step of a session to an item that is new in it, from the newest sessions backward. */
export function casesOf(sessions: Sessions, cut: number, startedAt: Float64Array): Case[] {
  const cases: Case[] = [];
  for (let session = sessions.starts.length - 2; session >= cut && cases.length < MOST_CASES; session--) {
    const begin = sessions.starts[session] as number;
    const clicks = [...sessions.items.subarray(begin, sessions.starts[session + 1])];
    for (let at = 1; at < clicks.length && cases.length < MOST_CASES; at++) {
      const prefix = clicks.slice(0, at);
      const target = clicks[at] as number;
      if (prefix.includes(target)) continue;
      // A copy: what a case holds on to would be all sessions.
      const deeds = sessions.deeds?.slice(begin, begin + at);
      const occasion = {
        deeds,
        history: sessions.previous && longHistory(clicksBefore(sessions, session, begin + at)),
        judgment: sessions.judgments?.[begin + at - 1],
        day: Math.fround((startedAt[session] as number) / DAY),
      };
      cases.push({ prefix, occasion, target, startedAt: startedAt[session] as number });
    }
  }
  return cases;
}

/** A list of dense indexes for a prefix, best first, without the prefix's own items. */
export type Ranker = (prefix: number[], occasion: Case["occasion"]) => ArrayLike<number>;

export function rankByRows(read: (item: number) => Row | undefined): Ranker {
  return (prefix) => scoreByRows(sessionItems(prefix), read, { exclude: new Set(prefix), limit: LISTED }).items;
}

/** As it is served to somebody who is not shown what they have seen: with the net, where there is one. */
export function rankByEngine(engine: Engine, records: Records): Ranker {
  const { aspects } = engine.core;
  const arrivals = aspects && new Arrivals(aspects);
  return (prefix, occasion) => {
    const { day } = occasion;
    const newest = day === undefined ? undefined : arrivals?.at(day);
    const options = { ...occasion, arrivals: newest, exclude: new Set(prefix), limit: LISTED };
    return engine.rank(prefix, records, options).map(({ item }) => item);
  };
}

export function rankByList(list: number[]): Ranker {
  return (prefix) => {
    const seen = new Set(prefix);
    const found: number[] = [];
    for (const item of list) {
      if (found.length === LISTED) break;
      if (!seen.has(item)) found.push(item);
    }
    return found;
  };
}

/** 1/rank of the target within the first 20, else 0, per case. */
export function reciprocalRanks(cases: Case[], rank: Ranker): number[] {
  return cases.map(({ prefix, occasion, target }) => {
    const list = rank(prefix, occasion);
    for (let place = 0; place < Math.min(LISTED, list.length); place++)
      if (list[place] === target) return 1 / (place + 1);
    return 0;
  });
}

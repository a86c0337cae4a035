/**
 * What a click was besides its item: looked at, wanted or bought, whether a search led there, and at what time of the local
 * day; two bytes each. A measuring set says none of it. Of these the net is told what somebody is about at a moment: the
 * raw signs of an intention, never a judgment that had seen what came of it.
 */

/** How serious: 0 looked at, 1 wanted (cart, wishlist, checkout), 2 bought. */
export type Seriousness = 0 | 1 | 2;

/** A click of which nothing is known, such as one of an earlier visit. */
export const NO_DEED = 0;

/** Seconds are told to the twelfth: so a deed fits two bytes. */
const TICK = 12;
const DAY_TICKS = 86_400 / TICK;
const TICKS = 0x1fff;
const SEARCHED = 1 << 13;
const SERIOUSNESS_AT = 14;
/** Clicks that a moment is judged by: no more than a recommendation reads. */
const LOOKED_BACK = 12;

/** @param second of the local day */
export function deedOf(seriousness: Seriousness, second: number, isSearched: boolean): number {
  const tick = Math.floor(second / TICK) % DAY_TICKS;
  return asStored(((seriousness + 1) << SERIOUSNESS_AT) | (isSearched ? SEARCHED : 0) | tick);
}

/** One click of two that touched the same item in a row: begun with the first, as serious as the more serious one. */
export function joinDeeds(first: number, second: number): number {
  if (first === NO_DEED || second === NO_DEED) return first === NO_DEED ? second : first;
  const most = Math.max(seriousnessOf(first), seriousnessOf(second));
  return asStored(((most + 1) << SERIOUSNESS_AT) | ((first | second) & SEARCHED) | (first & TICKS));
}

/** How serious a click was; one of which nothing is known, not at all. */
export function seriousnessOf(deed: number): Seriousness {
  return Math.max(0, ((deed >> SERIOUSNESS_AT) & 3) - 1) as Seriousness;
}

/** As an `Int16Array` gives it back. */
const asStored = (bits: number) => (bits << 16) >> 16;

/** A moment as the net is told of it. */
export interface Moment {
  /** 1 or 0: what the last click was. */
  wanted: number;
  bought: number;
  /** Numbers that hold for all candidates, in the order of `MOMENT_FEATURES`. */
  values: readonly number[];
}

export const MOMENT_FEATURES = [
  "last was wanted",
  "last was bought",
  "wanted so far",
  "bought so far",
  "searches so far",
  "minutes so far",
  "pace",
  "hour's sine",
  "hour's cosine",
] as const;

/** Undefined where the last click says nothing. @param deeds of the clicks so far, in time order */
export function momentOf(deeds: ArrayLike<number>): Moment | undefined {
  const last = deeds[deeds.length - 1] ?? NO_DEED;
  if (last === NO_DEED) return undefined;
  let [wants, buys, searches, seconds, clicks] = [0, 0, 0, 0, 0];
  for (let at = deeds.length - 1; at >= Math.max(0, deeds.length - LOOKED_BACK); at--) {
    const deed = deeds[at] as number;
    if (deed === NO_DEED) break;
    clicks++;
    if (seriousnessOf(deed) === 1) wants++;
    if (seriousnessOf(deed) === 2) buys++;
    if ((deed & SEARCHED) !== 0) searches++;
    seconds = TICK * (((last & TICKS) - (deed & TICKS) + DAY_TICKS) % DAY_TICKS);
  }
  const angle = (2 * Math.PI * (last & TICKS)) / DAY_TICKS;
  const [wanted, bought] = [seriousnessOf(last) === 1 ? 1 : 0, seriousnessOf(last) === 2 ? 1 : 0];
  const pace = clicks < 2 ? 0 : Math.log(1 + seconds / (clicks - 1));
  return {
    wanted,
    bought,
    values: [
      wanted,
      bought,
      Math.log(1 + wants),
      Math.log(1 + buys),
      Math.log(1 + searches),
      Math.log(1 + seconds / 60),
      pace,
      Math.sin(angle),
      Math.cos(angle),
    ],
  };
}

/** Which of some names was probably meant. Pure. */

/** The name that is fewest slips of the pen away; undefined when none is near. Case, `_`, `-` and spaces do not count. */
export function nearestName(typed: string, names: readonly string[]): string | undefined {
  const said = fold(typed);
  let [best, fewest] = [undefined as string | undefined, Math.max(1, Math.floor(said.length / 3)) + 1];
  for (const name of names) {
    const slips = slipsBetween(said, fold(name));
    if (slips < fewest) [best, fewest] = [name, slips];
  }
  return best;
}

function fold(text: string): string {
  return text.toLowerCase().replace(/[_\-\s]/g, "");
}

/** Letters added, left out, mistaken, or swapped with the next (optimal string alignment). */
function slipsBetween(one: string, other: string): number {
  let [before, row]: number[][] = [[], Array.from({ length: other.length + 1 }, (_, place) => place)];
  for (let i = 1; i <= one.length; i++) {
    const next = [i];
    for (let j = 1; j <= other.length; j++) {
      const isSame = one[i - 1] === other[j - 1];
      const slips = [Number(row?.[j]) + 1, Number(next[j - 1]) + 1, Number(row?.[j - 1]) + (isSame ? 0 : 1)];
      const isSwapped = i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1];
      if (isSwapped) slips.push(Number(before?.[j - 2]) + 1);
      next.push(Math.min(...slips));
    }
    [before, row] = [row, next];
  }
  return Number(row?.[other.length]);
}

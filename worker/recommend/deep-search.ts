/**
 * What rules let pass, however deep in the catalog it lies: the database is asked, which costs it a walk over the catalog. So an
 * isolate remembers for some minutes which items were found (what they are now is read anew every time), and asks about
 * a few rules of a site at once at most: a list that comes out short is better than a shop that stands still.
 */
import { listPassing } from "../catalog/passing.ts";
import type { Deps } from "../deps.ts";
import { MINUTE, SECOND } from "../lib/time.ts";
import type { ResolvedRule } from "./item-rule.ts";

interface Found {
  parts: string[][];
  /** The last item of the last part. */
  last: { createdAt: number; id: string } | undefined;
  isWhole: boolean;
  until: number;
}

/** Whoever has seen a page's key may ask by a filter of their own: those have a memory apart, and push out nothing of placements'. */
interface Memory {
  kept: Map<string, Found>;
  /** When each search began that is under way in this isolate. One that was cut off counts no longer than `SEARCH_MS`. */
  searches: Set<{ siteId: string; since: number }>;
}

const placements: Memory = { kept: new Map(), searches: new Set() };
const callers: Memory = { kept: new Map(), searches: new Set() };
const KEPT = 200;
const KEPT_MS = 5 * MINUTE;
/** Where the database cannot tell, there are many parts of little use: these are not kept. */
const PARTS_KEPT = 4;
const FIRST_PART = 100;
const LATER_PART = 500;
/** Of one site. */
const AT_ONCE = 2;
const SEARCH_MS = 10 * SECOND;

/**
 * Ids of one part, newest first; empty behind the last, and where the database cannot be asked (logged). `most`: items that are
 * looked at for a part, for callers' own rules.
 */
export async function findPassing(
  deps: Deps,
  siteId: string,
  rules: ResolvedRule[],
  part: number,
  most?: number,
): Promise<string[]> {
  const now = deps.clock.now();
  const { kept, searches } = most === undefined ? placements : callers;
  const name = `${siteId} ${JSON.stringify(rules)}`;
  const known = kept.get(name);
  const isFresh = known !== undefined && now < known.until && now > known.until - 2 * KEPT_MS;
  const found: Found = isFresh ? known : { parts: [], last: undefined, isWhole: false, until: now + KEPT_MS };
  while (found.parts.length <= part && !found.isWhole) {
    for (const each of searches) if (Math.abs(now - each.since) > SEARCH_MS) searches.delete(each);
    if ([...searches].filter((each) => each.siteId === siteId).length >= AT_ONCE) {
      deps.log.warn("too many searches by rules at once", { siteId });
      return [];
    }
    const search = { siteId, since: now };
    searches.add(search);
    try {
      const limit = found.parts.length === 0 ? FIRST_PART : LATER_PART;
      const items = await listPassing(deps, siteId, rules, { after: found.last, limit, most: most ?? -1 });
      found.parts.push(items.map(({ id }) => id));
      found.last = items.at(-1) ?? found.last;
      found.isWhole = items.length < limit;
    } catch (error) {
      deps.log.error("the catalog could not be searched by rules", error, { siteId });
      return [];
    } finally {
      searches.delete(search);
    }
  }
  keep(kept, name, found);
  return found.parts[part] ?? [];
}

function keep(kept: Map<string, Found>, name: string, found: Found): void {
  kept.delete(name);
  if (found.parts.length > PARTS_KEPT) return;
  kept.set(name, found);
  const oldest = kept.keys().next().value;
  if (kept.size > KEPT && oldest !== undefined) kept.delete(oldest);
}

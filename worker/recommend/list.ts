/**
 * A list while it is filled: hard rules keep an item out, soft ones keep it back for as long as there is something else. Pure.
 */
import type { Item } from "../catalog/price.ts";
import { isServable } from "../catalog/read.ts";
import type { Read } from "./arrange.ts";
import type { Candidate } from "./candidates.ts";
import { fieldsOf, meetsRule, type ResolvedRule } from "./item-rule.ts";
import type { Pinned, Removed, Resolved, Selected, Selection, SelectionRules } from "./select.ts";

/** In the order in which they are given up when a list would be short. */
const SOFT_RULES = ["ignored", "viewed", "variant", "category_cap", "brand_cap"] as const;
type SoftRule = (typeof SOFT_RULES)[number];

export class List {
  readonly #rules: SelectionRules;
  readonly #resolved: Resolved;
  readonly #list: Selected[] = [];
  readonly #removed: Removed[] = [];
  readonly #spare: Selected[] = [];
  readonly #met = new Set<string>();
  readonly #brands = new Map<string, number>();
  readonly #categories = new Map<string, number>();
  readonly #groups = new Set<string>();
  #pinned = 0;

  constructor(rules: SelectionRules, resolved: Resolved, current: Item | null | undefined) {
    this.#rules = rules;
    this.#resolved = resolved;
    if (current?.groupId) this.#groups.add(current.groupId);
  }

  left(): number {
    return this.#rules.count - this.#pinned - this.#list.length;
  }

  isFull(): boolean {
    return this.left() <= 0;
  }

  /** With what soft rules keep back, if it comes to that. */
  canBeFilled(): boolean {
    return this.left() <= this.#spare.length;
  }

  takePinned({ item }: Read): void {
    this.#pinned++;
    this.#met.add(item.id);
    this.#count(item);
  }

  offer(candidate: Candidate, item: Item | null | undefined): void {
    const { id } = candidate;
    if (this.isFull() || this.#met.has(id)) return;
    this.#met.add(id);
    const hard = hardRule(id, item, this.#rules, this.#resolved);
    if (hard !== undefined) this.#removed.push({ id, ...hard });
    else if (item) {
      if (this.#brokenBy(candidate, item).length === 0) this.#take(candidate, item);
      else this.#spare.push({ candidate, item });
    }
  }

  /** What soft rules kept back fills what is left; pins go to their places, and scores fall along the list. */
  close(pinned: Pinned[]): Selection {
    const relaxed = new Set<string>();
    const givenUp = new Set<SoftRule>();
    let left = this.#spare;
    for (const rule of SOFT_RULES) {
      givenUp.add(rule);
      left = left.filter(({ candidate, item }) => {
        const broken = this.isFull() ? undefined : this.#brokenBy(candidate, item);
        if (!broken?.every((each) => givenUp.has(each))) return true;
        this.#take(candidate, item);
        for (const each of broken) relaxed.add(each);
        return false;
      });
    }
    for (const { candidate, item } of left) {
      this.#removed.push({ id: candidate.id, rule: this.#brokenBy(candidate, item)[0] ?? "viewed" });
    }
    const list = [...this.#list];
    for (const { position, read } of pinned) list.splice(Math.min(position - 1, list.length), 0, read);
    let lowest = 1;
    const falling = list.map(({ candidate, item }) => {
      lowest = Math.min(lowest * (candidate.score > 0 ? 1 : 0.99), candidate.score || lowest);
      return { item, candidate: { ...candidate, score: Math.max(lowest, 1e-4) } };
    });
    return { list: falling, removed: this.#removed, relaxed: [...relaxed] };
  }

  #brokenBy({ way }: Candidate, item: Item): SoftRule[] {
    const { viewed, ignored, perBrandCap, perCategoryCap } = this.#rules;
    const broken: SoftRule[] = [];
    if (ignored.has(item.id)) broken.push("ignored");
    if (way !== "recently_viewed" && viewed.has(item.id)) broken.push("viewed");
    if (item.groupId !== null && this.#groups.has(item.groupId)) broken.push("variant");
    if (isAtCap(this.#categories, item.category, perCategoryCap)) broken.push("category_cap");
    if (isAtCap(this.#brands, item.brand, perBrandCap)) broken.push("brand_cap");
    return broken;
  }

  #take(candidate: Candidate, item: Item): void {
    this.#list.push({ candidate, item });
    this.#count(item);
  }

  #count(item: Item): void {
    if (item.groupId !== null) this.#groups.add(item.groupId);
    if (item.brand !== null) this.#brands.set(item.brand, (this.#brands.get(item.brand) ?? 0) + 1);
    if (item.category !== null) this.#categories.set(item.category, (this.#categories.get(item.category) ?? 0) + 1);
  }
}

function isAtCap(counts: Map<string, number>, value: string | null, cap: number | undefined): boolean {
  return value !== null && cap !== undefined && (counts.get(value) ?? 0) >= cap;
}

/**
 * The rule that keeps an item out whatever else is missing; undefined when it may be shown. `condition`: which one of the
 * filter.
 */
export function hardRule(
  id: string,
  item: Item | null | undefined,
  { excluded, now }: SelectionRules,
  { filter, callerFilter }: Pick<Resolved, "filter" | "callerFilter">,
): { rule: string; condition?: number } | undefined {
  const rule = excluded.get(id);
  if (rule !== undefined) return { rule };
  if (!item) return { rule: "unknown" };
  if (!isServable(item)) return { rule: item.deletedAt !== null ? "deleted" : item.hidden ? "hidden" : "sold_out" };
  if (filter.length === 0 && callerFilter.length === 0) return undefined;
  const fields = fieldsOf(item, now);
  const fails = (each: ResolvedRule | undefined) => each !== undefined && !meetsRule(each, fields);
  const condition = filter.findIndex(fails);
  if (condition >= 0) return { rule: "filter", condition };
  return callerFilter.some(fails) ? { rule: "caller_filter" } : undefined;
}

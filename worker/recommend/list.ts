/**
 * A list while it is filled. Soft rules keep an item back for as long as there is something else; hard ones keep it out, and
 * of these some are given up, one after another, only where nothing at all would be left. Pure.
 */
import type { Item } from "../catalog/price.ts";
import { DAY } from "../lib/time.ts";
import type { Read } from "./arrange.ts";
import type { Candidate } from "./candidates.ts";
import { barOf, brokenBars, nameOf } from "./hard-rules.ts";
import { Removals } from "./removed.ts";
import type { Resolved } from "./resolve.ts";
import type { Pinned, Selected, Selection, SelectionRules } from "./select.ts";

/** In the order in which they are given up when a list would be short. */
const SOFT_RULES = ["ignored", "viewed", "variant", "category_cap", "brand_cap"] as const;
type SoftRule = (typeof SOFT_RULES)[number];

/** Enough to choose from where a rule is given up. */
const HELD = 200;
/** What came longer ago is nothing new, also where nothing came later. */
const NEW_MS = 30 * DAY;

export class List {
  readonly #rules: SelectionRules;
  readonly #resolved: Resolved;
  readonly #list: Selected[] = [];
  readonly #spare: Selected[] = [];
  /** What would be there if these rules were given up, in steps, and no others: the least that is to be had. */
  #held: { steps: number[]; items: Selected[] } = { steps: [Infinity], items: [] };
  readonly #removals: Removals | undefined;
  readonly #met = new Set<string>();
  readonly #brands = new Map<string, number>();
  readonly #categories = new Map<string, number>();
  readonly #groups = new Set<string>();
  #pinned = 0;

  constructor(rules: SelectionRules, resolved: Resolved, current: Item | null | undefined) {
    this.#rules = rules;
    this.#resolved = resolved;
    this.#removals = rules.isExplained ? new Removals() : undefined;
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

  /** At least where rules are given up to this step. */
  hasAnything(step: number): boolean {
    return this.#isBegun() || (this.#held.steps[0] ?? 0) <= step;
  }

  #isBegun(): boolean {
    return this.#list.length > 0 || this.#spare.length > 0 || this.#pinned > 0;
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
    const bar = barOf(id, item, this.#rules, this.#resolved);
    if (!bar) {
      if (item) this.#accept(candidate, item);
      return;
    }
    this.#removals?.add(bar, { id });
    if (!this.#isBegun() && item && bar.step !== undefined) this.#hold({ candidate, item });
  }

  /** What soft rules kept back fills what is left; pins go to their places, and scores fall along the list. */
  close(pinned: Pinned[]): Selection {
    const isGivenUp = !this.#isBegun();
    if (isGivenUp) for (const { candidate, item } of this.#held.items) this.#accept(candidate, item);
    const relaxed = new Set<string>();
    const left = this.#takeSpare(relaxed);
    if (this.#removals) {
      for (const { item } of this.#list) this.#removals.drop(item.id);
      for (const { candidate, item } of left)
        this.#removals.add({ rule: this.#brokenBy(candidate, item)[0] ?? "viewed" }, { id: item.id });
    }
    const list = [...this.#list];
    for (const { position, read } of pinned) list.splice(Math.min(position - 1, list.length), 0, read);
    return {
      list: this.#falling(list),
      relaxed: [...relaxed, ...(isGivenUp ? this.#givenUp() : [])],
      removals: this.#removals,
    };
  }

  /** The hard rules that the list breaks, in the order in which they are given up. */
  #givenUp(): string[] {
    const [first] = this.#list;
    return first ? brokenBars(first.item, this.#rules, this.#resolved).map(nameOf).reverse() : [];
  }

  #accept(candidate: Candidate, item: Item): void {
    if (this.isFull()) return;
    if (this.#brokenBy(candidate, item).length === 0) this.#take(candidate, item);
    else this.#spare.push({ candidate, item });
  }

  #hold(selected: Selected): void {
    const steps = brokenBars(selected.item, this.#rules, this.#resolved).map(({ step }) => Number(step));
    const more = compareSteps(steps, this.#held.steps);
    if (more < 0) this.#held = { steps, items: [selected] };
    else if (more === 0 && this.#held.items.length < HELD) this.#held.items.push(selected);
  }

  /** Returns what is left all the same. */
  #takeSpare(relaxed: Set<string>): Selected[] {
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
    return left;
  }

  #falling(list: Selected[]): Selected[] {
    let lowest = 1;
    return list.map(({ candidate, item }) => {
      lowest = Math.min(lowest * (candidate.score > 0 ? 1 : 0.99), candidate.score || lowest);
      const shown: Candidate = { ...candidate, score: Math.max(lowest, 1e-4) };
      if (candidate.way === "new" && this.#rules.now - item.createdAt > NEW_MS) shown.old = true;
      return { item, candidate: shown };
    });
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

/** Below 0 where `one` gives up less. Each with what is given up last before the rest. */
function compareSteps(one: readonly number[], other: readonly number[]): number {
  for (const [place, step] of one.entries()) {
    const difference = step - (other[place] ?? -1);
    if (difference !== 0) return difference;
  }
  return one.length - other.length;
}

function isAtCap(counts: Map<string, number>, value: string | null, cap: number | undefined): boolean {
  return value !== null && cap !== undefined && (counts.get(value) ?? 0) >= cap;
}

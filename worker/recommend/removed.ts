/** What is not in a list, told by rule: how many, and a few of them. Pure. */
import { type Bar, nameOf } from "./hard-rules.ts";

/** What was left out, with what boosts and differences made of it where it was placed. */
export interface Example {
  id: string;
  boost?: number;
  diversity?: number;
}

export interface Removed {
  rule: string;
  /** Which of the placement's conditions, as a path into its rules. */
  condition?: string;
  count: number;
  examples: Example[];
}

const EXAMPLES = 5;

export class Removals {
  readonly #groups = new Map<string, Removed>();
  readonly #groupOf = new Map<string, Removed>();

  /** An item counts once, by the rule that is told first. */
  add({ rule, condition }: Pick<Bar, "rule" | "condition">, example: Example): void {
    if (this.#groupOf.has(example.id)) return;
    const name = nameOf({ rule, ...(condition === undefined ? {} : { condition }) });
    const known = this.#groups.get(name);
    const group = known ?? { rule, ...(condition === undefined ? {} : { condition }), count: 0, examples: [] };
    if (!known) this.#groups.set(name, group);
    group.count++;
    if (group.examples.length < EXAMPLES) group.examples.push(example);
    this.#groupOf.set(example.id, group);
  }

  /** It is in the list after all. */
  drop(id: string): void {
    const group = this.#groupOf.get(id);
    if (!group) return;
    group.count--;
    group.examples = group.examples.filter((example) => example.id !== id);
    this.#groupOf.delete(id);
  }

  /** Most first; what was only outranked at the end. */
  list(): Removed[] {
    return [...this.#groups.values()]
      .filter(({ count }) => count > 0)
      .sort(
        (one, other) =>
          Number(one.rule === "outranked") - Number(other.rule === "outranked") || other.count - one.count,
      );
  }
}

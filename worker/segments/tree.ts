/**
 * Conditions joined by all, any and not: the grammar that rules over people and rules over items share. What a condition is
 * says the leaf. Pure; a tree is bounded in depth and size before anything else is looked at.
 */
import * as z from "zod";

/** Bounds of one tree: levels of nesting, and conditions in all. */
export const MOST_LEVELS = 6;
export const MOST_CONDITIONS = 50;

export type Tree<Leaf> = { all: Tree<Leaf>[] } | { any: Tree<Leaf>[] } | { not: Tree<Leaf> } | Leaf;

/**
 * Trees over some kinds of leaves, each named by a key that only it has. Parses to itself, leaves in their parsed form.
 * Issues name the place: `all.1.value`.
 */
export function treeOf<Leaf extends object>(
  leaves: Record<string, () => z.ZodType<Leaf>>,
  /** What is said of something that is none of them. */
  otherwise: string,
): z.ZodType<Tree<Leaf>> {
  const kinds: Record<string, () => z.ZodType> = {
    all: () => z.strictObject({ all: z.array(Any).min(1) }),
    any: () => z.strictObject({ any: z.array(Any).min(1) }),
    not: () => z.strictObject({ not: Any }),
    ...leaves,
  };
  /** One schema per kind, chosen by the key that names it: a union would answer "invalid input" without saying where. */
  const Any: z.ZodType<Tree<Leaf>> = z.lazy(() =>
    z.unknown().transform((value, context): Tree<Leaf> => {
      const kind = isObject(value) ? Object.keys(kinds).find((key) => Object.hasOwn(value, key)) : undefined;
      const schema = kind === undefined ? undefined : kinds[kind];
      if (!schema) {
        context.addIssue({ code: "custom", message: otherwise });
        return z.NEVER;
      }
      const result = schema().safeParse(value);
      if (result.success) return result.data as Tree<Leaf>;
      for (const { path, message } of result.error.issues)
        context.addIssue({ code: "custom", path: [...path], message });
      return z.NEVER;
    }),
  );
  return z
    .unknown()
    .superRefine((value, context) => {
      const size = measure(value, 1);
      const refuse = (message: string) => context.addIssue({ code: "custom", message, continue: false });
      if (size.levels > MOST_LEVELS) refuse(`a rule has at most ${MOST_LEVELS} levels`);
      else if (size.conditions > MOST_CONDITIONS) refuse(`a rule has at most ${MOST_CONDITIONS} conditions`);
    })
    .pipe(Any);
}

/** Counts without trusting the shape; never goes deeper than is allowed. */
function measure(value: unknown, level: number): { levels: number; conditions: number } {
  const inner = isObject(value)
    ? (value.all ?? value.any ?? (value.not === undefined ? undefined : [value.not]))
    : undefined;
  if (!Array.isArray(inner)) return { levels: level, conditions: 1 };
  if (level > MOST_LEVELS) return { levels: level + 1, conditions: 0 };
  let [levels, conditions] = [level, 0];
  for (const each of inner.slice(0, MOST_CONDITIONS + 1)) {
    const size = measure(each, level + 1);
    levels = Math.max(levels, size.levels);
    conditions += size.conditions;
  }
  return { levels, conditions };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** What the tree says when `decide` answers for its leaves. */
export function holds<Leaf extends object>(tree: Tree<Leaf>, decide: (leaf: Leaf) => boolean): boolean {
  if ("all" in tree) return (tree.all as Tree<Leaf>[]).every((each) => holds(each, decide));
  if ("any" in tree) return (tree.any as Tree<Leaf>[]).some((each) => holds(each, decide));
  if ("not" in tree) return !holds(tree.not as Tree<Leaf>, decide);
  return decide(tree as Leaf);
}

export function* leavesOf<Leaf extends object>(tree: Tree<Leaf>): Generator<Leaf> {
  if ("all" in tree) for (const each of tree.all as Tree<Leaf>[]) yield* leavesOf(each);
  else if ("any" in tree) for (const each of tree.any as Tree<Leaf>[]) yield* leavesOf(each);
  else if ("not" in tree) yield* leavesOf(tree.not as Tree<Leaf>);
  else yield tree as Leaf;
}

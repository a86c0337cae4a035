/** A list with who spoke for each of its items: reasons, titles and levels are made from it. */
import type { Plan } from "./plan.ts";
import { type Selection, type Shelf, select } from "./select.ts";

/** Titles that reasons may name in one list: each is a row to read. */
const REASON_TITLES = 2;

/** The list, each with who spoke for it. */
export async function selectNamed(plan: Plan, shelf: Shelf): Promise<Selection> {
  const selection = await select(plan, shelf, reasonSeeds(plan));
  for (const { candidate } of selection.list) plan.name(candidate);
  return selection;
}

/** The items that the first reasons will name. */
export function reasonSeeds({ ranked, name }: Plan): string[] {
  const ids = new Set<string>();
  for (const candidate of ranked.slice(0, 20)) {
    if (ids.size >= REASON_TITLES) break;
    name(candidate);
    if (candidate.seed) ids.add(candidate.seed.itemId);
  }
  return [...ids];
}

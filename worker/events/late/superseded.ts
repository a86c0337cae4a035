/**
 * What waited in the queue and is written after what came later: it may not undo what was said since. The names of the traits
 * that each identify call set are in the timeline, so the newest word about each of them is known.
 */
import type { Database, Statement } from "../../deps.ts";
import type { ProfileChange } from "../../profiles/store.ts";
import { listIdentifies, requireIdentifies } from "./store.ts";

/**
 * The changes without the traits and contacts that a later identify call of the same person set or removed. `guard` goes into
 * the batch that writes them: it fails when yet another such call has come in since.
 */
export async function withoutSuperseded(
  db: Database,
  changes: ProfileChange[],
): Promise<{ changes: ProfileChange[]; guard: Statement }> {
  const since = new Map<string, number>();
  for (const { profileId, seenAt } of changes) since.set(profileId, Math.min(seenAt, since.get(profileId) ?? seenAt));
  const people = [...since].map(([profileId, after]) => ({ profileId, after }));
  const identifies = await listIdentifies(db, people);
  const guard = requireIdentifies(db, people, identifies.length);
  const open = changes.map((change) => {
    const later = identifies.filter(({ profileId, at }) => profileId === change.profileId && at > change.seenAt);
    const names = new Set(later.flatMap(({ traits }) => traits));
    if (names.size === 0) return change;
    const isOpen = (...all: string[]) => all.every((name) => !names.has(name));
    return {
      ...change,
      email: isOpen("email") ? change.email : null,
      phone: isOpen("phone") ? change.phone : null,
      locale: isOpen("locale") ? change.locale : null,
      timeZone: isOpen("timezone", "timeZone") ? change.timeZone : null,
      traits: Object.fromEntries(Object.entries(change.traits).filter(([name]) => !names.has(name))),
    };
  });
  return { changes: open, guard };
}

/**
 * What a person agreed to, told from the ledger. Rows are only ever added: the last one of a channel says what holds, and
 * silence is no consent (Network Act art. 50(1)). Recording, with its event in the timeline, is events/consent.ts.
 */
import type { Channel, Database, Deps } from "../deps.ts";
import type { ProfileId } from "../lib/ids.ts";
import { selectLatestConsents } from "./consents/store.ts";
import { byShard, type PersonRef } from "./person.ts";

/** `night`: also to advertising between 21:00 and 08:00. `at`: since when, epoch ms. A missing channel was never decided. */
export type ConsentState = Partial<Record<Channel, { granted: boolean; night: boolean; at: number }>>;

/** Consent is given per purpose; this one is what advertising needs. */
export const MARKETING = "marketing";

/** Push is agreed to by a browser, whoever signs in on it; an address belongs to the user who gave it. */
const BROWSER_CHANNELS: Channel[] = ["web_push"];

/**
 * What the ledgers of single profiles of one shard say about marketing. A profile without a row is left out. For people
 * with linked browsers use `readConsentsOf`.
 */
export async function readConsents(db: Database, profileIds: ProfileId[]): Promise<Map<ProfileId, ConsentState>> {
  const states = new Map<ProfileId, ConsentState>();
  for (const row of await selectLatestConsents(db, profileIds, MARKETING)) {
    const state = states.get(row.profileId) ?? {};
    state[row.channel] = { granted: row.granted, night: row.granted && row.night, at: row.at };
    states.set(row.profileId, state);
  }
  return states;
}

/**
 * The same for people, keyed by the person's profile; everybody is in the answer. For web push the newest word of the
 * user or any linked browser counts: the permission belongs to the browser, and refusing on one device refuses. E-mail,
 * SMS and Kakao follow only what was said as that user. One statement a shard.
 */
export async function readConsentsOf(deps: Deps, people: PersonRef[]): Promise<Map<ProfileId, ConsentState>> {
  const found = await Promise.all(
    [...byShard(deps, new Set(people.flatMap((person) => person.histories)))].map(([shard, ids]) =>
      readConsents(shard.db, ids),
    ),
  );
  const stateOf = new Map(found.flatMap((states) => [...states]));
  return new Map(
    people.map(({ profileId, histories }) => {
      const merged: ConsentState = { ...stateOf.get(profileId) };
      for (const channel of BROWSER_CHANNELS) {
        const latest = latestOf(histories.flatMap((id) => stateOf.get(id)?.[channel] ?? []));
        if (latest) merged[channel] = latest;
      }
      return [profileId, merged];
    }),
  );
}

/** Of two words in the same millisecond the refusal counts, as in the ledger itself. */
function latestOf<T extends { granted: boolean; at: number }>(states: T[]): T | undefined {
  return states.toSorted((a, b) => b.at - a.at || Number(a.granted) - Number(b.granted))[0];
}

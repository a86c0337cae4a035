import type { Database, Statement } from "../../deps.ts";
import type { ProfileId } from "../../lib/ids.ts";
import { overRows } from "../../platform/db.ts";
import { COLUMNS, LANDMARKS, type Window } from "../store.ts";

/**
 * Purchases, survey answers and dismissals of many profiles of one shard: of each at most `limitEach`, the newest, however
 * many the others have. Entries of the index say where that is, so that nobody's are all read.
 */
export function selectLandmarksOfMany(db: Database, ids: ProfileId[], window: Window, limitEach: number): Statement {
  return overRows(
    db,
    `SELECT ${COLUMNS} FROM json_each(?1) AS person CROSS JOIN events INDEXED BY events_landmarks
     WHERE profile_id = person.value AND ${LANDMARKS} AND is_bot = 0 AND at <= ?3 AND at >= coalesce(
       (SELECT at FROM events AS newer INDEXED BY events_landmarks
        WHERE newer.profile_id = person.value AND newer.${LANDMARKS} AND newer.at BETWEEN ?2 AND ?3
        ORDER BY newer.at DESC LIMIT 1 OFFSET ?4), ?2)`,
    ids,
    window.since,
    window.until,
    limitEach - 1,
  );
}

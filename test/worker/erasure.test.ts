import { describe, expect, it } from "vitest";
import type { Database } from "../../worker/deps.ts";
import { profileIdOf } from "../../worker/lib/ids.ts";
import { DAY, MINUTE } from "../../worker/lib/time.ts";
import { insertDeadLetter } from "../../worker/platform/dead-letters.ts";
import { PERSONAL_TABLES } from "../../worker/privacy/store.ts";
import { type Harness, harness, NOON } from "../support/worker/harness.ts";

const NAMES = ["minji-7c1", "browser-a-7c1", "browser-b-7c1", "minji.old.7c1@shop.test", "minji.new.7c1@shop.test"];

/** Rows of a database that mention any of the names, by table: whatever the tables are, in whatever column. */
async function mentions(db: Database, names: string[]): Promise<Record<string, number>> {
  const { results: columns } = await db
    .prepare(
      `SELECT tables.name AS "table", columns.name AS "column" FROM sqlite_master AS tables, pragma_table_info(tables.name) AS columns
       WHERE tables.type = 'table' AND columns.type <> 'BLOB' AND tables.name NOT LIKE 'sqlite%' AND tables.name NOT LIKE '%cf%'`,
    )
    .all<{ table: string; column: string }>();
  const found: Record<string, number> = {};
  for (const [table, group] of Map.groupBy(columns, (each) => each.table)) {
    const mentioned = group.map(({ column }) => `instr(stored."${column}", named.value) > 0`).join(" OR ");
    const row = await db
      .prepare(
        `SELECT count(*) AS count FROM "${table}" AS stored WHERE EXISTS (SELECT 1 FROM json_each(?1) AS named WHERE ${mentioned})`,
      )
      .bind(JSON.stringify(names))
      .first<{ count: number }>();
    if (row?.count) found[table] = row.count;
  }
  return found;
}

async function mentionsEverywhere(h: Harness, names: string[]): Promise<Record<string, number>> {
  const all: Record<string, number> = {};
  for (const db of [h.deps.control, ...h.deps.shards.all().map((shard) => shard.db)]) {
    for (const [table, count] of Object.entries(await mentions(db, names))) all[table] = (all[table] ?? 0) + count;
  }
  return all;
}

const keysOf = (h: Harness) => [
  profileIdOf(h.site.id, { userId: NAMES[0]! }),
  profileIdOf(h.site.id, { anonymousId: NAMES[1]! }),
  profileIdOf(h.site.id, { anonymousId: NAMES[2]! }),
];

/** A user with two browsers, over several days and two addresses, with a row in every table that can name them. */
async function fill(h: Harness): Promise<void> {
  const [userId, ...browsers] = NAMES as [string, ...string[]];
  for (const [index, anonymousId] of browsers.slice(0, 2).entries()) {
    h.clock.at = NOON + index * 3 * DAY;
    await h.server("POST", "/v1/track", { anonymousId, event: "Product Viewed", properties: { product_id: "p1" } });
    await h.server("POST", "/v1/identify", { userId, anonymousId, traits: { email: NAMES[3 + index], name: "민지" } });
  }
  const imported = await h.server("POST", "/v1/import/events", {
    batch: [
      {
        type: "track",
        userId,
        event: "Order Completed",
        timestamp: "2024-05-05T00:00:00Z",
        properties: { product_id: "p1" },
      },
    ],
  });
  expect(imported.status).toBe(200);
  for (const person of [{ userId }, { anonymousId: NAMES[2] }]) {
    await h.server("POST", "/v1/consents", { ...person, channel: "web_push", granted: true, source: "test" });
  }
  for (const profileId of keysOf(h)) {
    const { db } = h.deps.shards.of(profileId);
    const insert = (sql: string) => db.prepare(sql).bind(profileId, h.site.id);
    await db.batch([
      insert("INSERT OR IGNORE INTO memberships SELECT 'seg_' || value || ?2, ?1, 1 FROM json_each('[1,2,3]')"),
      insert("INSERT OR IGNORE INTO segment_changes SELECT ?2, ?1, 1"),
      insert(
        `INSERT INTO runs (profile_id, campaign_id, occurrence, version, state, due_at, entered_at)
         SELECT ?1, 'cart' || ?2, 'once', 1, 'waiting', 1, 1`,
      ),
      insert(
        `INSERT INTO endpoints (profile_id, id, channel, address, created_at, last_seen_at)
         SELECT ?1, 'ep_' || ?2, 'app_push', '{"token":"t"}', 1, 1`,
      ),
      insert(
        `INSERT INTO consent_duties (profile_id, kind, channel, said_at, granted, due_at)
         SELECT ?1, 'notice', 'email' || substr(?2, 1, 0), 1, 1, 1`,
      ),
      insert(
        `INSERT INTO messages (profile_id, id, campaign_id, campaign_version, step, channel, provider, state, is_ad, content, created_at)
         SELECT ?1, 'm_' || ?2, 'cart', 1, 'message', 'email', 'outbox', 'sent', 1, '{"title":"민지님"}', 1`,
      ),
    ]);
  }
  const [key = ""] = keysOf(h);
  const job = { kind: "refresh-segments" as const, siteId: h.site.id, shard: 0, after: key };
  await insertDeadLetter(h.deps.control, { id: `dead-${h.site.id}`, job, failedAt: NOON });
}

describe("DELETE /v1/users/{id}", () => {
  it("leaves no row in any database that names the person or their browsers", async () => {
    const h = await harness();
    await fill(h);
    const names = [...NAMES, ...keysOf(h)];
    const before = await mentionsEverywhere(h, names);
    expect(Object.keys(before).toSorted()).toEqual(
      [...PERSONAL_TABLES.map(({ table }) => table), "dead_letters"].toSorted(),
    );
    const answer = await h.server("DELETE", `/v1/users/${NAMES[0]}`);
    const receipt = (await answer.json()) as { erasedAt: number; profiles: number; rows: Record<string, number> };
    expect([answer.status, receipt.profiles, receipt.erasedAt]).toEqual([200, 3, h.clock.at]);
    expect(receipt.rows).toEqual(before);
    const { id } = receipt as unknown as { id: string };
    const proof = await (await h.server("GET", `/v1/erasures/${id}`)).json();
    expect(proof).toEqual({ ...receipt, isGenuine: true });
    expect(await mentionsEverywhere(h, names)).toEqual({});
    expect(NAMES.some((name) => JSON.stringify(receipt).includes(name))).toBe(false);
    expect((await h.server("DELETE", `/v1/users/${NAMES[0]}`)).status).toBe(404);
  });

  it("leaves everybody else as they were, on this site and on others", async () => {
    const [h, other] = [await harness(), await harness()];
    await fill(h);
    await fill(other);
    for (let i = 0; i < 8; i++) {
      await h.server("POST", "/v1/identify", { userId: `bystander-7c1-${i}`, anonymousId: `tablet-7c1-${i}` });
    }
    const theirs = await mentionsEverywhere(h, ["bystander-7c1", "tablet-7c1"]);
    const otherSite = await mentionsEverywhere(other, keysOf(other));
    await h.server("DELETE", `/v1/users/${NAMES[0]}`);
    expect(await mentionsEverywhere(h, ["bystander-7c1", "tablet-7c1"])).toEqual(theirs);
    expect(await mentionsEverywhere(other, keysOf(other))).toEqual(otherSite);
    await other.server("DELETE", `/v1/users/${NAMES[0]}`);
  });

  it("spares a browser that is no longer theirs, but not the edge to it", async () => {
    const h = await harness();
    for (const anonymousId of ["kept-7c1", "undone-7c1"]) {
      await h.server("POST", "/v1/page", { anonymousId });
      await h.server("POST", "/v1/identify", { userId: "owner-7c1", anonymousId });
    }
    const owner = profileIdOf(h.site.id, { userId: "owner-7c1" });
    const undone = profileIdOf(h.site.id, { anonymousId: "undone-7c1" });
    for (const [mine, its] of [
      [owner, undone],
      [undone, owner],
    ]) {
      await h.deps.shards
        .of(mine!)
        .db.prepare("UPDATE links SET unlinked_at = 1 WHERE profile_id = ?1 AND other_id = ?2")
        .bind(mine, its)
        .run();
    }
    await h.server("DELETE", "/v1/users/owner-7c1");
    expect(await mentionsEverywhere(h, [owner, "owner-7c1"])).toEqual({});
    expect((await h.server("GET", "/v1/users/kept-7c1?idType=anonymousId")).status).toBe(404);
    expect((await h.server("GET", "/v1/users/undone-7c1?idType=anonymousId")).status).toBe(200);
  });

  it("erases a browser alone", async () => {
    const h = await harness();
    await h.server("POST", "/v1/page", { anonymousId: "lone-7c1" });
    await h.server("POST", "/v1/identify", { userId: "stays-7c1", anonymousId: "lone-7c1" });
    expect((await h.server("DELETE", "/v1/users/lone-7c1?idType=anonymousId")).status).toBe(200);
    const key = profileIdOf(h.site.id, { anonymousId: "lone-7c1" });
    expect(await mentionsEverywhere(h, [key, "lone-7c1"])).toEqual({});
    expect((await h.server("GET", "/v1/users/stays-7c1")).status).toBe(200);
  });

  it("makes a stranger of whoever comes back, with browsers that are linked again and no consent", async () => {
    const h = await harness();
    await fill(h);
    await h.server("DELETE", `/v1/users/${NAMES[0]}`);
    h.clock.at += MINUTE;
    await h.server("POST", "/v1/identify", { userId: NAMES[0], anonymousId: NAMES[1] });
    await h.server("POST", "/v1/page", { anonymousId: NAMES[1] });
    expect(await (await h.server("GET", `/v1/users/${NAMES[0]}`)).json()).toMatchObject({
      anonymousIds: [NAMES[1]],
      consents: {},
      traits: {},
      firstSeenAt: h.clock.at,
    });
    await h.server("DELETE", `/v1/users/${NAMES[0]}`);
  });

  it("refuses an unknown person", async () => {
    const h = await harness();
    expect((await h.server("DELETE", "/v1/users/nobody")).status).toBe(404);
  });
});

describe("GET /v1/users/{id}/export", () => {
  it("is everything that erasure would delete, readable by machines", async () => {
    const h = await harness();
    await fill(h);
    const answer = await h.server("GET", `/v1/users/${NAMES[0]}/export`);
    expect(answer.headers.get("content-type")).toBe("application/json; charset=utf-8");
    const { exportedAt, tables } = (await answer.json()) as {
      exportedAt: string;
      tables: Record<string, Record<string, unknown>[]>;
    };
    expect(exportedAt).toBe(new Date(h.clock.at).toISOString());
    expect(tables.profiles?.find((row) => row.user_id === NAMES[0])).toMatchObject({
      email: NAMES[4],
      traits: { name: "민지" },
      first_seen_at: "2024-05-05T00:00:00.000Z",
    });
    expect(tables.events?.some((row) => (row.properties as { product_id?: string }).product_id === "p1")).toBe(true);
    const receipt = (await (await h.server("DELETE", `/v1/users/${NAMES[0]}`)).json()) as {
      rows: Record<string, number>;
    };
    const { dead_letters: _, ...rows } = receipt.rows;
    expect(Object.fromEntries(Object.entries(tables).map(([table, list]) => [table, list.length]))).toEqual(rows);
  });

  it("has every event of a long history once", async () => {
    const h = await harness();
    const batch = Array.from({ length: 2300 }, (_, i) => ({
      type: "track",
      event: "Product Viewed",
      userId: "busy-7c1",
      messageId: `m${i}`,
      timestamp: new Date(NOON - i * 1000).toISOString(),
    }));
    for (let i = 0; i < batch.length; i += 1000)
      await h.server("POST", "/v1/batch", { batch: batch.slice(i, i + 1000) });
    const { tables } = (await (await h.server("GET", "/v1/users/busy-7c1/export")).json()) as {
      tables: { events: { message_id: string }[] };
    };
    expect(new Set(tables.events.map((row) => row.message_id)).size).toBe(2300);
    expect(tables.events).toHaveLength(2300);
    await h.server("DELETE", "/v1/users/busy-7c1");
  });

  it("refuses an unknown person", async () => {
    const h = await harness();
    expect((await h.server("GET", "/v1/users/nobody/export")).status).toBe(404);
  });
});

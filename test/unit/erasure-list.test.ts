import { globSync } from "node:fs";
import { getTableConfig, SQLiteTable } from "drizzle-orm/sqlite-core";
import { expect, it } from "vitest";
import { PERSONAL_TABLES } from "../../worker/privacy/store.ts";

const root = new URL("../..", import.meta.url).pathname;

/** Tables of the user shards in which nobody is named, and why. */
const ABOUT_NOBODY: Record<string, string> = {
  catalog_watches: "how far a catalog's changes have been told to a shard's people",
  erased_lately: "hashes in which only an event that waits in the queue can recognize its person",
  catalog_versions: "which version of a site's catalog is the latest",
  segment_progress: "until when a site's memberships are up to date",
};

async function tablesIn(pattern: string) {
  const files = globSync(pattern, { cwd: root });
  const rooms = await Promise.all(files.map((file) => import(`${root}/${file}`)));
  return rooms
    .flatMap((room) => Object.values(room))
    .filter((value) => value instanceof SQLiteTable)
    .map(getTableConfig);
}

const namesPerson = (column: string) => /profile|user|anonymous|email|phone|other_id/.test(column);

it("erases every table of the user shards that is keyed by a person", async () => {
  const tables = await tablesIn("worker/*/shard-tables.ts");
  expect(tables.length).toBeGreaterThanOrEqual(10);
  const listed = PERSONAL_TABLES.map(({ table }) => table);
  for (const { name, columns } of tables) {
    if (name in ABOUT_NOBODY) expect(columns.filter((column) => namesPerson(column.name))).toEqual([]);
    else expect(listed, `${name} is in no list`).toContain(name);
  }
  expect(listed.toSorted()).toEqual(
    tables
      .map(({ name }) => name)
      .filter((name) => !(name in ABOUT_NOBODY))
      .toSorted(),
  );
});

it("reads each table in the order of its own key", async () => {
  const tables = await tablesIn("worker/*/shard-tables.ts");
  for (const { table, key } of PERSONAL_TABLES) {
    const config = tables.find(({ name }) => name === table);
    const columns = config?.primaryKeys[0]?.columns ?? config?.columns.filter((column) => column.primary) ?? [];
    expect(columns.map((column) => column.name).join(", ")).toBe(key);
  }
});

it("has no person in the control database", async () => {
  const tables = await tablesIn("worker/*/tables.ts");
  const named = tables.flatMap(({ name, columns }) =>
    columns
      .filter((column) => /profile_id|user_id|anonymous/.test(column.name))
      .map((column) => `${name}.${column.name}`),
  );
  expect(named).toEqual([]);
});

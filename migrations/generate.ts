/**
 * Writes the migrations that bring the databases to the rooms' tables: `npm run migrations -- <name>`.
 * drizzle-kit cannot say WITHOUT ROWID; every new table gets it here, because a table with a rowid and a text or composite
 * key writes two rows per insert, and D1 bills rows written.
 */
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";

const name = process.argv[2] ?? "change";

for (const database of ["control", "users"]) {
  execFileSync("npx", ["drizzle-kit", "generate", "--config", "migrations/drizzle.config.ts", "--name", name], {
    env: { ...process.env, MIGRATE: database },
    stdio: "inherit",
  });
  for (const file of readdirSync(`migrations/${database}`).filter((each) => each.endsWith(".sql"))) {
    const path = `migrations/${database}/${file}`;
    const sql = readFileSync(path, "utf8");
    const fixed = sql.replace(/^\);(-->.*)?$/gm, ") WITHOUT ROWID;$1");
    if (fixed !== sql) writeFileSync(path, fixed);
  }
}

/** The same migration files as in production, on every database of the test runtime. */
import { applyD1Migrations, type D1Migration } from "cloudflare:test";
import { env } from "cloudflare:workers";

const bindings = env as unknown as Record<string, D1Database> & Record<string, D1Migration[]>;

await applyD1Migrations(bindings.DB!, bindings.CONTROL_MIGRATIONS!);
for (const name of ["USERS_0", "USERS_1"]) await applyD1Migrations(bindings[name]!, bindings.USERS_MIGRATIONS!);

import { defineConfig } from "drizzle-kit";

// A room's `tables.ts` is in the control database, its `shard-tables.ts` in every user shard.
const users = process.env.MIGRATE === "users";

export default defineConfig({
  dialect: "sqlite",
  schema: users ? "./worker/*/shard-tables.ts" : "./worker/*/tables.ts",
  out: users ? "./migrations/users" : "./migrations/control",
});

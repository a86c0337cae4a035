/** Bindings and vars: a deployment that misses one fails on the first request with its name. */
import * as z from "zod";

const Vars = z.object({
  DEMO: z.enum(["true", "false"]).default("false"),
  PUBLIC_URL: z.union([z.literal(""), z.url()]).default(""),
  VECTORS: z.enum(["vectorize", "embedded"]).default("vectorize"),
  AI_PROVIDER: z.enum(["workers-ai", "embedded"]).default("workers-ai"),
  RATE_LIMITS: z.enum(["cloudflare", "embedded"]).default("cloudflare"),
  PRIVATE_HOSTS: z.enum(["true", "false"]).default("false"),
  MEMORY: z.enum(["durable-objects", "none"]).default("durable-objects"),
  MEMORY_PLACES: z.coerce.number().int().min(1).max(64).default(1),
  SLOT_MAP: z.string().default("0-511=0,512-1023=1"),
  APP_SECRET: z.string().min(32, "APP_SECRET needs at least 32 characters: wrangler secret put APP_SECRET"),
  SETUP_TOKEN: z.string().min(16).optional(),
  CF_ACCESS_TEAM: z.string().default(""),
  CF_ACCESS_AUD: z.string().default(""),
});

export type Vars = z.infer<typeof Vars>;

const BINDINGS = [
  "DB",
  "USERS_0",
  "BLOBS",
  "VECTOR_INDEX",
  "AI",
  "JOBS",
  "TRAIN",
  "PEOPLE",
  "BROWSER_LIMIT",
  "SERVER_LIMIT",
  "LOGIN_LIMIT",
  "ASSETS",
] as const;

/** Throws an Error that names every missing binding and every wrong var. */
export function parseEnv(env: object): Vars {
  const missing = BINDINGS.filter((name) => !(name in env));
  const vars = Vars.safeParse(env);
  if (missing.length > 0 || !vars.success) {
    const problems = vars.success ? [] : vars.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
    throw new Error(
      `configuration: ${[...missing.map((name) => `binding ${name} is missing`), ...problems].join("; ")}`,
    );
  }
  return vars.data;
}

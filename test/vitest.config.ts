import { cloudflareTest, readD1Migrations } from "@cloudflare/vitest-plugin";
import { defineConfig } from "vitest/config";

const root = new URL("..", import.meta.url).pathname;

/** What workerd makes of an imported .wasm file: the compiled module. */
const wasmModules = {
  name: "wasm-modules",
  enforce: "pre" as const,
  load: (id: string) =>
    id.endsWith(".wasm")
      ? `import { readFileSync } from "node:fs"; export default new WebAssembly.Module(readFileSync(${JSON.stringify(id)}));`
      : undefined,
};

export default defineConfig({
  root,
  test: {
    reporters: process.env.CI ? ["default", ["json", { outputFile: "test/results/vitest.json" }]] : ["default"],
    projects: [
      {
        plugins: [wasmModules],
        test: {
          name: "unit",
          root,
          include: ["test/unit/**/*.test.ts"],
          setupFiles: ["test/support/seed.ts"],
          environment: "node",
        },
      },
      {
        plugins: [
          cloudflareTest(async () => ({
            wrangler: { configPath: `${root}/wrangler.toml` },
            remoteBindings: false,
            miniflare: {
              bindings: {
                DEMO: "false",
                PUBLIC_URL: "https://nunchi.test",
                VECTORS: "embedded",
                AI_PROVIDER: "embedded",
                RATE_LIMITS: "embedded",
                APP_SECRET: "a-secret-for-tests-only-0123456789",
                SETUP_TOKEN: "setup-token-for-tests",
                CONTROL_MIGRATIONS: await readD1Migrations(`${root}/migrations/control`),
                USERS_MIGRATIONS: await readD1Migrations(`${root}/migrations/users`),
              },
            },
          })),
        ],
        test: {
          name: "worker",
          root,
          include: ["test/worker/**/*.test.ts"],
          setupFiles: ["test/support/seed.ts", "test/support/worker/migrate.ts"],
          // One runtime for all files: every test mints its own site, so nothing is shared (26 s → 6 s).
          isolate: false,
          maxWorkers: 1,
          // On a busy machine the slowest take five seconds.
          testTimeout: 30_000,
        },
      },
      {
        test: { name: "widget", root, include: ["test/widget/**/*.test.ts"], environment: "happy-dom" },
      },
      {
        test: {
          name: "browser",
          root,
          globalSetup: ["test/support/demo-server.ts"],
          include: ["test/browser/**/*.test.ts"],
          environment: "node",
          testTimeout: 120_000,
          hookTimeout: 180_000,
          maxWorkers: 1,
        },
      },
    ],
  },
});

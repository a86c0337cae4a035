/**
 * `npm start`: the whole product on this machine with a demo shop. Migrates, seeds and trains on the first start, keeps its
 * state in `.nunchi/` for the next one, and plays the clock that Cloudflare's cron would be. The browser tests start the
 * same demo on a port of their own.
 */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { createWriteStream, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import { DEMO_STAFF, type DemoKeys, seedDemo } from "./seed.ts";

const run = promisify(execFile);
const root = join(import.meta.dirname, "../..");
const bin = join(root, "node_modules/.bin");
const env = {
  ...process.env,
  PATH: `${bin}:${process.env.PATH}`,
  WRANGLER_SEND_METRICS: "false",
  CI: "true",
  NO_COLOR: "1",
};

/** How often the minute's cron runs here. */
const TICK_MS = 60_000;
const START_LIMIT_MS = 90_000;

export interface Demo extends DemoKeys {
  url: string;
  password: string;
  email: string;
  setupToken: string;
  /** Runs a cron expression of wrangler.toml now. */
  tick(cron: string): Promise<void>;
  stop(): Promise<void>;
}

interface Secrets {
  appSecret: string;
  setupToken: string;
}

function readOr<T>(path: string, make: () => T): T {
  if (existsSync(path)) return JSON.parse(readFileSync(path, "utf8")) as T;
  const value = make();
  writeFileSync(path, JSON.stringify(value), { mode: 0o600 });
  return value;
}

async function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}

export async function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() =>
        typeof address === "object" && address ? resolve(address.port) : reject(new Error("no port")),
      );
    });
  });
}

async function migrate(state: string): Promise<void> {
  // One after the other: they share the state folder's metadata.
  for (const database of ["DB", "USERS_0", "USERS_1"]) {
    await run(join(bin, "wrangler"), ["d1", "migrations", "apply", database, "--local", "--persist-to", state], {
      cwd: root,
      env,
    });
  }
}

function serve(port: number, folder: string, secrets: Secrets): ChildProcess {
  const vars = {
    DEMO: "true",
    VECTORS: "embedded",
    AI_PROVIDER: "embedded",
    RATE_LIMITS: "embedded",
    PUBLIC_URL: `http://localhost:${port}`,
    APP_SECRET: secrets.appSecret,
    SETUP_TOKEN: secrets.setupToken,
  };
  const args = ["dev", "--local", "--ip", "127.0.0.1", "--port", String(port), "--inspector-port", "0"];
  args.push("--persist-to", join(folder, "state"), "--show-interactive-dev-session=false");
  for (const [name, value] of Object.entries(vars)) args.push("--var", `${name}:${value}`);
  // Its own process group, so that stopping it stops the runtime that it starts.
  const child = spawn(join(bin, "wrangler"), args, {
    cwd: root,
    env,
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  const log = createWriteStream(join(folder, "dev.log"), { flags: "a" });
  child.stdout?.pipe(log);
  child.stderr?.pipe(log);
  return child;
}

/** Waits until the worker answers at all; its log's end is in the error when it does not. */
async function waitForAnswer(url: string, child: ChildProcess, folder: string): Promise<void> {
  const until = Date.now() + START_LIMIT_MS;
  while (Date.now() < until) {
    if (child.exitCode !== null) break;
    const answer = await fetch(`${url}/healthz`).catch(() => undefined);
    if (answer) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  const log = readFileSync(join(folder, "dev.log"), "utf8").split("\n").slice(-30).join("\n");
  throw new Error(`the worker did not start; the end of ${join(folder, "dev.log")}:\n${log}`);
}

/** Starts the demo; `folder` keeps its state, `say` is told what happens. */
export async function startDemo(options: {
  port: number;
  folder: string;
  say?: (line: string) => void;
}): Promise<Demo> {
  const { port, folder, say = () => undefined } = options;
  if (!(await isFree(port)))
    throw new Error(`port ${port} is in use: stop what runs there, or choose another with PORT=…`);
  mkdirSync(folder, { recursive: true });
  const secrets = readOr<Secrets>(join(folder, "secrets.json"), () => ({
    appSecret: randomBytes(32).toString("base64url"),
    setupToken: randomBytes(24).toString("base64url"),
  }));
  say("migrating the databases");
  await migrate(join(folder, "state"));
  say("starting the worker");
  const child = serve(port, folder, secrets);
  const url = `http://localhost:${port}`;
  const stop = async () => {
    if (child.exitCode !== null || child.pid === undefined) return;
    const ended = new Promise((resolve) => child.once("exit", resolve));
    process.kill(-child.pid, "SIGTERM");
    const timer = setTimeout(() => child.pid && process.kill(-child.pid, "SIGKILL"), 5000);
    await ended;
    clearTimeout(timer);
  };
  const tick = async (cron: string) => {
    const answer = await fetch(`${url}/cdn-cgi/handler/scheduled?cron=${encodeURIComponent(cron)}`);
    if (!answer.ok) throw new Error(`cron "${cron}" answered ${answer.status}`);
  };
  try {
    await waitForAnswer(url, child, folder);
    const keysFile = join(folder, "demo.json");
    const known = existsSync(keysFile) ? (JSON.parse(readFileSync(keysFile, "utf8")) as DemoKeys) : undefined;
    const keys = known ?? (await seedDemo({ url, setupToken: secrets.setupToken, say }));
    if (!known) writeFileSync(keysFile, JSON.stringify(keys), { mode: 0o600 });
    return { ...keys, url, setupToken: secrets.setupToken, ...DEMO_STAFF, tick, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** What Cloudflare's cron does in production: every minute, every quarter of an hour, and the night's work. */
function playCron(demo: Demo): NodeJS.Timeout {
  let minute = 0;
  return setInterval(() => {
    const crons = ["* * * * *"];
    if (minute % 15 === 0) crons.push("*/15 * * * *");
    if (minute > 0 && minute % (24 * 60) === 0) crons.push("0 18 * * *");
    minute += 1;
    for (const cron of crons) demo.tick(cron).catch((error) => console.error(String(error)));
  }, TICK_MS);
}

if (import.meta.main) {
  const startedAt = Date.now();
  const port = Number(process.env.PORT ?? 8787);
  try {
    const demo = await startDemo({ port, folder: join(root, ".nunchi"), say: (line) => console.log(`  ${line} …`) });
    console.log(`
nunchi is ready (${Math.round((Date.now() - startedAt) / 1000)} s)

  Shop    ${demo.url}/demo/
  Admin   ${demo.url}/admin
          ${demo.email}  ·  ${demo.password}   (this demo only)

  Site    ${demo.siteId}
  Public key   ${demo.publicKey}
  Secret key   ${demo.secretKey}

  Stop with Ctrl+C; the state is kept for the next start. npm run reset forgets it.
`);
    const timer = playCron(demo);
    const end = async () => {
      clearInterval(timer);
      await demo.stop();
      process.exit(0);
    };
    process.on("SIGINT", end);
    process.on("SIGTERM", end);
  } catch (error) {
    console.error(`\n${error instanceof Error ? error.message : String(error)}`);
    process.exit(1);
  }
}

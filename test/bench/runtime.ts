/**
 * The built worker under Miniflare, without wrangler's proxy, for benchmarks and for tests that need real HTTP.
 *
 * - `startRuntime()`  what `wrangler deploy` would upload, with the bindings of wrangler.toml, all of it on this machine:
 *                     migrated databases in a folder of its own, queue with its consumer, embedded adapters, DEMO=true.
 * - `startHello()`    a Hono "hello" in the same Miniflare: what the runtime itself costs. Compare only within one run.
 * - `createSite()`    a site with a public and a secret key.
 * - `measure()`       load by autocannon → requests/s, p50, p99. Bodies may be made per request.
 * - `report()`        prints one JSON line.
 */
import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import autocannon from "autocannon";
import { build } from "esbuild";
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare, type V4MiniflareOptions } from "miniflare";
import { unstable_getMiniflareWorkerOptions, unstable_splitSqlQuery } from "wrangler";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

export const SETUP_TOKEN = "setup-token-for-benchmarks";

const UNLIMITED = 1_000_000_000;

/** What a benchmark asks of a database: enough of D1's client for counting and checking what was stored. */
export interface Store {
  all<T>(sql: string, ...values: unknown[]): Promise<T[]>;
}

export interface Runtime {
  /** `http://127.0.0.1:<port>`, without a trailing slash. */
  url: string;
  database(binding: "DB" | "USERS_0" | "USERS_1"): Promise<Store>;
  /**
   * Bytes of the worker's own isolate: its heap, and the buffers that it holds. `isCollected`: after a full collection, what is
   * really in use. Only with `inspect`.
   */
  heap(isCollected: boolean): Promise<number>;
  /** Delivers a cron tick and waits for it. */
  cron(expression: string): Promise<void>;
  stop(): Promise<void>;
}

export interface RuntimeOptions {
  /** Vars and secrets over those of wrangler.toml. */
  vars?: Record<string, string>;
  /** Keep the databases here instead of in a folder that goes with the runtime. */
  folder?: string;
  port?: number;
  /**
   * Serve widget/dist as well. Off by default: Miniflare's asset router takes 0.35 ms before the worker sees a request,
   * twice what hello takes in all, and on the edge it is Cloudflare's own.
   */
  assets?: boolean;
  /** A worker that `buildWorker` has built already: the folder stays. */
  bundle?: string;
  /** Also print what the worker logs. */
  verbose?: boolean;
  /** `heap()` answers: the runtime's inspector listens. */
  inspect?: boolean;
  /** Each line that the worker logs. */
  onLog?: (line: string) => void;
}

/** Starts the worker as it would be deployed. Ready when it returns. */
export async function startRuntime(options: RuntimeOptions = {}): Promise<Runtime> {
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), "nunchi-"));
  const bundle = options.bundle ?? mkdtempSync(join(tmpdir(), "nunchi-bundle-"));
  if (options.bundle === undefined) buildWorker(bundle);
  const { workerOptions } = quietly(() => unstable_getMiniflareWorkerOptions(join(ROOT, "wrangler.toml")));
  const { bindings, ratelimits, assets, modulesRules: _, ...worker } = workerOptions;
  const miniflare = new Miniflare({
    ...convertV4MiniflareOptions({
      ...worker,
      name: "nunchi",
      modules: readModules(bundle),
      modulesRoot: bundle,
      ...(options.assets ? { assets } : { serviceBindings: { ASSETS: { disk: { path: bundle, writable: false } } } }),
      bindings: {
        ...(bindings as Record<string, string>),
        DEMO: "true",
        PUBLIC_URL: "http://localhost",
        VECTORS: "embedded",
        AI_PROVIDER: "embedded",
        RATE_LIMITS: "embedded",
        APP_SECRET: randomBytes(32).toString("base64url"),
        SETUP_TOKEN,
        ...options.vars,
      },
      ratelimits: {
        ...(ratelimits as object),
        LOGIN_LIMIT: { namespace_id: "1002", simple: { limit: UNLIMITED, period: 60 } },
      },
      host: "127.0.0.1",
      port: options.port ?? 0,
      ...(options.inspect ? { inspectorPort: 0 } : {}),
      log: new Log(options.verbose ? LogLevel.INFO : LogLevel.ERROR),
      ...(options.verbose
        ? {}
        : { handleStructuredLogs: ({ message }: { message: string }) => options.onLog?.(message) }),
    } as V4MiniflareOptions),
    resourcePersistencePath: folder,
  });
  const url = (await miniflare.ready).origin;
  const d1 = (binding: string) => miniflare.getD1Database(binding, "nunchi");
  await migrate(await d1("DB"), "control");
  for (const binding of ["USERS_0", "USERS_1"]) await migrate(await d1(binding), "users");
  return {
    url,
    async database(binding) {
      const database = await d1(binding);
      return {
        all: async <T>(sql: string, ...values: unknown[]) =>
          (
            await database
              .prepare(sql)
              .bind(...values)
              .all<T>()
          ).results,
      };
    },
    heap: options.inspect ? await openHeapGauge(await miniflare.getInspectorURL()) : () => Promise.resolve(0),
    async cron(expression) {
      const fetcher = await miniflare.getWorker("nunchi");
      await fetcher.scheduled({ cron: expression });
    },
    async stop() {
      await miniflare.dispose();
      if (options.bundle === undefined) rmSync(bundle, { recursive: true, force: true });
      if (options.folder === undefined) rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Asks the isolate that runs the worker, by Chrome's DevTools protocol. */
async function openHeapGauge(inspector: URL): Promise<(isCollected: boolean) => Promise<number>> {
  const targets = (await (await fetch(`http://${inspector.host}/json`)).json()) as {
    id: string;
    webSocketDebuggerUrl: string;
  }[];
  const target = targets.find(({ id }) => id.includes("nunchi")) ?? targets[0];
  const socket = new WebSocket(target?.webSocketDebuggerUrl ?? `ws://${inspector.host}/nunchi`);
  await new Promise((resolve, reject) => {
    socket.addEventListener("open", resolve, { once: true });
    socket.addEventListener("error", reject, { once: true });
  });
  const waiting = new Map<number, (bytes: number) => void>();
  socket.addEventListener("message", ({ data }) => {
    const { id, result } = JSON.parse(String(data)) as {
      id?: number;
      result?: { usedSize?: number; backingStorageSize?: number };
    };
    if (id === undefined) return;
    waiting.get(id)?.((result?.usedSize ?? 0) + (result?.backingStorageSize ?? 0));
    waiting.delete(id);
  });
  let last = 0;
  const ask = (method: string) =>
    new Promise<number>((resolve) => {
      waiting.set(++last, resolve);
      socket.send(JSON.stringify({ id: last, method }));
    });
  return async (isCollected) => {
    if (isCollected) await ask("HeapProfiler.collectGarbage");
    return ask("Runtime.getHeapUsage");
  };
}

/** Fields of a file in /proc about the runtime's process; undefined without /proc. */
function processFile(name: "stat" | "status"): string | undefined {
  try {
    for (const pid of readdirSync("/proc").filter((each) => /^\d+$/.test(each))) {
      const [, command, rest = ""] = /\((.*)\) (.*)/s.exec(readFileSync(`/proc/${pid}/stat`, "utf8")) ?? [];
      if (command !== "workerd" || Number(rest.split(" ")[1]) !== process.pid) continue;
      return name === "stat" ? rest : readFileSync(`/proc/${pid}/status`, "utf8");
    }
  } catch {
    // A process that ended meanwhile, or a system without /proc.
  }
  return undefined;
}

/** CPU seconds of the runtime's process so far: a busy machine stretches the clock, not this. Undefined without /proc. */
export function cpuSeconds(): number | undefined {
  const fields = processFile("stat")?.split(" ");
  return fields && (Number(fields[11]) + Number(fields[12])) / 100;
}

/** Megabytes that the runtime's process holds in memory, its databases' caches among them. Undefined without /proc. */
export function residentMb(): number | undefined {
  const kilobytes = /VmRSS:\s+(\d+)/.exec(processFile("status") ?? "")?.[1];
  return kilobytes === undefined ? undefined : Number(kilobytes) / 1024;
}

/** A one-route Hono app that answers JSON: the ceiling of this machine, now. */
export async function startHello(): Promise<{ url: string; stop(): Promise<void> }> {
  const { outputFiles } = await build({
    stdin: {
      contents: `import { Hono } from "hono";
        const app = new Hono();
        app.all("/", (c) => c.json({ hello: "world" }));
        export default app;`,
      resolveDir: ROOT,
    },
    bundle: true,
    format: "esm",
    conditions: ["workerd", "worker", "browser"],
    write: false,
  });
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      name: "hello",
      modules: true,
      script: outputFiles[0]?.text ?? "",
      compatibilityDate: "2026-11-01",
      host: "127.0.0.1",
      port: 0,
      log: new Log(LogLevel.ERROR),
    }),
  );
  const url = (await miniflare.ready).origin;
  return { url, stop: () => miniflare.dispose() };
}

/** What `wrangler deploy` would upload, into this folder. */
export function buildWorker(outdir: string): void {
  // wrangler runs the widget's build by the name `node`: let it find the one that runs this.
  const path = [dirname(process.execPath), join(ROOT, "node_modules/.bin"), process.env.PATH].join(delimiter);
  execFileSync("wrangler", ["deploy", "--dry-run", "--outdir", outdir], {
    cwd: ROOT,
    env: { ...process.env, PATH: path, WRANGLER_SEND_METRICS: "false" },
    stdio: ["ignore", "ignore", "inherit"],
  });
}

const MODULE_TYPES = { ".js": "ESModule", ".wasm": "CompiledWasm", ".bin": "Data", ".txt": "Text" } as const;

/** The entry first, then what it imports as files (WebAssembly). */
function readModules(bundle: string) {
  const names = readdirSync(bundle).filter((name) => extname(name) in MODULE_TYPES && name !== "index.js");
  return ["index.js", ...names].map((name) => ({
    type: MODULE_TYPES[extname(name) as keyof typeof MODULE_TYPES],
    path: join(bundle, name),
  }));
}

/** wrangler warns that AI and Vectorize are remote; this runtime sets the embedded adapters. */
function quietly<T>(work: () => T): T {
  const { warn } = console;
  console.warn = () => undefined;
  try {
    return work();
  } finally {
    console.warn = warn;
  }
}

type D1 = Awaited<ReturnType<Miniflare["getD1Database"]>>;

/** Applies the migrations that wrangler would, once: a kept folder has them already. */
async function migrate(database: D1, folder: "control" | "users"): Promise<void> {
  await database.prepare("CREATE TABLE IF NOT EXISTS d1_migrations (name TEXT PRIMARY KEY)").run();
  const { results } = await database.prepare("SELECT name FROM d1_migrations").all<{ name: string }>();
  const applied = new Set(results.map(({ name }) => name));
  const path = join(ROOT, "migrations", folder);
  const files = readdirSync(path).filter((name) => name.endsWith(".sql") && !applied.has(name));
  for (const name of files.sort()) {
    const statements = unstable_splitSqlQuery(readFileSync(join(path, name), "utf8"));
    await database.batch([
      ...statements.map((sql) => database.prepare(sql)),
      database.prepare("INSERT INTO d1_migrations (name) VALUES (?1)").bind(name),
    ]);
  }
}

export interface BenchSite {
  siteId: string;
  publicKey: string;
  secretKey: string;
}

/** A site of its own through the installation API; `origins` are those that its public key may be used from. */
export async function createSite(runtime: Runtime, name: string, origins = ["http://shop.test"]): Promise<BenchSite> {
  const sender = { name: "Bench", contact: "02-1234-5678" };
  const answer = await fetch(`${runtime.url}/v1/sites`, {
    method: "POST",
    headers: { authorization: `Bearer ${SETUP_TOKEN}`, "content-type": "application/json" },
    // Load from one address is what the limits are against.
    body: JSON.stringify({
      site: {
        name,
        origins,
        sender,
        dailyCap: 100,
        limits: { browserPerMinute: 1_000_000, serverPerMinute: UNLIMITED },
      },
    }),
  });
  if (!answer.ok) throw new Error(`POST /v1/sites answered ${answer.status}: ${await answer.text()}`);
  return (await answer.json()) as BenchSite;
}

export interface Load {
  url: string;
  method?: "GET" | "POST" | "PUT" | "DELETE";
  headers?: Record<string, string>;
  /** One body for all requests, or a function that makes the next one (its cost is the load generator's). */
  body?: string | (() => string);
  /** One path (with query) for each request, over the URL's own. */
  path?: () => string;
  /** Requests in flight at once. Default 8. */
  connections?: number;
  /** Default 10. */
  seconds?: number;
  /** Before it is measured, default 1: code is optimized after some thousand calls, and an isolate lives for long. */
  warmUpSeconds?: number;
}

export interface Measured {
  requestsPerSecond: number;
  p50Ms: number;
  p99Ms: number;
  /** Requests that were answered 2xx, the warm-up's too: what the worker has promised to keep. */
  acknowledged: number;
}

/** Throws when any answer is not 2xx: a fast error is no throughput. */
export async function measure(load: Load): Promise<Measured> {
  const warmUp = await shoot(load, load.warmUpSeconds ?? 1);
  const latencies: number[] = [];
  const result = await shoot(load, load.seconds ?? 10, latencies);
  const failed = result.non2xx + result.errors + result.timeouts;
  if (failed > 0) throw new Error(`${failed} of ${result.requests.total} requests to ${load.url} failed`);
  return {
    requestsPerSecond: round(result["2xx"] / result.duration),
    ...percentiles(latencies),
    acknowledged: warmUp["2xx"] + result["2xx"],
  };
}

/** autocannon's own are whole milliseconds, and hello takes one. */
function percentiles(latencies: number[]): Pick<Measured, "p50Ms" | "p99Ms"> {
  const sorted = Float64Array.from(latencies).sort();
  const at = (share: number) => round(sorted[Math.floor(share * sorted.length)] ?? 0, 2);
  return { p50Ms: at(0.5), p99Ms: at(0.99) };
}

/** @param latencies is given that of each answer, in milliseconds */
function shoot(load: Load, seconds: number, latencies: number[] = []): Promise<autocannon.Result> {
  const { body, path } = load;
  const changing = typeof body === "function" || path !== undefined;
  const setupClient = (client: autocannon.Client) =>
    client.on("response", (_status, _bytes, milliseconds) => latencies.push(milliseconds));
  return autocannon({
    setupClient,
    url: load.url,
    method: load.method ?? "GET",
    headers: { ...(body === undefined ? {} : { "content-type": "application/json" }), ...load.headers },
    ...(typeof body === "string" ? { body } : {}),
    connections: load.connections ?? 8,
    duration: seconds,
    ...(changing
      ? {
          requests: [
            {
              setupRequest: (request) => ({
                ...request,
                ...(typeof body === "function" ? { body: body() } : {}),
                ...(path ? { path: path() } : {}),
              }),
            },
          ],
        }
      : {}),
  });
}

export function round(value: number, digits = 1): number {
  return Number(value.toFixed(digits));
}

/** One JSON line per case on standard output; everything else goes to standard error. */
export function report(line: Record<string, unknown>): void {
  console.log(JSON.stringify(line));
}

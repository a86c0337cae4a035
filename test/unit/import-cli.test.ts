/** The importer as a process, against a server that can refuse, stall and fall over. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Papa from "papaparse";
import { afterEach, describe, expect, it } from "vitest";

const ROOT = new URL("../..", import.meta.url).pathname;

interface Message {
  messageId: string;
  properties: { product_id: string };
}
interface Call {
  path: string;
  key: string | undefined;
  body: { batch?: Message[]; items?: { id: string }[]; site?: object };
}
/** Undefined never answers. */
type Answer = (call: Call) => Promise<{ status: number; body: object; headers?: Record<string, string> } | undefined>;

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close().closeAllConnections();
});

async function serve(answer: Answer): Promise<{ url: string; calls: Call[] }> {
  const calls: Call[] = [];
  const server = createServer(async (request, response) => {
    let text = "";
    for await (const chunk of request) text += chunk;
    const call = { path: request.url ?? "", key: request.headers.authorization, body: JSON.parse(text) };
    calls.push(call);
    const said = await answer(call);
    if (said) response.writeHead(said.status, said.headers).end(JSON.stringify(said.body));
  });
  servers.push(server);
  await once(server.listen(0, "127.0.0.1"), "listening");
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, calls };
}

const acceptAll: Answer = async ({ body }) => ({
  status: 200,
  body: { accepted: (body.batch ?? body.items ?? []).length, refused: [] },
});

function start(folder: string, args: string[]): ChildProcess {
  const state = ["--state", join(folder, "state")];
  return spawn(process.execPath, [join(ROOT, "worker/cli/import.ts"), ...args, ...state], { cwd: folder });
}

async function finish(child: ChildProcess): Promise<{ code: number | null; out: string; err: string }> {
  const result = { code: null as number | null, out: "", err: "" };
  child.stdout?.on("data", (chunk) => (result.out += chunk));
  child.stderr?.on("data", (chunk) => (result.err += chunk));
  [result.code] = await once(child, "close");
  return result;
}

const run = (folder: string, args: string[]) => finish(start(folder, args));

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function folderWith(name: string, content: string): { folder: string; file: string } {
  const folder = mkdtempSync(join(tmpdir(), "nunchi-import-"));
  folders.push(folder);
  const file = join(folder, name);
  writeFileSync(file, content);
  return { folder, file };
}

/** `count` good rows, and one without a time before each of `badBefore`. */
function history(count: number, badBefore: number[] = []): string {
  const lines = Array.from({ length: count }, (_, at) => [
    ...(badBefore.includes(at) ? [`u${at},bad-${at},`] : []),
    `u${at},i${at},${1_700_000_000 + at}`,
  ]);
  return ["user,item,time", ...lines.flat()].join("\n");
}

const EVENTS = ["--map", "userId=user", "--map", "product_id=item", "--map", "timestamp=time"];
const eventArgs = (file: string, url: string) => [
  "events",
  "--file",
  file,
  "--url",
  url,
  "--key",
  "sk_test",
  "--map",
  "event='product_viewed'",
  ...EVENTS,
];

describe("npm run import", () => {
  it("sends batches with the key, and says how many rows were accepted", async () => {
    const { url, calls } = await serve(acceptAll);
    const { folder, file } = folderWith("orders.csv", history(1200));
    const { code, out } = await run(folder, eventArgs(file, url));
    expect(out).toMatch(/^events: 1,200 rows, 1,200 accepted, 0 refused, /);
    expect(code).toBe(0);
    expect(calls.map(({ path, key, body }) => [path, key, body.batch?.length])).toEqual([
      ["/v1/import/events", "Bearer sk_test", 500],
      ["/v1/import/events", "Bearer sk_test", 500],
      ["/v1/import/events", "Bearer sk_test", 200],
    ]);
    expect(existsSync(`${file}.refused.csv`)).toBe(false);
  });

  it("goes on after kill -9 where it was, with every row once and every refusal once", async () => {
    let stalled: () => void = () => undefined;
    const third = new Promise<void>((resolve) => {
      stalled = resolve;
    });
    let isStalling = true;
    const { url, calls } = await serve(async (call) => {
      if (!isStalling || calls.length < 3) return acceptAll(call);
      stalled();
      return undefined;
    });
    const { folder, file } = folderWith("orders.csv", history(1800, [100, 1100, 1700]));
    const child = start(folder, eventArgs(file, url));
    await third;
    child.kill("SIGKILL");
    await once(child, "close");
    isStalling = false;
    const { code, out, err } = await run(folder, eventArgs(file, url));
    expect(err).toContain("going on after row");
    expect(out).toMatch(/^events: 1,803 rows, 1,800 accepted, 3 refused/);
    expect(code).toBe(2);

    const [first, second, killed, again] = calls.map(({ body }) => body.batch ?? []);
    // What was in flight is sent again under the same ids; what was acknowledged is not.
    expect(again).toEqual(killed);
    const ids = new Set(calls.flatMap(({ body }) => body.batch ?? []).map((message) => message.messageId));
    expect(ids.size).toBe(1800);
    expect(calls.slice(3).flatMap(({ body }) => body.batch ?? [])).toHaveLength(
      1800 - (first?.length ?? 0) - (second?.length ?? 0),
    );
    const refused = Papa.parse<string[]>(readFileSync(`${file}.refused.csv`, "utf8").trim()).data;
    expect(refused).toEqual([
      ["row", "reason", "user", "item", "time"],
      ["102", "timestamp: missing", "u100", "bad-100", ""],
      ["1103", "timestamp: missing", "u1100", "bad-1100", ""],
      ["1704", "timestamp: missing", "u1700", "bad-1700", ""],
    ]);

    // Done is done: the next run is a new import of the whole file, under the same ids.
    const before = calls.length;
    await run(folder, eventArgs(file, url));
    const repeated = calls.slice(before).flatMap(({ body }) => body.batch ?? []);
    expect(new Set(repeated.map((message) => message.messageId))).toEqual(ids);
  });

  it("writes down what the server refuses, also when it refuses a whole batch", async () => {
    const isBad = (item: { id: string }) => item.id.startsWith("x");
    const { url } = await serve(async ({ body }) => {
      const items = body.items ?? [];
      const issues = [{ path: "url", message: "an absolute address" }];
      const refused = items.flatMap((item, index) => (isBad(item) ? [{ index, issues }] : []));
      if (refused.length < items.length) {
        return { status: 200, body: { accepted: items.length - refused.length, unchanged: 0, refused } };
      }
      const paths = issues.map(({ message }) => ({ path: "items.0.url", message }));
      return { status: 400, body: { error: { code: "bad_request", message: "none", issues: paths } } };
    });
    const all = ["id,title,url", ...["x1", "x2", "x3"].map((id) => `${id},t,u`)].join("\n");
    for (const [content, accepted, refused] of [
      [`${all}\n4,t,u`, 1, 3],
      [all, 0, 3],
    ] as const) {
      const { folder, file } = folderWith("catalog.csv", content);
      const { code, out } = await run(folder, ["items", "--file", file, "--url", url, "--key", "sk_test"]);
      expect(out).toContain(`${accepted} accepted, ${refused} refused (see ${file}.refused.csv)`);
      expect(code).toBe(2);
      const lines = readFileSync(`${file}.refused.csv`, "utf8").trim().split("\n");
      expect(lines.slice(1)).toEqual(
        ["2", "3", "4"].map((row, at) => `${row},url: an absolute address,x${at + 1},t,u`),
      );
    }
  });

  it("tries again while the server is busy, and stops at once for a wrong key", async () => {
    let calls = 0;
    const busy = await serve(async (call) => (calls++ === 0 ? { status: 503, body: {} } : acceptAll(call)));
    const { folder, file } = folderWith("orders.csv", history(3));
    expect((await run(folder, eventArgs(file, busy.url))).code).toBe(0);
    const closed = await serve(async () => ({ status: 401, body: { error: { message: "the key is unknown" } } }));
    const { code, err } = await run(folder, eventArgs(file, closed.url));
    expect([code, closed.calls.length]).toEqual([1, 1]);
    expect(err).toContain("the server answered 401: the key is unknown");
  });

  it("makes a site once, and keeps its key for the next import", async () => {
    const { url, calls } = await serve(async (call) =>
      call.path === "/v1/sites"
        ? { status: 201, body: { siteId: "site_a", publicKey: "pk_a", secretKey: "sk_a" } }
        : acceptAll(call),
    );
    const { folder, file } = folderWith("catalog.ndjson", '{"id":"1","title":"t","url":"https://shop.example/1"}\n');
    const args = ["items", "--file", file, "--url", url, "--site-name", "Shop", "--currency", "USD"];
    expect((await run(folder, args)).err).toContain("say --token");
    expect((await run(folder, [...args, "--token", "setup"])).out).toContain("secret key  sk_a");
    expect((await run(folder, args)).code).toBe(0);
    expect(calls.map(({ path, key }) => [path, key])).toEqual([
      ["/v1/sites", "Bearer setup"],
      ["/v1/items/batch", "Bearer sk_a"],
      ["/v1/items/batch", "Bearer sk_a"],
    ]);
    expect(calls[0]?.body.site).toEqual({ name: "Shop", timeZone: "Asia/Seoul", locale: "ko", currency: "USD" });
  });

  it.each([
    [["things"], 'say what to import first: "items" or "events"'],
    [["items"], "--file is missing"],
    [["items", "--file", "nowhere.csv", "--key", "sk_a"], "there is no nowhere.csv"],
    [["items", "--file", "catalog.csv"], "say where to"],
    [["items", "--file", "catalog.csv", "--key", "sk_a", "--map", "title"], "is not field=expression"],
    [["items", "--file", "catalog.csv", "--key", "sk_a", "--map", "title=nme"], 'there is no column "nme"'],
    [["items", "--file", "catalog.csv", "--key", "sk_a", "--format", "xml"], "is none of csv, tsv, json, ndjson"],
    [["items", "--file", "catalog.csv", "--key", "sk_a", "--time-zone", "Seoul"], "is no time zone"],
    [["items", "--flie", "catalog.csv"], "--flie"],
  ])("explains the mistake in %j", async (args, message) => {
    const { folder } = folderWith("catalog.csv", "id,title,url\n1,t,u\n");
    const { code, err } = await run(folder, args);
    expect(code).toBe(1);
    expect(err).toContain(message);
    expect(err).not.toContain("    at ");
  });

  it("shows what rows become without sending them, and helps", async () => {
    const { folder, file } = folderWith("catalog.csv", "id,title,url,price\n1,t,u,$3\n2,t,u,free\n");
    const { out } = await run(folder, ["items", "--file", file, "--preview"]);
    expect(out).toContain('"price": 3');
    expect(out).toContain('row 3: refused: price: "free" is not a number');
    expect((await run(folder, ["--help"])).out).toContain("npm run import -- events");
  });
});

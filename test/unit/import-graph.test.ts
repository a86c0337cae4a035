/**
 * The direction of dependency, read from the imports as they are written: a room never calls a room above it, only doors
 * know Hono, only `platform/` and what composes it name Cloudflare, only stores speak SQL and to their own tables, and the
 * tag takes nothing but types from the worker.
 */
import { globSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** From the bottom up. What stands in one line may use each other, but not in a circle. */
const LEVELS = [
  ["lib"],
  ["deps.ts", "job.ts"],
  ["platform", "env.ts"],
  ["profiles", "catalog", "sites", "staff"],
  ["feeds"],
  ["events"],
  ["intention"],
  ["segments", "interests", "experiments", "survey"],
  ["recommend"],
  ["messages"],
  ["campaigns", "onsite"],
  ["reports", "privacy"],
  ["shops"],
  ["jobs", "http", "cli"],
  ["app.ts", "index.ts", "compose.ts"],
];

/** Doors are handed what was composed: they name its type, and the workflow, which is its own entry, composes. */
const MAY_KNOW_COMPOSE = new Set(["worker/http/context.ts", "worker/http/admin/view.ts", "worker/jobs/train.ts"]);

/** They speak of every person and every fact, table by table. */
const READ_OTHERS_TABLES = new Set(["reports", "privacy"]);

interface Import {
  from: string;
  /** Path in the repository, or the package's name. */
  to: string;
  isType: boolean;
}

interface Source {
  path: string;
  room: string;
  /** Without comments. */
  code: string;
  imports: Import[];
}

function readSources(pattern: string): Source[] {
  const paths = globSync(pattern, { cwd: ROOT }).filter((path) => !/(^|\/)(dist|node_modules)\//.test(path));
  return paths.sort().map((path) => {
    const code = withoutComments(readFileSync(join(ROOT, path), "utf8"));
    return { path, room: path.split("/")[1] ?? "", code, imports: importsOf(path, code) };
  });
}

/** Strings are kept, because SQL and import paths are strings; a `//` in one (an address) is no comment. */
function withoutComments(text: string): string {
  return text.replace(
    /("(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`)|\/\*[\s\S]*?\*\/|\/\/[^\n]*/g,
    (_, string: string | undefined) => string ?? "",
  );
}

const STATIC = /^(?:import|export)\s+(type\s+)?(?:[\w*{}\s,$]+?\s+from\s+)?"([^"]+)"/gm;
const DYNAMIC = /\bimport\(\s*"([^"]+)"/g;

function importsOf(path: string, code: string): Import[] {
  const locate = (to: string) => (to.startsWith(".") ? relative(ROOT, join(ROOT, dirname(path), to)) : to);
  return [
    ...[...code.matchAll(STATIC)].map((match) => ({
      from: path,
      to: locate(match[2] ?? ""),
      isType: match[1] !== undefined,
    })),
    ...[...code.matchAll(DYNAMIC)].map((match) => ({ from: path, to: locate(match[1] ?? ""), isType: false })),
  ];
}

const levelOf = (room: string) => LEVELS.findIndex((level) => level.includes(room));
const roomOf = (path: string) => path.split("/")[1] ?? "";
const say = ({ from, to }: Import) => `${from} → ${to}`;

const worker = readSources("worker/**/*.{ts,tsx}");
const within = worker.flatMap((source) => source.imports).filter(({ to }) => to.startsWith("worker/"));

describe("the worker", () => {
  it("is read whole", () => {
    expect(worker.length).toBeGreaterThan(50);
    expect(within.length).toBeGreaterThan(200);
    expect(within.map(say)).toContain("worker/events/collect.ts → worker/profiles/person.ts");
  });

  it("has no room outside the picture", () => {
    expect(worker.filter(({ room }) => levelOf(room) < 0).map(({ path }) => path)).toEqual([]);
  });

  it("never looks upwards", () => {
    const upward = within.filter((each) => {
      if (each.to === "worker/compose.ts" && MAY_KNOW_COMPOSE.has(each.from)) return false;
      return levelOf(roomOf(each.to)) > levelOf(roomOf(each.from));
    });
    expect(upward.map(say)).toEqual([]);
  });

  it("has no two rooms that need each other", () => {
    const needs = new Map<string, Set<string>>();
    for (const { from, to } of within) {
      const [room, other] = [roomOf(from), roomOf(to)];
      if (room !== other && levelOf(room) === levelOf(other))
        needs.set(room, (needs.get(room) ?? new Set()).add(other));
    }
    const reaches = (room: string, goal: string, seen = new Set<string>()): boolean =>
      [...(needs.get(room) ?? [])].some(
        (next) => next === goal || (!seen.has(next) && reaches(next, goal, seen.add(next))),
      );
    expect([...needs.keys()].filter((room) => room !== "compose.ts" && reaches(room, room))).toEqual([]);
  });

  it("knows Hono only at the door", () => {
    const strangers = worker
      .filter(({ room }) => room !== "http" && room !== "app.ts")
      .filter(({ path, imports }) => path.endsWith(".tsx") || imports.some(({ to }) => /^hono\b/.test(to)));
    expect(strangers.map(({ path }) => path)).toEqual([]);
  });

  it("names Cloudflare only where adapters are made, and at the doors that Cloudflare calls", () => {
    const names =
      /\b(D1[A-Z]\w+|R2[A-Z]\w+|KVNamespace|Vectorize(Index)?\b(?!")|Queue<|MessageBatch|ExecutionContext|ExportedHandler|Fetcher|RateLimit\b|Workflow(Entrypoint|Event|Step)?\b|DurableObject\w*|ScheduledController)|"cloudflare:/;
    const allowed = new Set(["platform", "jobs", "compose.ts", "index.ts"]);
    const strangers = worker.filter(({ room, code }) => !allowed.has(room) && names.test(code));
    expect(strangers.map(({ path, code }) => `${path}: ${names.exec(code)?.[0]}`)).toEqual([]);
    expect(names.test("const db: D1Database")).toBe(true);
  });

  it("keeps the importer out of the bundle", () => {
    expect(within.filter(({ from, to }) => roomOf(to) === "cli" && roomOf(from) !== "cli").map(say)).toEqual([]);
  });
});

const SQL = /\b(?:SELECT\s|INSERT\s+(?:OR\s+\w+\s+)?INTO\s|UPDATE\s+\w+\s+SET\s|DELETE\s+FROM\s)/;
const isStore = (path: string) => path.endsWith("/store.ts") || path.startsWith("worker/platform/");
const isTables = (path: string) => /\/(shard-)?tables\.ts$/.test(path);

/** Table → the room that declares it. */
const owners = new Map(
  worker
    .filter(({ path }) => isTables(path))
    .flatMap(({ room, code }) => [...code.matchAll(/sqliteTable\(\s*"(\w+)"/g)].map((match) => [match[1] ?? "", room])),
);

describe("SQL", () => {
  it("is in stores only", () => {
    const strangers = worker.filter(({ path, code }) => !isStore(path) && !isTables(path) && SQL.test(code));
    expect(strangers.map(({ path }) => path)).toEqual([]);
    expect(worker.filter(({ path, code }) => isStore(path) && SQL.test(code)).length).toBeGreaterThan(5);
  });

  it("is also what Drizzle makes", () => {
    const strangers = worker
      .filter(({ path }) => !isStore(path) && !isTables(path))
      .filter(({ imports }) => imports.some(({ to }) => /^drizzle-orm\b/.test(to) || isTables(`/${to}`)));
    expect(strangers.map(({ path }) => path)).toEqual([]);
  });

  it("speaks to the room's own tables", () => {
    expect(owners.size).toBeGreaterThan(15);
    const foreign = worker
      .filter(({ path, room }) => isStore(path) && !READ_OTHERS_TABLES.has(room))
      .flatMap(({ path, room, code, imports }) => {
        const named = [...code.matchAll(/\b(?:FROM|JOIN|INTO|UPDATE)\s+(?:OR\s+\w+\s+)?(\w+)/g)].map(
          (match) => match[1],
        );
        const others = named.filter((table) => table && owners.has(table) && owners.get(table) !== room);
        const tables = imports.filter(({ to }) => isTables(`/${to}`) && roomOf(to) !== room);
        return [...others.map((table) => `${path}: ${table} of ${owners.get(table ?? "")}`), ...tables.map(say)];
      });
    expect([...new Set(foreign)]).toEqual([]);
  });
});

describe("the tag", () => {
  it("takes types of what it sends and gets, and nothing else, from the worker", () => {
    const widget = readSources("widget/**/*.{ts,tsx}");
    expect(widget.length).toBeGreaterThan(5);
    const wrong = widget
      // The build runs in Node, beside the tag: it also writes the API's description.
      .filter(({ path }) => path !== "widget/build.ts")
      .flatMap((source) => source.imports)
      .filter(({ to }) => to.startsWith("worker/"))
      .filter(({ to, isType }) => !isType || !/^worker\/\w+\/schema\.ts$/.test(to));
    expect(wrong.map(say)).toEqual([]);
  });

  it("is nothing that the worker builds on", () => {
    const wrong = worker.flatMap((source) => source.imports).filter(({ to }) => to.startsWith("widget/"));
    expect(wrong.map(say)).toEqual([]);
  });
});

/**
 * The worker's ports without a Workers runtime: SQLite for D1, a folder for R2, nobody for the rest. For measurements that need
 * a process of their own for each step of work; what runs over them is the worker's own code.
 */
import { existsSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { DatabaseSync, type SQLInputValue } from "node:sqlite";
import type { Blobs, Database, Deps, Log, Statement } from "../../worker/deps.ts";
import { alarm } from "../../worker/lib/alarm.ts";
import { openShards, parseSlotMap } from "../../worker/platform/shards.ts";

export const SLOT_MAP = parseSlotMap("0-511=0,512-1023=1");

class LocalStatement implements Statement {
  readonly #db: DatabaseSync;
  readonly #sql: string;
  readonly #values: SQLInputValue[];

  constructor(db: DatabaseSync, sql: string, values: SQLInputValue[]) {
    this.#db = db;
    this.#sql = sql;
    this.#values = values;
  }

  bind(...values: unknown[]): Statement {
    return new LocalStatement(this.#db, this.#sql, values as SQLInputValue[]);
  }

  async all<T>() {
    return { results: this.#db.prepare(this.#sql).all(...this.#values) as T[], meta: NOT_COUNTED };
  }

  async first<T>(): Promise<T | null> {
    return (this.#db.prepare(this.#sql).get(...this.#values) as T | undefined) ?? null;
  }

  /** For Drizzle: rows without names. */
  async raw(): Promise<unknown[]> {
    const statement = this.#db.prepare(this.#sql);
    statement.setReturnArrays(true);
    return statement.all(...this.#values);
  }

  async run() {
    const { changes } = this.#db.prepare(this.#sql).run(...this.#values);
    return { meta: { ...NOT_COUNTED, changes: Number(changes) } };
  }
}

const NOT_COUNTED = { changes: 0, rows_read: 0, rows_written: 0 };

function openDatabase(db: DatabaseSync): Database {
  return {
    prepare: (sql) => new LocalStatement(db, sql, []),
    async batch<T>(statements: Statement[]) {
      db.exec("BEGIN");
      const results: { results: T[]; meta: typeof NOT_COUNTED }[] = [];
      for (const statement of statements) results.push({ results: [], ...(await statement.run()) });
      db.exec("COMMIT");
      return results;
    },
  };
}

/** Opened without waiting for the disk: a measurement that dies is begun again. */
export function openFile(folder: string, name: "control" | "users-0" | "users-1"): DatabaseSync {
  const path = join(folder, `${name}.db`);
  const isNew = !existsSync(path);
  const db = new DatabaseSync(path);
  db.exec("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF");
  if (isNew) {
    const migrations = new URL(`../../migrations/${name === "control" ? "control" : "users"}/`, import.meta.url)
      .pathname;
    for (const file of globSync(`${process.env.NUNCHI_MIGRATIONS ?? migrations}*.sql`).sort())
      db.exec(readFileSync(file, "utf8"));
  }
  return db;
}

function openBlobs(folder: string): Blobs {
  const path = (key: string) => join(folder, key);
  return {
    async get(key) {
      if (!existsSync(path(key))) return undefined;
      const file = readFileSync(path(key));
      return new Uint8Array(file.buffer, file.byteOffset, file.length);
    },
    async put(key, bytes) {
      mkdirSync(dirname(path(key)), { recursive: true });
      writeFileSync(path(key), bytes);
    },
    async list(prefix) {
      return globSync(`${prefix}**`, { cwd: folder, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
        .sort();
    },
    async remove(keys) {
      for (const key of keys) rmSync(path(key), { force: true });
    },
  };
}

const nobody = new Proxy({}, { get: (_, name) => () => Promise.reject(new Error(`${String(name)}: nobody is there`)) });

/** @param at the clock, epoch ms: it stands still */
export function openLocalDeps(folder: string, at: number, log: Log): Deps {
  const users = (["users-0", "users-1"] as const).map((name, index) => ({
    index,
    db: openDatabase(openFile(folder, name)),
  }));
  let ids = 0;
  return {
    ...({} as Deps),
    control: openDatabase(openFile(folder, "control")),
    shards: openShards(SLOT_MAP, users),
    blobs: openBlobs(join(folder, "blobs")),
    vectors: nobody as Deps["vectors"],
    ai: nobody as Deps["ai"],
    queue: { send: async () => undefined },
    workflows: { train: async () => undefined },
    log,
    clock: { now: () => at, alarm },
    ids: { next: (kind) => `${kind}_${at}${ids++}` },
    random: () => 0.5,
    later: () => undefined,
  };
}

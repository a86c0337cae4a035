/**
 * One piece of work of `bench:growth` in a process of its own: a step of a training, a light refresh, or a request's scoring.
 * A training goes on where the process before it ended, as a Workflow does: what its steps answered lies in a file. Prints what
 * the piece took.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { GCProfiler, getHeapStatistics } from "node:v8";
import type { Blobs, Log } from "../../worker/deps.ts";
import { readRows } from "../../worker/recommend/item-records.ts";
import { dropPointer, openModel, type ServingModel } from "../../worker/recommend/model.ts";
import { popularNow } from "../../worker/recommend/popularity.ts";
import { refreshModel } from "../../worker/recommend/refresh.ts";
import { insertBuilding } from "../../worker/recommend/store.ts";
import { runTraining, type Step } from "../../worker/recommend/train.ts";
import { SiteSettings } from "../../worker/sites/schema.ts";
import { createSite } from "../../worker/sites/site.ts";
import { AFTER, BUILT_AT, itemId, questionsOf, type Shop, SITE_ID } from "./growth-shop.ts";
import { openFile, openLocalDeps } from "./local-deps.ts";

export type Work =
  | { kind: "site" }
  | { kind: "train"; version: string }
  | { kind: "refresh" }
  | { kind: "serve"; shop: Shop }
  | { kind: "swap"; version: string };

export interface Order {
  folder: string;
  at: number;
  work: Work;
}

export interface StepReport {
  name: string;
  seconds: number;
  /** Live at most, over what lived before it: what is left after each of V8's collections. */
  heapMb: number;
  /** By which the process grew at most, with what V8 and the system's allocator keep for later. */
  grewMb: number;
  /** What the engine did in it, in order. */
  parts: string[];
  answer?: unknown;
}

const kilobytes = (name: string) =>
  Number(new RegExp(`${name}:\\s+(\\d+)`).exec(readFileSync("/proc/self/status", "utf8"))?.[1] ?? 0);

/** Linux forgets the most that the process has held so far. */
const forgetPeak = () => writeFileSync("/proc/self/clear_refs", "5");

const cpuSeconds = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};

/** CPU of our own collecting of garbage. */
let tidying = 0;

/** Without it the buffers that a step has read and let go count until V8 comes by, which depends on all the memory of this machine. */
function tidy(): void {
  const before = cpuSeconds();
  globalThis.gc?.();
  tidying += cpuSeconds() - before;
}

/** Garbage goes whenever a step reads from storage, in a turn of its own as where storage is far: until one ends, a weak reference holds. */
function tidily(blobs: Blobs): Blobs {
  return {
    ...blobs,
    get: async (key) => {
      await setImmediate();
      tidy();
      return blobs.get(key);
    },
  };
}

/** V8's objects and the buffers that it holds, in MB: what an isolate's limit counts. */
const megabytesIn = ({ usedHeapSize, externalMemory }: { usedHeapSize: number; externalMemory: number }) =>
  (usedHeapSize + externalMemory) / (1 << 20);

function heldNow(): number {
  const { used_heap_size: usedHeapSize, external_memory: externalMemory } = getHeapStatistics();
  return megabytesIn({ usedHeapSize, externalMemory });
}

async function measure<T>(name: string, parts: string[], work: () => Promise<T>): Promise<[T, StepReport]> {
  tidy();
  forgetPeak();
  const [resident, held, before] = [kilobytes("VmRSS"), heldNow(), cpuSeconds() - tidying];
  const profiler = new GCProfiler();
  profiler.start();
  const answer = await work();
  const seconds = cpuSeconds() - tidying - before;
  const atEnd = heldNow();
  const collections = profiler.stop()?.statistics ?? [];
  const most = collections.reduce(
    (sum, { afterGC }) => Math.max(sum, megabytesIn(afterGC.heapStatistics as never)),
    atEnd,
  );
  return [
    answer,
    {
      name,
      seconds,
      heapMb: Math.ceil(most - held),
      grewMb: Math.ceil((kilobytes("VmHWM") - resident) / 1024),
      parts,
    },
  ];
}

const print = (report: StepReport) => console.log(JSON.stringify(report));

async function main({ folder, at, work }: Order): Promise<void> {
  const parts: string[] = [];
  const log: Log = {
    info: (message, fields) => void (message === "training work done" && parts.push(String(fields?.step))),
    warn: (message) => console.error(message),
    error: (message, cause) => console.error(message, cause),
  };
  const local = openLocalDeps(folder, at, log);
  const deps = { ...local, blobs: tidily(local.blobs) };
  switch (work.kind) {
    case "site":
      await createSite(deps, SiteSettings.parse({ name: "Growing" }), SITE_ID);
      break;
    case "train": {
      const path = join(folder, `${work.version}.json`);
      const isBegun = existsSync(path);
      const done: Record<string, unknown> = isBegun ? JSON.parse(readFileSync(path, "utf8")) : {};
      if (!isBegun) {
        await insertBuilding(deps.control, { siteId: SITE_ID, version: work.version, createdAt: at, since: at });
        writeFileSync(path, "{}");
      }
      const step: Step = async <T>(name: string, task: () => Promise<T>) => {
        if (Object.hasOwn(done, name)) return done[name] as T;
        const [answer, report] = await measure(name, parts, task).catch((error) => {
          console.error(error);
          process.exit(1);
        });
        writeFileSync(path, JSON.stringify({ ...done, [name]: answer }));
        print({ ...report, answer: name === "finish" ? answer : undefined });
        process.exit(0);
      };
      await runTraining(deps, SITE_ID, work.version, step);
      break;
    }
    case "refresh": {
      const [answer, report] = await measure("refresh", parts, () => refreshModel(deps, SITE_ID));
      print({ ...report, answer });
      break;
    }
    case "serve":
      await serve(folder, at, work.shop);
      break;
    case "swap":
      await swap(folder, at, work.version);
  }
}

const LISTED = 20;
const QUESTIONS = 4000;

const QUIET: Log = { info: () => undefined, warn: console.error, error: console.error };

/**
 * An isolate that serves a model hears of the next: the same one once more, under another name, because a training's may not have
 * become the one that serves.
 */
async function swap(folder: string, at: number, version: string): Promise<void> {
  const again = `${version}_again`;
  const local = openLocalDeps(folder, at, QUIET);
  const get = (key: string) => tidily(local.blobs).get(key.replace(`/${again}/`, `/${version}/`));
  const deps = { ...local, blobs: { ...local.blobs, get } };
  const [opened, report] = await measure("swap", [], async () => {
    const old = (await openModel(deps, SITE_ID))?.version;
    const db = openFile(folder, "control");
    db.exec(`INSERT INTO models (site_id, version, state, metrics, popular, created_at, promoted_at)
      SELECT site_id, '${again}', state, metrics, popular, created_at, promoted_at + 1 FROM models WHERE version = '${version}'`);
    dropPointer(SITE_ID);
    const swapped = (await openModel(deps, SITE_ID))?.version;
    db.exec(`DELETE FROM models WHERE version = '${again}'`);
    return [old, swapped];
  });
  if (String(opened) !== String([version, again])) throw new Error(`there are no two models: ${opened}`);
  print(report);
}

/** The day after the first training asks. */
async function serve(folder: string, at: number, shop: Shop): Promise<void> {
  const local = openLocalDeps(folder, at, QUIET);
  const deps = { ...local, blobs: tidily(local.blobs) };
  const [model, report] = await measure("open", [], () => openModel(deps, SITE_ID));
  if (!model) throw new Error("there is no model");
  const questions = questionsOf(shop, { from: BUILT_AT, to: AFTER.day }, QUESTIONS);
  const wanted = questions.flatMap(({ prefix }) => prefix.map(itemId));
  const source = await readRows(deps, SITE_ID, model, wanted);
  const asked = questions.map(({ prefix, target }) => ({
    clicks: prefix.flatMap((item) => model.ids.indexOf(itemId(item)) ?? []),
    target: model.ids.indexOf(itemId(target)) ?? -1,
  }));
  const rank = ranker(model, source);
  for (const { clicks } of asked.slice(0, 1000)) rank(clicks);
  const since = process.cpuUsage();
  const lists = asked.map(({ clicks }) => rank(clicks));
  const { user, system } = process.cpuUsage(since);
  const popular = popularNow(model.popular).flatMap((id) => model.ids.indexOf(id) ?? []);
  const popularLists = asked.map(({ clicks }) => popular.filter((item) => !clicks.includes(item)).slice(0, LISTED));
  const targets = asked.map(({ target }) => target);
  print({
    ...report,
    answer: {
      itemsKnown: model.ids.length,
      cases: asked.length,
      ours: quality(lists, targets),
      popularity: quality(popularLists, targets),
      microseconds: (user + system) / asked.length,
    },
  });
}

function ranker({ engine }: ServingModel, source: Awaited<ReturnType<typeof readRows>>) {
  if (!engine) throw new Error("the model has no net");
  return (clicks: number[]) =>
    engine.rank(clicks, source, { exclude: new Set(clicks), limit: LISTED }).map(({ item }) => item);
}

function quality(lists: number[][], targets: number[]) {
  const places = lists.map((list, index) => list.indexOf(targets[index] as number));
  const share = (sum: number) => Number(((100 * sum) / lists.length).toFixed(2));
  return {
    "P@20": share(places.filter((place) => place >= 0).length),
    "MRR@20": share(places.reduce((sum, place) => sum + (place < 0 ? 0 : 1 / (place + 1)), 0)),
  };
}

await main(JSON.parse(process.argv[2] ?? "{}") as Order);

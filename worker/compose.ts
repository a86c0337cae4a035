/**
 * Env → Deps: the one place that chooses adapters. Called per request, job and cron tick; nothing of these outlives it, and what
 * knows of none of them is opened once.
 */
import { V7Generator } from "uuidv7";
import type { Deps, Limiter, LogFields } from "./deps.ts";
import { parseEnv, type Vars } from "./env.ts";
import type { Job } from "./job.ts";
import { alarm } from "./lib/alarm.ts";
import { outbox } from "./messages/channels/outbox.ts";
import { openEmbeddedAi } from "./platform/ai/embedded.ts";
import { openWorkersAi, type WorkersAiBinding } from "./platform/ai/workers-ai.ts";
import { openBlobs } from "./platform/blobs.ts";
import { openDatabase, type RowMeter } from "./platform/db.ts";
import { readClockOffset } from "./platform/demo-clock.ts";
import { openLog } from "./platform/log.ts";
import { openDurableMemory } from "./platform/memory/durable.ts";
import { noMemory } from "./platform/memory/none.ts";
import type { PeopleMemory } from "./platform/memory/object.ts";
import { openQueue } from "./platform/queue.ts";
import { openBuckets, openRateLimits } from "./platform/rate-limit.ts";
import { openShards, parseSlotMap } from "./platform/shards.ts";
import { openSigner } from "./platform/signer.ts";
import { openVault } from "./platform/vault.ts";
import { openEmbeddedVectors } from "./platform/vectors/embedded.ts";
import { openVectorize } from "./platform/vectors/vectorize.ts";

export interface Bindings {
  DB: D1Database;
  USERS_0: D1Database;
  BLOBS: R2Bucket;
  VECTOR_INDEX: Vectorize;
  AI: WorkersAiBinding;
  JOBS: Queue<Job>;
  TRAIN: Workflow<{ siteId: string; version: string }>;
  PEOPLE: DurableObjectNamespace<PeopleMemory>;
  BROWSER_LIMIT: RateLimit;
  SERVER_LIMIT: RateLimit;
  LOGIN_LIMIT: RateLimit;
  ASSETS: Fetcher;
}

export type Composed = Deps & { meter: RowMeter };
export type Compose = (
  env: Bindings,
  context: { waitUntil(work: Promise<unknown>): void },
  about: LogFields,
  /** Of the request, where there is one. */
  originOf?: () => string,
) => Promise<Composed>;

const uuids = new V7Generator();

/** Site codes are eight lower-case letters and digits; other ids are ordered by time, and tell it (`now`, epoch ms). */
function newId(kind: string, now: number): string {
  if (kind !== "site") return `${kind}_${uuids.generateOrResetWithTs(now).toHex()}`;
  const bytes = crypto.getRandomValues(new Uint8Array(8));
  return `site_${[...bytes].map((byte) => (byte % 36).toString(36)).join("")}`;
}

function limiter(binding: RateLimit): Limiter {
  return { allow: async (key) => (await binding.limit({ key })).success };
}

/** What outlives a request: adapters that know no more than their binding. */
type Lasting = Pick<
  Deps,
  "ai" | "ask" | "blobs" | "loginLimit" | "providers" | "queue" | "signer" | "vault" | "workflows" | "random"
>;

interface Opened {
  vars: Vars;
  users: D1Database[];
  slotMap: Uint8Array;
  lasting: Lasting;
}

const opened = new WeakMap<Bindings, Opened>();

/** Once for an isolate's environment. */
function open(env: Bindings): Opened {
  const vars = parseEnv(env);
  const users: D1Database[] = [];
  for (let index = 0; ; index++) {
    const database = (env as unknown as Record<string, D1Database | undefined>)[`USERS_${index}`];
    if (!database) break;
    users.push(database);
  }
  const lasting: Lasting = {
    ai: vars.AI_PROVIDER === "embedded" ? openEmbeddedAi() : openWorkersAi(env.AI),
    ask: (address, init) => fetch(address, init),
    blobs: openBlobs(env.BLOBS),
    loginLimit: limiter(env.LOGIN_LIMIT),
    providers: { web_push: outbox, email: outbox, sms: outbox, kakao: outbox },
    queue: openQueue(env.JOBS),
    signer: openSigner(vars.APP_SECRET),
    vault: openVault(vars.APP_SECRET),
    workflows: {
      async train(siteId, version) {
        await env.TRAIN.create({ id: version, params: { siteId, version } });
      },
    },
    random: Math.random,
  };
  return { vars, users, slotMap: parseSlotMap(vars.SLOT_MAP), lasting };
}

function openedFor(env: Bindings): Opened {
  let known = opened.get(env);
  if (!known) {
    known = open(env);
    opened.set(env, known);
  }
  return known;
}

export const compose: Compose = async (env, context, about, originOf) => {
  const { vars, users, slotMap, lasting } = openedFor(env);
  const meter: RowMeter = { read: 0, written: 0 };
  const control = openDatabase(env.DB, meter);
  const log = openLog(about);
  const offset = vars.DEMO === "true" ? await readClockOffset(control) : 0;
  const now = () => Date.now() + offset;
  return {
    ...lasting,
    meter,
    control,
    shards: openShards(
      slotMap,
      users.map((d1, index) => ({ index, db: openDatabase(d1, meter) })),
    ),
    memory: vars.MEMORY === "none" ? noMemory : openDurableMemory(env.PEOPLE, vars.MEMORY_PLACES, log),
    vectors: vars.VECTORS === "embedded" ? openEmbeddedVectors(control, now) : openVectorize(env.VECTOR_INDEX),
    rateLimits:
      vars.RATE_LIMITS === "embedded"
        ? openBuckets(now)
        : openRateLimits(now, { browser: env.BROWSER_LIMIT, server: env.SERVER_LIMIT }),
    log,
    clock: { now, alarm },
    ids: { next: (kind) => newId(kind, now()) },
    config: {
      demo: vars.DEMO === "true",
      privateHosts: vars.PRIVATE_HOSTS === "true",
      publicUrl: (vars.PUBLIC_URL || originOf?.() || "").replace(/\/$/, ""),
      setupToken: vars.SETUP_TOKEN,
      access:
        vars.CF_ACCESS_TEAM && vars.CF_ACCESS_AUD
          ? { team: vars.CF_ACCESS_TEAM, audience: vars.CF_ACCESS_AUD }
          : undefined,
    },
    later: (work) => context.waitUntil(work),
  };
};

/**
 * What a verb may use, and nothing about who provides it. Contracts only: adapters live in `platform/` and
 * `messages/channels/`, and `compose.ts` chooses them. No Cloudflare type is named here.
 */

import type { Job } from "./job.ts";
import type { Alarm } from "./lib/alarm.ts";
import type { IdKind, ProfileId } from "./lib/ids.ts";

/** A prepared statement with its parameters. */
export interface Statement {
  bind(...values: unknown[]): Statement;
  all<T>(): Promise<{ results: T[]; meta: RowMeta }>;
  first<T>(): Promise<T | null>;
  run(): Promise<{ meta: RowMeta }>;
}

export interface RowMeta {
  changes: number;
  rows_read: number;
  rows_written: number;
}

/** A SQLite database. `batch` is the only transaction: all statements happen, or none. */
export interface Database {
  prepare(sql: string): Statement;
  batch<T = unknown>(statements: Statement[]): Promise<{ results: T[]; meta: RowMeta }[]>;
}

export interface Shard {
  index: number;
  db: Database;
}

/** Everything keyed by a person lives in one of these. */
export interface Shards {
  all(): Shard[];
  at(index: number): Shard;
  of(profileId: ProfileId): Shard;
}

/** One thing that is remembered of a subject: a profile id, or the id of a site. */
export interface Remembered {
  subject: string;
  name: string;
}

/** An answer that the memory gave before, and what was added to it. */
export interface Known {
  /** Which filling in it was. */
  filling: string;
  added: number;
}

/** What is remembered: the value, unless it is that of the `Known` that was asked with, and what was added since then. */
export interface Told extends Known {
  value?: string;
  more: string[];
}

/** With `added`: whatever is remembered holds, and this besides. Without: it is to be read again. */
export interface Change {
  subject: string;
  added?: string | undefined;
}

/**
 * What was read of people lately, the same for every isolate. Whoever changes what is read of a subject notes it after the
 * change and before acknowledging it. A call that fails is logged and costs a read of the database, no more.
 */
export interface Memory {
  /** Of the parts that people are divided into, the one of this person. */
  placeOf(profileId: ProfileId): number;
  /**
   * In the order of the question. Undefined: read it and `fill` it in. Null for all of it: what was known of each holds, and
   * nothing was added.
   */
  read(
    place: number,
    asked: (Remembered & { known?: Known | undefined })[],
  ): Promise<{ lease: string; values: (Told | undefined)[] } | null>;
  /** Dropped for a subject that has changed since the lease was taken. */
  fill(place: number, lease: string, entries: (Remembered & { value: string })[]): Promise<void>;
  /** Of people: each in their place. */
  notePeople(changes: Change[]): Promise<void>;
  /** Of something that all places may have read. */
  noteEverywhere(change: Change): Promise<void>;
}

export interface Vector {
  id: string;
  values: Float32Array;
}

/** Nearest neighbors by cosine, one namespace a site. */
export interface VectorIndex {
  /** Unit length is not needed; all vectors of a namespace have one dimension. */
  upsert(namespace: string, vectors: Vector[]): Promise<void>;
  remove(namespace: string, ids: string[]): Promise<void>;
  /** At most `count` ids (≤ 100), best first, `score` in [-1, 1]. Unknown namespace or a vector of zeros: empty. */
  near(namespace: string, values: Float32Array, count: number): Promise<{ id: string; score: number }[]>;
  /** The same around the vector that is stored for `id`, without `id` itself. Unknown id: empty. */
  nearItem(namespace: string, id: string, count: number): Promise<{ id: string; score: number }[]>;
}

export interface Ai {
  /** Dimension of `embed`'s vectors. */
  dimensions: number;
  /** What makes them, and its release: vectors of one say nothing beside those of another, even of the same dimension. */
  embedder: string;
  /** Cosine from which on two texts are alike by its vectors: what is below has a neighbor's place only for want of another. */
  leastLikeness: number;
  /** One vector a text, in order. */
  embed(texts: string[]): Promise<Float32Array[]>;
  /** A short text in the locale's language, at most `maxCharacters`. */
  write(request: {
    instruction: string;
    facts: Record<string, string>;
    locale: string;
    maxCharacters: number;
  }): Promise<string>;
}

export interface Blobs {
  get(key: string): Promise<Uint8Array | undefined>;
  put(key: string, bytes: Uint8Array): Promise<void>;
  list(prefix: string): Promise<string[]>;
  remove(keys: string[]): Promise<void>;
}

/** Asks somebody else's server. What is asked on a customer's behalf is checked first: lib/public-address.ts. */
export type Ask = (address: string, init?: RequestInit) => Promise<Response>;

export interface JobQueue {
  /** Durable when it returns; delivered at least once, in any order. */
  send(jobs: Job[], options?: { delaySeconds?: number }): Promise<void>;
}

export interface Workflows {
  /** Starts a training of a site's model; the instance id is the model version, so that a second start is the same one. */
  train(siteId: string, version: string): Promise<void>;
}

export interface Limiter {
  /** False when `key` has used up its share of the minute. */
  allow(key: string): Promise<boolean>;
}

export interface RateLimits {
  /** Counts a call against `perMinute`; 0 when it may go on, otherwise the seconds after which it may be tried again. */
  take(key: string, perMinute: number, caller: "browser" | "server"): Promise<number>;
}

export type LogFields = Record<string, string | number | boolean | undefined>;

/** Structured lines without personal data: ids, counts and reasons, never names, addresses, traits or URLs. */
export interface Log {
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, cause: unknown, fields?: LogFields): void;
}

/** Sign and verify short texts; `purpose` separates the keys (`session`, `link`, …). */
export interface Signer {
  sign(purpose: string, text: string): Promise<string>;
  verify(purpose: string, text: string, signature: string): Promise<boolean>;
}

/** Keeps secrets that must be read again: what is stored is sealed, and opens only with the installation's own key. */
export interface Vault {
  seal(text: string): Promise<string>;
  /** Rejects when it was sealed under another key, or changed. */
  open(sealed: string): Promise<string>;
}

export const CHANNELS = ["web_push", "email", "sms", "kakao"] as const;
export type Channel = (typeof CHANNELS)[number];

/** One finished message: final text, nothing left to fill in. */
export interface Outgoing {
  messageId: string;
  profileId: ProfileId;
  siteId: string;
  channel: Channel;
  to: { email?: string | undefined; phone?: string | undefined };
  content: { title: string; body: string; url: string; imageUrl?: string | undefined };
  /** For headers, buttons and pixels of channels that have them; `content.url` is the tracked link. */
  links: { open: string; unsubscribe: string };
}

export type Delivery =
  | { messageId: string; ok: true }
  | { messageId: string; ok: false; reason: string; retry: boolean };

/** Hands messages to the outside world. Idempotent by `messageId`: the same message may be handed over twice. */
export interface Provider {
  name: string;
  deliver(messages: Outgoing[]): Promise<Delivery[]>;
}

export interface Deps {
  control: Database;
  shards: Shards;
  memory: Memory;
  vectors: VectorIndex;
  ai: Ai;
  blobs: Blobs;
  queue: JobQueue;
  ask: Ask;
  workflows: Workflows;
  providers: Record<Channel, Provider>;
  rateLimits: RateLimits;
  loginLimit: Limiter;
  signer: Signer;
  vault: Vault;
  log: Log;
  clock: {
    /** Epoch ms. */
    now(): number;
    /** For what must not be waited for any longer: rings after so many ms, whatever `now` says. */
    alarm(ms: number): Alarm;
    /** At an earlier moment, for this request alone: what it makes of the catalog is for nobody else. */
    stands?: true;
  };
  ids: { next(kind: IdKind): string };
  /** Uniform in [0, 1). */
  random: () => number;
  config: {
    demo: boolean;
    /** Customers' addresses may lead into our own network: never, but on one's own machine. */
    privateHosts: boolean;
    /** Origin for links in messages, without a trailing slash. */
    publicUrl: string;
    setupToken: string | undefined;
    access: { team: string; audience: string } | undefined;
  };
  /** Work that may end after the answer. */
  later(work: Promise<unknown>): void;
}

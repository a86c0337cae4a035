/**
 * Events under the worst that clients, networks and machines do, and an account of what became of them: every message is sent
 * until it is acknowledged, some again after that, in no order, by clients that hang up, while the server is killed and
 * started again. Then the databases are read: each acknowledged message has to be there, and once.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "../../widget/demo/start.ts";
import { startKillable } from "./killable.ts";
import { buildWorker, createSite, type Runtime, startRuntime } from "./runtime.ts";

export interface StressOptions {
  events: number;
  kills: number;
  connections: number;
  seed: number;
}

export interface StressResult {
  events: number;
  /** Messages that went over the wire, repeats included. */
  sent: number;
  /** Distinct messages of which a client has heard that they are stored. */
  acknowledged: number;
  /** Rows in the databases. */
  stored: number;
  /** Rows beyond the first of a message. */
  duplicated: number;
  /** Acknowledged and not there. */
  lost: number;
  /** There under another person or time than they were sent with. */
  altered: number;
  /** Browsers that were named together with a user, and do not belong to exactly one user on both sides. */
  brokenLinks: number;
  kills: number;
  /** Calls that were answered with an error or not at all, and sent again. */
  failedCalls: number;
  hungUp: number;
  seconds: number;
}

interface Message {
  type: "track";
  event: string;
  messageId: string;
  timestamp: number;
  userId?: string;
  anonymousId?: string;
  properties: { product_id: string };
}

interface Call {
  messages: Message[];
  attempts: number;
}

/** Mulberry32: the same events, batches and repeats in every run. What the machine does in between is its own. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  };
}

const EVENTS_A_PERSON = 40;
/** Of the messages, how many are sent once more though they were acknowledged, or twice in one batch. */
const REPEATED = 0.1;
const HANG_UP = 0.03;
const MOST_A_CALL = 60;

function makeMessages(count: number, random: () => number): Message[] {
  const people = Math.max(2, Math.round(count / EVENTS_A_PERSON));
  const now = Date.now();
  const names = ["Product Viewed", "Product Added", "page_view", "purchase", "my own event"];
  return Array.from({ length: count }, (_, index) => {
    const person = Math.floor(random() * people);
    const kind = random();
    return {
      type: "track",
      event: names[Math.floor(random() * names.length)] as string,
      messageId: `s-${index}`,
      timestamp: now - Math.floor(random() * 600_000),
      ...(kind < 0.6 ? {} : { userId: `user-${person}` }),
      ...(kind < 0.7 ? { anonymousId: `browser-${person}` } : {}),
      properties: { product_id: `p${Math.floor(random() * 500)}` },
    };
  });
}

function shuffle<T>(list: T[], random: () => number): T[] {
  for (let last = list.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    [list[last], list[other]] = [list[other] as T, list[last] as T];
  }
  return list;
}

function makeCalls(messages: Message[], random: () => number): Call[] {
  const repeated = messages.filter(() => random() < REPEATED);
  const all = shuffle([...messages, ...repeated], random);
  const calls: Call[] = [];
  for (let start = 0; start < all.length; ) {
    const size = 1 + Math.floor(random() * MOST_A_CALL);
    calls.push({ messages: all.slice(start, start + size), attempts: 0 });
    start += size;
  }
  return calls;
}

/** Ends with the account; nothing is thrown for what is wrong in it, only for a server that does not come back. */
export async function stressIngest(options: StressOptions): Promise<StressResult> {
  const root = mkdtempSync(join(tmpdir(), "nunchi-stress-"));
  const [folder, bundle] = [join(root, "state"), join(root, "bundle")];
  buildWorker(bundle);
  const random = generator(options.seed);
  const server = await startKillable(folder, bundle, await freePort());
  try {
    const { secretKey } = await createSite({ url: server.url } as Runtime, "Stress");
    const messages = makeMessages(options.events, random);
    const calls = makeCalls(messages, random);
    const began = performance.now();
    const traffic = await send(server, secretKey, calls, options, random);
    const seconds = (performance.now() - began) / 1000;
    await server.kill();
    const runtime = await startRuntime({ folder, bundle });
    const account = await audit(runtime, messages, traffic.acknowledged);
    await runtime.stop();
    return {
      events: options.events,
      sent: traffic.sent,
      acknowledged: traffic.acknowledged.size,
      ...account,
      kills: traffic.kills,
      failedCalls: traffic.failedCalls,
      hungUp: traffic.hungUp,
      seconds: Math.round(seconds * 10) / 10,
    };
  } finally {
    await server.kill();
    rmSync(root, { recursive: true, force: true });
  }
}

async function send(
  server: Awaited<ReturnType<typeof startKillable>>,
  secretKey: string,
  calls: Call[],
  { kills, connections }: StressOptions,
  random: () => number,
) {
  const acknowledged = new Set<string>();
  const traffic = { acknowledged, sent: 0, kills: 0, failedCalls: 0, hungUp: 0 };
  const total = calls.length;
  let done = 0;
  let restarting: Promise<void> | undefined;
  const headers = { authorization: `Bearer ${secretKey}`, "content-type": "application/json" };
  const post = async (call: Call): Promise<boolean> => {
    // A client that hangs up does not know what became of its call.
    const hangsUp = call.attempts === 0 && random() < HANG_UP;
    const sentAt = new Date().toISOString();
    traffic.sent += call.messages.length;
    try {
      const answer = await fetch(`${server.url}/v1/batch`, {
        method: "POST",
        headers,
        body: JSON.stringify({ batch: call.messages, sentAt }),
        signal: AbortSignal.timeout(hangsUp ? 2 : 20_000),
      });
      const { accepted } = (await answer.json()) as { accepted?: number };
      return answer.status === 200 && accepted === call.messages.length;
    } catch {
      if (hangsUp) traffic.hungUp++;
      return false;
    }
  };
  const lane = async (): Promise<void> => {
    for (let call = calls.shift(); call; call = calls.shift()) {
      if (await post(call)) {
        for (const { messageId } of call.messages) acknowledged.add(messageId);
        done++;
      } else {
        traffic.failedCalls++;
        call.attempts++;
        if (call.attempts > 200) throw new Error("a call was never acknowledged");
        calls.splice(Math.floor(random() * calls.length), 0, call);
        await restarting;
      }
      // Under load: the other lanes' calls are on their way.
      if (!restarting && traffic.kills < kills && done >= (total * (traffic.kills + 1)) / (kills + 1)) {
        traffic.kills++;
        restarting = server.restart().finally(() => {
          restarting = undefined;
        });
      }
    }
    await restarting;
  };
  await Promise.all(Array.from({ length: connections }, lane));
  return traffic;
}

/** Reads every row and compares it with what was sent. */
async function audit(runtime: Runtime, messages: Message[], acknowledged: Set<string>) {
  const sent = new Map(messages.map((message) => [message.messageId, message]));
  const copies = new Map<string, number>();
  const owners = new Map<string, Set<string>>();
  const devices = new Map<string, Set<string>>();
  let stored = 0;
  let altered = 0;
  for (const binding of ["USERS_0", "USERS_1"] as const) {
    const database = await runtime.database(binding);
    const rows = await database.all<{ id: string; at: number; userId: string | null; anonymousId: string | null }>(
      `SELECT message_id AS id, at, user_id AS userId, anonymous_id AS anonymousId
       FROM events JOIN profiles USING (profile_id)`,
    );
    stored += rows.length;
    for (const { id, at, userId, anonymousId } of rows) {
      copies.set(id, (copies.get(id) ?? 0) + 1);
      const message = sent.get(id);
      const isOwn = message?.userId ? userId === message.userId : anonymousId === message?.anonymousId;
      if (!isOwn || at !== message?.timestamp) altered++;
    }
    for (const { one, other, role } of await database.all<{ one: string; other: string; role: string }>(
      "SELECT profile_id AS one, other_id AS other, role FROM links WHERE unlinked_at IS NULL",
    )) {
      const [side, browser, user] = role === "owner" ? [owners, one, other] : [devices, other, one];
      side.set(browser, (side.get(browser) ?? new Set()).add(user));
    }
  }
  const named = new Set(messages.flatMap(({ userId, anonymousId }) => (userId && anonymousId ? [anonymousId] : [])));
  const sound = [...owners].filter(
    ([browser, users]) =>
      users.size === 1 && devices.get(browser)?.size === 1 && devices.get(browser)?.has([...users][0] ?? ""),
  );
  return {
    stored,
    duplicated: stored - copies.size,
    lost: [...acknowledged].filter((id) => !copies.has(id)).length,
    altered,
    brokenLinks: Math.abs(named.size - sound.length) + (devices.size - sound.length),
  };
}

/** The HTTP API as the importer uses it: batches with patience, and the making of a site. */
import type { Kind } from "./mapping.ts";

export interface Server {
  /** Origin, without a trailing slash. */
  url: string;
  key: string;
}

export interface BatchResult {
  /** Stored, or already there as they are. */
  accepted: number;
  refused: { index: number; reason: string }[];
}

/** The server will not take what comes after either: a wrong key, a wrong address, or it stays away. */
export class ServerStop extends Error {}

const ATTEMPTS = 8;
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 30_000;

/** Sends one batch; tries again while the server is busy or away, and throws `ServerStop` when that does not help. */
export async function sendBatch(server: Server, kind: Kind, values: unknown[]): Promise<BatchResult> {
  const [path, body] =
    kind === "items" ? ["/v1/items/batch", { items: values }] : ["/v1/import/events", { batch: values }];
  const answer = await post(`${server.url}${path}`, server.key, body);
  if (answer.status === 200) {
    const { accepted, refused = [] } = (answer.body ?? {}) as Partial<Answer>;
    return {
      accepted: accepted ?? 0,
      refused: refused.map(({ index, issues }) => ({ index, reason: issues.map(reasonOf).join("; ") })),
    };
  }
  if (answer.status !== 400) throw new ServerStop(messageOf(answer));
  // The whole batch was refused: halve it until every row has a reason of its own.
  if (values.length === 1) return { accepted: 0, refused: [{ index: 0, reason: refusalOf(answer) }] };
  const half = Math.ceil(values.length / 2);
  const first = await sendBatch(server, kind, values.slice(0, half));
  const second = await sendBatch(server, kind, values.slice(half));
  return {
    accepted: first.accepted + second.accepted,
    refused: [...first.refused, ...second.refused.map(({ index, reason }) => ({ index: index + half, reason }))],
  };
}

export interface SiteKeys {
  siteId: string;
  publicKey: string;
  secretKey: string;
}

/** Makes a site with the installation's setup token. */
export async function createSite(url: string, token: string, site: Record<string, string>): Promise<SiteKeys> {
  const answer = await post(`${url}/v1/sites`, token, { site });
  if (answer.status !== 201) throw new ServerStop(messageOf(answer));
  return answer.body as SiteKeys;
}

interface Issue {
  path: string;
  message: string;
}

interface Answer {
  accepted: number;
  refused: { index: number; issues: Issue[] }[];
}

interface HttpAnswer {
  status: number;
  body: unknown;
}

async function post(url: string, token: string, body: unknown): Promise<HttpAnswer> {
  for (let attempt = 1; ; attempt++) {
    const answer = await postOnce(url, token, body);
    if (answer.retryAfterMs === undefined || attempt === ATTEMPTS) return answer;
    const wait = Math.max(answer.retryAfterMs, Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (attempt - 1)));
    await new Promise((resolve) => setTimeout(resolve, wait));
  }
}

async function postOnce(url: string, token: string, body: unknown): Promise<HttpAnswer & { retryAfterMs?: number }> {
  let response: Response;
  try {
    response = await fetch(url, {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    const text = await response.text();
    const answer = { status: response.status, body: parse(text) };
    if (response.status !== 429 && response.status < 500) return answer;
    return { ...answer, retryAfterMs: Number(response.headers.get("retry-after") ?? 0) * 1000 };
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
    return {
      status: 0,
      body: { error: { message: `${new URL(url).origin} does not answer (${cause})` } },
      retryAfterMs: 0,
    };
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function errorOf({ body }: HttpAnswer): { message?: string; issues?: Issue[] } {
  return (body as { error?: { message?: string; issues?: Issue[] } } | undefined)?.error ?? {};
}

function messageOf(answer: HttpAnswer): string {
  const { message } = errorOf(answer);
  return answer.status === 0
    ? (message ?? "no answer")
    : `the server answered ${answer.status}: ${message ?? "no reason"}`;
}

function refusalOf(answer: HttpAnswer): string {
  const { message, issues } = errorOf(answer);
  const reasons = issues?.map(({ path, message: text }) =>
    reasonOf({ path: path.replace(/^\w+\.0\.?/, ""), message: text }),
  );
  return reasons?.join("; ") || (message ?? "refused");
}

function reasonOf({ path, message }: Issue): string {
  return path === "" ? message : `${path}: ${message}`;
}

/** The API's description against the worker: the same addresses, keys, limits and answers, and a page that shows them. */
import { createExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { createApp } from "../../worker/app.ts";
import { type Bindings, compose } from "../../worker/compose.ts";
import { EXAMPLES } from "../../worker/http/openapi/examples.ts";
import { OPERATIONS, type Operation } from "../../worker/http/openapi/operations.ts";
import { SHAPES, type ShapeName } from "../../worker/http/openapi/shapes.ts";
import { openApiDocument } from "../../worker/http/openapi.ts";
import { type Harness, harness, ORIGIN } from "../support/worker/harness.ts";

const TOKEN = "setup-token-for-tests";
const document = openApiDocument();

/** Limits by address are for another test. */
const open = (config: object = {}) => harness({}, { loginLimit: { allow: async () => true }, ...config });

function addressOf({ id, path }: Operation): string {
  const { path: names = {}, query = {} } = EXAMPLES[id] ?? {};
  const address = path.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(names[name] ?? ""));
  const asked = new URLSearchParams(query).toString();
  return asked ? `${address}?${asked}` : address;
}

function send(
  h: Harness,
  operation: Operation,
  key: string | undefined,
  body?: unknown,
  address = addressOf(operation),
): Promise<Response> {
  return h.fetch(address, {
    method: operation.method.toUpperCase(),
    redirect: "manual",
    headers: {
      origin: ORIGIN,
      ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
      ...(body === undefined ? {} : { "content-type": "application/json" }),
    },
    ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
  });
}

const keyFor = (h: Harness, { caller }: Operation) =>
  caller === "setup" ? TOKEN : caller === "anybody" || caller === "signed" ? undefined : h.secretKey;

describe("the document", () => {
  it("has every public address of the worker, and no other", () => {
    const app = createApp(compose);
    const served = app.routes
      .filter(({ method, path }) => method !== "ALL" && /^\/(v1|sourceConfig|c|o|u|webhooks|healthz)(\/|$)/.test(path))
      .map(({ method, path }) => `${method} ${path.replace(/:(\w+)/g, "{$1}")}`);
    const described = OPERATIONS.flatMap(({ method, path, alsoAt = [] }) =>
      [path, ...alsoAt].map((each) => `${method.toUpperCase()} ${each}`),
    );
    expect(served.length).toBeGreaterThan(50);
    expect([...new Set(served)].sort()).toEqual(described.sort());
    expect(Object.keys(document.paths).sort()).toEqual(
      [...new Set(described.map((each) => each.split(" ")[1]))].sort(),
    );
  });

  it("is what the worker serves", async () => {
    const { ASSETS } = env as unknown as Bindings;
    const answer = await ASSETS.fetch("https://nunchi.test/openapi.json");
    expect(await answer.json()).toEqual(JSON.parse(JSON.stringify(document)));
  });
});

/** What has to be there first comes first; what takes away comes last. */
const ORDER = [
  "putItems",
  "putPlacement",
  "putSegment",
  "putSurvey",
  "putCampaign",
  "putExperiment",
  "putOnsiteMessage",
  "launchOnsite",
  "startExperiment",
  "sendBatch",
  "train",
  "launchCampaign",
];
const rank = ({ id, method }: Operation) =>
  ORDER.includes(id) ? ORDER.indexOf(id) : method === "delete" ? 99 : method === "get" ? 51 : 50;

/** The survey's ticket is signed when the screen is asked for. */
async function bodyOf(h: Harness, { id }: Operation): Promise<unknown> {
  const { body } = EXAMPLES[id] ?? {};
  if (id !== "answerSurvey" && id !== "adaptSurvey") return body;
  const { ticket } = (await (await h.browser("GET", "/v1/surveys/taste")).json()) as { ticket: string };
  return { ...(body as object), ticket };
}

/** A campaign says where its content is. */
async function signedAddress(h: Harness): Promise<string> {
  const answer = await h.server("GET", "/v1/campaigns/cart-reminder");
  const { contentUrl } = (await answer.json()) as { contentUrl: string };
  return `${contentUrl.replace(/^https?:\/\/[^/]+/, "")}&user_id=minji`;
}

/** What the safety stop holds back, as an import leaves it. */
async function heldImport(h: Harness): Promise<void> {
  const { id, importId } = EXAMPLES.applyImport?.path ?? {};
  const answer = EXAMPLES.getImport?.answer as { missing: { items: number; of: number } };
  const progress = {
    ...answer,
    layout: null,
    sweep: { missing: answer.missing.items, owned: answer.missing.of, after: "" },
  };
  const {
    id: _,
    name,
    nextAt,
    createdAt,
    updatedAt,
    ...definition
  } = (EXAMPLES.getFeed?.answer ?? {}) as Record<string, unknown>;
  await h.deps.control.batch([
    h.deps.control
      .prepare(
        "INSERT INTO feeds (site_id, id, name, definition, created_at, updated_at) VALUES (?1, ?2, 'Outlet', ?3, 0, 0)",
      )
      .bind(h.site.id, id, JSON.stringify(definition)),
    h.deps.control
      .prepare(
        `INSERT INTO feed_imports (site_id, feed_id, id, state, slice, progress, started_at, updated_at, ended_at)
         VALUES (?1, ?2, ?3, 'held', 3, ?4, 0, 0, 0)`,
      )
      .bind(h.site.id, id, importId, JSON.stringify(progress)),
  ]);
}

describe("the examples", () => {
  it("are answered as the document says", async () => {
    const { deps } = await open();
    const h = await harness(
      { sender: { name: "Haneul", contact: "02-1234-5678" } },
      { loginLimit: { allow: async () => true }, config: { ...deps.config, demo: true } },
    );
    await h.deps.control.prepare("DELETE FROM staff").run();
    await h.deps.control
      .prepare(
        "INSERT INTO models (site_id, version, state, metrics, popular, created_at) VALUES (?1, ?2, 'retired', '{}', '{}', 0)",
      )
      .bind(h.site.id, EXAMPLES.activateModel?.path?.version)
      .run();
    await heldImport(h);
    await h.deps.control
      .prepare(
        "INSERT INTO erasures (site_id, id, erased_at, profiles, rows, signature) VALUES (?1, ?2, 0, 1, '{}', 'x')",
      )
      .bind(h.site.id, EXAMPLES.getErasure?.path?.id ?? "")
      .run();
    const calls = OPERATIONS.filter(({ tag }) => tag !== "Links" && tag !== "Webhooks").sort(
      (a, b) => rank(a) - rank(b),
    );
    for (const operation of calls) {
      const { id, answers } = operation;
      const address = operation.caller === "signed" ? await signedAddress(h) : undefined;
      const answer = await send(h, operation, keyFor(h, operation), await bodyOf(h, operation), address);
      const text = await answer.text();
      const expected = Number(Object.keys(answers)[0]);
      expect(answer.status, `${id}: ${text}`).toBe(expected);
      const shape = answers[expected];
      if (shape === null) expect(text, id).toBe("");
      else if (typeof shape === "string" && shape.includes("/"))
        expect(answer.headers.get("content-type"), id).toContain(shape);
      else {
        const body = JSON.parse(text) as unknown;
        const read = [shape].flat().map((name) => SHAPES[name as ShapeName].safeParse(body));
        expect(read.find(({ success }) => success)?.data, `${id}: ${text}`).toEqual(body);
      }
    }
  });

  it("takes no report from a shop that is not connected", async () => {
    const h = await open();
    for (const operation of OPERATIONS.filter(({ tag }) => tag === "Webhooks")) {
      const answer = await send(h, operation, undefined, {});
      expect(answer.status, operation.id).toBe(401);
      expect(SHAPES.Problem.safeParse(await answer.json()).error, operation.id).toBeUndefined();
    }
  });

  it("answers an unknown link as the document says", async () => {
    const h = await open();
    for (const operation of OPERATIONS.filter(({ tag }) => tag === "Links")) {
      const answer = await send(h, operation, undefined);
      expect(answer.status, operation.id).toBe(404);
      expect(answer.headers.get("content-type"), operation.id).toContain(operation.answers[404]);
    }
  });
});

describe("what the document says of callers and limits", () => {
  it("keeps out whoever has no key, or a page that has only the public one", async () => {
    const h = await open();
    for (const operation of OPERATIONS.filter(({ caller, id }) => caller !== "anybody" && id !== "sayReady")) {
      const { id, caller } = operation;
      const { body } = EXAMPLES[id] ?? {};
      const nobody = await send(h, operation, undefined, body);
      expect(nobody.status, id).toBe(caller === "signed" ? 403 : 401);
      expect(SHAPES.Problem.safeParse(await nobody.json()).error, id).toBeUndefined();
      const page = await send(h, operation, h.publicKey, body);
      if (caller === "server" || caller === "signed") expect(page.status, id).toBe(403);
      else if (caller === "setup") expect(page.status, id).toBe(401);
      else expect([401, 403], id).not.toContain(page.status);
    }
  });

  it("is the limit of each body, to the byte", async () => {
    const h = await open();
    for (const operation of OPERATIONS.filter(({ body }) => body)) {
      const { id, limitBytes = 0 } = operation;
      expect(limitBytes, id).toBeGreaterThan(0);
      const key = keyFor(h, operation);
      expect((await send(h, operation, key, " ".repeat(limitBytes + 1))).status, id).toBe(413);
      expect((await send(h, operation, key, " ".repeat(limitBytes))).status, id).toBe(400);
    }
  });
});

describe("GET /reference", () => {
  it("shows every call and every shape, with no script and nothing from elsewhere", async () => {
    const h = await open();
    const answer = await h.fetch("/reference");
    expect(answer.status).toBe(200);
    expect(answer.headers.get("content-security-policy")).toMatch(/^default-src 'none'; style-src 'self'/);
    const page = await answer.text();
    for (const { id, summary } of OPERATIONS)
      expect(page).toContain(`<a href="#${id}">${summary.replaceAll("'", "&#39;")}</a>`);
    for (const name of Object.keys(SHAPES)) expect(page).toContain(`id="shape-${name}"`);
    expect(page).not.toMatch(/<script|\bstyle=|\bon\w+=|(src|href)="(https?:)?\/\//);
    const ids = [...page.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const [, target] of page.matchAll(/href="#([^"]+)"/g)) expect(ids).toContain(target);
  });

  it("says what is wrong when the description was not built", async () => {
    const bindings = {
      ...(env as unknown as Bindings),
      ASSETS: { fetch: async () => new Response("", { status: 404 }) },
    };
    const answer = await createApp(compose).fetch(
      new Request("https://nunchi.test/reference"),
      bindings as unknown as Bindings,
      createExecutionContext(),
    );
    expect(answer.status).toBe(500);
    expect(SHAPES.Problem.safeParse(await answer.json()).error).toBeUndefined();
  });
});

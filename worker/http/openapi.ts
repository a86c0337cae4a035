/**
 * The API's description, OpenAPI 3.1. Made at build time (widget/build.ts → `/openapi.json`) from the schemas with which
 * the doors validate, so that it costs the worker nothing and cannot say anything else than the worker does.
 */
import { REFUSAL_STATUS, type RefusalCode } from "../lib/errors.ts";
import { components, type JsonSchema, refTo, toSchema } from "./openapi/components.ts";
import { EXAMPLES } from "./openapi/examples.ts";
import { OPERATIONS, type Operation, TAGS } from "./openapi/operations.ts";
import type { ShapeName } from "./openapi/shapes.ts";

export interface MediaType {
  schema?: JsonSchema;
  example?: unknown;
}

export interface ApiParameter {
  name: string;
  in: "path" | "query";
  required: boolean;
  description?: string | undefined;
  schema: JsonSchema;
  example?: unknown;
}

export interface ApiOperation {
  operationId: string;
  tags: string[];
  summary: string;
  description?: string;
  parameters?: ApiParameter[];
  requestBody?: { required: true; description?: string; content: Record<string, MediaType> };
  responses: Record<string, { $ref?: string; description?: string; content?: Record<string, MediaType> }>;
  security: Record<string, string[]>[];
}

export interface ApiDocument {
  openapi: string;
  info: {
    title: string;
    version: string;
    summary: string;
    description: string;
    license: { name: string; identifier: string };
  };
  servers: { url: string }[];
  tags: { name: string; description: string }[];
  paths: Record<string, Record<string, ApiOperation> | { $ref: string }>;
  components: {
    schemas: Record<string, JsonSchema>;
    responses: Record<string, unknown>;
    securitySchemes: Record<string, { type: string; description: string; [field: string]: unknown }>;
  };
}

const DESCRIPTION = `Every call of nunchi over HTTP.

**Keys.** A page carries the site's public key (\`pk_…\`) and calls from one of the site's origins. A server carries its secret key (\`sk_…\`), which no page and no address may show.

**Errors** are \`{"error": {"code", "message", "requestId", "issues"?}}\` everywhere, and name the fields that are wrong. 429 and 503 come with \`Retry-After\`.

**Limits.** Calls a minute are the site's setting: of one address with the public key, at each kind of call; of one secret key.

**Users.** A page can claim to be anybody. Where a site asks for it (\`verifyUsers\`), a page's call that names a \`userId\` carries \`userHash\`: the hexadecimal HMAC-SHA-256 of the user id with the site's identity secret (admin → Collection → Rules), made on the shop's server: \`createHmac("sha256", secret).update(userId).digest("hex")\`. In an event it may also stand in \`context.userHash\`. Without it the message is refused and names the field.

**Privacy.** \`Sec-GPC: 1\`, \`DNT: 1\` and \`context.consent\` (\`{analytics, advertising}\`, Segment's \`categoryPreferences\` or Google's names) are honored as the site's settings say; \`withheld\` counts what is not recorded for it.

**Bodies** are JSON in UTF-8, also gzipped. Each call states its limit, counted after unpacking; beyond it the answer is 413.

**Times** in answers are epoch milliseconds unless stated otherwise. **Money** is in major units: 39000 (KRW), 39.9 (USD).

**Read your writes.** What a person just did counts in the next answer about this person.`;

const SECURITY_SCHEMES = {
  publicKey: {
    type: "http",
    scheme: "bearer",
    description: "The site's public key (`pk_…`), from one of its origins.",
  },
  publicKeyInAddress: {
    type: "apiKey",
    in: "query",
    name: "key",
    description: "The public key as the parameter `key`.",
  },
  secretKey: { type: "http", scheme: "bearer", description: "A secret key (`sk_…`). Servers only." },
  writeKey: {
    type: "http",
    scheme: "basic",
    description: "Either key as user name with no password, as Segment's SDKs send it.",
  },
  signature: { type: "apiKey", in: "query", name: "sig", description: "The signature in a campaign's `contentUrl`." },
  setupToken: { type: "http", scheme: "bearer", description: "The installation's `SETUP_TOKEN`." },
};

const SECURITY: Record<Operation["caller"], (keyof typeof SECURITY_SCHEMES)[]> = {
  write: ["publicKey", "secretKey", "writeKey"],
  page: ["publicKey", "publicKeyInAddress", "secretKey"],
  server: ["secretKey"],
  setup: ["setupToken"],
  signed: ["signature"],
  anybody: [],
};

const REFUSALS: Record<RefusalCode, string> = {
  bad_request: "What was sent is not valid; `issues` name the fields.",
  unauthorized: "The key or token is missing, unknown or revoked.",
  forbidden: "This key may not make this call, or not from this origin.",
  not_found: "There is none of this name.",
  conflict: "It cannot be as things are now.",
  too_large: "The body is larger than this call's limit.",
  unsupported_media_type: "A body may be gzipped, or as it is.",
  unprocessable: "Valid, and still incomplete: `issues` name everything that is missing.",
  rate_limited: "Too many calls: try again after `Retry-After` seconds.",
  unavailable: "A database is overloaded, and nothing of this call was done: try again after `Retry-After` seconds.",
};

export function openApiDocument(): ApiDocument {
  const paths: ApiDocument["paths"] = {};
  for (const operation of OPERATIONS) {
    paths[operation.path] = { ...paths[operation.path], [operation.method]: describe(operation) };
    for (const path of operation.alsoAt ?? []) {
      paths[path] = { $ref: `#/paths/${operation.path.replaceAll("/", "~1")}` };
    }
  }
  return {
    openapi: "3.1.1",
    info: {
      title: "nunchi",
      version: "1.0.0",
      summary: "Collect, recommend, segment and message.",
      description: DESCRIPTION,
      license: { name: "MIT", identifier: "MIT" },
    },
    servers: [{ url: "/" }],
    tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
    paths,
    components: { schemas: components(), responses: refusalAnswers(), securitySchemes: SECURITY_SCHEMES },
  };
}

function describe(operation: Operation): ApiOperation {
  const { id, tag, summary, description, body, limitBytes, caller } = operation;
  const example = EXAMPLES[id];
  const parameters = parametersOf(operation);
  const limit = limitBytes && `At most ${limitBytes / 1024} KB.`;
  return {
    operationId: id,
    tags: [tag],
    summary,
    ...(description ? { description } : {}),
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(body
      ? {
          requestBody: {
            required: true,
            ...(limit ? { description: limit } : {}),
            content: { "application/json": { schema: refTo(body), example: example?.body } },
          },
        }
      : {}),
    responses: { ...answersOf(operation), ...refusalsOf(operation) },
    security: SECURITY[caller].map((scheme) => ({ [scheme]: [] })),
  };
}

function parametersOf({ id, path, idIs, query }: Operation): ApiParameter[] {
  const example = EXAMPLES[id];
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = ""]): ApiParameter => {
    const schema = name === "id" && idIs ? toSchema(idIs) : { type: "string" };
    return { name, in: "path", required: true, schema, example: example?.path?.[name] };
  });
  const asked = query ? toSchema(query) : {};
  const inQuery = Object.entries(asked.properties ?? {}).map(([name, schema]): ApiParameter => {
    const required = asked.required?.includes(name) ?? false;
    const value = example?.query?.[name];
    return { name, in: "query", required, description: PARAMETERS[name], schema, ...(value ? { example: value } : {}) };
  });
  return [...inPath, ...inQuery];
}

const PARAMETERS: Record<string, string> = {
  userHash: "Proof that the page may speak for `userId`, where the site asks for it.",
  placement: "Which placement's rules decide.",
  anonymousId: "The id of a browser.",
  userId: "The shop's own id of a person.",
  itemId: "The item whose page this is.",
  recent:
    "Ids of items that were just looked at, latest first: a JSON list, or with commas between them. 50 of them count.",
  referrer: "Where the visit came from: an address or a host, not the shop's own.",
  campaign: "`utm_campaign` of the page that the visit began with.",
  html: "`true`: one question at a time, as markup too.",
  called: "`true`: the page itself asks for it, so nobody is held out.",
  url: "The page's address.",
  count: "At most what the placement says.",
  locale: "Language: anything that begins with `ko` is Korean, everything else English.",
  idType: "What `{id}` is: the shop's own user id, or a browser's.",
  after: "`next` of the page before.",
  limit: "How many.",
  site: "Which site it is, as the admin's page says.",
  kind: "Only these; left out: both.",
  format: "`csv` is a file that Excel reads.",
  sig: "As it stands in the campaign's `contentUrl`.",
  user_id: "The shop's own id of a person.",
  anonymous_id: "The id of a browser.",
  against: "The group to compare with; left out: the first.",
};

function answersOf({ id, answers }: Operation): ApiOperation["responses"] {
  const [first] = Object.keys(answers);
  return Object.fromEntries(
    Object.entries(answers).map(([status, answer]) => {
      const description = STATUS_WORDS[status] ?? "Done.";
      if (answer === null) return [status, { description }];
      if (typeof answer === "string" && answer.includes("/"))
        return [status, { description, content: { [answer]: {} } }];
      const schema = Array.isArray(answer) ? { oneOf: answer.map(refTo) } : refTo(answer as ShapeName);
      const example = status === first ? { example: EXAMPLES[id]?.answer } : {};
      return [status, { description, content: { "application/json": { schema, ...example } } }];
    }),
  );
}

const STATUS_WORDS: Record<string, string> = {
  201: "Made.",
  202: "Begun.",
  204: "Done; there is nothing to say.",
  302: "On to where the link leads.",
  404: "There is no such link any more.",
  503: "Not yet.",
};

function refusalsOf({ caller, body, refusals = [] }: Operation): ApiOperation["responses"] {
  const codes = new Set<RefusalCode>(refusals);
  if (caller !== "anybody" && caller !== "signed")
    for (const code of ["unauthorized", "forbidden", "rate_limited", "unavailable"] as const) codes.add(code);
  if (body) for (const code of ["bad_request", "too_large", "unsupported_media_type"] as const) codes.add(code);
  const entries = [...codes].map((code) => [REFUSAL_STATUS[code], { $ref: `#/components/responses/${code}` }]);
  return { ...Object.fromEntries(entries), default: { $ref: "#/components/responses/internal" } };
}

function refusalAnswers(): ApiDocument["components"]["responses"] {
  const answer = (code: string, description: string) => ({
    description,
    ...(code === "rate_limited" || code === "unavailable"
      ? { headers: { "Retry-After": { description: "Seconds.", schema: { type: "integer" } } } }
      : {}),
    content: { "application/json": { schema: refTo("Problem") } },
  });
  return {
    ...Object.fromEntries(Object.entries(REFUSALS).map(([code, words]) => [code, answer(code, words)])),
    internal: answer("internal", "Something went wrong on our side; `requestId` finds it in our log."),
  };
}

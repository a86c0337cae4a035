/**
 * `/reference`: the API's description as a page for people, made from the same `/openapi.json` that programs read. No
 * script: everything is in the page, and the browser's own search finds it.
 */
import { html } from "hono/html";
import type { Child } from "hono/jsx";
import { secureHeaders } from "hono/secure-headers";
import type { HttpContext } from "./context.ts";
import type { JsonSchema } from "./openapi/components.ts";
import { type ApiCall as Call, curl } from "./openapi/curl.ts";
import { type Field, fieldsIn, kindOf, type Step, shapeOf } from "./openapi/schema-words.ts";
import type { ApiDocument } from "./openapi.ts";

export const referenceHeaders = secureHeaders({
  contentSecurityPolicy: {
    defaultSrc: ["'none'"],
    styleSrc: ["'self'"],
    imgSrc: ["data:"],
    baseUri: ["'none'"],
    formAction: ["'none'"],
    frameAncestors: ["'none'"],
  },
});

export async function showReference(c: HttpContext): Promise<Response> {
  const answer = await c.env.ASSETS.fetch(new URL("/openapi.json", c.req.url));
  if (!answer.ok) throw new Error("the API's description is not built: npm run build");
  const document = (await answer.json()) as ApiDocument;
  c.header("Cache-Control", "public, max-age=300");
  return c.html(html`<!doctype html>${<Reference document={document} origin={c.get("deps").config.publicUrl} />}`);
}

function callsOf({ paths }: ApiDocument): Call[] {
  const entries = Object.entries(paths);
  const aliasesOf = (path: string) =>
    entries.filter(([, item]) => item.$ref === `#/paths/${path.replaceAll("/", "~1")}`).map(([alias]) => alias);
  return entries.flatMap(([path, item]) =>
    "$ref" in item
      ? []
      : Object.entries(item).map(([method, operation]) => ({ method, path, alsoAt: aliasesOf(path), operation })),
  );
}

function Reference({ document, origin }: { document: ApiDocument; origin: string }) {
  const calls = callsOf(document);
  const sections = document.tags.map((tag) => ({
    ...tag,
    calls: calls.filter(({ operation }) => operation.tags.includes(tag.name)),
  }));
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>API reference · nunchi</title>
        <link rel="icon" href="data:," />
        <link rel="stylesheet" href="/reference/reference.css" />
      </head>
      <body>
        <a class="skip" href="#main">
          Skip to the calls
        </a>
        <div class="page">
          <nav class="calls" aria-label="Calls">
            <a href="/reference">nunchi API</a>
            {sections.map(({ name, calls }) => (
              <>
                <p>
                  <a href={`#${name}`}>{name}</a>
                </p>
                <ul>
                  {calls.map(({ operation }) => (
                    <li>
                      <a href={`#${operation.operationId}`}>{operation.summary}</a>
                    </li>
                  ))}
                </ul>
              </>
            ))}
            <p>
              <a href="#shapes">Shapes</a>
            </p>
          </nav>
          <main id="main" tabindex={-1}>
            <h1>API reference</h1>
            <p class="lead">{document.info.summary}</p>
            <div class="prose">
              {document.info.description.split("\n\n").map((text) => (
                <p>{marked(text)}</p>
              ))}
              <p>
                The same for programs: <a href="/openapi.json">/openapi.json</a> (OpenAPI {document.openapi}).
              </p>
            </div>
            {sections.map(({ name, description, calls }) => (
              <section aria-labelledby={name}>
                <h2 id={name}>{name}</h2>
                <p class="lead">{description}</p>
                {calls.map((call) => (
                  <OneCall document={document} call={call} origin={origin} />
                ))}
              </section>
            ))}
            <section aria-labelledby="shapes">
              <h2 id="shapes">Shapes</h2>
              <p class="lead">What calls send and answer.</p>
              {Object.entries(document.components.schemas).map(([name, schema]) => (
                <Shape name={name} schema={schema} />
              ))}
            </section>
          </main>
        </div>
      </body>
    </html>
  );
}

function OneCall({ document, call, origin }: { document: ApiDocument; call: Call; origin: string }) {
  const { method, path, alsoAt, operation } = call;
  const { operationId: id, parameters = [], requestBody } = operation;
  const body = requestBody?.content["application/json"];
  const keys = operation.security.flatMap((each) => Object.keys(each));
  const answers = Object.entries(operation.responses).filter(([, answer]) => !answer.$ref);
  const refusals = Object.entries(operation.responses).filter(([, answer]) => answer.$ref);
  const example = answers.map(([, answer]) => answer.content?.["application/json"]?.example).find(Boolean);
  return (
    <article class="call" aria-labelledby={id}>
      <header>
        <h3 id={id}>
          <a href={`#${id}`}>{operation.summary}</a>
        </h3>
        <p class="address">
          <span class={`method ${method}`}>{method.toUpperCase()}</span>
          <code>{path}</code>
          {alsoAt.length > 0 && <span class="note">also {alsoAt.join(", ")}</span>}
        </p>
      </header>
      <div>
        {operation.description && <p>{marked(operation.description)}</p>}
        <h4>Who may call</h4>
        {keys.length === 0 && <p class="note">Anybody.</p>}
        {keys.map((key) => (
          <p class="note">{marked(document.components.securitySchemes[key]?.description ?? key)}</p>
        ))}
        {parameters.length > 0 && (
          <>
            <h4>In the address</h4>
            <Fields
              fields={parameters.map(({ name, required, schema, description = "" }) => ({
                name,
                isRequired: required,
                description,
                kind: kindOf(schema),
                fields: [],
              }))}
            />
          </>
        )}
        {body?.schema && (
          <>
            <h4>Body</h4>
            {requestBody?.description && <p class="note">{requestBody.description}</p>}
            <Fields fields={fieldsIn(resolve(document, body.schema))} />
          </>
        )}
      </div>
      <div>
        <h4>Example</h4>
        <Code label={`Example of: ${operation.summary}`}>{curl(call, origin, keys)}</Code>
        {answers.map(([status, answer]) => (
          <Answer status={status} description={answer.description} content={answer.content} />
        ))}
        {example !== undefined && (
          <Code label={`Answer to: ${operation.summary}`}>{JSON.stringify(example, null, 2)}</Code>
        )}
        <h4>Refusals</h4>
        <ul class="refusals">
          {refusals.map(([status, { $ref = "" }]) => (
            <li>
              {status === "default" ? "500" : status} <code>{$ref.split("/").at(-1)}</code>
            </li>
          ))}
        </ul>
      </div>
    </article>
  );
}

function Answer(props: {
  status: string;
  description?: string | undefined;
  content?: Record<string, { schema?: JsonSchema }> | undefined;
}) {
  const [[type, media] = []] = Object.entries(props.content ?? {});
  return (
    <>
      <h4>Answer {props.status}</h4>
      <p class="note">
        {props.description} {media?.schema ? <Kind steps={kindOf(media.schema)} /> : type && <code>{type}</code>}
      </p>
    </>
  );
}

/** It scrolls, so it can be reached by keyboard, and has a name. */
function Code({ label, children }: { label: string; children: string }) {
  return (
    <section class="code" aria-label={label} tabindex={0}>
      <code>{children}</code>
    </section>
  );
}

function Shape({ name, schema }: { name: string; schema: JsonSchema }) {
  const kind = kindOf(schema).map((step) => (step === "object" ? "exactly one of the fields below" : step));
  const parts = (schema.allOf ?? []).map(kindOf);
  return (
    <article class="shape" aria-labelledby={`shape-${name}`}>
      <h3 id={`shape-${name}`}>
        <a href={`#shape-${name}`}>{name}</a>
      </h3>
      {schema.description && <p>{marked(schema.description)}</p>}
      {parts.length > 0 && (
        <p>
          Together: <Kind steps={parts.flatMap((part, index) => (index === 0 ? part : [" and ", ...part]))} />
        </p>
      )}
      {(schema.oneOf ?? schema.anyOf) && (
        <p>
          One of: <Kind steps={kind} />
        </p>
      )}
      <Fields fields={fieldsIn(schema)} />
    </article>
  );
}

function Fields({ fields }: { fields: Field[] }) {
  if (fields.length === 0) return null;
  return (
    <ul class="fields">
      {fields.map(({ name, kind, isRequired, description, fields }) => (
        <li>
          <b>{name}</b> <Kind steps={kind} /> {isRequired && <span class="must">required</span>}
          {description && <p>{marked(description)}</p>}
          <Fields fields={fields} />
        </li>
      ))}
    </ul>
  );
}

function Kind({ steps }: { steps: Step[] }) {
  return (
    <span class="kind">
      {steps.map((step) => (typeof step === "string" ? step : <a href={`#shape-${step.shape}`}>{step.shape}</a>))}
    </span>
  );
}

/** The shape itself, with the parts of one that is put together. */
function resolve({ components }: ApiDocument, schema: JsonSchema): JsonSchema {
  const found = components.schemas[shapeOf(schema) ?? ""] ?? schema;
  if (!found.allOf) return found;
  const parts = found.allOf.map((part) => components.schemas[shapeOf(part) ?? ""] ?? part);
  return {
    properties: Object.assign({}, ...parts.map((part) => part.properties)),
    required: parts.flatMap((part) => part.required ?? []),
  };
}

/** `code` and **strong**; everything else is text. */
function marked(text: string): Child[] {
  return text.split(/(`[^`]+`|\*\*[^*]+\*\*)/).map((part) => {
    if (part.startsWith("`")) return <code>{part.slice(1, -1)}</code>;
    return part.startsWith("**") ? <strong>{part.slice(2, -2)}</strong> : part;
  });
}

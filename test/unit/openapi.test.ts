/** The API's description against its own rules: valid, complete, and its examples are what it says they are. */
import { Validator } from "@seriousme/openapi-schema-validator";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { fieldsOf } from "../../worker/http/openapi/components.ts";
import { EXAMPLES } from "../../worker/http/openapi/examples.ts";
import { FIELDS } from "../../worker/http/openapi/fields.ts";
import { OPERATIONS, TAGS } from "../../worker/http/openapi/operations.ts";
import { fieldsIn, kindOf } from "../../worker/http/openapi/schema-words.ts";
import { SHAPES, type ShapeName } from "../../worker/http/openapi/shapes.ts";
import { openApiDocument } from "../../worker/http/openapi.ts";

const document = openApiDocument();
const { schemas } = document.components;
const isShape = (answer: unknown): answer is ShapeName => typeof answer === "string" && Object.hasOwn(SHAPES, answer);

/** The document's own JSON Schema of a shape, without zod's knowledge of where it came from. */
function published(name: ShapeName): z.ZodType {
  const text = JSON.stringify({ $ref: `#/components/schemas/${name}`, $defs: schemas });
  return z.fromJSONSchema(JSON.parse(text.replaceAll("#/components/schemas/", "#/$defs/")));
}

describe("the document", () => {
  it("is valid OpenAPI 3.1, and every reference leads somewhere", async () => {
    const validator = new Validator();
    expect(await validator.validate(JSON.parse(JSON.stringify(document)))).toEqual({ valid: true });
    expect(validator.version).toBe("3.1");
    const names = [...JSON.stringify(document).matchAll(/"\$ref":"#\/components\/(\w+)\/(\w+)"/g)];
    expect(names.length).toBeGreaterThan(100);
    const components: Record<string, object> = { ...document.components };
    for (const [, kind = "", name = ""] of names) expect(Object.keys(components[kind] ?? {})).toContain(name);
    const broken = structuredClone(document) as unknown as { paths: Record<string, { get: { responses?: unknown } }> };
    broken.paths["/healthz"]!.get.responses = 7;
    expect((await new Validator().validate(broken)).valid).toBe(false);
  });

  it("has a shape only where something needs it", () => {
    const text = JSON.stringify([document.paths, document.components.responses, schemas]);
    expect(Object.keys(schemas).filter((name) => !text.includes(`"#/components/schemas/${name}"`))).toEqual([]);
  });

  it("says of every field what it means, and of no field that is not there", () => {
    const silent = Object.entries(schemas).flatMap(([name, schema]) =>
      [...fieldsOf(schema)].flatMap(([path, field]) => (field.description ? [] : [`${name}.${path}`])),
    );
    expect(silent).toEqual([]);
    const gone = Object.entries(FIELDS).flatMap(([name, words]) => {
      const paths = new Set([...fieldsOf(schemas[name]!)].map(([path]) => path));
      return Object.keys(words).filter((path) => !paths.has(path));
    });
    expect(gone).toEqual([]);
  });

  it("names each call once, under a tag that is explained", () => {
    const ids = OPERATIONS.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(new Set(OPERATIONS.map(({ tag }) => tag))).toEqual(new Set(Object.keys(TAGS)));
    const parameters = Object.values(document.paths).flatMap((item) =>
      "$ref" in item ? [] : Object.values(item as object).flatMap((operation) => operation.parameters ?? []),
    );
    expect(parameters.filter((each) => each.in === "query" && !each.description)).toEqual([]);
    expect(parameters.filter((each) => each.in === "path" && each.example === undefined)).toEqual([]);
  });
});

describe("every example", () => {
  it("belongs to a call, and every call has what it needs of one", () => {
    expect(Object.keys(EXAMPLES).sort()).toEqual(OPERATIONS.map(({ id }) => id).sort());
    const missing = OPERATIONS.filter(({ id, body, answers }) => {
      const answersJson = isShape(Object.values(answers)[0]) || Array.isArray(Object.values(answers)[0]);
      return (
        (body !== undefined) !== (EXAMPLES[id]?.body !== undefined) || answersJson !== "answer" in (EXAMPLES[id] ?? {})
      );
    });
    expect(missing.map(({ id }) => id)).toEqual([]);
  });

  it.each(OPERATIONS.filter(({ body }) => body))(
    "$id: its body passes the door's schema and the published one",
    ({ id, body }) => {
      const sent = EXAMPLES[id]?.body;
      expect(SHAPES[body!].safeParse(sent).error).toBeUndefined();
      expect(published(body!).safeParse(sent).error).toBeUndefined();
    },
  );

  it("has parameters that pass", () => {
    for (const { id, idIs, path, query } of OPERATIONS) {
      const example = EXAMPLES[id];
      if (idIs && path.includes("{id}")) expect(idIs.safeParse(example?.path?.id).error, id).toBeUndefined();
      if (query) expect(query.safeParse(example?.query ?? {}).error, id).toBeUndefined();
    }
  });

  it("answers what its shape says, and nothing beyond", () => {
    for (const { id, answers } of OPERATIONS) {
      const names = [Object.values(answers)[0]].flat().filter(isShape);
      if (names.length === 0) continue;
      const { answer } = EXAMPLES[id]!;
      expect(
        names.map((name) => SHAPES[name].safeParse(answer).data),
        id,
      ).toContainEqual(answer);
    }
  });

  it("would be refused if it were wrong", () => {
    const rule = published("Rule");
    expect(rule.safeParse({ all: [{ event: "page_viewed", did: true }] }).success).toBe(true);
    expect(rule.safeParse({ not: { all: [{ trait: "grade", op: "eq", value: "gold" }] } }).success).toBe(true);
    for (const wrong of [{ all: [] }, { every: [] }, { event: "page_viewed" }, { not: { trait: "grade" } }, 7]) {
      expect(rule.safeParse(wrong).success).toBe(false);
    }
    expect(published("ItemBatch").safeParse({ items: [{ id: "coat-1" }] }).success).toBe(false);
  });
});

describe("a schema in words", () => {
  it("says type, limits and default", () => {
    expect(kindOf({ type: "string", minLength: 1, maxLength: 80 })).toEqual(["text", ", 1 to 80 characters"]);
    expect(kindOf({ type: "integer", minimum: 0, maximum: 50, default: 0 })).toEqual([
      "whole number",
      ", 0 to 50, default 0",
    ]);
    expect(kindOf({ anyOf: [{ type: "string" }, { type: "string" }, { type: "null" }] })).toEqual([
      "text",
      " or ",
      "null",
    ]);
    expect(kindOf({ type: "array", maxItems: 3, items: { $ref: "#/components/schemas/Rule" } })).toEqual([
      "list of ",
      { shape: "Rule" },
      ", at most 3 entries",
    ]);
  });

  it("tells the fields of alternatives once, and requires only what all of them need", () => {
    const one = { type: "object", properties: { kind: { const: "once" } }, required: ["kind"] };
    const every = {
      type: "object",
      properties: { kind: { const: "every" }, windowSeconds: { type: "integer" } },
      required: ["kind", "windowSeconds"],
    };
    const fields = fieldsIn({ type: "array", items: { oneOf: [one, every] } });
    expect(fields.map(({ name, isRequired }) => [name, isRequired])).toEqual([
      ["kind", true],
      ["windowSeconds", false],
    ]);
    expect(fields[0]?.kind).toEqual(['"once"', " or ", '"every"']);
  });
});

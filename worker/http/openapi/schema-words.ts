/** JSON Schema in a reader's words: "text, 1 to 128 characters, or whole number". Pure. */
import type { JsonSchema } from "./components.ts";

/** A shape that has a name is a step of its own, so that a page can link to it. */
export type Step = string | { shape: string };

export function shapeOf(schema: JsonSchema | undefined): string | undefined {
  return schema?.$ref?.split("/").at(-1);
}

const TYPES: Record<string, string> = {
  string: "text",
  integer: "whole number",
  boolean: "true or false",
  null: "null",
};
const FORMATS: Record<string, string> = { uri: "web address", "date-time": "ISO 8601 time", email: "e-mail address" };

export function kindOf(schema: JsonSchema): Step[] {
  const shape = shapeOf(schema);
  if (shape !== undefined) return [{ shape }];
  const choices = schema.anyOf ?? schema.oneOf;
  const main = choices ? joinSteps(choices.map(kindOf)) : [plainKind(schema), ...entriesOf(schema)];
  const extra = [...limitsOf(schema), ...defaultOf(schema)];
  return extra.length > 0 ? [...main, `, ${extra.join(", ")}`] : main;
}

function plainKind(schema: JsonSchema): string {
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (Array.isArray(schema.enum)) return schema.enum.map((each) => JSON.stringify(each)).join(" | ");
  if (schema.type === "array") return "list of ";
  if (typeof schema.additionalProperties === "object") return "object of ";
  if (typeof schema.format === "string") return FORMATS[schema.format] ?? schema.format;
  if (typeof schema.type !== "string") return "anything";
  return TYPES[schema.type] ?? schema.type;
}

function entriesOf(schema: JsonSchema): Step[] {
  if (schema.type === "array") return schema.items ? kindOf(schema.items) : ["anything"];
  return typeof schema.additionalProperties === "object" ? kindOf(schema.additionalProperties) : [];
}

/** Alternatives that read the same are one. */
function joinSteps(alternatives: Step[][]): Step[] {
  const distinct = [...new Map(alternatives.map((steps) => [JSON.stringify(steps), steps])).values()];
  return distinct.flatMap((steps, index) => (index === 0 ? steps : [" or ", ...steps]));
}

function limitsOf(schema: JsonSchema): string[] {
  const between = (low: unknown, high: unknown, unit: string): string[] => {
    if (low === undefined && high === undefined) return [];
    if (low === 1 && high === undefined && unit !== "") return ["not empty"];
    if (low === undefined || (low === 0 && unit !== "")) return [`at most ${high}${unit}`];
    return high === undefined ? [`at least ${low}${unit}`] : [`${low} to ${high}${unit}`];
  };
  return [
    ...between(schema.minLength, schema.maxLength, " characters"),
    ...between(schema.minItems, schema.maxItems, " entries"),
    ...between(schema.minimum ?? schema.exclusiveMinimum, schema.maximum ?? schema.exclusiveMaximum, ""),
    ...(typeof schema.pattern === "string" ? [schema.pattern] : []),
  ];
}

function defaultOf(schema: JsonSchema): string[] {
  return schema.default === undefined ? [] : [`default ${JSON.stringify(schema.default)}`];
}

export interface Field {
  name: string;
  description: string;
  isRequired: boolean;
  kind: Step[];
  fields: Field[];
}

/** What an object, or an entry of a list, has inside; of a choice, what any of its alternatives has, each field once. */
export function fieldsIn(schema: JsonSchema): Field[] {
  const objects = objectsIn(schema);
  const names = new Set(objects.flatMap((each) => Object.keys(each.properties ?? {})));
  return [...names].map((name) => {
    const owners = objects.filter((each) => each.properties?.[name] !== undefined);
    const schemas = owners.map((each) => each.properties?.[name]).filter((each) => each !== undefined);
    return {
      name,
      description: schemas[0]?.description ?? "",
      isRequired: owners.length === objects.length && owners.every((each) => each.required?.includes(name)),
      kind: joinSteps(schemas.map(kindOf)),
      fields: schemas.length === 1 ? fieldsIn(schemas[0] ?? {}) : fieldsIn({ anyOf: schemas }),
    };
  });
}

function objectsIn(schema: JsonSchema): JsonSchema[] {
  if (schema.properties) return [schema];
  const inside = [...(schema.anyOf ?? schema.oneOf ?? schema.allOf ?? []), schema.items, schema.additionalProperties];
  return inside.flatMap((each) => (typeof each === "object" ? objectsIn(each) : []));
}

/** The shapes as JSON Schema: zod's own conversion, with the words of fields.ts. */
import * as z from "zod";
import { HEARD_EVENTS, MOMENT_TRAITS } from "../../recommend/moment-rule.ts";
import { EVERYWHERE, FIELDS, type FieldWords } from "./fields.ts";
import { SHAPES, type ShapeName } from "./shapes.ts";

export interface JsonSchema {
  [keyword: string]: unknown;
  $ref?: string;
  type?: string | string[];
  description?: string;
  properties?: Record<string, JsonSchema>;
  required?: string[];
  items?: JsonSchema;
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  allOf?: JsonSchema[];
  additionalProperties?: JsonSchema | boolean;
}

export const refTo = (name: ShapeName): JsonSchema => ({ $ref: `#/components/schemas/${name}` });

/** Every shape as JSON Schema, of what is sent rather than what it becomes. */
export function components(): Record<string, JsonSchema> {
  const registry = z.registry<{ id: string }>();
  for (const [name, schema] of Object.entries(SHAPES)) registry.add(schema, { id: name });
  const { schemas } = z.toJSONSchema(registry, {
    io: "input",
    unrepresentable: "any",
    uri: (id) => `#/components/schemas/${id}`,
  });
  const made: Record<string, JsonSchema> = {};
  for (const [name, { $id: _, $schema: __, ...schema }] of Object.entries(schemas as Record<string, JsonSchema>)) {
    made[name] = schema;
    plain(schema);
    explain(schema, name as ShapeName);
  }
  // Where zod keeps what is recursive: only the free rules of a variant, whose words say what may stand there.
  delete made.__shared;
  made.Rule = RULE;
  made.ItemFilter = ITEM_FILTER;
  made.ItemRule = ITEM_RULE;
  made.MomentRule = MOMENT_RULE;
  return made;
}

function listed(names: readonly string[]): string {
  return names.map((name) => `\`${name}\``).join(", ");
}

/** The rule chooses its schema by the key that names it, which no conversion can read. */
const rules = { type: "array", items: refTo("Rule"), minItems: 1 };
const only = (key: string, schema: JsonSchema, description: string): JsonSchema => ({
  type: "object",
  description,
  properties: { [key]: { description, ...schema } },
  required: [key],
  additionalProperties: false,
});
const RULE: JsonSchema = {
  description: "A rule over one person. At most 6 levels and 50 conditions.",
  oneOf: [
    only("all", rules, "All of them hold."),
    only("any", rules, "Any of them holds."),
    only("not", refTo("Rule"), "It does not hold."),
    refTo("EventRule"),
    refTo("TraitRule"),
  ],
};

const itemRules = { type: "array", items: refTo("ItemRule"), minItems: 1 };
const ITEM_RULE: JsonSchema = {
  description: "A rule over one item. At most 6 levels and 50 conditions.",
  oneOf: [
    only("all", itemRules, "All of them hold."),
    only("any", itemRules, "Any of them holds."),
    only("not", refTo("ItemRule"), "It does not hold."),
    refTo("ItemCondition"),
  ],
};

const ITEM_FILTER: JsonSchema = {
  description: "Rules that all hold for an item, or one rule alone, which is kept as a list of one.",
  anyOf: [{ type: "array", items: refTo("ItemRule"), maxItems: 10 }, refTo("ItemRule")],
};

const momentRules = { type: "array", items: refTo("MomentRule"), minItems: 1 };
const MOMENT_RULE: JsonSchema = {
  description: `A rule over the moment of a request, in the grammar of rules over people. Its traits: ${listed(MOMENT_TRAITS)}. Its events, as far as a recommendation looks back: ${listed(HEARD_EVENTS)}. Others are refused. At most 6 levels and 50 conditions.`,
  oneOf: [
    only("all", momentRules, "All of them hold."),
    only("any", momentRules, "Any of them holds."),
    only("not", refTo("MomentRule"), "It does not hold."),
    refTo("EventRule"),
    refTo("TraitRule"),
  ],
};

export function toSchema(schema: z.ZodType): JsonSchema {
  const { $schema: _, ...made } = z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }) as JsonSchema;
  plain(made);
  return made;
}

const childrenOf = (schema: JsonSchema): JsonSchema[] =>
  [
    ...(schema.anyOf ?? []),
    ...(schema.oneOf ?? []),
    ...(schema.allOf ?? []),
    schema.items,
    schema.additionalProperties,
  ].filter((each) => typeof each === "object");

/** Leaves out what only repeats: the safe integers, and the pattern of a format that has a name. */
function plain(schema: JsonSchema): void {
  if (schema.minimum === Number.MIN_SAFE_INTEGER) delete schema.minimum;
  if (schema.maximum === Number.MAX_SAFE_INTEGER) delete schema.maximum;
  if (schema.format !== undefined) delete schema.pattern;
  for (const child of [...childrenOf(schema), ...Object.values(schema.properties ?? {})]) plain(child);
}

/** Each property with its dotted path; what a list, a choice or a record holds has the path of what holds it. */
export function* fieldsOf(schema: JsonSchema, path = ""): Generator<[path: string, field: JsonSchema]> {
  for (const [name, field] of Object.entries(schema.properties ?? {})) {
    const here = path ? `${path}.${name}` : name;
    yield [here, field];
    yield* fieldsOf(field, here);
  }
  for (const child of childrenOf(schema)) yield* fieldsOf(child, path);
}

function explain(schema: JsonSchema, shape: ShapeName): void {
  for (const [path, field] of fieldsOf(schema)) {
    const words: FieldWords | undefined = FIELDS[shape]?.[path] ?? everywhere(path);
    Object.assign(field, typeof words === "string" ? { description: words } : words);
  }
}

/** By its last two steps, else by its name. */
function everywhere(path: string): FieldWords | undefined {
  const steps = path.split(".");
  return EVERYWHERE[steps.slice(-2).join(".")] ?? EVERYWHERE[steps.at(-1) ?? ""];
}

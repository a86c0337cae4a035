/**
 * What an attribute of a person may be. Pure. A type that was declared is kept to: what can be told in it without loss is
 * (the text "42" for a number), the rest is refused by name. What nobody declared is listed with the type it came in first,
 * and anything goes.
 */
export const ATTRIBUTE_TYPES = ["string", "number", "boolean", "date", "list", "object"] as const;
export type AttributeType = (typeof ATTRIBUTE_TYPES)[number];

export interface Attribute {
  name: string;
  type: AttributeType;
  isPersonal: boolean;
  isDeclared: boolean;
}

/** JSON of one value: a trait is a fact, not a document. */
const VALUE_LIMIT_CHARACTERS = 8192;
const NAME_LIMIT_CHARACTERS = 128;
const LIST_LIMIT = 100;
const DATE = /^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?$/;

export function typeOf(value: unknown): AttributeType {
  if (typeof value === "number") return "number";
  if (typeof value === "boolean") return "boolean";
  if (Array.isArray(value)) return "list";
  if (typeof value === "object") return "object";
  return typeof value === "string" && isDate(value) ? "date" : "string";
}

function isDate(text: string): boolean {
  return DATE.test(text) && Number.isFinite(Date.parse(text));
}

/** The value as it is stored, or why it is not. `declared`: the type to keep to. Null, which removes, is not asked about. */
export function fitAttribute(
  name: string,
  value: unknown,
  declared: AttributeType | undefined,
): { ok: true; value: unknown } | { ok: false; reason: string } {
  const refuse = (reason: string) => ({ ok: false, reason }) as const;
  if (name.length > NAME_LIMIT_CHARACTERS) return refuse(`its name is longer than ${NAME_LIMIT_CHARACTERS} characters`);
  if ((JSON.stringify(value) ?? "").length > VALUE_LIMIT_CHARACTERS) {
    return refuse(`longer than ${VALUE_LIMIT_CHARACTERS} characters`);
  }
  if (Array.isArray(value) && value.length > LIST_LIMIT) return refuse(`a list of more than ${LIST_LIMIT}`);
  if (declared === undefined) return { ok: true, value };
  const told = inType(value, declared);
  return told === undefined ? refuse(`not a ${declared}`) : { ok: true, value: told };
}

function inType(value: unknown, type: AttributeType): unknown {
  switch (type) {
    case "string":
      if (typeof value === "number" || typeof value === "boolean") return String(value);
      return typeof value === "string" ? value : undefined;
    case "number": {
      const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
      return typeof number === "number" && Number.isFinite(number) ? number : undefined;
    }
    case "boolean":
      return ({ true: true, false: false } as Record<string, boolean>)[String(value).toLowerCase()];
    case "date":
      return typeof value === "string" && isDate(value) ? value : undefined;
    case "list":
      return Array.isArray(value) && value.every((each) => typeof each !== "object") ? value : undefined;
    case "object":
      return typeof value === "object" && !Array.isArray(value) ? value : undefined;
  }
}

/** Names under which shops keep what names or describes somebody; a marketer's word on it counts more. */
const PERSONAL =
  /^(.*_)?(name|first_?name|last_?name|full_?name|nick_?name|email|phone|mobile|cellphone|birth_?day|birth_?date|date_of_birth|gender|sex|address\d?|street|zip|postal_?code|ip|이름|성명|생일|성별|주소|전화|휴대폰|연락처)$/i;

export function isPersonalName(name: string): boolean {
  return PERSONAL.test(name.replace(/([a-z])([A-Z])/g, "$1_$2"));
}

export type Bag = Record<string, unknown>;

/** What a page wrote, as something with fields: none where it has none. */
export function bagOf(value: unknown): Bag {
  return typeof value === "object" && value ? (value as Bag) : {};
}

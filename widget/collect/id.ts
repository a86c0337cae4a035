let sequence = 0;

/**
 * Unique without a server, and in order of time: eight characters of the millisecond, two of a counter, 24 of chance.
 * `crypto.randomUUID` is missing on pages without https; `getRandomValues` is not.
 */
export function newId(): string {
  sequence = (sequence + 1) % 1296;
  const parts = [...crypto.getRandomValues(new Uint8Array(12))];
  return Date.now().toString(36) + [sequence, ...parts].map((part) => part.toString(36).padStart(2, "0")).join("");
}

/** When an id was made, in epoch milliseconds. */
export function timeOf(id: string): number {
  return Number.parseInt(id.slice(0, 8), 36);
}

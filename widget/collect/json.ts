/** Undefined for what is no JSON: storage and pages hold what others wrote. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

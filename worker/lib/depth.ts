/** True when objects and lists are nested in more than `levels`. Looks no deeper, so that nothing can exhaust the stack. */
export function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  return levels === 0 || Object.values(value).some((each) => isDeeper(each, levels - 1));
}

/**
 * Whether a value stays within both limits; `fields` counts every entry of every object and list. Stops at the first limit
 * that is passed.
 */
export function measureShape(
  value: unknown,
  limits: { levels: number; fields: number },
): "fine" | "too_deep" | "too_wide" {
  let left = limits.fields;
  const measure = (part: unknown, levels: number): "fine" | "too_deep" | "too_wide" => {
    if (typeof part !== "object" || part === null) return "fine";
    if (levels === 0) return "too_deep";
    const entries = Object.values(part);
    left -= entries.length;
    if (left < 0) return "too_wide";
    for (const each of entries) {
      const found = measure(each, levels - 1);
      if (found !== "fine") return found;
    }
    return "fine";
  };
  return measure(value, limits.levels);
}

/** True when objects and lists are nested in more than `levels`. Looks no deeper, so that nothing can exhaust the stack. */
export function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  return levels === 0 || Object.values(value).some((each) => isDeeper(each, levels - 1));
}

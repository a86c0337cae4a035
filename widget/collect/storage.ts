/**
 * localStorage with a memory behind it: blocked, missing or full storage costs persistence, never an exception. Before the
 * visitor's consent, where the site asks for it, everything is in memory only.
 */
import type {} from "./tag.ts";

const PREFIX = "nunchi:";
const memory = new Map<string, string>();

export const isHeld = () => window.nunchi?.tag?.isHeld;

export function recall(name: string): string | null {
  try {
    return memory.get(name) ?? (isHeld() ? null : localStorage.getItem(PREFIX + name));
  } catch {
    return null;
  }
}

/** True when it outlives the page. */
export function keep(name: string, value: string): boolean {
  try {
    if (!isHeld()) {
      localStorage.setItem(PREFIX + name, value);
      return !memory.delete(name);
    }
  } catch {}
  memory.set(name, value);
  return false;
}

export function forget(name: string): void {
  memory.delete(name);
  try {
    localStorage.removeItem(PREFIX + name);
  } catch {}
}

/** Names that begin so, in order. */
export function namesWith(start: string): string[] {
  let names = [...memory.keys()].map((name) => PREFIX + name);
  try {
    names = names.concat(Object.keys(localStorage));
  } catch {}
  return names
    .filter((name) => name.startsWith(PREFIX + start))
    .map((name) => name.slice(PREFIX.length))
    .sort();
}

/** What was kept in memory, where it outlives the page. */
export function persist(): void {
  for (const [name, value] of memory) keep(name, value);
}

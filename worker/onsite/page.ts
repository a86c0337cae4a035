/** The page that somebody looks at, and whether a message belongs on it. Pure. */
import { meets } from "../segments/rule.ts";
import type { OnsiteDefinition } from "./definition.ts";

/** `url`, `path`, `title`, `referrer`, and whatever else the page says of itself. */
export type PageFacts = Record<string, unknown>;

/** Addresses under which shops take money, also those of Cafe24 and Godomall: held back there without any event. */
const CHECKOUT_PATH = /\/(checkout|payment|order\/orderform|order\/order\.php|pay)(\b|_)/i;

/** As the page says it, else out of its address; `/` when neither can be read. */
export function pathOf(page: PageFacts): string {
  if (typeof page.path === "string") return page.path;
  return (typeof page.url === "string" ? URL.parse(page.url)?.pathname : undefined) ?? "/";
}

export function isCheckoutPage(page: PageFacts): boolean {
  return CHECKOUT_PATH.test(pathOf(page));
}

/** `seenOn`: the device, which fits everything while it is not known. */
export function fitsPage({ pages, device }: OnsiteDefinition, page: PageFacts, seenOn: string | undefined): boolean {
  if (device !== "all" && seenOn !== undefined && device !== seenOn) return false;
  const path = pathOf(page);
  const { include, exclude, where } = pages;
  if (include.length > 0 && !include.some((pattern) => matches(pattern, path))) return false;
  return !exclude.some((pattern) => matches(pattern, path)) && meets(where, { ...page, path });
}

/** `*` is anything. A text between two stars is looked for from where the one before ended: no backtracking. */
export function matches(pattern: string, path: string): boolean {
  const [head = "", ...parts] = pattern.split("*");
  if (!path.startsWith(head)) return false;
  if (parts.length === 0) return path === head;
  const tail = parts.pop() ?? "";
  let at = head.length;
  for (const part of parts) {
    const found = path.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return path.length - tail.length >= at && path.endsWith(tail);
}

import type { HttpContext } from "./context.ts";

/** What somebody looks at the page with; undefined when nothing is said. Browsers that send client hints say it themselves. */
export function deviceOf(c: HttpContext): "phone" | "desktop" | undefined {
  const hint = c.req.header("sec-ch-ua-mobile");
  if (hint === "?1" || hint === "?0") return hint === "?1" ? "phone" : "desktop";
  const agent = c.req.header("user-agent");
  if (!agent) return undefined;
  return /\bMobi|Android|iPhone|iPod/.test(agent) ? "phone" : "desktop";
}

/** The IANA time zone of where the call comes from; undefined where the edge does not say. */
export function timeZoneOf(c: HttpContext): string | undefined {
  const zone = (c.req.raw as { cf?: { timezone?: unknown } }).cf?.timezone;
  return typeof zone === "string" ? zone : undefined;
}

/** Where the call comes from, as an ISO 3166 code; undefined where the edge does not say. */
export function countryOf(c: HttpContext): string | undefined {
  const code = c.req.header("cf-ipcountry")?.toUpperCase();
  return code && /^[A-Z]{2}$/.test(code) && code !== "XX" ? code : undefined;
}

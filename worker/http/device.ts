import { isoRegion } from "../recommend/context.ts";
import type { HttpContext } from "./context.ts";

/** What somebody looks at the page with; undefined when nothing is said. Browsers that send client hints say it themselves. */
export function deviceOf(c: HttpContext): "phone" | "desktop" | undefined {
  const hint = c.req.header("sec-ch-ua-mobile");
  if (hint === "?1" || hint === "?0") return hint === "?1" ? "phone" : "desktop";
  const agent = c.req.header("user-agent");
  if (!agent) return undefined;
  return /\bMobi|Android|iPhone|iPod/.test(agent) ? "phone" : "desktop";
}

/** What Cloudflare's edge knows of a call (`request.cf`): nothing on other servers, and any of it may be missing. */
function edgeOf(c: HttpContext): Record<string, unknown> {
  return (c.req.raw as { cf?: Record<string, unknown> }).cf ?? {};
}

/** The IANA time zone of where the call comes from; undefined where the edge does not say. */
export function timeZoneOf(c: HttpContext): string | undefined {
  const zone = edgeOf(c).timezone;
  return typeof zone === "string" ? zone : undefined;
}

/** What is known of any visit of a browser, as coarse as this. */
export function visitOf(c: HttpContext) {
  return { device: deviceOf(c), country: countryOf(c), region: regionOf(c) };
}

/** Province, state or metropolitan city, as an ISO 3166-2 code ("KR-11" is Seoul). */
function regionOf(c: HttpContext): string | undefined {
  const country = countryOf(c);
  // Not before: `cf` is parsed and frozen when it is first asked for.
  const regionCode = country && edgeOf(c).regionCode;
  return typeof regionCode === "string" ? isoRegion(`${country}-${regionCode}`) : undefined;
}

/** Where the call comes from, as an ISO 3166 code; undefined where the edge does not say. */
function countryOf(c: HttpContext): string | undefined {
  const code = c.req.header("cf-ipcountry")?.toUpperCase();
  return code && /^[A-Z]{2}$/.test(code) && code !== "XX" ? code : undefined;
}

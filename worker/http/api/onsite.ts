/** `/v1/onsite`: what a page may show now, and the definitions for servers. */
import { canonicalName } from "../../events/alias.ts";
import type { EventMessage } from "../../events/schema.ts";
import type { PersonKey } from "../../lib/ids.ts";
import { vapidPublicKey } from "../../messages/vapid.ts";
import { type Decision, decideOnsite } from "../../onsite/decide.ts";
import { OnsiteId, OnsiteInput, type OnsiteMessage } from "../../onsite/definition.ts";
import {
  deleteOnsite,
  launchOnsite,
  listOnsite,
  pauseOnsite,
  putOnsite,
  requireOnsite,
} from "../../onsite/messages.ts";
import type { PageFacts } from "../../onsite/page.ts";
import { onsiteReport } from "../../onsite/report.ts";
import { type Offer, OnsiteQuery } from "../../onsite/schema.ts";
import type { Site } from "../../sites/schema.ts";
import { isStranger, requireCaller, requireProof, requireServer } from "../caller.ts";
import type { HttpContext } from "../context.ts";
import { deviceOf } from "../device.ts";
import { check, readJson } from "../errors.ts";
import { kept } from "../kept.ts";
import { inMajorUnits } from "./experiments.ts";
import { renderMessage } from "./onsite-fragment.tsx";

const DEFINITION_LIMIT_BYTES = 256 * 1024;

/** `GET /v1/onsite?anonymousId=&userId=&url=&locale=` → `{messages: Offer[]}`, the highest priority first. */
export async function getOnsite(c: HttpContext): Promise<Response> {
  const caller = await requireCaller(c);
  const { site } = caller;
  const { userId, anonymousId, url, locale } = check(OnsiteQuery, c.req.query(), "the query");
  await requireProof(c, caller, c.req.query());
  if (isStranger(caller)) return c.json({ messages: [] });
  const person = userId !== undefined ? { userId } : { anonymousId: anonymousId as string };
  const page: PageFacts = url === undefined ? {} : { url, path: URL.parse(url)?.pathname ?? "/" };
  const messages = (await offersFor(c, site, { person, page, locale, names: undefined })) ?? [];
  return c.json({ messages }, 200, { "Cache-Control": "private, no-store" });
}

/**
 * The same for a page that has just told of these events, which are stored by now: `onsite` of its answer. Undefined when
 * there is nothing new to say, and always while the site has no message that runs.
 */
export async function onsiteAfter(c: HttpContext, site: Site, messages: unknown[]): Promise<Offer[] | undefined> {
  // Nobody reads the answer to a beacon.
  if (c.req.header("sec-fetch-mode") === "no-cors") return undefined;
  const events = messages.filter((each): each is EventMessage => typeof each === "object" && each !== null);
  const last = events.at(-1);
  const id = last?.userId ?? last?.anonymousId;
  if (!last || id == null) return undefined;
  const person: PersonKey = last.userId != null ? { userId: String(id) } : { anonymousId: String(id) };
  const { page, locale } = (last.context ?? {}) as { page?: unknown; locale?: unknown };
  const said = events.findLast(({ type }) => type === "page")?.properties;
  const names = events.map(({ type, event }) =>
    type === "track" ? canonicalName(event ?? "", site.eventAliases) : (NAMES[type] ?? type),
  );
  return offersFor(c, site, {
    person,
    page: { ...(isObject(said) ? said : {}), ...(isObject(page) ? page : {}) },
    locale: typeof locale === "string" ? locale : undefined,
    names,
  });
}

const NAMES: Record<string, string> = { page: "page_viewed", screen: "page_viewed" };

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

async function offersFor(
  c: HttpContext,
  site: Site,
  visit: { person: PersonKey; page: PageFacts; locale: string | undefined; names: string[] | undefined },
): Promise<Offer[] | undefined> {
  const deps = c.get("deps");
  const decisions = await decideOnsite(deps, site, { ...visit, device: deviceOf(c) });
  return decisions && Promise.all(decisions.map((decision) => offerOf(c, site, decision)));
}

async function offerOf(c: HttpContext, site: Site, decision: Decision): Promise<Offer> {
  const { message, definition, variant, moment, written } = decision;
  const { id, version } = message;
  const offer: Offer = {
    moment,
    properties: { channel: "onsite", onsite_id: id, version, variant, format: definition.format },
    html: null,
  };
  if (!written) return offer;
  const userAgent = c.req.header("user-agent") ?? "";
  offer.html = renderMessage({ definition, written, userAgent });
  if (definition.kind === "push") {
    const key = await vapidPublicKey(c.get("deps"), site.id);
    offer.push = { key, worker: definition.serviceWorker, textVersion: `${id}/${version}/${written.locale}` };
  }
  const survey = definition.buttons.find((button) => button.does === "survey");
  if (survey?.does === "survey") offer.surveyId = survey.surveyId;
  return offer;
}

function shape({ id, name, state, version, definition, updatedAt, launchedAt }: OnsiteMessage) {
  return { id, name, state, version, definition, updatedAt, launchedAt };
}

const idOf = (c: HttpContext) => c.req.param("id") ?? "";

/** `GET /v1/onsite/messages` → `{messages: […]}`. */
export async function getOnsiteMessages(c: HttpContext): Promise<Response> {
  const site = await requireServer(c);
  return c.json({ messages: (await listOnsite(c.get("deps"), site.id)).map(shape) });
}

export async function getOnsiteMessage(c: HttpContext): Promise<Response> {
  const site = await requireServer(c);
  return c.json(shape(await requireOnsite(c.get("deps"), site.id, idOf(c))));
}

/** `PUT /v1/onsite/messages/{id}` with `{name, definition}`. Another definition is another version. */
export async function putOnsiteMessage(c: HttpContext): Promise<Response> {
  const site = await requireServer(c);
  const id = check(OnsiteId, c.req.param("id"), "the message's id");
  const input = check(OnsiteInput, await readJson(c, DEFINITION_LIMIT_BYTES), "the message");
  return c.json(shape(await putOnsite(c.get("deps"), site.id, id, input)));
}

export async function deleteOnsiteMessage(c: HttpContext): Promise<Response> {
  const site = await requireServer(c);
  await deleteOnsite(c.get("deps"), site.id, idOf(c));
  return c.body(null, 204);
}

export async function postOnsiteLaunch(c: HttpContext): Promise<Response> {
  const site = await requireServer(c);
  return c.json(shape(await launchOnsite(c.get("deps"), site.id, idOf(c))));
}

export async function postOnsitePause(c: HttpContext): Promise<Response> {
  const site = await requireServer(c);
  return c.json(shape(await pauseOnsite(c.get("deps"), site.id, idOf(c))));
}

/** `GET /v1/onsite/messages/{id}/report[?against=]`: who was shown it, clicked, closed it and bought, against the holdout. */
export async function getOnsiteReport(c: HttpContext): Promise<Response> {
  const site = await requireServer(c);
  const report = await onsiteReport(c.get("deps"), site.id, idOf(c), c.req.query("against"));
  const { message, measuredAt, dismissed, result } = report;
  return c.json({
    message: shape(message),
    measuredAt,
    dismissed,
    currency: site.currency,
    result: result && inMajorUnits(result, site.currency),
  });
}

/** `GET /v1/push-key` → `{publicKey}`: what a browser subscribes to push with; another than before means: subscribe anew. */
export async function getPushKey(c: HttpContext): Promise<Response> {
  const { site } = await requireCaller(c);
  return c.json({ publicKey: await vapidPublicKey(c.get("deps"), site.id) }, 200, kept("private", 3600));
}

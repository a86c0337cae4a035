/**
 * The tag: `<script async src="https://edge/nunchi.js" data-key="pk_…"></script>`. Collects, and loads what else the page
 * asks for. It never throws into the page, never holds it up, and runs once however often it is embedded.
 */
import { newId } from "./collect/id.ts";
import { daysAway, readIdentity, resetIdentity, signIn } from "./collect/identity.ts";
import { parseJson } from "./collect/json.ts";
import { createQueue, EVENTS } from "./collect/queue.ts";
import { noteItem, recentItems } from "./collect/recent.ts";
import { keep, namesWith, persist, recall } from "./collect/storage.ts";
import type { Consent, Nunchi, SurveyResult, Tag } from "./collect/tag.ts";
import { watchViews } from "./collect/views.ts";
import { loadPart } from "./dom/load.ts";

type Bag = Record<string, unknown>;

/** Elements that say what a page is about. */
const SIGNALS = '[type="application/ld+json"],[property^="product:"]';

function start(script: HTMLScriptElement, key: string): void {
  // All addresses are below the folder that the script came from: a shop may serve it through its own domain.
  const edge = new URL(".", script.src).href;
  const { survey, manual, consent, gpc, layer = "dataLayer" } = script.dataset;
  const isManual = manual !== undefined;
  const locale = () => document.documentElement.lang || navigator.language;
  // The first question for it costs up to 20 ms of a phone's time: asked when nobody is looking, and kept for what comes.
  document.addEventListener("visibilitychange", () => keep("zone", Intl.DateTimeFormat().resolvedOptions().timeZone));
  const queue = createQueue(
    edge,
    () => ({ writeKey: key, context: { locale: locale(), timezone: recall("zone"), consent: choice } }),
    ({ onsite }) => onsite && (tag.onsite || onsite[0]) && load("visible").then(() => tag.onsite?.take(onsite)),
  );

  /** Of being recorded. */
  let choice = parseJson(recall("consent") ?? "") as Consent | undefined;
  const { globalPrivacyControl } = navigator as { globalPrivacyControl?: boolean };

  async function send(type: string, rest: object): Promise<boolean> {
    if (choice?.analytics === false) return false;
    const { title, referrer } = document;
    // What is behind "#" may be a secret of the page's own.
    const page = { url: location.href.split("#")[0], path: location.pathname, title, referrer };
    const made = { messageId: newId(), timestamp: new Date().toISOString() };
    return queue.add(EVENTS, { type, ...made, ...readIdentity(), ...rest, context: { page } });
  }

  function track(event: string, properties: object = {}): Promise<boolean> {
    noteItem(event, properties as Bag);
    return send("track", { event, properties });
  }

  const load = (part: Parameters<typeof loadPart>[0]) => loadPart(part, edge, script.nonce);

  /** Kept over pages. After a no, nothing of the visitor is left but the no. */
  function decide(consent: Consent): void {
    const said = JSON.stringify(consent);
    if (said === JSON.stringify(choice)) return;
    choice = consent;
    const wasHeld = tag.isHeld;
    tag.isHeld = false;
    keep("consent", said);
    tag.isHeld = !consent.analytics;
    if (tag.isHeld) load("signals").then(() => tag.signals?.forget());
    else persist();
    if (wasHeld) refresh();
  }

  const commands: Record<string, (...values: never[]) => unknown> = {
    /** What the page also says to others counts once. */
    track(event: string, properties: object = {}) {
      if (tag.signals?.isKnown(event, properties)) return true;
      tag.told.push([event, properties]);
      return track(event, properties);
    },
    page: (properties?: Bag) => send("page", { properties }),
    identify(userId: string | number | null, traits?: Bag, userHash?: string) {
      const isChange = userId != null && signIn(String(userId), userHash);
      // A shop says who is here on every page: once a day is enough, unless something changed.
      const said = digest(JSON.stringify([userId, traits, new Date().toDateString()]));
      if (recall("identified") === said) return true;
      keep("identified", said);
      const delivered = send("identify", { traits });
      if (isChange) refresh();
      return delivered;
    },
    consent: (said: Partial<Consent>) =>
      said.analytics === undefined
        ? queue.add("v1/consents", { ...readIdentity(), messageId: newId(), night: false, ...said, source: "page" })
        : decide(said as Consent),
    reset() {
      resetIdentity();
      tag.placements?.refresh();
    },
    recommendations: refresh,
    survey: (id: string) => openSurvey(id, true),
    ready(callback?: (identity: object) => void) {
      const identity = readIdentity();
      callback?.(identity);
      return identity;
    },
  };

  const run = (async (command: string, ...values: never[]) => {
    try {
      return await commands[command]?.(...values);
    } catch (error) {
      console.warn("nunchi", command, error);
    }
  }) as Nunchi;

  const tag: Tag = {
    edge,
    key,
    nonce: script.nonce,
    locale,
    isManual,
    layer,
    told: [],
    isHeld: consent || (gpc && globalPrivacyControl) ? !choice?.analytics : choice?.analytics === false,
    identity: () => (tag.isHeld ? {} : readIdentity()),
    recentItems,
    track,
    decide,
    queue,
    keep,
    recall,
    namesWith,
    newId,
  };

  /** What was done before counts in what is shown next. */
  async function refresh(): Promise<void> {
    await queue.flush();
    tag.placements?.refresh();
  }

  async function openSurvey(id: string, isAsked: boolean): Promise<SurveyResult | undefined> {
    await load("visible");
    await tag.looked;
    return tag.surveys?.open(id, isAsked);
  }

  /** Loads what the page has elements for. An element whose part cannot be loaded vanishes. */
  async function loadWhatIsUsed(): Promise<void> {
    const frames = document.querySelectorAll<HTMLElement>(":is(nunchi-recommendations,nunchi-survey):not(:defined)");
    if (frames[0] && !(await load("visible"))) {
      for (const frame of frames) frame.style.cssText = "display:none!important";
    }
  }

  const waiting = window.nunchi?.q ?? [];
  window.nunchi = run;
  run.tag = tag;
  for (const values of waiting) run(...(Array.from(values) as Parameters<Nunchi>));

  whenReadable(() => {
    watchViews(async (address, isNew) => {
      if (isNew) tag.productId = undefined;
      if (isNew && !isManual) run("page");
      loadWhatIsUsed();
      if (document.querySelector(SIGNALS) || layer in window || "__tcfapi" in window) {
        tag.looked = load("signals");
        await tag.looked;
        tag.signals?.look(address, isNew);
      }
      tag.placements?.refresh(true);
    });
    tag.daysAway = daysAway();
    if (recall("push")) load("visible");
    if (survey && tag.daysAway >= 1 && !recall(`survey:${survey}`)) openSurvey(survey, false);
  });
}

/** When the document is there, and shown to somebody: browsers prepare pages that nobody opens. */
function whenReadable(begin: () => void): void {
  const { readyState, prerendering } = document as { readyState: string; prerendering?: boolean };
  const event = readyState === "loading" ? "DOMContentLoaded" : prerendering ? "prerenderingchange" : undefined;
  if (event) document.addEventListener(event, () => whenReadable(begin), { once: true });
  else begin();
}

/** Tells equal from different; keeps no traits in the browser's storage. */
function digest(text: string): string {
  let hash = 0;
  for (let index = 0; index < text.length; index++) hash = (hash * 31 + text.charCodeAt(index)) | 0;
  return String(hash);
}

try {
  const script = (document.currentScript ??
    document.querySelector("script[data-key^=pk_]")) as HTMLScriptElement | null;
  const key = script?.dataset.key;
  if (script && key && !window.nunchi?.tag) start(script, key);
} catch (error) {
  console.warn("nunchi", error);
}

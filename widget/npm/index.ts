/**
 * The tag for shops that bundle: `const nunchi = load({ key: "pk_…", edge: "https://nunchi.example.com" })`. Adds the script that
 * everybody else embeds, and nothing of it to the bundle. Calls wait for it, in their order; they never throw. On a server,
 * and where the script cannot be loaded, they answer `undefined`.
 */
export interface Options {
  /** The site's public key. */
  key: string;
  /** Where `nunchi.js` is served, as an origin or a folder. */
  edge: string;
  /** Asks first-time visitors this survey. */
  survey?: string;
  /** Views are not collected; the page tells them itself. */
  manual?: boolean;
  /** Nothing is stored or sent before the visitor consents. */
  consent?: boolean;
  /** The same for browsers that send Global Privacy Control. */
  gpc?: boolean;
  /** Name of Google's data layer, where it is not `dataLayer`. */
  layer?: string;
  /** For pages whose policy names scripts by nonce. */
  nonce?: string;
}

export type Properties = Record<string, unknown>;

export interface Identity {
  anonymousId: string;
  userId: string | undefined;
}

export interface SurveyResult {
  id: string;
  isAnswered: boolean;
  /** Question → keys of what was picked. */
  answers: Record<string, string[]>;
}

export interface ChannelConsent {
  channel: "web_push" | "email" | "sms" | "kakao";
  granted: boolean;
  /** Also between 21:00 and 08:00. */
  night?: boolean;
  textVersion?: string;
}

/** `true`: stored. `false`: refused, or given up. */
type Told = Promise<boolean | undefined>;

export interface Nunchi {
  track(event: string, properties?: Properties): Told;
  page(name: string, properties?: Properties): Told;
  page(properties?: Properties): Told;
  /** `userHash`: the shop's proof that the page may speak for this user, where the site asks for it. */
  identify(userId: string | number, traits?: Properties, userHash?: string): Told;
  /** To be written to. */
  consent(consent: ChannelConsent): Told;
  /** To be recorded, and that it is used for advertising. */
  consent(consent: { analytics: boolean; ads?: boolean }): Promise<void>;
  /** After signing out: another anonymous history begins. */
  reset(): Promise<void>;
  /** After what was done is stored, all placements ask anew. */
  recommendations(): Promise<void>;
  survey(id: string): Promise<SurveyResult | undefined>;
  ready(): Promise<Identity | undefined>;
}

type Call = ((...values: unknown[]) => Promise<unknown>) & { tag?: unknown };

export function load(options: Options): Nunchi {
  const loaded = typeof document === "undefined" ? Promise.resolve() : embed(options);
  async function call(...values: unknown[]): Promise<unknown> {
    await loaded;
    const { nunchi } = globalThis as { nunchi?: Call };
    return nunchi?.tag ? nunchi(...values) : undefined;
  }
  return {
    track: (event, properties) => call("track", event, properties) as Told,
    page(first?: string | Properties, properties?: Properties) {
      return call("page", typeof first === "string" ? { name: first, ...properties } : first) as Told;
    },
    identify: (...values) => call("identify", ...values) as Told,
    consent: (consent: object) => call("consent", consent) as Promise<never>,
    reset: () => call("reset") as Promise<void>,
    recommendations: () => call("recommendations") as Promise<void>,
    survey: (id) => call("survey", id) as Promise<SurveyResult | undefined>,
    ready: () => call("ready") as Promise<Identity | undefined>,
  };
}

/** Once a page, however often it is asked for. Settles when the script has run, or cannot. */
function embed({ key, edge, nonce, manual, consent, gpc, survey, layer }: Options): Promise<void> {
  const known = document.querySelector<HTMLScriptElement>("script[data-key^=pk_]");
  const script = known ?? document.createElement("script");
  if (!known) {
    script.async = true;
    script.src = `${edge.replace(/\/*$/, "/")}nunchi.js`;
    script.nonce = nonce ?? "";
    const given = { key, survey, layer, manual, consent, gpc };
    for (const [name, value] of Object.entries(given)) if (value) script.dataset[name] = String(value);
  }
  const isThere = () => Boolean((globalThis as { nunchi?: Call }).nunchi?.tag);
  return new Promise((resolve) => {
    if (isThere()) return resolve();
    script.addEventListener("load", () => resolve());
    script.addEventListener("error", () => resolve());
    if (!known) document.head.append(script);
  });
}

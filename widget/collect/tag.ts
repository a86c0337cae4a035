/**
 * What the small core offers to the parts that are loaded when a page needs them. They are separate scripts, so they meet
 * at `window.nunchi.tag`.
 */
import type { Offer } from "../../worker/onsite/schema.ts";
import type { Identity } from "./identity.ts";
import type { Queue } from "./queue.ts";

export interface Tag {
  /** Address of the folder that the tag came from: all calls go below it. */
  edge: string;
  /** The site's public key. */
  key: string;
  /** Of the tag's script element, for pages whose policy names scripts and styles by nonce; may be empty. */
  nonce: string | undefined;
  /** Nobody, before the visitor consents. */
  identity(): Partial<Identity>;
  /** Latest first. */
  recentItems(): string[];
  /** The item that this page is about. */
  productId?: string | undefined;
  /** Since the visit before this one; see `daysAway` in identity.ts. */
  daysAway?: number;
  locale(): string;
  track(event: string, properties: object): Promise<boolean>;
  queue: Queue;
  /** See storage.ts and id.ts; parts have them from shared.ts. */
  keep(name: string, value: string): boolean;
  recall(name: string): string | null;
  namesWith(start: string): string[];
  newId(): string;
  /** True until the visitor consents, where the site asks for it: nothing is stored, nothing is sent. */
  isHeld?: boolean;
  decide(consent: Consent): void;
  /** Views are not collected; the page tells them itself. */
  isManual: boolean;
  /** Name of the page's data layer. */
  layer: string;
  /** What the page itself told before `signals` was there. */
  told: [event: string, properties: object][];
  /** Settles when it is known what the page is about. */
  looked?: Promise<unknown>;
  signals?: Signals;
  placements?: Placements;
  surveys?: Surveys;
  onsite?: Onsite;
}

export interface Onsite {
  /** What the edge offers now, in place of what it offered before. */
  take(offers: Offer[]): void;
}

/** Reads what a page says to others: product data for search engines, events for Google, consent for everybody. */
export interface Signals {
  /** `isNew`: another address, or back from the browser's cache. */
  look(address: string, isNew: boolean): void;
  /** True for what was already told from the page's own data. */
  isKnown(event: string, properties: object): boolean;
  /** All that is kept in this browser, but the visitor's choice. */
  forget(): void;
}

export interface Placements {
  /** `moved`: only those that were filled for another page. */
  refresh(moved?: boolean): void;
  names(): string[];
  /** Shows fragments that are already here, and asks for those of the other placements. */
  fill(fragments: Record<string, string>): void;
  /** Leads the visitor there, when it is on the page. */
  reveal(placement: string): void;
}

/** What the visitor allows: to be recorded, and that it is used for advertising to them. */
export interface Consent {
  analytics: boolean;
  ads?: boolean;
}

/** Question → keys of what was picked. */
export interface SurveyResult {
  id: string;
  isAnswered: boolean;
  answers: Record<string, string[]>;
}

export interface Surveys {
  /** `isAsked`: by the page, and not because it is a first visit. Resolves when the visitor is done with it. */
  open(id: string, isAsked: boolean): Promise<SurveyResult | undefined>;
}

/** The calls a page can make; before the script is here, a stub collects them in `q`. */
export interface Nunchi {
  (command: "track", event: string, properties?: Record<string, unknown>): Promise<boolean>;
  (
    command: "identify",
    userId: string | number | null,
    traits?: Record<string, unknown>,
    userHash?: string,
  ): Promise<boolean>;
  (command: "page", properties?: Record<string, unknown>): Promise<boolean>;
  (command: "consent", consent: { channel: string; granted: boolean; night?: boolean }): Promise<boolean>;
  (command: "consent", consent: Consent): Promise<void>;
  (command: "reset" | "recommendations"): Promise<void>;
  (command: "survey", id: string): Promise<SurveyResult | undefined>;
  (command: "ready", callback?: (identity: Identity) => void): Promise<Identity>;
  q?: ArrayLike<unknown>[];
  tag?: Tag;
}

declare global {
  interface Window {
    nunchi?: Nunchi;
  }
}

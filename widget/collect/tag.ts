/**
 * What the small core offers to the parts that are loaded when a page needs them. They are separate scripts, so they meet
 * at `window.nunchi.tag`.
 */
import type { Identity } from "./identity.ts";
import type { Queue } from "./queue.ts";

export interface Tag {
  /** Address of the folder that the tag came from: all calls go below it. */
  edge: string;
  /** The site's public key. */
  key: string;
  /** Of the tag's script element, for pages whose policy names scripts and styles by nonce; may be empty. */
  nonce: string | undefined;
  identity(): Identity;
  /** Latest first. */
  recentItems(): string[];
  /** The item that this page is about. */
  productId?: string | undefined;
  /** Since the visit before this one; see `daysAway` in identity.ts. */
  daysAway?: number;
  locale(): string;
  track(event: string, properties: object): Promise<boolean>;
  queue: Queue;
  placements?: Placements;
  surveys?: Surveys;
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
  (command: "identify", userId: string | number | null, traits?: Record<string, unknown>): Promise<boolean>;
  (command: "page", properties?: Record<string, unknown>): Promise<boolean>;
  (command: "consent", consent: { channel: string; granted: boolean; night?: boolean }): Promise<boolean>;
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

/**
 * What a visitor was shown, signed: goes out with the screen and comes back with the answer, so that nothing has to be
 * stored for a screen that is never answered, and what was passed over is known as well as what was picked.
 */
import type { Deps } from "../deps.ts";
import { DAY } from "../lib/time.ts";
import type { ShownQuestion } from "./schema.ts";

/** A screen may stay open in a tab for so long. */
const VALID_MS = 7 * DAY;

export interface AskedQuestion {
  kind: ShownQuestion["kind"];
  /** How many may be picked; of a text, how many characters. */
  most: number;
  /** Keys of what was shown. Of a price its lowest, its highest and its step. */
  shown: string[];
  /** Of groups, the items whose pictures stood for them, by key. */
  faces?: Record<string, string>;
  /** Tiles that are chosen anew after a tap. */
  adapts?: boolean;
}

export interface Ticket {
  surveyId: string;
  version: number;
  questions: Record<string, AskedQuestion>;
  /** Questions of earlier screens with what was picked; in the order of asking. */
  before: Record<string, AskedQuestion & { picked: string[] }>;
  shownAt: number;
  /** Two screens are never the same ticket. */
  nonce: string;
}

function signedText(siteId: string, payload: string): string {
  return `${siteId}\n${payload}`;
}

/** What of a shown question an answer is held against. */
export function askedOf(question: ShownQuestion): AskedQuestion {
  const { kind } = question;
  switch (kind) {
    case "tiles": {
      const faces = question.tiles.flatMap(({ key, itemId, faceId }) =>
        itemId || !faceId ? [] : [[key, faceId] as const],
      );
      return {
        kind,
        most: question.most,
        shown: question.tiles.map((tile) => tile.key),
        ...(faces.length > 0 ? { faces: Object.fromEntries(faces) } : {}),
        ...(question.adapts ? { adapts: true } : {}),
      };
    }
    case "choice":
    case "size":
      return {
        kind,
        most: question.multiple ? question.options.length : 1,
        shown: question.options.map((option) => option.value),
      };
    case "price":
      return { kind, most: 2, shown: [question.min, question.max, question.step].map(String) };
    case "text":
      return { kind, most: question.most, shown: [] };
  }
}

/** `payload.signature`, both base64url: readable by the page, and not to be changed by it. */
export async function writeTicket(
  deps: Deps,
  siteId: string,
  ticket: Pick<Ticket, "surveyId" | "version" | "questions" | "before">,
): Promise<string> {
  const whole: Ticket = { ...ticket, shownAt: deps.clock.now(), nonce: deps.ids.next("srv") };
  const payload = Buffer.from(JSON.stringify(whole)).toString("base64url");
  return `${payload}.${await deps.signer.sign("survey", signedText(siteId, payload))}`;
}

/** Undefined when this site did not write it, or too long ago. */
export async function readTicket(deps: Deps, siteId: string, text: string): Promise<Ticket | undefined> {
  const [payload = "", signature = ""] = text.split(".", 2);
  if (!(await deps.signer.verify("survey", signedText(siteId, payload), signature))) return undefined;
  const ticket = JSON.parse(Buffer.from(payload, "base64url").toString("utf8")) as Ticket;
  return deps.clock.now() - ticket.shownAt <= VALID_MS ? ticket : undefined;
}

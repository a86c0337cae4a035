/**
 * What a visitor was shown, signed: goes out with the screen and comes back with the answer, so that nothing has to be
 * stored for a screen that is never answered, and what was passed over is known as well as what was picked.
 */
import type { Deps } from "../deps.ts";
import { DAY } from "../lib/time.ts";
import type { SurveyScreen } from "./schema.ts";

/** A screen may stay open in a tab for so long. */
const VALID_MS = 7 * DAY;

export interface Ticket {
  surveyId: string;
  version: number;
  /** Question → keys of what was shown, and how many of them may be picked. */
  questions: Record<string, { kind: "tiles" | "choice"; most: number; shown: string[] }>;
  shownAt: number;
  /** Two screens are never the same ticket. */
  nonce: string;
}

function signedText(siteId: string, payload: string): string {
  return `${siteId}\n${payload}`;
}

export async function writeTicket(
  deps: Deps,
  siteId: string,
  screen: Pick<SurveyScreen, "id" | "version"> & { questions: NonNullable<SurveyScreen["screen"]>["questions"] },
): Promise<string> {
  const ticket: Ticket = {
    surveyId: screen.id,
    version: screen.version,
    questions: Object.fromEntries(
      screen.questions.map((question) => [
        question.id,
        question.kind === "tiles"
          ? { kind: question.kind, most: question.most, shown: question.tiles.map((tile) => tile.key) }
          : {
              kind: question.kind,
              most: question.multiple ? question.options.length : 1,
              shown: question.options.map((option) => option.value),
            },
      ]),
    ),
    shownAt: deps.clock.now(),
    nonce: deps.ids.next("srv"),
  };
  const payload = Buffer.from(JSON.stringify(ticket)).toString("base64url");
  return `${payload}.${await deps.signer.sign("survey", signedText(siteId, payload))}`;
}

/** Undefined when this site did not write it, or too long ago. */
export async function readTicket(deps: Deps, siteId: string, text: string): Promise<Ticket | undefined> {
  const [payload = "", signature = ""] = text.split(".", 2);
  if (!(await deps.signer.verify("survey", signedText(siteId, payload), signature))) return undefined;
  const ticket = JSON.parse(Buffer.from(payload, "base64url").toString("utf8")) as Ticket;
  return deps.clock.now() - ticket.shownAt <= VALID_MS ? ticket : undefined;
}

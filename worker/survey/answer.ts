/**
 * A visitor's answer becomes an event of theirs and, where a question names a trait, part of their profile. Only what was
 * shown counts: picks of anything else are ignored and counted. The same answer sent twice is one answer.
 */
import type { Deps } from "../deps.ts";
import { type Alongside, collect } from "../events/collect.ts";
import { Refusal } from "../lib/errors.ts";
import { sha256 } from "../lib/hash.ts";
import type { Survey, SurveyAnswer } from "./schema.ts";
import { requireTicket } from "./screen.ts";
import type { AskedQuestion, Ticket } from "./ticket.ts";

export interface Recorded {
  picked: number;
  /** Picks of what was not shown. */
  ignored: number;
  /** Everything that was asked so far, by question: what the next screen is chosen by. */
  answered: Ticket["before"];
}

/**
 * With `isComplete` false more may follow, and the next answer says this one again. Throws `bad_request` for a foreign or old
 * ticket, too many picks, or an answer in which nothing that was shown is picked.
 */
export async function recordAnswer(
  deps: Deps,
  survey: Survey,
  answer: SurveyAnswer,
  options: {
    isBot: boolean;
    /** The visitor does not want to be recorded: checked like any other, and not stored. */
    isWithheld?: boolean;
    isComplete: (answered: Ticket["before"]) => Promise<boolean>;
    alongside?: Alongside;
  },
): Promise<Recorded> {
  const ticket = await requireTicket(deps, survey, answer.ticket);
  const { picked, ignored } = weigh(ticket, answer);
  const answered: Ticket["before"] = { ...ticket.before };
  for (const [id, asked] of Object.entries(ticket.questions)) answered[id] = { ...asked, picked: picked.get(id) ?? [] };
  const isComplete = await options.isComplete(answered);
  const count = [...picked.values()].reduce((sum, keys) => sum + keys.length, 0);
  const total = Object.values(answered).reduce((sum, each) => sum + each.picked.length, 0);
  if (total === 0) {
    if (!isComplete) return { picked: 0, ignored, answered };
    throw new Refusal("bad_request", "nothing that was shown is picked");
  }
  if (options.isWithheld) return { picked: count, ignored, answered };
  const traits = traitsOf(survey, answered);
  const { userId, anonymousId, timestamp, sentAt } = answer;
  const person = { userId, anonymousId, ...(timestamp ? { timestamp } : {}) };
  const messageId =
    answer.messageId ?? `srv_${sha256(JSON.stringify([answer.ticket, userId, anonymousId, [...picked]]), 24)}`;
  const properties = { ...describe(ticket, answered), is_complete: isComplete };
  const messages: unknown[] = [{ type: "track", event: "survey_answered", messageId, ...person, properties }];
  if (Object.keys(traits).length > 0) {
    messages.push({ type: "identify", messageId: `${messageId}-traits`, ...person, traits });
  }
  const envelope = {
    siteId: survey.siteId,
    now: deps.clock.now(),
    sentAt: sentAt ? Date.parse(sentAt) : undefined,
    isBot: options.isBot,
  };
  const { refused } = await collect(deps, envelope, messages, options.alongside);
  if (refused[0]) throw new Refusal("bad_request", "the answer could not be stored", { issues: refused[0].issues });
  return { picked: count, ignored, answered };
}

/** Question → what was picked of what it showed, in the order of picking, each once. */
function weigh(ticket: Ticket, answer: SurveyAnswer): { picked: Map<string, string[]>; ignored: number } {
  const picked = new Map<string, string[]>();
  let ignored = 0;
  for (const [index, { questionId, picked: keys }] of answer.answers.entries()) {
    const question = Object.hasOwn(ticket.questions, questionId) ? ticket.questions[questionId] : undefined;
    const distinct = [...new Set(keys)];
    const valid = question ? validOf(question, distinct) : [];
    ignored += distinct.length - valid.length;
    if (!question || valid.length === 0) continue;
    if (question.kind !== "text" && valid.length > question.most) {
      const message = `at most ${question.most} can be picked`;
      throw new Refusal("bad_request", `the answer is not valid: ${message}`, {
        issues: [{ path: `answers.${index}.picked`, message }],
      });
    }
    picked.set(questionId, valid);
  }
  return { picked, ignored };
}

function validOf({ kind, shown, most }: AskedQuestion, keys: string[]): string[] {
  if (kind === "text") {
    const [text = ""] = keys;
    const kept = text.trim().slice(0, most);
    return kept ? [kept] : [];
  }
  if (kind === "price") {
    const [low = 0, high = 0] = shown.map(Number);
    // Both ends of the slider, in either order; both at their ends says nothing.
    const ends = keys.map(Number).filter((value) => Number.isFinite(value) && value >= low && value <= high);
    if (ends.length === 0 || ends.length !== keys.length) return [];
    const band = [Math.min(...ends), Math.max(...ends)];
    return band[0] === low && band[1] === high ? [] : band.map(String);
  }
  return keys.filter((key) => shown.includes(key));
}

const PLURALS = { category: "categories", brand: "brands", style: "styles" } as const;

/** The event's properties. Everything that was picked and everything that was shown and passed over, over all screens. */
function describe(ticket: Ticket, answered: Ticket["before"]): Record<string, unknown> {
  const lists: Record<string, string[]> = {
    picked_item_ids: [],
    passed_item_ids: [],
    picked_categories: [],
    passed_categories: [],
  };
  const choices: Record<string, string[]> = {};
  const more: Record<string, unknown> = {};
  const faces: string[] = [];
  const put = (side: "picked" | "passed", key: string) => {
    const at = key.indexOf(":");
    const kind = key.slice(0, at);
    const name = kind === "item" ? `${side}_item_ids` : `${side}_${PLURALS[kind as keyof typeof PLURALS]}`;
    const list = lists[name] ?? [];
    lists[name] = list;
    list.push(key.slice(at + 1));
  };
  for (const [questionId, { kind, shown, picked, faces: pictures }] of Object.entries(answered)) {
    if (picked.length === 0) continue;
    if (kind === "choice" || kind === "size") choices[questionId] = picked;
    else if (kind === "text") more.texts = { ...(more.texts as object), [questionId]: picked[0] };
    else if (kind === "price") more.price_band = { min: Number(picked[0]), max: Number(picked[1]) };
    else {
      for (const key of picked) {
        put("picked", key);
        const face = pictures?.[key];
        if (face) faces.push(face);
      }
      // A question that was left out says nothing about its tiles.
      for (const key of shown) if (!picked.includes(key)) put("passed", key);
    }
  }
  return {
    survey_id: ticket.surveyId,
    survey_version: ticket.version,
    ...lists,
    choices,
    ...(faces.length > 0 ? { pictured_item_ids: faces } : {}),
    ...more,
  };
}

/** A single choice and a text are a text, a price band two numbers, everything else a list. */
function traitsOf(survey: Survey, answered: Ticket["before"]): Record<string, unknown> {
  const traits: Record<string, unknown> = {};
  for (const question of survey.definition.questions) {
    const keys = Object.hasOwn(answered, question.id) ? answered[question.id]?.picked : undefined;
    const { trait, kind } = question;
    if (!trait || !keys || keys.length === 0) continue;
    if (kind === "price") {
      traits[`${trait}_min`] = Number(keys[0]);
      traits[`${trait}_max`] = Number(keys[1]);
    } else if (kind === "text" || ((kind === "choice" || kind === "size") && !question.multiple))
      traits[trait] = keys[0];
    else traits[trait] = keys.map((key) => (kind === "tiles" ? key.slice(key.indexOf(":") + 1) : key));
  }
  return traits;
}

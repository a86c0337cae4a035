/**
 * A visitor's answer becomes an event of theirs and, where a question names a trait, part of their profile. Only what was
 * shown counts: picks of anything else are ignored and counted. The same answer sent twice is one answer.
 */
import type { Deps } from "../deps.ts";
import { type Alongside, collect } from "../events/collect.ts";
import { Refusal } from "../lib/errors.ts";
import { sha256 } from "../lib/hash.ts";
import type { Survey, SurveyAnswer } from "./schema.ts";
import { readTicket, type Ticket } from "./ticket.ts";

export interface Recorded {
  picked: number;
  /** Picks of what was not shown. */
  ignored: number;
  pickedItemIds: string[];
}

/** Throws `bad_request` for a foreign or old ticket, too many picks, or an answer in which nothing that was shown is picked. */
export async function recordAnswer(
  deps: Deps,
  survey: Survey,
  answer: SurveyAnswer,
  options: { isBot: boolean; alongside?: Alongside },
): Promise<Recorded> {
  const ticket = await readTicket(deps, survey.siteId, answer.ticket);
  if (!ticket || ticket.surveyId !== survey.id) {
    throw new Refusal("bad_request", "the ticket is not one of this survey, or too old: ask for the survey again");
  }
  const { picked, ignored } = weigh(ticket, answer);
  const count = [...picked.values()].reduce((sum, keys) => sum + keys.length, 0);
  if (count === 0) throw new Refusal("bad_request", "nothing that was shown is picked");
  const properties = describe(ticket, picked);
  const traits = traitsOf(survey, picked);

  const { userId, anonymousId, timestamp, sentAt } = answer;
  const person = { userId, anonymousId, ...(timestamp ? { timestamp } : {}) };
  const messageId =
    answer.messageId ?? `srv_${sha256(JSON.stringify([answer.ticket, userId, anonymousId, [...picked]]), 24)}`;
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
  return { picked: count, ignored, pickedItemIds: properties.picked_item_ids };
}

/** Question → what was picked of what it showed, in the order of picking, each once. */
function weigh(ticket: Ticket, answer: SurveyAnswer): { picked: Map<string, string[]>; ignored: number } {
  const picked = new Map<string, string[]>();
  let ignored = 0;
  for (const [index, { questionId, picked: keys }] of answer.answers.entries()) {
    const question = Object.hasOwn(ticket.questions, questionId) ? ticket.questions[questionId] : undefined;
    const distinct = [...new Set(keys)];
    const shown = distinct.filter((key) => question?.shown.includes(key));
    ignored += distinct.length - shown.length;
    if (!question || shown.length === 0) continue;
    if (shown.length > question.most) {
      const message = `at most ${question.most} can be picked`;
      throw new Refusal("bad_request", `the answer is not valid: ${message}`, {
        issues: [{ path: `answers.${index}.picked`, message }],
      });
    }
    picked.set(questionId, shown);
  }
  return { picked, ignored };
}

function describe(ticket: Ticket, picked: Map<string, string[]>) {
  const tiles = {
    item: { picked: [] as string[], passed: [] as string[] },
    category: { picked: [] as string[], passed: [] as string[] },
  };
  const choices: Record<string, string[]> = {};
  for (const [questionId, question] of Object.entries(ticket.questions)) {
    const keys = picked.get(questionId) ?? [];
    if (question.kind === "choice") {
      if (keys.length > 0) choices[questionId] = keys;
      continue;
    }
    for (const [list, side] of [
      [keys, "picked"],
      // A question that was left out says nothing about its tiles.
      [keys.length > 0 ? question.shown.filter((key) => !keys.includes(key)) : [], "passed"],
    ] as const) {
      for (const key of list) {
        const kind = key.startsWith("item:") ? "item" : "category";
        tiles[kind][side].push(key.slice(kind.length + 1));
      }
    }
  }
  return {
    survey_id: ticket.surveyId,
    survey_version: ticket.version,
    picked_item_ids: tiles.item.picked,
    passed_item_ids: tiles.item.passed,
    picked_categories: tiles.category.picked,
    passed_categories: tiles.category.passed,
    choices,
  };
}

/** A single choice is a text, everything else a list. */
function traitsOf(survey: Survey, picked: Map<string, string[]>): Record<string, unknown> {
  const traits: Record<string, unknown> = {};
  for (const question of survey.definition.questions) {
    const keys = picked.get(question.id);
    if (!question.trait || !keys) continue;
    traits[question.trait] =
      question.kind === "choice" && !question.multiple
        ? keys[0]
        : keys.map((key) => key.replace(/^(item|category):/, ""));
  }
  return traits;
}

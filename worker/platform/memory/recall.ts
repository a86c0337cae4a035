/**
 * Reads through the memory: what it does not hold is read from the user shards, one batch each, and filled in. Answers that
 * this isolate was given before are not sent nor parsed again: the memory says whether they still hold, and what was added.
 */
import type { Database, Deps, Known, Remembered, Shard, Statement, Told } from "../../deps.ts";
import type { ProfileId } from "../../lib/ids.ts";

/** What a user shard is asked. The answer holds until its subject changes. */
export interface Question<T> extends Remembered {
  /** Whose shard is asked, and in whose part of the memory the answer is. */
  owner: ProfileId;
  ask(db: Database): Statement[];
  /** Out of the rows of each statement. It has to survive JSON. */
  answer(rows: unknown[][]): T;
  /** With what was added to the subject since, in the order of its coming. Not given: it does not matter here. */
  extend?(answer: T, added: unknown[]): T;
}

/** An answer as this isolate was last given it. Not to be changed: others are given it too. */
interface Kept {
  known: Known;
  answer: unknown;
  characters: number;
  /** Since it was last spared. */
  isUsed: boolean;
}

/**
 * Nothing of it is told without the memory's word that it holds. Who was asked for since has a second chance (Corbató, "A Paging
 * Experiment with the Multics System", 1968): nearly the order of use, and asking costs no more than a mark.
 */
const kept = new Map<string, Kept>();
/** Of the isolate's 128 MB about two bytes each. */
const MOST_CHARACTERS = 6_000_000;
/** What an answer takes beside its characters, in these: most visitors are new, and of them there is nearly nothing to say. */
const EACH = 300;
let charactersKept = 0;

/** What was found out: the answer to each of the questions that were asked. */
export type Answers = <T>(question: Question<T>) => T;

/** Throws what a shard throws. */
export async function recall(deps: Deps, questions: Question<unknown>[]): Promise<Answers> {
  const answers = new Map<Question<unknown>, unknown>();
  const places = Map.groupBy(questions, ({ owner }) => deps.memory.placeOf(owner));
  await Promise.all([...places].map(([place, group]) => recallAt(deps, place, group, answers)));
  return <T>(question: Question<T>) => answers.get(question) as T;
}

async function recallAt(
  deps: Deps,
  place: number,
  questions: Question<unknown>[],
  answers: Map<Question<unknown>, unknown>,
): Promise<void> {
  const keys = questions.map(({ subject, name }) => `${place} ${subject} ${name}`);
  const before = keys.map((key) => kept.get(key));
  const heard = await deps.memory.read(
    place,
    questions.map(({ subject, name }, index) => ({ subject, name, known: before[index]?.known })),
  );
  const { lease, values } = heard ?? { lease: "", values: before.map((each) => each && { ...each.known, more: [] }) };
  const missing: Question<unknown>[] = [];
  for (const [index, question] of questions.entries()) {
    const told = values[index];
    if (told === undefined) missing.push(question);
    else answers.set(question, answerOf(question, keys[index] as string, told, before[index]));
  }
  if (missing.length === 0) return;
  const shards = Map.groupBy(missing, ({ owner }) => deps.shards.of(owner));
  await Promise.all([...shards].map(([shard, group]) => readFrom(shard, group, answers)));
  const entries = missing.map((question) => ({
    subject: question.subject,
    name: question.name,
    value: JSON.stringify(answers.get(question)),
  }));
  deps.later(
    deps.memory.fill(place, lease, entries).catch((error) => deps.log.error("nothing is remembered", error, { place })),
  );
}

function answerOf(question: Question<unknown>, key: string, told: Told, before: Kept | undefined): unknown {
  const { value, more, ...known } = told;
  const isNew = value !== undefined;
  if (!isNew && more.length === 0 && before) {
    before.isUsed = true;
    return before.answer;
  }
  const answer = extended(question, isNew ? JSON.parse(value) : before?.answer, more);
  const characters = more.reduce(
    (sum, text) => sum + text.length,
    isNew ? EACH + value.length : (before?.characters ?? 0),
  );
  keep(key, { known, answer, characters, isUsed: true });
  return answer;
}

function keep(key: string, entry: Kept): void {
  charactersKept += entry.characters - (kept.get(key)?.characters ?? 0);
  kept.set(key, entry);
  for (const [oldest, each] of kept) {
    if (charactersKept <= MOST_CHARACTERS) break;
    kept.delete(oldest);
    if (each.isUsed) kept.set(oldest, Object.assign(each, { isUsed: false }));
    else charactersKept -= each.characters;
  }
}

function extended<T>({ extend }: Question<T>, answer: T, added: string[]): T {
  if (!extend || added.length === 0) return answer;
  return extend(
    answer,
    added.map((text) => JSON.parse(text)),
  );
}

async function readFrom(
  { db }: Shard,
  questions: Question<unknown>[],
  answers: Map<Question<unknown>, unknown>,
): Promise<void> {
  const asked = questions.map((question) => question.ask(db));
  const results = await db.batch<unknown>(asked.flat());
  let next = 0;
  for (const [index, question] of questions.entries()) {
    const rows = results.slice(next, next + (asked[index]?.length ?? 0)).map((result) => result.results);
    next += rows.length;
    answers.set(question, question.answer(rows));
  }
}

/** What is owed to people about their consent, as the API and the admin's file tell it. */

import type { OpenDuty } from "../profiles/duties/store.ts";
import { noticeOf } from "../profiles/duty.ts";
import type { Site } from "../sites/schema.ts";

/** Times in epoch ms. `text`: words that say what has to be said, in the person's language. */
export function dutyOf(site: Site, { profileId: _, ...said }: OpenDuty, now: number) {
  return { ...said, isOverdue: said.dueAt < now, text: noticeOf(said, site, said.locale ?? site.locale) };
}

export type ToldDuty = ReturnType<typeof dutyOf>;

const COLUMNS = [
  "userId",
  "anonymousId",
  "email",
  "phone",
  "kind",
  "channel",
  "granted",
  "saidAt",
  "dueAt",
  "isOverdue",
  "text",
] as const;

/** With a byte order mark, by which Excel knows Korean; times as ISO 8601; nothing in it is taken for a formula. */
export function csvOf(duties: ToldDuty[]): string {
  const lines = duties.map((duty) =>
    COLUMNS.map((column) => {
      const value = duty[column];
      return cell(typeof value === "number" ? new Date(value).toISOString() : String(value ?? ""), column);
    }).join(","),
  );
  return `\ufeff${[COLUMNS.join(","), ...lines].join("\r\n")}\r\n`;
}

function cell(text: string, column: string): string {
  // A number begins with a plus, and the spreadsheet may think of it what it likes.
  const safe = column !== "phone" && /^[=+@\t\r-]/.test(text) ? `'${text}` : text;
  return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

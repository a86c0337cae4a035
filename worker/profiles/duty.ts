/**
 * What the law asks to be told or asked again about a word of the ledger. Pure: `now` is an argument. Network Act art. 50(7):
 * the result of a consent, a refusal or a withdrawal is told within fourteen days, with the sender, the fact and the date.
 * Art. 50(8) and decree art. 62-3: who agreed is asked to confirm it every two years; who is silent has agreed still.
 */
import type { Channel } from "../deps.ts";
import type { ProfileId } from "../lib/ids.ts";
import { DAY } from "../lib/time.ts";
import type { ConsentRow } from "./consents/store.ts";

export interface Duty {
  profileId: ProfileId;
  kind: "notice" | "reconfirm";
  channel: Channel;
  /** The word it is about. */
  saidAt: number;
  granted: boolean;
  dueAt: number;
}

const NOTICE_MS = 14 * DAY;
/** Older words were told about by whoever took them, or never will be. */
const NOTICED_BACK_MS = 30 * DAY;
/** How long before the two years are over it is listed. */
const AHEAD_MS = 30 * DAY;

/** The same day two years later; of a 29 February the day before. */
export function twoYearsAfter(at: number): number {
  const date = new Date(at);
  const day = date.getUTCDate();
  date.setUTCFullYear(date.getUTCFullYear() + 2);
  return date.getUTCDate() === day ? date.getTime() : date.getTime() - DAY;
}

/** `words`: the last one of each channel. `confirmedAt`: when somebody was last asked to confirm, by profile and channel. */
export function dutiesOf(words: ConsentRow[], confirmedAt: Map<string, number>, now: number): Duty[] {
  return words.flatMap(({ profileId, channel, at, granted }): Duty[] => {
    const base = { profileId, channel, saidAt: at, granted };
    const duties: Duty[] = at >= now - NOTICED_BACK_MS ? [{ ...base, kind: "notice", dueAt: at + NOTICE_MS }] : [];
    const since = Math.max(at, confirmedAt.get(`${profileId} ${channel}`) ?? 0);
    const dueAt = twoYearsAfter(since);
    if (granted && dueAt - AHEAD_MS <= now) duties.push({ ...base, kind: "reconfirm", dueAt });
    return duties;
  });
}

const CHANNEL_WORDS: Partial<Record<Channel, [ko: string, en: string]>> = {
  web_push: ["웹 푸시", "web push"],
  email: ["이메일", "e-mail"],
  sms: ["문자", "text message"],
  kakao: ["카카오톡", "Kakao"],
};

/** Words that say what has to be said; informative, so no advertising may stand beside it. */
export function noticeOf(
  { kind, channel, saidAt, granted }: Pick<Duty, "kind" | "channel" | "saidAt" | "granted">,
  site: { name: string; timeZone: string; sender: { name: string; contact: string } | null },
  locale: string,
): string {
  const sender = site.sender?.name ?? site.name;
  const contact = site.sender?.contact;
  const isKorean = locale.startsWith("ko");
  const [ko, en] = CHANNEL_WORDS[channel] ?? [channel, channel];
  const format = { dateStyle: "long", timeZone: site.timeZone } as const;
  const date = new Intl.DateTimeFormat(isKorean ? "ko-KR" : "en-US", format).format(saidAt);
  const fact = isKorean
    ? kind === "notice"
      ? `${date} ${ko} 광고 수신 ${granted ? "동의" : "거부"}가 처리되었습니다.`
      : `${date}에 ${ko} 광고 수신에 동의하셨습니다. 계속 받으시면 하실 일이 없고, 원하지 않으시면 언제든 거부하실 수 있습니다.`
    : kind === "notice"
      ? `${date}: you ${granted ? "agreed to" : "refused"} advertising by ${en}.`
      : `On ${date} you agreed to advertising by ${en}. To go on there is nothing to do; you may refuse at any time.`;
  const reach = contact === undefined ? "" : ` ${isKorean ? "문의" : "Contact"} ${contact}`;
  return `[${sender}] ${fact}${reach}`;
}

/**
 * What each channel adds to the marketer's words and how much it takes. An advertisement says that it is one, who sends it
 * and how to make it stop, free of charge (Network Act art. 50(4), Enforcement Decree art. 61(3)): that is added here, so
 * that nobody can forget it. Pure.
 */
import type { Channel } from "../../deps.ts";
import type { Sender } from "../../sites/schema.ts";

export interface Draft {
  title: string;
  body: string;
}

export interface Frame {
  sender: Sender;
  isAd: boolean;
  locale: "ko" | "en";
  /** The tracked link, for channels without a link of their own. */
  link: string;
  unsubscribe: string;
}

export type Formed = { ok: true; title: string; body: string } | { ok: false; reason: "too_long" };

/** Exactly this form, at the very beginning; spaced or bracketed otherwise it counts as evasion. */
const LABEL = "(광고)";

const WORDS = {
  ko: { contact: "문의", out: "무료수신거부", button: "수신거부: 알림의 '수신거부' 버튼" },
  en: { contact: "Contact", out: "Unsubscribe free of charge", button: "Unsubscribe: the button of this notification" },
} as const;

/** A marketer's own attempt at the label, in any spelling: the channel adds it, and twice or misspelled is unlawful. */
export function hasOwnLabel(text: string): boolean {
  return /[([{<〈【［（]\s*광[\s.·]*고\s*[)\]}>〉】］）]/.test(text);
}

const FORMS: Record<Channel, (draft: Draft, frame: Frame) => Draft> = {
  email: ({ title, body }, frame) => ({
    title: labeled(title, frame),
    body: frame.isAd ? `${body}\n\n--\n${signature(frame)}\n${wayOut(frame)}` : body,
  }),
  web_push: ({ title, body }, frame) => ({
    title: labeled(title, frame),
    body: frame.isAd ? `${body}\n${signature(frame)} · ${WORDS[frame.locale].button}` : body,
  }),
  sms: ({ title, body }, frame) => ({
    title,
    body: lines(
      frame.isAd ? `${LABEL}${frame.sender.name} ${title}` : title,
      body,
      frame.link,
      ...(frame.isAd ? [`${WORDS[frame.locale].contact} ${frame.sender.contact}`, wayOut(frame)] : []),
    ),
  }),
  kakao: ({ title, body }, frame) => ({
    title,
    body: lines(labeled(title, frame), body, ...(frame.isAd ? [signature(frame), wayOut(frame)] : [])),
  }),
};

const FITS: Record<Channel, (draft: Draft, frame: Frame) => boolean> = {
  email: ({ title, body }) => title.length <= 200 && utf8Length(body) <= 100_000,
  /** RFC 8030 guarantees 4,096 bytes; encryption leaves 3,993 for the JSON that the browser gets. */
  web_push: (draft, frame) => utf8Length(JSON.stringify({ ...draft, url: frame.link, out: frame.unsubscribe })) <= 3400,
  /** LMS, in the carriers' EUC-KR. */
  sms: ({ body }) => eucKrLength(body) <= 2000,
  /** Brand message, text bubble. */
  kakao: ({ body }) => body.length <= 1300,
};

/** The words as they leave, with everything that the channel adds; refused, never cut, when they do not fit. */
export function form(channel: Channel, draft: Draft, frame: Frame): Formed {
  const formed = FORMS[channel](draft, frame);
  return FITS[channel](formed, frame) ? { ok: true, ...formed } : { ok: false, reason: "too_long" };
}

function labeled(title: string, frame: Frame): string {
  return frame.isAd ? `${LABEL} ${title}` : title;
}

function signature({ sender }: Frame): string {
  return `${sender.name} · ${sender.contact}`;
}

function wayOut(frame: Frame): string {
  return `${WORDS[frame.locale].out} ${frame.unsubscribe}`;
}

function lines(...parts: string[]): string {
  return parts.join("\n");
}

function utf8Length(text: string): number {
  return Buffer.byteLength(text);
}

function eucKrLength(text: string): number {
  let bytes = 0;
  for (const character of text) bytes += (character.codePointAt(0) ?? 0) < 0x80 ? 1 : 2;
  return bytes;
}

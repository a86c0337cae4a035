/** The admin's two languages. Every word is a pair, so that none can be missing in one of them. */
import type { Context } from "hono";
import { getCookie, setCookie } from "hono/cookie";
import { parseAccept } from "hono/utils/accept";
import { type Particle, particleAfter } from "../../lib/josa.ts";
import { DAY, SECOND } from "../../lib/time.ts";
import { type Word, words } from "./words/words.ts";

export const LOCALES = ["ko", "en"] as const;
export type Locale = (typeof LOCALES)[number];

export type Translate = (word: Word, values?: Record<string, string | number>) => string;

const COOKIE = "nunchi_locale";

/** The cookie's, else the browser's first choice of the two, else English. */
export function localeOf(c: Context): Locale {
  const chosen = getCookie(c, COOKIE);
  if (chosen === "ko" || chosen === "en") return chosen;
  const accepted = parseAccept(c.req.header("accept-language") ?? "").sort((a, b) => b.q - a.q);
  for (const { type } of accepted) {
    const language = type.toLowerCase().split("-")[0];
    if (language === "ko" || language === "en") return language;
  }
  return "en";
}

export function rememberLocale(c: Context, locale: Locale): void {
  const secure = new URL(c.req.url).protocol === "https:";
  setCookie(c, COOKIE, locale, {
    path: "/admin",
    sameSite: "Lax",
    maxAge: (365 * DAY) / SECOND,
    httpOnly: true,
    secure,
  });
}

/**
 * `{name}` in a word is replaced by `values.name`, and a particle behind it, as in `{name}{와/과}`, by the form that follows
 * that; the page escapes the result.
 */
export function translator(locale: Locale): Translate {
  const index = LOCALES.indexOf(locale);
  return (word, values = {}) =>
    words[word][index === 0 ? 0 : 1].replace(
      /\{(\w+)\}(?:\{([가-힣]+\/[가-힣]+)\})?/g,
      (whole, name, particle?: Particle) => {
        if (values[name] === undefined) return whole;
        const value = String(values[name]);
        return particle ? value + particleAfter(value, particle) : value;
      },
    );
}

/** A word that is named by data (a reason, a state): the data itself when there is no such word. */
export function translateOr(t: Translate, word: string, fallback: string): string {
  return word in words ? t(word as Word) : fallback;
}

/**
 * The links in messages: `GET /c/{token}` leads on, `GET /o/{token}.gif` is the open pixel, `/u/{token}` is the way out
 * (GET shows it, only POST changes anything: mail gateways follow every link). No cookies, no key: the token is the key.
 */
import { createHash } from "node:crypto";
import { html, raw } from "hono/html";
import type { Child } from "hono/jsx";
import { parseAccept } from "hono/utils/accept";
import { startRuns } from "../../campaigns/enter.ts";
import type { Channel } from "../../deps.ts";
import type { Visit } from "../../messages/machine.ts";
import { type AlongsideOf, readWayOut, trackClick, trackOpen, unsubscribe, type WayOut } from "../../messages/track.ts";
import type { HttpContext } from "../context.ts";

/** A transparent GIF of one pixel. */
const PIXEL = Buffer.from("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7", "base64");

const STYLE = `:root{color-scheme:light dark;font:16px/1.6 system-ui,-apple-system,"Apple SD Gothic Neo","Malgun Gothic",sans-serif}
body{margin:0;min-height:100vh;display:grid;place-items:center;background:Canvas;color:CanvasText}
main{max-width:26rem;padding:2rem 1.5rem;text-align:center;word-break:keep-all}
h1{font-size:1.25rem;margin:0 0 .75rem}
p{margin:0 0 1.5rem}
button{font:inherit;font-weight:600;padding:.75rem 1.5rem;border:0;border-radius:.5rem;background:#1d4ed8;color:#fff;cursor:pointer}
button:focus-visible{outline:3px solid #60a5fa;outline-offset:2px}`;

const STYLE_HASH = createHash("sha256").update(STYLE).digest("base64");

const CHANNEL_NAMES: Record<Channel, { ko: string; en: string }> = {
  web_push: { ko: "웹 푸시 알림", en: "web push notifications" },
  email: { ko: "이메일", en: "e-mail" },
  sms: { ko: "문자 메시지", en: "text messages" },
  kakao: { ko: "카카오톡 메시지", en: "KakaoTalk messages" },
};

type Locale = "ko" | "en";

function startsRuns(c: HttpContext): AlongsideOf {
  return (siteId) => startRuns(c.get("deps"), siteId);
}

function visitOf(c: HttpContext): Visit {
  const purposes = ["purpose", "sec-purpose", "x-purpose", "x-moz"].flatMap((name) => c.req.header(name) ?? []);
  return { method: c.req.method, userAgent: c.req.header("user-agent"), purposes };
}

/** The reader's own language, else the browser's, else the site's. */
function localeOf(c: HttpContext, wayOut?: WayOut): Locale {
  const accepted = parseAccept(c.req.header("accept-language") ?? "").sort((a, b) => b.q - a.q);
  const candidates = [wayOut?.locale, ...accepted.map(({ type }) => type), wayOut?.site.locale, "ko"];
  for (const candidate of candidates) {
    if (/^ko\b/i.test(candidate ?? "")) return "ko";
    if (/^en\b/i.test(candidate ?? "")) return "en";
  }
  return "en";
}

function sendPage(c: HttpContext, locale: Locale, title: string, children: Child, status: 200 | 404 = 200) {
  c.header(
    "Content-Security-Policy",
    `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`,
  );
  c.header("X-Content-Type-Options", "nosniff");
  keepPrivate(c);
  const page = (
    <html lang={locale}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>{title}</title>
        <style>{raw(STYLE)}</style>
      </head>
      <body>
        <main>
          <h1>{title}</h1>
          {children}
        </main>
      </body>
    </html>
  );
  return c.html(html`<!doctype html>${page}`, status);
}

/** The address is the person's own: it is not kept, not indexed and not told to where it leads. */
function keepPrivate(c: HttpContext): void {
  c.header("Cache-Control", "no-store");
  c.header("Referrer-Policy", "no-referrer");
  c.header("X-Robots-Tag", "noindex");
}

function sendUnknown(c: HttpContext) {
  const locale = localeOf(c);
  const [title, text] =
    locale === "ko"
      ? ["사용할 수 없는 링크입니다", "주소가 잘렸거나, 메시지가 더 이상 남아 있지 않습니다."]
      : ["This link does not work", "Its address was cut off, or the message is no longer kept."];
  return sendPage(c, locale, title, <p>{text}</p>, 404);
}

export async function getClick(c: HttpContext): Promise<Response> {
  const url = await trackClick(c.get("deps"), c.req.param("token") ?? "", visitOf(c), startsRuns(c));
  if (url === undefined) return sendUnknown(c);
  keepPrivate(c);
  return c.redirect(url, 302);
}

export async function getOpen(c: HttpContext): Promise<Response> {
  const token = (c.req.param("file") ?? "").replace(/\.gif$/, "");
  const isKnown = await trackOpen(c.get("deps"), token, visitOf(c), startsRuns(c));
  keepPrivate(c);
  return c.body(PIXEL, isKnown ? 200 : 404, { "Content-Type": "image/gif" });
}

export async function getWayOut(c: HttpContext): Promise<Response> {
  const wayOut = await readWayOut(c.get("deps"), c.req.param("token") ?? "");
  if (!wayOut) return sendUnknown(c);
  return wayOut.isRefused ? sendRefused(c, wayOut) : sendQuestion(c, wayOut);
}

/** The button of the page, and a mail program's one click (RFC 8058): both are answered with what holds now. */
export async function postWayOut(c: HttpContext): Promise<Response> {
  const isSmall = Number(c.req.header("content-length") ?? 0) <= 1024;
  // Whatever came with it, a POST to this address is a refusal.
  const form: Record<string, unknown> = isSmall ? await c.req.parseBody().catch(() => ({})) : {};
  const source = form["List-Unsubscribe"] === "One-Click" ? "one_click" : "unsubscribe_page";
  const wayOut = await unsubscribe(c.get("deps"), c.req.param("token") ?? "", source, startsRuns(c));
  return wayOut ? sendRefused(c, wayOut) : sendUnknown(c);
}

function sendQuestion(c: HttpContext, { site, channel, ...wayOut }: WayOut) {
  const locale = localeOf(c, { site, channel, ...wayOut });
  const sender = site.sender?.name ?? site.name;
  const name = CHANNEL_NAMES[channel][locale];
  const [title, text, button] =
    locale === "ko"
      ? [`${sender} 수신 거부`, `${sender}에서 보내는 ${name} 광고를 더 이상 받지 않으시겠어요?`, "수신 거부"]
      : [`Unsubscribe from ${sender}`, `Stop advertising by ${name} from ${sender}?`, "Unsubscribe"];
  return sendPage(
    c,
    locale,
    title,
    <>
      <p>{text}</p>
      <form method="post">
        <button type="submit">{button}</button>
      </form>
    </>,
  );
}

/** Sender, fact and time, as Network Act art. 50(7) asks for. */
function sendRefused(c: HttpContext, wayOut: WayOut) {
  const { site, channel } = wayOut;
  const locale = localeOf(c, wayOut);
  const sender = site.sender?.name ?? site.name;
  const name = CHANNEL_NAMES[channel][locale];
  const today = new Intl.DateTimeFormat(locale, { dateStyle: "long", timeZone: site.timeZone }).format(
    c.get("deps").clock.now(),
  );
  const [title, text] =
    locale === "ko"
      ? ["수신 거부가 완료되었습니다", `${today} 현재, ${sender}에서 ${name} 광고를 보내지 않습니다.`]
      : ["You are unsubscribed", `As of ${today}, ${sender} sends you no advertising by ${name}.`];
  return sendPage(c, locale, title, <p>{text}</p>);
}

/** A message as its reader sees it. */
import type { Content, Message } from "../../messages/store.ts";
import { translateOr } from "./language.ts";
import { Badge } from "./parts.tsx";
import type { SiteView } from "./view.ts";

export function MessageCard({ view, content, locale }: { view: SiteView; content: Content; locale?: string }) {
  const { title, body, url, imageUrl } = content;
  return (
    <article class="message" lang={locale}>
      <p class="message-from">{view.site.name}</p>
      <p class="message-title">{title}</p>
      <p class="message-body">{body}</p>
      {imageUrl && <img class="message-image" src={imageUrl} alt="" loading="lazy" />}
      {url && <p class="message-link">{url}</p>}
    </article>
  );
}

/** Why somebody gets no message; a provider's own reason as it is. */
export function reasonInWords({ t }: SiteView, reason: string): string {
  return translateOr(t, `reason.${reason}`, reason);
}

/** How far a message came; for what was not sent, why. */
export function MessageState({ view, message }: { view: SiteView; message: Message }) {
  const { t } = view;
  if (message.convertedAt !== null) return <Badge tone="good">{t("outbox.converted")}</Badge>;
  if (message.clickedAt !== null) return <Badge tone="good">{t("outbox.clicked")}</Badge>;
  if (message.openedAt !== null) return <Badge tone="good">{t("outbox.opened")}</Badge>;
  if (message.reason !== null)
    return <Badge tone={message.state === "failed" ? "bad" : "warn"}>{reasonInWords(view, message.reason)}</Badge>;
  return <Badge tone={message.state === "sent" ? "good" : "plain"}>{t(`outbox.${message.state}`)}</Badge>;
}

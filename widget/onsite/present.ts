/**
 * One message in a shadow root of its own: opens it, says what was done with it, takes it away. Dialogs are the browser's
 * own, which keeps the focus in them and closes them by Esc; what is no dialog is announced and leaves the focus alone.
 */
import type { Offer } from "../../worker/onsite/schema.ts";
import type { Tag } from "../collect/tag.ts";
import { adoptStyle } from "../dom/style.ts";
import { subscribe } from "../push/subscription.ts";

/** Settles when it is gone. */
export function present(
  tag: Tag,
  { html, push, surveyId }: Offer,
  css: string,
  tell: (event: string, more?: object) => void,
): Promise<void> {
  return new Promise((resolve) => {
    // A name of its own, which no page styles by accident
    const host = document.createElement("nunchi-message");
    const root = host.attachShadow({ mode: "open" });
    adoptStyle(root, css, tag.nonce);
    const live = document.createElement("div");
    live.ariaLive = "polite";
    root.append(live);
    document.body.append(host);
    live.innerHTML = html ?? "";
    const box = live.firstElementChild as HTMLElement & Partial<HTMLDialogElement>;
    const find = (selector: string) => root.querySelector<HTMLElement>(selector);
    let isAnswered = false;

    function close(): void {
      if (!host.isConnected) return;
      box.close?.();
      host.remove();
      removeEventListener("message", hear);
      if (!isAnswered) tell("message_dismissed");
      resolve();
    }

    function answer(action: string, more?: object): void {
      isAnswered = true;
      tell("message_clicked", { action, ...more });
    }

    /** From own HTML, which stands in a frame without any right to this page. */
    function hear({ source, data }: MessageEvent): void {
      if (source !== (find("iframe") as HTMLIFrameElement | null)?.contentWindow) return;
      if (data === "nunchi:click") answer("html");
      if (data === "nunchi:close") close();
    }

    root.addEventListener("click", async ({ target }) => {
      const element = target as HTMLElement;
      const { act, code, score, button, itemId } = element.closest<HTMLElement>("[data-act]")?.dataset ?? {};
      // The dialog itself is only hit beside its content.
      if (act === "close" || (element === box && box.close)) return close();
      if (!act) return;
      answer(act, { button, score: score && +score, product_id: itemId });
      if (act === "copy") navigator.clipboard?.writeText(code ?? "").catch(() => {});
      if (act === "copy" || act === "rate") {
        box.classList.add("done");
        const thanks = find(".thanks");
        if (thanks) thanks.textContent = thanks.dataset.thanks ?? "";
        return;
      }
      if (push && act === "push") await subscribe(tag, push);
      close();
      if (surveyId && act === "survey") window.nunchi?.(act, surveyId);
    });
    root.addEventListener("keydown", (event) => (event as KeyboardEvent).key === "Escape" && close());
    box.addEventListener("cancel", close);
    addEventListener("message", hear);
    box.showModal?.();
    tell("message_shown");
  });
}

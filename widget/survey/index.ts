/**
 * `<nunchi-survey id="taste">` in the page's flow, and the same as a dialog over it. Loaded when a page asks for one.
 * Whatever fails, nothing is shown.
 */
import type { SurveyResult, Tag } from "../collect/tag.ts";
import { make } from "../dom/element.ts";
import { adoptStyle } from "../dom/style.ts";
import css from "./survey.css?inline";
import { type Asked, fetchSurvey, isDone, isMeantFor, presentSurvey, standAside } from "./survey.ts";

const NAME = "nunchi-survey";

function define(tag: Tag): void {
  let isOpen = false;

  async function open(id: string, isCalled: boolean): Promise<SurveyResult | undefined> {
    if (isOpen) return;
    isOpen = true;
    try {
      const survey = await fetchSurvey(tag, id, isCalled);
      if (!survey || !(isCalled || isMeantFor(survey.show, tag))) return;
      if (!isCalled) {
        await new Promise((resolve) => setTimeout(resolve, survey.show.delaySeconds * 1000));
        // In another tab meanwhile.
        if (isDone(id)) return;
      }
      if (survey.html) return await showDialog(survey, isCalled);
      standAside(tag, survey);
    } finally {
      isOpen = false;
    }
  }

  function showDialog(survey: Asked, isCalled: boolean): Promise<SurveyResult> {
    return new Promise((resolve) => {
      // A name of its own, which no page styles by accident
      const host = document.createElement("nunchi-dialog");
      const root = host.attachShadow({ mode: "open" });
      adoptStyle(root, css, tag.nonce);
      const { frame, skip } = presentSurvey(tag, survey, isCalled, (result) => {
        dialog.close();
        host.remove();
        announce(document, result);
        resolve(result);
      });
      const dialog = make("dialog", { "aria-labelledby": "title" }, frame);
      for (const [name, value] of Object.entries(survey.look)) dialog.style.setProperty(name, value);
      dialog.addEventListener("cancel", (event) => {
        event.preventDefault();
        skip();
      });
      root.append(dialog);
      document.body.append(host);
      dialog.showModal();
      frame.querySelector("h2")?.focus();
    });
  }

  class Survey extends HTMLElement {
    async connectedCallback(): Promise<void> {
      if (this.shadowRoot || isDone(this.id)) return;
      const root = this.attachShadow({ mode: "open" });
      adoptStyle(root, css, tag.nonce);
      const survey = await fetchSurvey(tag, this.id, true);
      if (!survey || !this.isConnected) return;
      const { frame } = presentSurvey(tag, survey, true, (result) => {
        frame.remove();
        announce(this, result);
      });
      root.append(frame);
    }
  }

  tag.surveys = { open };
  customElements.define(NAME, Survey);
}

/** For pages that do something of their own with the answers. */
function announce(target: EventTarget, detail: SurveyResult): void {
  target.dispatchEvent(new CustomEvent("nunchi:survey", { detail, bubbles: true, composed: true }));
}

const tag = window.nunchi?.tag;
if (tag && !customElements.get(NAME)) define(tag);

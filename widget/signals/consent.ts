/**
 * What a consent banner says to others: Google Consent Mode and the IAB's Transparency and Consent Framework 2. A yes is a
 * yes; a no is only what the visitor chose, not what holds until they choose.
 */
import type { Consent, Tag } from "../collect/tag.ts";

interface TcData {
  gdprApplies?: boolean;
  eventStatus?: string;
  purpose?: { consents?: Record<string, boolean> };
}

type TcApi = (command: string, version: number, callback: (data: TcData, isSuccess: boolean) => void) => void;

/** Undefined when it says nothing about recording, or nothing that is decided. */
export function googleChoice(step: unknown, states: Record<string, unknown>): Consent | undefined {
  const { analytics_storage: state, ad_storage: ads } = states;
  if (state === "granted") return { analytics: true, ads: ads !== "denied" };
  return state === "denied" && step === "update" ? { analytics: false } : undefined;
}

/** To be called until it answers true: the framework's script may come late. */
export function watchTcf(decide: (consent: Consent) => void): boolean {
  const api = (window as { __tcfapi?: TcApi }).__tcfapi;
  api?.("addEventListener", 2, ({ gdprApplies, eventStatus, purpose }, isSuccess) => {
    if (!isSuccess || eventStatus === "cmpuishown") return;
    const allows = (each: string) => gdprApplies === false || purpose?.consents?.[each] === true;
    // To store on the device, to build a profile for content, to choose content by it; to choose advertising by a profile.
    decide({ analytics: ["1", "5", "6"].every(allows), ads: allows("4") });
  });
  return api !== undefined;
}

/** All that is kept in this browser, but the choice itself. */
export function forgetVisitor(tag: Tag): void {
  for (const name of tag.namesWith("")) if (name !== "consent") tag.queue.drop(name, false);
  // The worker's cookie is of this host alone, or of one of the names that it ends with.
  const labels = location.hostname.split(".");
  const domains = labels.map((_, index) => `;domain=${labels.slice(index).join(".")}`);
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store is not everywhere.
  for (const domain of ["", ...domains]) document.cookie = `nunchi=;path=/;max-age=0${domain}`;
  // Left for the service worker, with who this browser is (push/subscription.ts).
  window.caches?.delete("nunchi");
}

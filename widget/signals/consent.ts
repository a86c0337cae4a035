/**
 * What a consent banner says to others: Google Consent Mode and the IAB's Transparency and Consent Framework 2. A yes is a
 * yes; a no is only what the visitor chose, not what holds until they choose.
 */
interface TcData {
  gdprApplies?: boolean;
  eventStatus?: string;
  purpose?: { consents?: Record<string, boolean> };
}

type TcApi = (command: string, version: number, callback: (data: TcData, isSuccess: boolean) => void) => void;

/** To store on the device, to build a profile for content, and to choose content by it: what the tag does. */
const PURPOSES = ["1", "5", "6"];

/** Undefined when it says nothing about recording, or nothing that is decided. */
export function googleChoice(step: unknown, states: Record<string, unknown>): boolean | undefined {
  const state = states.analytics_storage;
  if (state === "granted") return true;
  return state === "denied" && step === "update" ? false : undefined;
}

/** To be called until it answers true: the framework's script may come late. */
export function watchTcf(decide: (isGranted: boolean) => void): boolean {
  const api = (window as { __tcfapi?: TcApi }).__tcfapi;
  api?.("addEventListener", 2, ({ gdprApplies, eventStatus, purpose }, isSuccess) => {
    if (!isSuccess) return;
    if (gdprApplies === false) decide(true);
    else if (eventStatus !== "cmpuishown") decide(PURPOSES.every((each) => purpose?.consents?.[each]));
  });
  return api !== undefined;
}

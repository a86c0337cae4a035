/** The moments of a page: so long on it, so far down, on the way out. Reads scroll and pointer, changes nothing. */
import type { Offer } from "../../worker/onsite/schema.ts";

const LOOK_MS = 500;
/** A quick scroll up on a phone: so many pixels within that time. */
const FLICK_PIXELS = 500;
const FLICK_MS = 300;

/** `come` may ask to be called again later. Answers what arms other offers in place of those before. */
export function watchMoments(
  come: (offer: Offer, later: (ms: number) => void) => void,
): (offers: Offer[], isNewPage: boolean) => void {
  let waiting: Offer[] = [];
  let timers: ReturnType<typeof setTimeout>[] = [];
  let openedAt = 0;
  let touchedAt = 0;
  let flickFrom = 0;
  let flickAt = 0;
  let isTrapped = false;
  const isTouch = matchMedia("(pointer:coarse)").matches;
  const since = (at: number) => performance.now() - at;

  function look(isLeaving?: boolean): void {
    const { scrollHeight } = document.documentElement;
    waiting = waiting.filter((offer) => {
      const { kind, delaySeconds, percent = 0, seconds = 0, idleSeconds } = offer.moment;
      const has = {
        now: true,
        dwell: since(openedAt) >= seconds * 1000,
        scroll: scrollY + innerHeight >= (scrollHeight * percent) / 100,
        exit: isLeaving || (isTouch && idleSeconds && since(touchedAt) >= idleSeconds * 1000),
      }[kind];
      const later = (ms: number) => timers.push(setTimeout(() => come(offer, later), ms));
      if (has) later(delaySeconds * 1000);
      return !has;
    });
  }

  document.documentElement.addEventListener("mouseleave", ({ clientY }) => look(clientY <= 0));
  addEventListener("popstate", () => look(isTrapped));
  for (const type of ["scroll", "touchstart", "keydown"]) {
    addEventListener(
      type,
      () => {
        touchedAt = since(0);
        if (since(flickAt) > FLICK_MS) [flickFrom, flickAt] = [scrollY, touchedAt];
        look(isTouch && flickFrom - scrollY > FLICK_PIXELS);
      },
      { passive: true },
    );
  }
  setInterval(look, LOOK_MS);

  return (offers, isNewPage) => {
    for (const timer of timers) clearTimeout(timer);
    timers = [];
    waiting = offers;
    if (isNewPage) {
      // The first page opened with the clock itself.
      openedAt = touchedAt && since(0);
      touchedAt = since(0);
      isTrapped = offers.some(({ moment }) => moment.back);
      // The first way back leads to here, once.
      if (isTrapped) history.pushState(history.state, "");
    }
    look();
  };
}

/**
 * Which cards were seen: at least half of a card in the viewport for a second without a break (the viewability rule of the
 * Media Rating Council for display). Cards seen about the same time are told together: an event a screen, not an event a card.
 */
const SHARE = 0.5;
const SEEN_MS = 1000;
const GATHER_MS = 500;

const told = new WeakSet<Element>();

/** Tells each card once, however often it is watched. Returns what ends the watch; what was seen by then is told. */
export function watchImpressions(cards: Iterable<Element>, onSeen: (cards: Element[]) => void): () => void {
  if (typeof IntersectionObserver === "undefined") return () => undefined;
  const timers = new Map<Element, ReturnType<typeof setTimeout>>();
  let seen: Element[] = [];
  let gathering: ReturnType<typeof setTimeout> | undefined;

  const observer = new IntersectionObserver(
    (entries) => {
      for (const { target, intersectionRatio } of entries) {
        clearTimeout(timers.get(target));
        if (intersectionRatio >= SHARE) timers.set(target, setTimeout(note, SEEN_MS, target));
      }
    },
    { threshold: SHARE },
  );

  function note(card: Element): void {
    observer.unobserve(card);
    if (document.hidden || isCovered(card)) {
      // Nobody looks at a hidden tab, or behind a dialog. Observed anew, the card is reported anew.
      observer.observe(card);
      return;
    }
    told.add(card);
    seen.push(card);
    gathering ??= setTimeout(tell, GATHER_MS);
  }

  function tell(): void {
    clearTimeout(gathering);
    gathering = undefined;
    if (seen.length > 0) onSeen(seen);
    seen = [];
  }

  const onHidden = () => document.hidden && tell();
  document.addEventListener("visibilitychange", onHidden);
  for (const card of cards) if (!told.has(card)) observer.observe(card);

  return () => {
    observer.disconnect();
    for (const timer of timers.values()) clearTimeout(timer);
    document.removeEventListener("visibilitychange", onHidden);
    tell();
  };
}

/** Something else of the page lies over the card's middle. */
function isCovered(card: Element): boolean {
  const { left, top, width, height } = card.getBoundingClientRect();
  const above = document.elementFromPoint?.(left + width / 2, top + height / 2);
  let host = card;
  // From outside, whatever is hit in a shadow root is its host.
  for (let root = host.getRootNode(); root instanceof ShadowRoot; root = host.getRootNode()) host = root.host;
  return above != null && !host.contains(above);
}

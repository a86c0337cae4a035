/**
 * Styles a shadow root without inline style: a constructed sheet needs no exception in the page's content security policy.
 * Browsers without them (Safari before 16.4) get an element, with the tag's nonce.
 */
export function adoptStyle(root: ShadowRoot, css: string, nonce: string | undefined): void {
  try {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    root.adoptedStyleSheets = [sheet];
  } catch {
    const style = document.createElement("style");
    style.nonce = nonce ?? "";
    style.textContent = css;
    root.append(style);
  }
}

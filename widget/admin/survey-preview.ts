/** Shows the editor's survey as a visitor would see it: the same markup and styles, in a shadow root a device. */
import css from "../survey/survey.css?inline";

const sheet = new CSSStyleSheet();
sheet.replaceSync(css);

export function showSurveyPreviews(): void {
  for (const device of document.querySelectorAll<HTMLElement>("[data-survey-preview]")) {
    const template = device.querySelector("template");
    if (!template || device.shadowRoot) continue;
    const root = device.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [sheet];
    root.append(template.content.cloneNode(true));
    const look: Record<string, string> = JSON.parse(device.dataset.surveyPreview ?? "{}");
    for (const [name, color] of Object.entries(look)) device.style.setProperty(name, color);
    // Nothing is sent from here.
    root.addEventListener("submit", (event) => event.preventDefault());
  }
}

/** What the pages of collection share: their frame, and the way from one to the other. */
import type { Child } from "hono/jsx";
import { Page } from "./frame.tsx";
import type { SiteView } from "./view.ts";

const PAGES = [
  ["live", ""],
  ["setup", "/setup"],
  ["refused", "/refused"],
  ["rules", "/rules"],
] as const;

export function CollectionPage(props: { view: SiteView; page: (typeof PAGES)[number][0]; children: Child }) {
  const { view, page, children } = props;
  const { t, site } = view;
  return (
    <Page view={view} room="collection" title={t("collection.title")} lead={t("collection.lead")}>
      <nav class="tabs" aria-label={t("collection.pages")}>
        {PAGES.map(([name, path]) => (
          <a href={`/admin/${site.id}/collection${path}`} aria-current={name === page ? "page" : undefined}>
            {t(`collection.${name}`)}
          </a>
        ))}
      </nav>
      {children}
    </Page>
  );
}

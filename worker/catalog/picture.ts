/** One picture in the widths that a page may ask for, from an image service of the shop's. Pure. */

/** A card's picture at one to three device pixels, on a phone's half screen up to a wide grid's column. */
const WIDTHS = [160, 320, 480, 640];

/**
 * The value of `srcset`, or undefined where the shop has no image service. In the template (`SiteSettings.imageTemplate`)
 * `{width}` is CSS pixels; `{url}` is the picture's address: as it is where the template puts it into the path, as
 * Cloudflare's `/cdn-cgi/image/width={width}/{url}` wants it, encoded where it is a query's parameter.
 */
export function srcsetOf(template: string | null, url: string): string | undefined {
  if (template === null || !/^https?:/.test(url)) return undefined;
  const query = template.indexOf("?");
  const address = query >= 0 && query < template.indexOf("{url}") ? encodeURIComponent(url) : url;
  const widths = WIDTHS.map((width) => {
    const at = template.replaceAll("{width}", String(width)).replaceAll("{url}", () => address);
    return [URL.parse(at)?.href, width] as const;
  });
  // `href` has no space in it, which would end an address within `srcset`.
  return widths.every(([href]) => href) ? widths.map(([href, width]) => `${href} ${width}w`).join(", ") : undefined;
}

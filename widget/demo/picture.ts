/**
 * The demo's product pictures, drawn by code: a soft backdrop, light from the upper left, and the silhouette of the kind in
 * the product's color. Written into `widget/dist/demo/img` by the build.
 */
import { COLORS, type Color, type Style } from "./brands.ts";
import type { DemoItem } from "./catalog.ts";
import { BOTTOM_SHAPES } from "./shapes-bottoms.ts";
import { CARRY_SHAPES } from "./shapes-carry.ts";
import { DESK_SHAPES } from "./shapes-desk.ts";
import { HOUSE_SHAPES } from "./shapes-house.ts";
import { KITCHEN_SHAPES } from "./shapes-kitchen.ts";
import { TOP_SHAPES } from "./shapes-tops.ts";

/** Draws a kind on a 400 × 500 canvas. `variant` counts the products of a kind and chooses its small differences. */
export type Shape = (color: Color, variant: number) => string;

const SHAPES: Record<string, Shape> = {
  ...TOP_SHAPES,
  ...BOTTOM_SHAPES,
  ...CARRY_SHAPES,
  ...HOUSE_SHAPES,
  ...KITCHEN_SHAPES,
  ...DESK_SHAPES,
};

/** Clothes are drawn smaller than they should stand in the frame. */
const CLOSE_UP = "translate(200 252) scale(1.12) translate(-200 -248)";

/** Backdrops that suit a style: lit center, edge. */
const BACKDROPS: Record<Style, [string, string][]> = {
  minimal: [
    ["#f7f6f3", "#e6e4df"],
    ["#f3f4f5", "#dfe2e5"],
  ],
  classic: [
    ["#f6f1e8", "#e4dac9"],
    ["#eff0ee", "#d9dcd8"],
  ],
  street: [
    ["#f3f2f4", "#dedce3"],
    ["#f5f2ea", "#e3dccb"],
  ],
  romantic: [
    ["#fbf3f1", "#f0dfdc"],
    ["#f5f2fa", "#e3dcee"],
  ],
  outdoor: [
    ["#f1f3ea", "#dbe0cd"],
    ["#eef3f4", "#d5e0e2"],
  ],
  natural: [
    ["#f8f3ea", "#e9dfce"],
    ["#f1f4ec", "#dde4d3"],
  ],
};

/** The SVG document of one product. */
export function pictureOf(item: Pick<DemoItem, "attributes" | "titles">): string {
  const { kind, style, color: colorName, variant } = item.attributes;
  const color = COLORS[colorName];
  const shape = SHAPES[kind];
  if (!color || !shape) throw new Error(`no picture for ${kind} in ${colorName}`);
  const [lit, edge] = BACKDROPS[style][variant % 2] ?? ["#f5f5f5", "#e5e5e5"];
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 500" width="800" height="1000"><defs>
<radialGradient id="b" cx=".42" cy=".34" r=".85"><stop stop-color="${lit}"/><stop offset="1" stop-color="${edge}"/></radialGradient>
<linearGradient id="m" x2="1" y2=".35"><stop stop-color="${color.light}"/><stop offset=".42" stop-color="${color.base}"/><stop offset="1" stop-color="${color.dark}"/></linearGradient>
<linearGradient id="d" x2="1" y2=".35"><stop stop-color="${color.base}"/><stop offset="1" stop-color="${color.dark}"/></linearGradient>
<linearGradient id="w" x2="1" y2="1"><stop stop-color="#fff" stop-opacity=".6"/><stop offset="1" stop-color="#fff" stop-opacity="0"/></linearGradient>
<linearGradient id="n" x2="1"><stop stop-color="#f4efe7"/><stop offset=".5" stop-color="#fffdf8"/><stop offset="1" stop-color="#d8d0c2"/></linearGradient>
<linearGradient id="k" x2="1"><stop stop-color="#6a6c72"/><stop offset=".4" stop-color="#3a3b40"/><stop offset="1" stop-color="#222327"/></linearGradient>
<linearGradient id="g" x2="1"><stop stop-color="#e9d6a4"/><stop offset=".5" stop-color="#c9a86a"/><stop offset="1" stop-color="#96753c"/></linearGradient>
<linearGradient id="o" x2="1"><stop stop-color="#c99a6b"/><stop offset=".5" stop-color="#a97a4d"/><stop offset="1" stop-color="#7d5632"/></linearGradient>
<radialGradient id="y"><stop stop-color="#ffdf9a" stop-opacity=".75"/><stop offset="1" stop-color="#ffdf9a" stop-opacity="0"/></radialGradient>
<filter id="s" x="-20%" y="-20%" width="140%" height="150%"><feDropShadow dx="5" dy="12" stdDeviation="10" flood-color="#3a2f22" flood-opacity=".2"/></filter>
</defs><rect width="400" height="500" fill="url(#b)"/><g filter="url(#s)" stroke-linejoin="round" stroke-linecap="round">${kind in TOP_SHAPES ? `<g transform="${CLOSE_UP}">${shape(color, variant)}</g>` : shape(color, variant)}</g></svg>`;
}

/** Words for drawing SVG: everything answers markup. Paints are names of the gradients in `picture.ts`. */

/**
 * A color, or a gradient of `picture.ts`: `m` material, `d` its shaded side, `w` a white sheen, `n` porcelain, `k` black
 * plastic, `g` brass, `o` wood, `y` a glow.
 */
export type Paint = string;

function paintOf(paint: Paint): string {
  return paint.length === 1 ? `url(#${paint})` : paint;
}

export function fill(d: string, paint: Paint, opacity = 1): string {
  return `<path d="${d}" fill="${paintOf(paint)}"${opacity < 1 ? ` opacity="${opacity}"` : ""}/>`;
}

export function line(d: string, stroke: Paint, width = 2, opacity = 0.55): string {
  return `<path d="${d}" fill="none" stroke="${paintOf(stroke)}" stroke-width="${width}" opacity="${opacity}"/>`;
}

/** A stitched seam. */
export function seam(d: string, stroke: string, opacity = 0.5): string {
  return `<path d="${d}" fill="none" stroke="${stroke}" stroke-width="1.6" stroke-dasharray="5 4" opacity="${opacity}"/>`;
}

export function dot(x: number, y: number, r: number, paint: Paint, opacity = 1): string {
  return `<circle cx="${x}" cy="${y}" r="${r}" fill="${paintOf(paint)}"${opacity < 1 ? ` opacity="${opacity}"` : ""}/>`;
}

export function oval(x: number, y: number, rx: number, ry: number, paint: Paint, opacity = 1): string {
  return `<ellipse cx="${x}" cy="${y}" rx="${rx}" ry="${ry}" fill="${paintOf(paint)}"${opacity < 1 ? ` opacity="${opacity}"` : ""}/>`;
}

export function box(x: number, y: number, width: number, height: number, r: number, paint: Paint, opacity = 1): string {
  return `<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="${r}" fill="${paintOf(paint)}"${opacity < 1 ? ` opacity="${opacity}"` : ""}/>`;
}

/** The drawing and its mirror image about x = 200. */
export function both(drawing: string): string {
  return `${drawing}<g transform="matrix(-1 0 0 1 400 0)">${drawing}</g>`;
}

/** Rows of `draw` at each of the steps from `from` to `to`. */
export function rows(from: number, to: number, step: number, draw: (at: number) => string): string {
  let drawn = "";
  for (let at = from; at <= to; at += step) drawn += draw(at);
  return drawn;
}

/** A drawing cut to the inside of a path. `name` is unique within a picture. */
export function inside(name: string, d: string, drawing: string): string {
  return `<clipPath id="${name}"><path d="${d}"/></clipPath><g clip-path="url(#${name})">${drawing}</g>`;
}

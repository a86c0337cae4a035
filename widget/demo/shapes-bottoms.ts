/** Silhouettes of trousers, skirts and dresses, laid flat. */
import { both, box, dot, fill, inside, line, rows, seam } from "./draw.ts";
import type { Shape } from "./picture.ts";

function legs(hem: number, spread: number, width: number): string {
  return `M146 92H254L${262 + spread} ${hem}L${262 + spread - width} ${hem + 4}L203 196H197L${138 - spread + width} ${hem + 4}L${138 - spread} ${hem}Z`;
}

const jeans: Shape = (c, v) => {
  const [spread, width] = [
    [6, 52],
    [30, 80],
    [-4, 42],
    [22, 60],
    [14, 66],
    [18, 60],
    [-10, 38],
  ][v % 7] as [number, number];
  const d = legs(440, spread, width);
  return (
    fill(d, "m") +
    inside(
      "jl",
      d,
      fill("M160 190L150 420L176 420L184 210Z", "w", 0.5) + fill("M236 190L240 420L262 420L252 200Z", "w", 0.3),
    ) +
    fill("M146 92H254L255 114H145Z", "d") +
    line("M200 114V180Q200 192 188 196", c.dark, 2, 0.7) +
    both(
      line("M222 114Q224 142 256 144", c.dark, 2, 0.7) +
        seam("M218 114Q220 148 256 150", "#d9a760", 0.9) +
        dot(246, 136, 2.6, "#d9a760") +
        box(232, 88, 7, 30, 2, "d"),
    ) +
    dot(200, 103, 5, "#c9a86a") +
    seam(`M203 200L${258 + spread - width} 436M197 200L${142 - spread + width} 436`, "#d9a760", 0.7) +
    (v === 1 || v === 5 ? both(line(`M${258 + spread} 430L${262 + spread - width} 434`, c.light, 8, 0.7)) : "")
  );
};

const trousers: Shape = (c, v) => {
  const [spread, width, hem] = [
    [24, 76, 444],
    [8, 54, 444],
    [6, 58, 410],
    [4, 52, 440],
    [0, 44, 430],
    [2, 46, 440],
    [6, 52, 440],
  ][v % 7] as [number, number, number];
  return (
    fill(legs(hem, spread, width), "m") +
    fill("M146 92H254L255 112H145Z", "d") +
    (v === 4
      ? rows(152, 250, 8, (x) => line(`M${x} 94V110`, c.dark, 2, 0.6)) + both(line("M206 108V150", c.accent, 3, 0.9))
      : dot(206, 102, 4, c.accent)) +
    line("M200 112V184Q200 192 190 194", c.dark, 1.8, 0.6) +
    both(
      line(`M228 114L${262 + spread - width / 2} ${hem - 6}`, c.dark, 2, 0.5) +
        line(`M226 116L${259 + spread - width / 2} ${hem - 8}`, c.light, 2, 0.6) +
        line("M240 114L256 160", c.dark, 1.8, 0.6),
    )
  );
};

const skirt: Shape = (c, v) => {
  const hem = [410, 440, 360, 350, 420, 400, 370][v % 7] ?? 400;
  const d = `M156 120H244Q262 ${hem - 120} 296 ${hem}Q200 ${hem + 24} 104 ${hem}Q138 ${hem - 120} 156 120Z`;
  const pleats = rows(
    -4,
    4,
    1,
    (i) =>
      line(`M${200 + i * 9} 142Q${200 + i * 13} ${hem - 120} ${200 + i * 22} ${hem + 8}`, c.dark, 2, 0.5) +
      line(`M${204 + i * 9} 142Q${205 + i * 13} ${hem - 120} ${206 + i * 22} ${hem + 8}`, c.light, 3, 0.5),
  );
  const check =
    rows(110, 300, 30, (x) => line(`M${x} 100V460`, c.accent, 5, 0.4)) +
    rows(150, 460, 30, (y) => line(`M90 ${y}H310`, c.accent, 5, 0.4));
  const tiers = rows(
    210,
    hem - 40,
    70,
    (y) =>
      line(`M90 ${y}Q200 ${y + 22} 310 ${y}`, c.dark, 3, 0.5) +
      rows(120, 290, 14, (x) => line(`M${x} ${y + 8}v16`, c.dark, 1.5, 0.3)),
  );
  const detail =
    v === 0 || v === 6
      ? pleats
      : v === 3
        ? check
        : v === 4
          ? tiers
          : v === 5
            ? line(`M176 142Q220 ${hem - 120} 168 ${hem + 10}`, c.dark, 3, 0.6)
            : fill(`M170 142Q160 ${hem - 100} 140 ${hem}L170 ${hem + 8}Q176 ${hem - 100} 184 142Z`, "w", 0.5);
  return fill(d, "m") + inside("sk", d, detail) + fill("M156 116H244L246 142H154Z", "d") + dot(236, 129, 3.5, c.accent);
};

const dress: Shape = (c, v) => {
  const hem = [410, 440, 420, 410, 390, 430, 445, 390][v % 8] ?? 420;
  const d = `M164 108Q166 150 152 204Q150 222 146 232Q126 ${hem - 90} 110 ${hem}Q200 ${hem + 22} 290 ${hem}Q274 ${hem - 90} 254 232Q250 222 248 204Q234 150 236 108Q222 132 200 132Q178 132 164 108Z`;
  const isStrappy = v === 4 || v === 5;
  const sleeves = isStrappy
    ? both(line("M234 112L226 66", c.base, 7, 1))
    : v % 2 === 0
      ? both(
          fill("M234 108Q274 104 284 146Q288 176 262 182L244 168Z", "d") +
            line("M284 170Q270 184 250 176", c.dark, 3, 0.5),
        )
      : both(fill("M234 108Q266 112 280 180L304 300L278 306L248 196Z", "d"));
  const floral = rows(
    0,
    34,
    1,
    (i) =>
      dot(124 + ((i * 53) % 160), 150 + ((i * 97) % (hem - 170)), 4.5, c.accent, 0.8) +
      dot(130 + ((i * 53) % 160), 150 + ((i * 97) % (hem - 170)), 2.5, c.light),
  );
  const folds = rows(-3, 3, 1, (i) =>
    line(`M${200 + i * 13} 236Q${200 + i * 17} ${hem - 90} ${200 + i * 26} ${hem + 8}`, c.dark, 2, 0.32),
  );
  const tweed = rows(
    120,
    hem,
    9,
    (y) => `<path d="M100 ${y}H300" stroke="${c.light}" stroke-width="2" stroke-dasharray="4 7" opacity=".7"/>`,
  );
  const tiers = rows(270, hem - 40, 62, (y) => line(`M90 ${y}Q200 ${y + 20} 310 ${y}`, c.dark, 3, 0.45));
  const detail =
    [folds, folds, folds, floral, folds, fill("M160 240L130 440L176 440L186 240Z", "w", 0.6), tiers + folds, tweed][
      v % 8
    ] ?? "";
  const waist =
    v === 7
      ? box(146, 214, 108, 16, 3, "#3a3b40") + box(190, 211, 22, 22, 3, "g")
      : line("M148 226Q200 236 252 226", c.dark, 3, 0.5);
  const front =
    v === 2 ? rows(150, hem - 40, 34, (y) => dot(200, y, 4, c.accent)) + line("M200 132V400", c.dark, 1.5, 0.5) : "";
  return sleeves + fill(d, "m") + inside("dr", d, detail) + waist + front;
};

export const BOTTOM_SHAPES: Record<string, Shape> = { jeans, trousers, skirt, dress };

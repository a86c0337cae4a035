/** Silhouettes of beauty and desk products. */
import { box, dot, fill, inside, line, oval, rows } from "./draw.ts";
import type { Shape } from "./picture.ts";

function label(y: number, words: string, ink: string): string {
  return `<text x="200" y="${y}" text-anchor="middle" font-family="Georgia,serif" font-size="17" letter-spacing="2" fill="${ink}">${words}</text>`;
}

const perfume: Shape = (c, v) => {
  const isRound = v % 3 === 1;
  const glass = isRound
    ? "M200 216Q300 220 300 318Q300 416 200 418Q100 416 100 318Q100 220 200 216Z"
    : "M128 214H272Q290 214 290 232V400Q290 418 272 418H128Q110 418 110 400V232Q110 214 128 214Z";
  return (
    box(170, 108, 60, 72, v % 2 === 0 ? 8 : 28, v % 2 === 0 ? "k" : "g") +
    box(180, 176, 40, 42, 3, "g") +
    fill(glass, "#ffffff", 0.75) +
    inside("pf", glass, `<rect x="90" y="262" width="220" height="170" fill="url(#m)" opacity=".85"/>`) +
    line(glass, c.dark, 3, 0.4) +
    fill("M132 234H156V400H140Q130 400 130 390Z", "w", 0.9) +
    box(152, 300, 96, 66, 2, "#fdfaf3", 0.95) +
    label(330, "parfum", "#3a3b40") +
    line("M176 346H224", c.dark, 2, 0.7)
  );
};

const serum: Shape = (c, v) => {
  const d = "M148 214Q150 196 176 194H224Q250 196 252 214L262 240V404Q262 420 246 420H154Q138 420 138 404V240Z";
  return (
    fill("M186 70Q200 56 214 70V120H186Z", v % 2 === 0 ? "k" : "n") +
    box(176, 116, 48, 80, 6, v % 2 === 0 ? "k" : "g") +
    rows(182, 220, 6, (x) => line(`M${x} 122V190`, "#ffffff", 1, 0.3)) +
    fill(d, "m", 0.94) +
    fill("M154 250H172V408H158Q152 406 152 400Z", "w", 0.9) +
    line("M200 200V320", c.dark, 4, 0.25) +
    box(152, 272, 96, 104, 2, "#fdfaf3", 0.95) +
    label(306, "serum", "#3a3b40") +
    line("M170 324H230M178 338H222", c.dark, 2, 0.6) +
    dot(200, 358, 5, c.accent)
  );
};

const handcream: Shape = (c, v) => {
  const d = "M130 96H270Q276 96 274 106L246 380H154L126 106Q124 96 130 96Z";
  return (
    fill(d, "m") +
    line("M130 104H270", c.dark, 10, 0.35) +
    rows(134, 268, 6, (x) => line(`M${x} 98V110`, c.dark, 1.5, 0.4)) +
    box(152, 378, 96, 50, 8, v % 2 === 0 ? "n" : "g") +
    rows(160, 242, 8, (x) => line(`M${x} 382V424`, "#7b7260", 1.4, 0.35)) +
    fill("M150 120H172L178 372H164Z", "w", 0.7) +
    label(206, "hand", c.accent) +
    label(230, "cream", c.accent) +
    (v % 2 === 0
      ? `<path d="M200 320Q236 300 230 262Q196 268 194 306M200 320Q168 308 170 274Q194 280 200 320V350" fill="${c.accent}" opacity=".7"/>`
      : dot(200, 300, 26, c.accent, 0.5) + dot(200, 300, 16, c.light))
  );
};

const notebook: Shape = (c, v) => {
  const spiral = v === 2 ? rows(112, 408, 18, (y) => line(`M96 ${y}q-14 -8 0 -14h18`, "#8b8b8b", 4, 0.9)) : "";
  const art =
    v === 1
      ? rows(130, 390, 20, (y) => rows(130, 290, 20, (x) => dot(x, y, 2, c.light, 0.9)))
      : v === 5
        ? rows(0, 6, 1, (i) => box(146, 190 + i * 26, 130, 16, 3, c.light, 0.5)) + label(160, "week", c.light)
        : v === 6
          ? line("M140 330Q180 210 210 280T290 210", c.light, 6, 0.8) + dot(150, 190, 18, c.accent, 0.8)
          : box(150, 150, 110, 60, 3, "#fbf7ee", 0.95) + label(186, "notes", "#3a3b40");
  return (
    `<g transform="rotate(-6 200 250)">` +
    fill("M116 106H312Q318 106 318 114V412Q318 420 312 420H116Z", "#fdfaf3") +
    rows(0, 3, 1, (i) => line(`M${312 + i * 2} 112V416`, "#c9c0ae", 1, 0.8)) +
    fill("M100 96H296Q304 96 304 104V404Q304 412 296 412H100Q92 412 92 404V104Q92 96 100 96Z", "m") +
    fill("M92 104Q92 96 100 96H122V412H100Q92 412 92 404Z", "d") +
    art +
    spiral +
    (v === 0 || v === 3 ? line("M278 96V412", c.accent, 7, 0.95) : "") +
    (v === 3 ? fill("M200 412L208 452L216 444L224 450L220 412Z", c.accent) : "") +
    "</g>"
  );
};

const keyboard: Shape = (c, v) => {
  const caps = rows(0, 4, 1, (row) =>
    rows(0, 11, 1, (column) => {
      if (row === 4 && column > 2 && column < 8)
        return column === 3 ? box(126, 330, 128, 22, v === 2 ? 11 : 5, "n") : "";
      const isAccent = (row === 0 && column === 0) || (row === 2 && column === 11);
      const paint = isAccent
        ? c.accent
        : v === 5 && (column < 1 || column > 10)
          ? c.light
          : v % 2 === 0
            ? "n"
            : c.light;
      return box(52 + column * 25, 222 + row * 27, 21, 22, v === 2 ? 11 : 5, paint);
    }),
  );
  return `<g transform="rotate(-10 200 280) skewX(-6) translate(28 0)">${box(36, 202, 328, 166, 18, "d")}${box(36, 198, 328, 162, 18, "m")}${box(46, 214, 308, 142, 8, c.dark, 0.8)}${caps}</g>${v === 4 || v === 6 ? dot(330, 190, 5, "#7fd1a6") : ""}`;
};

const speaker: Shape = (c, v) => {
  const isWide = v === 1 || v === 5 || v === 4;
  const d = isWide
    ? "M72 200H328Q352 200 352 224V360Q352 384 328 384H72Q48 384 48 360V224Q48 200 72 200Z"
    : "M136 92H264Q288 92 288 116V396Q288 420 264 420H136Q112 420 112 396V116Q112 92 136 92Z";
  const cone = (x: number, y: number, r: number) =>
    dot(x, y, r, "#232428") +
    dot(x, y, r * 0.86, "k") +
    dot(x, y, r * 0.4, c.accent, 0.9) +
    oval(x - r * 0.3, y - r * 0.35, r * 0.3, r * 0.2, "w", 0.6);
  const mesh = inside(
    "sp",
    d,
    rows(92, 420, 8, (y) =>
      rows(48, 352, 8, (x) => `<circle cx="${x}" cy="${y}" r="1.5" fill="${c.dark}" opacity=".5"/>`),
    ),
  );
  if (isWide) {
    return (
      (v === 5 || v === 1
        ? line("M104 204C110 120 290 120 296 204", c.dark, 11, 1)
        : line("M300 200L340 96", "#8b8b8b", 4, 1)) +
      fill(d, v === 4 ? "o" : "m") +
      (v === 4 ? box(70, 222, 160, 140, 8, "#e9dfca") : mesh) +
      cone(v === 4 ? 150 : 128, 292, 54) +
      (v === 4
        ? dot(290, 260, 26, "g") + dot(290, 328, 18, "k") + line("M290 260L302 242", "#4a3f2c", 4, 1)
        : cone(272, 292, 54))
    );
  }
  return (
    fill(d, v === 2 ? "o" : "m") +
    (v === 2 ? "" : mesh) +
    box(126, 108, 148, 296, 12, v === 2 ? "k" : c.dark, v === 2 ? 0.9 : 0.25) +
    cone(200, 178, 38) +
    cone(200, 306, 66) +
    dot(200, 396, 4, "#7fd1a6")
  );
};

export const DESK_SHAPES: Record<string, Shape> = { perfume, serum, handcream, notebook, keyboard, speaker };

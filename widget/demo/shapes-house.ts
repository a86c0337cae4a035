/** Silhouettes of things for outdoors and home. */
import { both, box, dot, fill, inside, line, oval, rows } from "./draw.ts";
import type { Shape } from "./picture.ts";

const tent: Shape = (c, v) => {
  const isCabin = v === 3 || v === 5;
  const d = isCabin ? "M60 380L86 220L200 130L314 220L340 380Z" : "M40 380Q90 170 200 158Q310 170 360 380Z";
  return (
    (isCabin
      ? both(line("M200 126V104M314 220L352 384", c.dark, 3, 0.8))
      : both(line("M200 156Q330 166 374 388", c.dark, 4, 0.8))) +
    fill(d, "m") +
    inside(
      "tn",
      d,
      fill("M200 120L120 400H20V120Z", "w", 0.35) +
        fill("M230 120H400V400H310Z", c.dark, 0.3) +
        (v % 2 === 1 ? line("M30 340H380", c.accent, 14, 0.8) : ""),
    ) +
    fill(isCabin ? "M200 220L256 380H144Z" : "M200 206Q250 260 262 380H138Q150 260 200 206Z", "#2b2d31") +
    fill(isCabin ? "M200 220L256 380H214Q214 290 200 220Z" : "M200 206Q250 260 262 380H222Q226 280 200 206Z", c.light) +
    line(isCabin ? "M200 220V380" : "M200 206Q202 290 200 380", c.accent, 3, 0.9) +
    fill("M150 380Q170 356 200 358Q230 356 250 380Z", "#f2c879", 0.9) +
    both(line("M340 372L380 398M330 330L384 392", c.accent, 2, 0.8)) +
    line("M24 384H376", "#6f6a58", 4, 0.35)
  );
};

const lantern: Shape = (c, v) => {
  const isMood = v === 0 || v === 6 || v === 4;
  const glow = dot(200, 262, 150, "y");
  return (
    glow +
    line("M128 236C110 60 290 60 272 236", v === 1 || v === 5 ? "#96753c" : c.dark, 7, 1) +
    (isMood
      ? fill("M150 200Q150 170 200 168Q250 170 250 200V340H150Z", "#fff2cf") +
        oval(200, 270, 26, 46, "#ffd27a", 0.9) +
        rows(170, 230, 20, (x) => line(`M${x} 196V338`, "#c9a86a", 2, 0.4))
      : fill("M160 180H240Q276 250 240 336H160Q124 250 160 180Z", "#fff4d6", 0.9) +
        fill("M200 226Q224 264 208 296H192Q176 264 200 226Z", "#f6a94a") +
        fill("M200 254Q210 272 204 294H196Q190 272 200 254Z", "#fff2c0") +
        both(line("M238 180Q274 250 238 336", v === 5 ? "#96753c" : c.dark, 4, 0.9))) +
    fill("M138 180Q140 148 176 140H224Q260 148 262 180Z", "m") +
    box(182, 120, 36, 24, 8, "d") +
    fill("M136 334H264L278 410Q200 424 122 410Z", "m") +
    line("M130 372Q200 386 270 372", c.dark, 2) +
    dot(200, 394, 9, c.accent)
  );
};

const tumbler: Shape = (c, v) => {
  const wide = v === 1 || v === 4 ? 12 : v === 5 ? -14 : 0;
  const d = `M${148 - wide} 156H${252 + wide}L${244 + wide} 420Q200 436 ${156 - wide} 420Z`;
  return (
    (v === 4 || v === 1
      ? line(
          `M${250 + wide} 200Q${312 + wide} 206 ${304 + wide} 270Q${296 + wide} 330 ${248 + wide} 330`,
          c.dark,
          15,
          1,
        )
      : "") +
    (v === 6 || v === 3 ? line("M200 110C150 40 250 40 200 110", c.accent, 8, 1) : "") +
    fill(d, "m") +
    fill(`M${164 - wide} 160H${180 - wide}L${184 - wide} 424H${170 - wide}Z`, "w", 0.9) +
    box(140 - wide, 112, 120 + wide * 2, 50, 12, v % 2 === 0 ? "k" : "d") +
    box(164 - wide, 92, 72 + wide * 2, 26, 10, v % 2 === 0 ? "k" : "d") +
    line(`M${141 - wide} 158H${259 + wide}`, "#d8d8d8", 5, 0.9) +
    fill("M186 292l14-22l12 16l8-10l16 30h-66z", c.accent, 0.95) +
    line(`M${157 - wide} 404Q200 416 ${243 + wide} 404`, "#d8d8d8", 4, 0.7)
  );
};

const lamp: Shape = (c, v) => {
  const glow = oval(200, 270, 190, 170, "y");
  const isMushroom = v === 0 || v === 5 || v === 6;
  if (isMushroom) {
    return (
      glow +
      fill("M176 240H224L232 400H168Z", "n") +
      fill("M84 246Q88 122 200 118Q312 122 316 246Q200 282 84 246Z", "m") +
      fill("M84 246Q200 282 316 246Q300 268 200 272Q100 268 84 246Z", "#ffeec4") +
      oval(150, 176, 40, 26, "w", 0.6) +
      oval(200, 404, 70, 18, "d") +
      fill("M130 400H270V408Q200 424 130 408Z", "d")
    );
  }
  const shade = v === 1 ? "M130 110H270V262H130Z" : "M146 112H254L300 262H100Z";
  return (
    glow +
    line("M200 250V400", v === 3 ? c.dark : "#96753c", 9, 1) +
    fill(shade, "#fff0cc") +
    inside(
      "ls",
      shade,
      `${rows(110, 300, v === 1 ? 14 : 10, (x) =>
        v === 1 ? line(`M90 ${x}H310`, "#c9a86a", 1.6, 0.5) : line(`M${x} 100V270`, "#c9a86a", 1.4, 0.35),
      )}<rect x="90" y="100" width="220" height="170" fill="url(#m)" opacity="${v === 1 ? 0.12 : 0.5}"/>`,
    ) +
    line(v === 1 ? "M130 262H270M130 110H270" : "M100 262H300M146 112H254", c.dark, 4, 0.7) +
    (v === 3
      ? fill("M200 300Q262 310 252 380Q246 412 200 414Q154 412 148 380Q138 310 200 300Z", "m")
      : oval(200, 404, 64, 16, "g") + fill("M136 400H264V408Q200 422 136 408Z", "g"))
  );
};

const cushion: Shape = (c, v) => {
  const d =
    "M76 142Q140 156 200 152Q260 156 324 142Q312 210 316 270Q312 330 326 398Q260 384 200 388Q140 384 74 398Q88 330 84 270Q88 210 76 142Z";
  const pattern = [
    rows(100, 300, 20, (x) => rows(160, 380, 20, (y) => line(`M${x} ${y}q6 -7 11 0t-4 9`, c.light, 3, 0.7))),
    rows(90, 320, 9, (x) => line(`M${x} 140V400`, c.dark, 1, 0.25)),
    oval(160, 220, 70, 60, "w", 0.5),
    rows(110, 300, 38, (x) =>
      rows(
        150,
        380,
        24,
        (y) =>
          line(`M${x} ${y}q12 6 0 12q-12 6 0 12`, c.dark, 4, 0.4) +
          line(`M${x} ${y}q-12 6 0 12q12 6 0 12`, c.light, 4, 0.5),
      ),
    ),
    rows(0, 5, 1, (i) =>
      rows(0, 5, 1, (j) => ((i + j) % 2 === 0 ? box(74 + i * 42, 144 + j * 42, 42, 42, 0, c.light, 0.8) : "")),
    ),
    `<text x="200" y="286" text-anchor="middle" font-family="Georgia,serif" font-style="italic" font-size="44" fill="${c.accent}">rest</text>`,
    rows(100, 320, 32, (x) => line(`M${x} 130V410`, c.light, 13, 0.8)),
  ];
  return (
    fill(d, "m") +
    inside("cu", d, pattern[v % pattern.length] ?? "") +
    line(d, v === 2 ? c.accent : c.dark, v === 2 ? 6 : 3, 0.6) +
    fill("M84 150Q140 164 200 160L110 380Q92 384 82 388Q96 330 92 270Q94 210 84 150Z", "w", 0.25)
  );
};

const vase: Shape = (c, v) => {
  const jars = [
    "M170 232H230Q308 262 304 330Q300 420 236 430H164Q100 420 96 330Q92 262 170 232Z",
    "M176 210H224Q222 262 262 320Q282 400 244 430H156Q118 400 138 320Q178 262 176 210Z",
    "M184 190H216Q214 290 236 330Q262 410 230 430H170Q138 410 164 330Q186 290 184 190Z",
  ];
  const d = jars[v % 3] ?? jars[0] ?? "";
  const top = [232, 210, 190][v % 3] ?? 220;
  const stem = (x: number, y: number, bend: number) =>
    line(`M200 ${top + 6}Q${200 + bend} ${(top + y) / 2} ${x} ${y}`, "#6f7d56", 4, 1);
  const leaf = (x: number, y: number, turn: number) =>
    `<path d="M0 0Q14 -16 0 -36Q-14 -16 0 0Z" fill="#8a9a6c" transform="translate(${x} ${y}) rotate(${turn})"/>`;
  const bloom = (x: number, y: number) =>
    v === 6
      ? rows(0, 5, 1, (i) => oval(x, y - i * 9, 6, 6, "#c9a86a", 0.95))
      : rows(0, 5, 1, (i) => oval(x + Math.cos(i * 1.05) * 12, y + Math.sin(i * 1.05) * 12, 11, 11, "#f6e9e2", 0.95)) +
        dot(x, y, 7, "#e0a34e");
  const texture =
    v === 3
      ? inside(
          "vs",
          d,
          rows(220, 430, 12, (y) => line(`M80 ${y}q30 6 60 0t60 0t60 0t60 0`, c.dark, 2.4, 0.35)),
        )
      : v === 4
        ? inside(
            "vs",
            d,
            rows(40, 380, 26, (x) => line(`M${x} 190Q${x + 80} 300 ${x - 30} 440`, c.dark, 3, 0.35)),
          )
        : "";
  return (
    stem(150, 120, -40) +
    stem(214, 84, 10) +
    stem(266, 136, 50) +
    leaf(172, 170, -40) +
    leaf(236, 158, 46) +
    leaf(210, 150, 12) +
    bloom(150, 112) +
    bloom(214, 76) +
    bloom(266, 128) +
    fill(d, "m") +
    texture +
    oval(200, top, 30, 7, c.dark) +
    oval(160, 340, 16, 46, "w", 0.6)
  );
};

const candle: Shape = (c, v) => {
  const d = "M116 216H284V404Q284 420 268 420H132Q116 420 116 404Z";
  return (
    dot(200, 160, 110, "y") +
    fill("M200 108Q228 152 214 182Q208 194 200 194Q192 194 186 182Q172 152 200 108Z", "#f6a94a") +
    fill("M200 140Q214 164 206 186H194Q186 164 200 140Z", "#fff0bd") +
    line("M200 184V226", "#4a3f2c", v === 6 ? 9 : 4, 1) +
    oval(200, 218, 84, 18, "#fdf6e6") +
    fill(d, "m", 0.93) +
    oval(200, 217, 84, 17, "none") +
    line("M116 217A84 17 0 0 0 284 217", "#ffffff", 3, 0.6) +
    box(146, 274, 108, 96, 4, "#fbf7ee") +
    line("M160 304H240M172 322H228M184 340H216", c.dark, 3, 0.7) +
    dot(200, 288, 4, c.accent) +
    fill("M128 232H146V408H134Q128 408 128 400Z", "w", 0.7)
  );
};

export const HOUSE_SHAPES: Record<string, Shape> = { tent, lantern, tumbler, lamp, cushion, vase, candle };

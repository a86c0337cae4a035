/** Silhouettes of things for the kitchen. */
import { both, box, dot, fill, inside, line, oval, rows } from "./draw.ts";
import type { Shape } from "./picture.ts";

const mug: Shape = (c, v) => {
  const isSoup = v === 5;
  const d = isSoup
    ? "M92 230H288Q288 380 236 392H144Q92 380 92 230Z"
    : "M106 190H280L272 376Q270 400 246 400H140Q116 400 114 376Z";
  const top = isSoup ? 230 : 190;
  const mid = isSoup ? 190 : 193;
  const art =
    v === 3
      ? rows(0, 2, 1, (i) => dot(140 + i * 52, 300, 16, c.accent) + line(`M${140 + i * 52} 316V356`, c.accent, 4, 1))
      : v === 4 || v === 6
        ? inside("mg", d, `<rect x="80" y="304" width="230" height="110" fill="#f4ece0"/>`)
        : v === 2
          ? line(`M107 ${top + 6}H279`, c.accent, 7, 1) +
            rows(0, 12, 1, (i) => dot(124 + ((i * 47) % 140), 230 + ((i * 71) % 150), 2.5, c.light))
          : "";
  return (
    line(
      isSoup ? "M284 256Q344 258 332 306Q320 344 272 346" : "M276 232Q346 234 338 296Q330 350 270 348",
      c.dark,
      19,
      1,
    ) +
    line("M160 150q-14 -20 0 -38t0 -36M200 150q-14 -20 0 -38t0 -36M240 150q-14 -20 0 -38t0 -36", "#ffffff", 6, 0.7) +
    fill(d, "m") +
    art +
    oval(mid, top, isSoup ? 98 : 87, 16, c.dark) +
    oval(mid, top + 3, isSoup ? 90 : 79, 11, isSoup ? "#e0a34e" : "#5a3d28") +
    fill(isSoup ? "M104 250Q112 350 150 384Q106 370 100 250Z" : "M122 214H142L146 392H136Q126 390 125 376Z", "w", 0.6)
  );
};

const pot: Shape = (c, v) => {
  const isSauce = v === 5;
  const d = "M76 250H324V356Q324 402 280 402H120Q76 402 76 356Z";
  return (
    (isSauce ? box(318, 272, 76, 18, 9, "o") : both(line("M322 286Q366 284 364 312Q360 334 322 330", c.dark, 15, 1))) +
    fill(d, "m") +
    fill("M68 250Q72 180 200 176Q328 180 332 250Z", "d") +
    fill("M90 240Q110 194 180 186Q130 210 122 244Z", "w", 0.7) +
    line("M64 250H336", c.dark, 9, 1) +
    line("M66 246H334", c.light, 2, 0.7) +
    box(176, 150, 48, 24, 10, v % 2 === 0 ? "g" : "o") +
    box(190, 168, 20, 12, 2, v % 2 === 0 ? "g" : "o") +
    fill("M92 266H116V388Q96 380 94 356Z", "w", 0.5) +
    line("M80 380Q200 394 320 380", c.dark, 3, 0.4)
  );
};

const kettle: Shape = (c, v) => {
  const handle = v === 3 || v === 6 ? "o" : "k";
  return (
    line("M132 372Q84 356 92 290Q98 236 62 214", c.dark, 17, 1) +
    line("M130 366Q90 350 97 290Q103 240 66 216", c.light, 4, 0.6) +
    line("M268 214Q352 196 346 268Q340 336 296 350", handle, 19, 1) +
    fill("M148 210H258L288 400Q290 416 272 416H134Q116 416 118 400Z", "m") +
    fill("M150 210Q152 176 203 174Q254 176 256 210Z", "d") +
    box(190, 150, 26, 26, 10, handle) +
    line("M144 236H262", c.dark, 3, 0.5) +
    (v === 1
      ? box(112, 408, 184, 26, 8, "k") +
        `<text x="204" y="427" text-anchor="middle" font-family="monospace" font-size="14" fill="#9fe0c4">94°</text>`
      : line("M118 404Q203 420 288 404", c.dark, 4, 0.6)) +
    (v === 5
      ? rows(246, 390, 20, (y) => rows(146, 270, 20, (x) => dot(x + (y % 40 ? 0 : 10), y, 5, c.light, 0.5)))
      : "") +
    fill("M164 222H184L170 406H142Z", "w", 0.6)
  );
};

export const KITCHEN_SHAPES: Record<string, Shape> = { mug, pot, kettle };

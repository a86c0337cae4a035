/** Silhouettes of shoes, bags and accessories. */
import { both, box, dot, fill, inside, line, oval, rows, seam } from "./draw.ts";
import type { Shape } from "./picture.ts";

/** One shoe from the side. */
function single(shoe: string): string {
  return `<g transform="translate(200 262) scale(1.18) translate(-206 -262)">${shoe}</g>`;
}

/** Two shoes: one in front, its fellow a little behind. */
function pair(shoe: string): string {
  return `<g transform="translate(34 -62) scale(.93)" opacity=".92">${shoe}</g><g transform="translate(-14 30)">${shoe}</g>`;
}

const sneakers: Shape = (c, v) => {
  const sole = v === 3 ? 40 : 26;
  const upper = "M88 250Q92 196 112 190Q150 196 172 214Q214 246 270 262Q322 274 328 306V320H84Q80 284 88 250Z";
  return single(
    fill(upper, "m") +
      fill("M88 250Q92 196 112 190Q126 192 138 196Q128 226 132 260Q110 262 86 268Z", "d") +
      fill("M262 260Q322 274 328 306V320H256Q248 282 262 260Z", "d", 0.9) +
      fill("M150 286Q198 262 232 254Q238 268 214 292Q182 316 160 316Z", c.accent, 0.9) +
      rows(0, 4, 1, (i) => line(`M${176 + i * 19} ${226 + i * 9}l22 -12`, "#fffdf8", 5, 0.95)) +
      seam("M92 268Q150 262 176 236", c.light) +
      fill(`M80 318H330Q338 ${318 + sole} 318 ${318 + sole}H92Q76 ${318 + sole} 80 318Z`, "n") +
      line(`M84 ${322 + sole / 2}H330`, "#b9b1a2", 2, 0.6) +
      fill(
        `M84 ${312 + sole}H326Q326 ${318 + sole} 318 ${318 + sole}H92Q84 ${318 + sole} 84 ${312 + sole}Z`,
        c.dark,
        0.8,
      ),
  );
};

const boots: Shape = (c, v) => {
  const isChelsea = v === 0 || v === 3 || v === 6;
  const boot = "M120 120H214Q212 190 222 224Q276 246 310 270Q322 282 320 306H112Q106 200 120 120Z";
  return single(
    fill(boot, "m") +
      fill("M120 120H146Q136 220 142 306H112Q106 200 120 120Z", "d", 0.8) +
      (isChelsea
        ? fill("M166 124H196Q196 186 206 214L176 226Q164 180 166 124Z", c.dark) +
          rows(170, 196, 5, (x) => line(`M${x} 126L${x + 6} 214`, c.light, 1.2, 0.35))
        : rows(0, 6, 1, (i) => line(`M${196 + i * 3.4} ${140 + i * 15}l${-30 + i} ${6 - i}`, c.accent, 4, 0.95)) +
          line("M190 124Q190 190 214 232", c.dark, 2)) +
      (v === 4 ? rows(116, 214, 13, (x) => dot(x, 118, 11, "#f4ece0")) : line("M118 132H214", c.light, 3, 0.5)) +
      fill("M262 240Q310 262 320 286V306H246Q244 268 262 240Z", "d", 0.7) +
      fill("M108 304H322Q330 330 316 332H214L208 324H160V334H116Q104 330 108 304Z", "k"),
  );
};

const loafers: Shape = (c, v) => {
  const shoe =
    fill("M84 262Q90 224 116 224Q150 234 186 238Q236 240 282 262Q324 282 322 306H86Q78 288 84 262Z", "m") +
    fill("M104 232Q150 244 184 244Q170 262 128 264Q104 262 98 246Z", c.dark) +
    fill("M176 240Q214 236 236 248L222 290Q192 286 168 276Z", "d") +
    (v === 1
      ? fill("M200 262l-12 26h10l6-20l4 22h10l-4-28z", c.accent)
      : v === 5
        ? line("M176 262Q200 272 228 262", "#d2b06c", 6, 1)
        : fill("M188 258l30 3l-3 12l-30-4z", c.dark, 0.8)) +
    seam("M240 250Q302 268 314 300", c.light, 0.7) +
    fill(
      `M80 304H324Q328 ${v === 4 ? 334 : 318} 312 ${v === 4 ? 334 : 318}H170V${v === 4 ? 334 : 316}H148V${v === 4 ? 334 : 326}H92Q78 ${v === 4 ? 334 : 326} 80 304Z`,
      v === 3 ? "o" : "k",
    );
  return pair(shoe);
};

const tote: Shape = (c, v) => {
  const d = v === 4 ? "M118 226H282L292 390Q200 404 108 390Z" : "M100 210H300L316 420Q200 436 84 420Z";
  const top = v === 4 ? 226 : 210;
  const area =
    v === 2
      ? inside(
          "tq",
          d,
          rows(-300, 500, 34, (x) => line(`M${x} 200l260 260M${x + 260} 200l-260 260`, c.dark, 1.8, 0.4)),
        )
      : v === 6
        ? inside(
            "tq",
            d,
            rows(218, 430, 10, (y) =>
              line(`M80 ${y}q10 8 20 0t20 0t20 0t20 0t20 0t20 0t20 0t20 0t20 0t20 0t20 0t20 0`, c.dark, 1.8, 0.35),
            ),
          )
        : "";
  return (
    line(`M150 ${top + 6}C150 70 250 70 250 ${top + 6}`, c.dark, 11, 1) +
    fill(d, "m") +
    area +
    line(`M146 ${top + 24}C150 104 250 104 254 ${top + 24}`, v === 1 || v === 3 ? "#7d5632" : c.light, 10, 1) +
    both(box(240, top + 14, 26, 34, 4, v === 1 || v === 3 ? "o" : "d") + seam(`M243 ${top + 18}h20v26h-20z`, c.light)) +
    line(`M${v === 4 ? 117 : 99} ${top + 10}H${v === 4 ? 283 : 301}`, c.dark, 2) +
    (v === 0 || v === 5
      ? `<text x="200" y="330" text-anchor="middle" font-family="Georgia,serif" font-style="italic" font-size="30" fill="${c.accent}">slow sunday</text>`
      : box(180, 320, 40, 16, 3, "g", 0.9))
  );
};

const crossbody: Shape = (c, v) => {
  const half = v === 3;
  const bag = half
    ? "M96 268H304Q310 390 200 394Q90 390 96 268Z"
    : v === 2 || v === 6
      ? "M118 262H282Q296 262 296 278V382Q296 398 280 398H120Q104 398 104 382V278Q104 262 118 262Z"
      : "M104 256H296L308 372Q308 400 280 400H120Q92 400 92 372Z";
  return (
    line("M112 274C70 60 330 60 288 274", c.dark, 7, 1) +
    line("M112 274C70 60 330 60 288 274", c.light, 1.6, 0.6) +
    fill(bag, "m") +
    (half || v === 1
      ? line("M100 290H300", c.accent, 4, 0.9) + dot(292, 290, 5, "g")
      : fill("M100 256H300L304 316Q252 346 200 348Q148 346 96 316Z", "d") +
        seam("M103 314Q152 340 200 342Q248 340 297 314", c.light) +
        box(186, 328, 28, 30, 6, "g") +
        dot(200, 342, 4, "#6d5325")) +
    (v === 5 ? both(box(220, 340, 66, 48, 6, "d", 0.8) + line("M222 352H284", c.dark, 2)) : "") +
    both(box(280, 254, 16, 26, 5, "g"))
  );
};

const backpack: Shape = (c, v) => {
  const d = "M120 190Q118 96 200 94Q282 96 280 190L288 400Q288 432 256 432H144Q112 432 112 400Z";
  return (
    both(line("M262 170Q322 230 296 408", c.dark, 17, 1)) +
    line("M172 100Q172 62 200 62Q228 62 228 100", c.dark, 10, 1) +
    fill(d, "m") +
    (v === 2
      ? fill("M122 96H278L282 150H118Z", "d") + line("M122 110H278M121 128H279", c.dark, 2)
      : fill("M120 190Q118 96 200 94Q282 96 280 190Q200 220 120 190Z", "d")) +
    line(v === 2 ? "M120 150H280" : "M122 192Q200 222 278 192", c.accent, 4, 0.9) +
    fill("M136 282H264Q272 282 272 292V392Q272 412 252 412H148Q128 412 128 392V292Q128 282 136 282Z", "d") +
    line("M132 304H268", c.accent, 4, 0.9) +
    box(180, 236, 40, 24, 4, c.accent, 0.95) +
    (v === 1 || v === 3 ? both(line("M246 206V284", c.dark, 8, 0.9) + box(239, 240, 14, 20, 3, "k")) : "") +
    fill("M132 180Q132 110 176 102Q150 150 150 420H140Q122 420 122 400Z", "w", 0.3)
  );
};

const beanie: Shape = (c, v) => {
  const d = "M104 330Q92 150 200 146Q308 150 296 330Z";
  const stitches =
    v === 3
      ? rows(128, 280, 30, (x) => rows(180, 310, 22, (y) => line(`M${x} ${y}q10 5 0 11q-10 5 0 11`, c.dark, 3, 0.45)))
      : rows(-5, 5, 1, (i) => line(`M${200 + i * 4} 150Q${200 + i * 20} 220 ${200 + i * 19} 330`, c.dark, 2.4, 0.38));
  return (
    (v === 2
      ? dot(200, 132, 40, "m") +
        rows(0, 23, 1, (i) => line(`M200 132l${Math.cos(i * 0.262) * 44} ${Math.sin(i * 0.262) * 44}`, c.light, 3, 0.6))
      : "") +
    fill(d, "m") +
    inside("bn", d, stitches) +
    fill("M96 316Q200 292 304 316L308 382Q200 408 92 382Z", "d") +
    rows(-8, 8, 1, (i) =>
      line(`M${200 + i * 12.4} ${302 + Math.abs(i) * 2}V${398 - Math.abs(i) * 1.6}`, c.dark, 2.2, 0.5),
    ) +
    box(226, 340, 38, 26, 3, c.accent, 0.95)
  );
};

const scarf: Shape = (c, v) => {
  const left = "M150 150Q180 168 208 170L196 420H128Z";
  const right = "M196 166Q226 168 250 150L276 392L214 400Z";
  const loop = "M120 140Q124 90 200 88Q276 90 280 140Q276 186 200 188Q124 186 120 140Z";
  const pattern = (name: string, d: string) =>
    v === 1
      ? inside(
          name,
          d,
          rows(100, 300, 26, (x) => line(`M${x} 60V440`, c.accent, 7, 0.5)) +
            rows(100, 430, 30, (y) => line(`M80 ${y}H320`, c.light, 7, 0.5)),
        )
      : v === 6
        ? inside(
            name,
            d,
            rows(90, 430, 16, (y) =>
              line(
                `M100 ${y}l14 10l14-10l14 10l14-10l14 10l14-10l14 10l14-10l14 10l14-10l14 10l14-10l14 10`,
                c.dark,
                2,
                0.4,
              ),
            ),
          )
        : v === 5
          ? inside(name, d, `<rect x="80" y="330" width="240" height="120" fill="${c.accent}" opacity=".8"/>`)
          : inside(
              name,
              d,
              rows(110, 300, 9, (x) => line(`M${x} 60V440`, c.dark, 1.2, 0.2)),
            );
  return (
    fill(right, "d") +
    pattern("sr", right) +
    rows(216, 272, 8, (x) => line(`M${x} 396v24`, c.dark, 3, 0.7)) +
    fill(left, "m") +
    pattern("sl", left) +
    rows(130, 194, 8, (x) => line(`M${x} 420v26`, c.base, 3, 0.9)) +
    fill(loop, "m") +
    pattern("so", loop) +
    fill("M158 138Q164 116 200 114Q236 116 242 138Q236 154 200 156Q164 154 158 138Z", c.dark, 0.75)
  );
};

const glasses: Shape = (c, v) => {
  const square = v % 2 === 1;
  const lens = square
    ? "M222 218H326Q336 218 334 232L326 286Q322 302 304 302H246Q228 302 224 286L214 232Q212 218 222 218Z"
    : "M270 208Q326 208 326 260Q326 312 270 312Q216 312 216 260Q216 208 270 208Z";
  return (
    both(
      line("M326 232Q350 214 352 180", c.dark, 9, 1) +
        fill(lens, v === 4 ? c.accent : "#3d4148", v === 4 ? 0.6 : 0.86) +
        fill(
          square
            ? "M228 226H276L250 296H244Q232 294 230 284L222 236Z"
            : "M252 214Q268 210 282 214L238 298Q222 284 222 258Q224 226 252 214Z",
          "w",
          0.4,
        ) +
        line(lens, "m", v === 6 ? 6 : 13, 1),
    ) + line("M184 244Q200 228 216 244", "m", v === 6 ? 6 : 11, 1)
  );
};

const watch: Shape = (c, v) => {
  const face = v % 2 === 0 ? "#fbf8f1" : "#2c2f36";
  const ink = v % 2 === 0 ? "#33353b" : "#f5f0e6";
  const metal = v === 6 ? "#c98f78" : "g";
  const hour = rows(0, 11, 1, (i) => {
    const [x, y] = [Math.sin((i * Math.PI) / 6), -Math.cos((i * Math.PI) / 6)];
    return line(`M${200 + x * 62} ${250 + y * 62}L${200 + x * 70} ${250 + y * 70}`, ink, i % 3 === 0 ? 5 : 2.5, 0.9);
  });
  const extra =
    v === 1
      ? dot(176, 262, 14, "none") +
        line("M162 262a14 14 0 1 0 28 0a14 14 0 1 0 -28 0M210 262a14 14 0 1 0 28 0a14 14 0 1 0 -28 0", ink, 2, 0.7)
      : v === 2
        ? inside(
            "mp",
            "M172 284a28 18 0 0 1 56 0z",
            `<rect x="160" y="260" width="80" height="40" fill="#33446b"/><circle cx="196" cy="278" r="9" fill="#f4d58a"/>`,
          )
        : v === 3
          ? line("M184 288a16 16 0 1 0 32 0a16 16 0 1 0 -32 0", ink, 2, 0.7)
          : "";
  return (
    fill("M160 60H240L250 180H150Z", "m") +
    fill("M150 320H250L240 440H160Z", "m") +
    (v === 0
      ? rows(66, 436, 7, (y) => (y < 180 || y > 320 ? line(`M160 ${y}H240`, c.dark, 1.4, 0.5) : ""))
      : seam("M168 66L160 176M232 66L240 176M160 326L168 434M240 326L232 434", c.light)) +
    box(284, 242, 16, 18, 4, metal) +
    dot(200, 250, 92, metal) +
    dot(200, 250, 80, face) +
    hour +
    extra +
    line("M200 250L168 218", ink, 6, 1) +
    line("M200 250L232 196", ink, 4, 1) +
    line("M200 250L196 306", c.accent, 2, 1) +
    dot(200, 250, 5, ink) +
    oval(176, 214, 46, 30, "w", 0.5)
  );
};

export const CARRY_SHAPES: Record<string, Shape> = {
  sneakers,
  boots,
  loafers,
  tote,
  crossbody,
  backpack,
  beanie,
  scarf,
  glasses,
  watch,
};

/** Silhouettes of what one wears above the waist, laid flat. */
import type { Color } from "./brands.ts";
import { both, box, dot, fill, inside, line, rows, seam } from "./draw.ts";
import type { Shape } from "./picture.ts";

/** Body of a top: shoulders at y 118, as long as `hem` says. `flare` widens the hem on each side. */
function body(hem: number, flare = 4): string {
  return `M166 104C176 122 224 122 234 104L272 120L${266 + flare / 2} 210L${268 + flare} ${hem}Q200 ${hem + 10} ${132 - flare} ${hem}L${134 - flare / 2} 210L128 120Z`;
}

function sleeve(cuff: number, width = 34): string {
  const x = 312 + (cuff - 330) * 0.12;
  return `M258 114C292 120 302 146 ${x - 4} 220L${x + 16} ${cuff}L${x + 16 - width} ${cuff + 5}L268 214L254 170Z`;
}

const NECK = "M166 104C176 122 224 122 234 104L224 100Q200 112 176 100Z";

function buttons(x: number, from: number, to: number, step: number, color: string): string {
  return rows(from, to, step, (y) => dot(x, y, 4, color));
}

function ribs(hem: number, c: Color): string {
  return (
    rows(136, 264, 8, (x) => line(`M${x} ${hem - 22}V${hem + 6}`, c.dark, 1.5, 0.4)) +
    line(`M131 ${hem - 22}Q200 ${hem - 14} 269 ${hem - 22}`, c.dark, 2)
  );
}

function cuffs(cuff: number, c: Color): string {
  const x = 312 + (cuff - 330) * 0.12;
  return both(line(`M${x + 13} ${cuff - 22}L${x - 19} ${cuff - 17}`, c.dark, 2));
}

type Knit = "plain" | "cable" | "jacquard" | "waffle" | "stripe";

/** In the order of the sweaters' and the cardigans' names. */
const SWEATER_KNITS: Knit[] = ["plain", "cable", "plain", "jacquard", "waffle", "plain", "stripe"];
const CARDIGAN_KNITS: Knit[] = ["plain", "cable", "plain", "plain", "waffle", "plain", "waffle"];

function knit(c: Color, pattern: Knit | undefined, hem: number): string {
  const area = body(hem);
  switch (pattern) {
    case "cable":
      return inside(
        "kt",
        area,
        rows(150, 250, 25, (x) =>
          rows(
            130,
            hem - 30,
            24,
            (y) =>
              line(`M${x} ${y}q12 6 0 12q-12 6 0 12`, c.dark, 3, 0.4) +
              line(`M${x} ${y}q-12 6 0 12q12 6 0 12`, c.light, 3, 0.5),
          ),
        ),
      );
    case "jacquard":
      return inside(
        "kt",
        area,
        rows(165, 215, 25, (y) => rows(126, 280, 18, (x) => fill(`M${x} ${y}l9 9l-9 9l-9-9z`, c.accent, 0.85))) +
          line("M120 158H280M120 240H280", c.accent, 4, 0.8),
      );
    case "waffle":
      return inside(
        "kt",
        area,
        rows(140, hem - 30, 12, (y) => line(`M120 ${y}H280`, c.dark, 1.5, 0.28)) +
          rows(130, 270, 12, (x) => line(`M${x} 110V${hem - 26}`, c.dark, 1.5, 0.28)),
      );
    case "stripe":
      return inside(
        "kt",
        area,
        rows(150, hem - 40, 34, (y) => line(`M110 ${y}H290`, c.light, 12, 0.75)),
      );
    default:
      return inside(
        "kt",
        area,
        rows(132, 268, 10, (x) => line(`M${x} 116V${hem - 26}`, c.dark, 1.2, 0.18)),
      );
  }
}

const coat: Shape = (c, v) => {
  const hem = v === 4 ? 390 : 440;
  const double = v % 3 === 2;
  const belt =
    v === 1
      ? box(130, 258, 140, 18, 4, "d") + box(190, 253, 26, 28, 5, "none") + fill("M206 268l-18 52l14 4l14-50z", "d")
      : "";
  return (
    both(fill(sleeve(352, 40), "d")) +
    fill(body(hem, 14), "m") +
    fill(`M200 190L196 ${hem + 4}L204 ${hem + 4}Z`, c.dark, 0.5) +
    line(`M200 186V${hem + 4}`, c.dark, 2, 0.7) +
    (v === 5
      ? line("M168 106Q200 128 232 106", c.dark, 3)
      : both(
          fill("M236 102L262 128L246 172L200 208L214 150Z", "d") +
            line("M236 102L262 128L246 172L200 208", c.dark, 1.5, 0.7),
        )) +
    fill(NECK, c.dark) +
    (double
      ? buttons(184, 226, 320, 34, c.accent) + buttons(218, 226, 320, 34, c.accent)
      : buttons(208, 228, 340, 38, c.accent)) +
    both(line("M226 306l34-6v12l-34 6z", c.dark, 2, 0.7)) +
    belt +
    fill(`M138 130L150 124L158 ${hem - 10}L136 ${hem - 10}Z`, "w", 0.25)
  );
};

const puffer: Shape = (c, v) => {
  const hem = v === 1 ? 430 : v === 5 ? 316 : 360;
  const quilt = (y: number) =>
    line(`M118 ${y}Q160 ${y + 14} 200 ${y}Q240 ${y + 14} 282 ${y}`, c.dark, 2.4, 0.6) +
    line(`M122 ${y + 5}Q160 ${y + 19} 198 ${y + 5}`, c.light, 3, 0.5);
  const arm = sleeve(336, 44);
  const hood =
    v % 2 === 1
      ? fill("M154 118Q150 56 200 54Q250 56 246 118Q200 134 154 118Z", "d") +
        fill("M172 114Q170 76 200 74Q230 76 228 114Q200 126 172 114Z", c.dark)
      : fill("M160 116Q158 84 172 82H228Q242 84 240 116Q200 134 160 116Z", "d");
  return (
    both(
      fill(arm, "d") +
        inside(
          `pa${v}`,
          arm,
          rows(150, 340, 34, (y) => line(`M250 ${y}Q290 ${y + 16} 340 ${y - 8}`, c.dark, 2.4, 0.55)),
        ),
    ) +
    hood +
    fill(body(hem, 12), "m") +
    inside("pb", body(hem, 12), rows(150, hem, 36, quilt)) +
    line(`M200 112V${hem + 4}`, c.accent, 4, 0.9) +
    dot(200, 122, 5, c.accent)
  );
};

const jacket: Shape = (c, v) => {
  const hem = 346;
  const zip = v % 2 === 0;
  return (
    both(fill(sleeve(340, 38), "d") + line("M326 318L290 324", c.dark, 2)) +
    fill(body(hem, 6), "m") +
    both(fill("M234 102L258 116L240 150L206 128Z", "d") + line("M258 116L240 150L206 128", c.dark, 1.5)) +
    fill(NECK, c.dark) +
    line(`M200 124V${hem + 4}`, zip ? c.accent : c.dark, zip ? 4 : 2, 0.85) +
    (zip ? "" : buttons(207, 150, 330, 30, c.accent)) +
    both(
      fill("M216 176h40v42l-20 8l-20-8z", "d", 0.8) +
        seam("M218 178h36v38l-18 7l-18-7z", c.light) +
        line("M222 270l36 22", c.dark, 3, 0.6),
    ) +
    line(`M130 ${hem - 20}Q200 ${hem - 10} 270 ${hem - 20}`, c.dark, 2)
  );
};

const sweater: Shape = (c, v) =>
  both(fill(sleeve(346, 36), "d")) +
  fill(body(350), "m") +
  knit(c, SWEATER_KNITS[v], 350) +
  ribs(350, c) +
  cuffs(346, c) +
  (v === 2
    ? fill("M168 106Q166 78 174 74H226Q234 78 232 106Q200 124 168 106Z", "d") +
      rows(178, 224, 8, (x) => line(`M${x} 78V108`, c.dark, 1.4, 0.4))
    : fill(NECK, c.dark) + line("M163 107C174 130 226 130 237 107", c.light, 7, 0.75));

const cardigan: Shape = (c, v) => {
  const hem = v === 3 ? 400 : v === 0 ? 320 : 350;
  return (
    both(fill(sleeve(346, 36), "d")) +
    fill(body(hem), "m") +
    knit(c, CARDIGAN_KNITS[v], hem) +
    fill("M168 104L200 214L232 104Q200 96 168 104Z", "#f3ece2") +
    fill("M176 108L200 196L224 108Q200 120 176 108Z", c.dark, 0.16) +
    both(line(`M234 104L203 216V${hem + 2}`, c.light, 9, 0.9)) +
    line(`M200 216V${hem + 4}`, c.dark, 2, 0.8) +
    buttons(200, 226, hem - 16, 30, c.accent) +
    ribs(hem, c) +
    cuffs(346, c) +
    both(line("M222 292h32v26h-32z", c.dark, 1.6, 0.5))
  );
};

const shirt: Shape = (c, v) => {
  const hem = 372;
  const area = body(hem, 2);
  const pattern =
    v === 4
      ? inside(
          "sp",
          area,
          rows(136, 270, 12, (x) => line(`M${x} 100V400`, c.light, 4, 0.7)),
        )
      : v === 2
        ? inside(
            "sp",
            area,
            rows(140, 270, 26, (x) => line(`M${x} 100V400`, c.dark, 9, 0.35)) +
              rows(130, 400, 26, (y) => line(`M110 ${y}H290`, c.accent, 3, 0.45)),
          )
        : "";
  return (
    both(fill(sleeve(346, 34), "d") + line("M325 326L297 331", c.dark, 2)) +
    fill(area, "m") +
    pattern +
    fill(NECK, c.dark) +
    both(fill("M234 100L246 118L224 142L201 120Z", "m") + line("M246 118L224 142L201 120", c.dark, 1.6, 0.7)) +
    line("M193 126V376M207 126V376", c.dark, 1.4, 0.5) +
    buttons(200, 142, 350, 32, c.accent) +
    fill("M218 180h38v36l-19 9l-19-9z", "d", 0.55) +
    seam("M220 182h34v32l-17 8l-17-8z", c.dark)
  );
};

const tee: Shape = (c, v) => {
  const hem = 372;
  const area = body(hem, 4);
  const arm = "M256 112C292 122 308 150 324 212L282 226L262 176Z";
  const art = [
    fill("M216 176h38v38l-19 8l-19-8z", "d") + seam("M218 178h34v34l-17 7l-17-7z", c.light),
    "",
    `<text x="200" y="226" text-anchor="middle" font-family="Arial,sans-serif" font-weight="900" font-size="22" letter-spacing="2" fill="${c.accent}">DAY OFF</text>${line("M150 240H250", c.accent, 4, 1)}`,
    inside(
      "ts",
      area,
      rows(164, hem, 28, (y) => line(`M110 ${y}H290`, c.light, 11, 0.85)),
    ),
    inside(
      "ts",
      area,
      `<circle cx="160" cy="180" r="90" fill="${c.light}" opacity=".3"/><circle cx="250" cy="320" r="90" fill="${c.dark}" opacity=".25"/>`,
    ),
    inside(
      "ts",
      area,
      rows(130, hem, 11, (y) => line(`M110 ${y}H290`, c.dark, 1.3, 0.25)) +
        rows(130, 280, 11, (x) => line(`M${x} 100V380`, c.dark, 1.3, 0.25)),
    ),
    `${dot(200, 214, 34, c.accent, 0.9)}${fill("M170 224l20-24l12 14l10-12l20 22z", c.dark)}`,
  ];
  return (
    both(fill(arm, "d") + line("M321 200L280 214", c.dark, 1.4, 0.5)) +
    fill(area, "m") +
    (art[v % art.length] ?? "") +
    fill(NECK, c.dark) +
    line("M163 107C174 130 226 130 237 107", c.light, 6, 0.8) +
    line(`M130 ${hem - 10}Q200 ${hem} 270 ${hem - 10}`, c.dark, 1.4, 0.5)
  );
};

const hoodie: Shape = (c, v) => {
  const hem = 360;
  const area = body(hem, 4);
  const block =
    v === 4
      ? inside("hb", area, `<rect x="100" y="230" width="200" height="150" fill="${c.accent}" opacity=".85"/>`)
      : "";
  const logo =
    v === 2
      ? `<text x="200" y="196" text-anchor="middle" font-family="Georgia,serif" font-weight="700" font-size="26" letter-spacing="4" fill="${c.accent}">NINE</text>`
      : "";
  return (
    both(fill(sleeve(346, 40), "d")) +
    fill("M146 126Q142 58 200 54Q258 58 254 126Q200 152 146 126Z", "d") +
    fill(area, "m") +
    block +
    fill("M162 110Q160 70 200 68Q240 70 238 110Q220 142 200 144Q180 142 162 110Z", c.dark) +
    line("M156 106Q172 146 200 150Q228 146 244 106", c.light, 6, 0.7) +
    both(line("M214 142V196", c.accent, 3.5, 1) + dot(214, 198, 4, c.accent)) +
    logo +
    fill("M156 268H244L258 326H142Z", "d", 0.85) +
    seam("M158 270H242L254 324H146Z", c.light) +
    ribs(hem, c) +
    cuffs(346, c)
  );
};

export const TOP_SHAPES: Record<string, Shape> = { coat, puffer, jacket, sweater, cardigan, shirt, tee, hoodie };

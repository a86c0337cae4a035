/**
 * The demo shop's brands, styles and colors, all invented for this project. Texts are "Korean|English".
 */

export const STYLES = {
  minimal: "미니멀|Minimal",
  classic: "클래식|Classic",
  street: "스트리트|Street",
  romantic: "로맨틱|Romantic",
  outdoor: "고프코어|Gorpcore",
  natural: "내추럴|Natural",
} as const;
export type Style = keyof typeof STYLES;

export interface Brand {
  name: string;
  style: Style;
  /** Multiplies the price range of a kind. */
  tier: number;
}

export const BRANDS: Record<string, Brand> = {
  monoharu: { name: "모노하루|Monoharu", style: "minimal", tier: 1.05 },
  greyloft: { name: "그레이로프트|Greyloft", style: "minimal", tier: 1.35 },
  haverlin: { name: "하버린|Haverlin", style: "classic", tier: 1.5 },
  yeondam: { name: "연담|Yeondam", style: "classic", tier: 1.15 },
  blocknine: { name: "블록나인|Blocknine", style: "street", tier: 0.85 },
  noirday: { name: "누아르데이|Noirday", style: "street", tier: 1 },
  seoribit: { name: "서리빛|Seoribit", style: "romantic", tier: 1 },
  lattemood: { name: "라떼무드|Lattemood", style: "romantic", tier: 0.8 },
  solmaru: { name: "솔마루|Solmaru", style: "outdoor", tier: 1.3 },
  baramgil: { name: "바람길|Baramgil", style: "outdoor", tier: 0.9 },
  dulsup: { name: "둘숲|Dulsup", style: "natural", tier: 1 },
  onyugyeol: { name: "온유결|Onyugyeol", style: "natural", tier: 0.9 },
};

export interface Color {
  name: string;
  /** The material itself, its shaded side, its lit side, and a detail that stands out. */
  base: string;
  dark: string;
  light: string;
  accent: string;
}

export const COLORS: Record<string, Color> = {
  black: { name: "블랙|Black", base: "#3a3b40", dark: "#232428", light: "#5b5d64", accent: "#c9a86a" },
  charcoal: { name: "차콜|Charcoal", base: "#5c6068", dark: "#43464d", light: "#7c818a", accent: "#e6e2da" },
  grey: { name: "그레이|Grey", base: "#a9adb3", dark: "#868b92", light: "#c8cbd0", accent: "#4c5058" },
  ivory: { name: "아이보리|Ivory", base: "#efe6d6", dark: "#d5c8b1", light: "#faf5ea", accent: "#9a7b56" },
  navy: { name: "네이비|Navy", base: "#33446b", dark: "#22304f", light: "#506490", accent: "#d9b877" },
  camel: { name: "카멜|Camel", base: "#c49a6c", dark: "#a17a4e", light: "#dcb98f", accent: "#5a4029" },
  burgundy: { name: "버건디|Burgundy", base: "#84343f", dark: "#62232d", light: "#a5525c", accent: "#e5c9a5" },
  forest: { name: "포레스트|Forest", base: "#3f6350", dark: "#2b4839", light: "#5d846f", accent: "#e2b45f" },
  cobalt: { name: "코발트|Cobalt", base: "#3563c4", dark: "#244a9c", light: "#5d86dd", accent: "#f4d35e" },
  orange: { name: "오렌지|Orange", base: "#e27a3f", dark: "#bd5c26", light: "#f29c69", accent: "#33353b" },
  mustard: { name: "머스터드|Mustard", base: "#d6a63c", dark: "#b18526", light: "#e8c26a", accent: "#4a3f2c" },
  blush: { name: "블러쉬|Blush", base: "#e5b3ad", dark: "#cb918b", light: "#f3d0cb", accent: "#9c5f62" },
  lavender: { name: "라벤더|Lavender", base: "#b9aed3", dark: "#978bb6", light: "#d3cbe6", accent: "#64568a" },
  cream: { name: "크림|Cream", base: "#f4e7c9", dark: "#dcc9a1", light: "#fcf5e3", accent: "#c58a5a" },
  skyblue: { name: "스카이블루|Sky Blue", base: "#9fc3dc", dark: "#7aa4c2", light: "#c1dcec", accent: "#3d6382" },
  khaki: { name: "카키|Khaki", base: "#858461", dark: "#676648", light: "#a3a281", accent: "#e0813e" },
  sage: { name: "세이지|Sage", base: "#a3b598", dark: "#839677", light: "#c0ceb7", accent: "#5f6f54" },
  oatmeal: { name: "오트밀|Oatmeal", base: "#ddd0bb", dark: "#c0b097", light: "#ece3d4", accent: "#8a6f53" },
  terracotta: { name: "테라코타|Terracotta", base: "#c57253", dark: "#a25639", light: "#da9277", accent: "#f1dfc8" },
  brown: { name: "브라운|Brown", base: "#7a5a44", dark: "#5b412f", light: "#997761", accent: "#e3cfae" },
};

/** Colors that a style is made in. */
export const STYLE_COLORS: Record<Style, string[]> = {
  minimal: ["black", "ivory", "charcoal", "grey"],
  classic: ["navy", "camel", "burgundy", "forest", "charcoal"],
  street: ["black", "cobalt", "orange", "mustard"],
  romantic: ["blush", "lavender", "cream", "skyblue"],
  outdoor: ["khaki", "orange", "forest", "navy", "mustard"],
  natural: ["oatmeal", "sage", "terracotta", "brown"],
};

/** Who comes to the demo shop: what each kind of visitor is drawn to. */
import type { Style } from "./brands.ts";

export interface Persona {
  id: string;
  /** Of all visitors. */
  share: number;
  /** Kind of product → how strongly it draws; every other kind barely does. */
  kinds: Record<string, number>;
  styles: Style[];
  /** "sale" hunts for reduced prices. */
  purse: "any" | "sale";
}

export const PERSONAS: Persona[] = [
  {
    id: "city-minimalist",
    share: 0.17,
    kinds: { coat: 1, sweater: 0.8, trousers: 0.8, shirt: 0.6, loafers: 0.6, tote: 0.5, watch: 0.4 },
    styles: ["minimal", "classic"],
    purse: "any",
  },
  {
    id: "camper",
    share: 0.15,
    kinds: { backpack: 1, tent: 0.9, lantern: 0.7, tumbler: 0.6, puffer: 0.8, boots: 0.6 },
    styles: ["outdoor", "natural"],
    purse: "any",
  },
  {
    id: "street-kid",
    share: 0.17,
    kinds: { hoodie: 1, sneakers: 1, tee: 0.8, jeans: 0.7, beanie: 0.5, puffer: 0.4 },
    styles: ["street", "outdoor"],
    purse: "sale",
  },
  {
    id: "romantic",
    share: 0.16,
    kinds: { dress: 1, cardigan: 0.9, skirt: 0.9, crossbody: 0.6, perfume: 0.5, scarf: 0.4 },
    styles: ["romantic", "natural"],
    purse: "any",
  },
  {
    id: "homebody",
    share: 0.15,
    kinds: { lamp: 1, cushion: 0.9, vase: 0.9, candle: 0.8, mug: 0.5 },
    styles: ["natural", "minimal"],
    purse: "any",
  },
  {
    id: "slow-kitchen",
    share: 0.08,
    kinds: { mug: 1, pot: 1, kettle: 1, tumbler: 0.5, candle: 0.3 },
    styles: ["natural", "minimal", "classic"],
    purse: "sale",
  },
  {
    id: "desk-setup",
    share: 0.07,
    kinds: { keyboard: 1, speaker: 0.9, notebook: 0.8, glasses: 0.4, mug: 0.3 },
    styles: ["minimal", "street"],
    purse: "any",
  },
  {
    id: "self-care",
    share: 0.05,
    kinds: { serum: 1, handcream: 0.9, perfume: 0.8, candle: 0.5 },
    styles: ["natural", "romantic"],
    purse: "sale",
  },
];

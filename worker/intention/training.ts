/**
 * Learning purchase intention: nets over a table of visits, calibrated on visits that they have not seen, so that "20 %"
 * means that a fifth of such visits end in a purchase.
 */
import { packArrays, unpackArrays } from "../lib/arrays.ts";
import { seal, unseal } from "../lib/seal.ts";
import { seeded, shuffle } from "../lib/seeded.ts";
import { type Panel, type Perceptron, scriptPanel, trainPerceptron } from "./perceptron.ts";
import { type Cell, encodeRow, fitEncoding, type TableEncoding } from "./tabular.ts";

export interface IntentionModel {
  encoding: TableEncoding;
  nets: Perceptron[];
  /** Log-odds = slope · mean log-odds of the nets + shift (Platt 1999). */
  slope: number;
  shift: number;
  /** Share of the visits it learned from that ended in a purchase. */
  usual: number;
  /** By which the nets are asked. */
  panel: Panel;
}

/** What was learned, as bytes. */
export function intentionBytes({ encoding, nets, slope, shift, usual }: Omit<IntentionModel, "panel">): Uint8Array {
  const shapes = nets.map(({ weights: _, ...shape }) => shape);
  const header = { encoding, slope, shift, usual, shapes };
  return seal(packArrays(header, Object.fromEntries(nets.map(({ weights }, net) => [`${net}`, weights]))));
}

/** The opposite of `intentionBytes`. Throws when the bytes are damaged. */
export function readIntention(bytes: Uint8Array, panelOf: (nets: Perceptron[]) => Panel = scriptPanel): IntentionModel {
  const { header, arrays } = unpackArrays(unseal(bytes));
  const { shapes, ...rest } = header as Omit<IntentionModel, "nets" | "panel"> & {
    shapes: Omit<Perceptron, "weights">[];
  };
  const nets = shapes.map((shape, net) => ({ ...shape, weights: arrays[net] as Float32Array }));
  return { ...rest, nets, panel: panelOf(nets) };
}

/** Of a bin by foretold probability: mean foretold, share that came true, visits. */
export interface ReliabilityBin {
  foretold: number;
  came: number;
  visits: number;
}

const NETS = 3;
/** One row in this many calibrates. */
const CALIBRATION = 8;

/** @param answers 1 for visits with a purchase */
export function trainIntention(rows: readonly (readonly Cell[])[], answers: Uint8Array, seed: number): IntentionModel {
  const order = Int32Array.from(answers.keys());
  shuffle(order, seeded(seed, 3));
  const cut = Math.floor(order.length / CALIBRATION);
  const encoding = fitEncoding(rows);
  const { width } = encoding;
  const inputs = encodeAll(encoding, rows, order.subarray(cut));
  const learned = Uint8Array.from(order.subarray(cut), (row) => answers[row] as number);
  const nets = Array.from({ length: NETS }, (_, net) => trainPerceptron(inputs, learned, width, seed * 100 + net));
  const panel = scriptPanel(nets);
  const held = order.subarray(0, cut);
  const logits = Float64Array.from(held, (row) => logOdds({ encoding, panel }, rows[row] ?? []));
  const truths = Uint8Array.from(held, (row) => answers[row] as number);
  const usual = answers.reduce((sum, answer) => sum + answer, 0) / Math.max(1, answers.length);
  return { encoding, nets, ...calibrate(logits, truths), usual, panel };
}

function encodeAll(encoding: TableEncoding, rows: readonly (readonly Cell[])[], which: Int32Array): Float32Array {
  const inputs = new Float32Array(which.length * encoding.width);
  which.forEach((row, index) => {
    encodeRow(encoding, rows[row] ?? [], inputs, index * encoding.width);
  });
  return inputs;
}

/** Slope and shift of largest likelihood, by Newton's method; a slight pull to (1, 0) keeps few visits from deciding. */
function calibrate(logits: Float64Array, truths: Uint8Array): { slope: number; shift: number } {
  let slope = 1;
  let shift = 0;
  for (let round = 0; round < 20; round++) {
    let gSlope = slope - 1;
    let gShift = shift;
    let hSlope = 1;
    let hShift = 1;
    let hBoth = 0;
    for (let k = 0; k < logits.length; k++) {
      const x = logits[k] as number;
      const p = 1 / (1 + Math.exp(-(slope * x + shift)));
      const error = p - (truths[k] as number);
      const spread = p * (1 - p);
      gSlope += error * x;
      gShift += error;
      hSlope += spread * x * x;
      hShift += spread;
      hBoth += spread * x;
    }
    const determinant = hSlope * hShift - hBoth * hBoth;
    slope -= (gSlope * hShift - gShift * hBoth) / determinant;
    shift -= (gShift * hSlope - gSlope * hBoth) / determinant;
  }
  return { slope, shift };
}

/** Of a row, as the nets have it. */
function logOdds({ encoding, panel }: Pick<IntentionModel, "encoding" | "panel">, row: readonly Cell[]): number {
  encodeRow(encoding, row, panel.row);
  return panel.ask();
}

/** Chance of a purchase in this visit, 0 to 1. */
export function foretell(model: IntentionModel, row: readonly Cell[]): number {
  return 1 / (1 + Math.exp(-(model.slope * logOdds(model, row) + model.shift)));
}

/** How far what was foretold came true, in equal bins of visits by foretold chance. */
export function reliability(foretold: readonly number[], truths: ArrayLike<number>, bins = 10): ReliabilityBin[] {
  const order = foretold.map((_, index) => index).sort((one, other) => (foretold[one] ?? 0) - (foretold[other] ?? 0));
  return Array.from({ length: bins }, (_, bin) => {
    const own = order.slice(Math.floor((bin * order.length) / bins), Math.floor(((bin + 1) * order.length) / bins));
    const mean = (of: (index: number) => number) =>
      own.reduce((sum, index) => sum + of(index), 0) / Math.max(1, own.length);
    return {
      foretold: mean((index) => foretold[index] ?? 0),
      came: mean((index) => truths[index] ?? 0),
      visits: own.length,
    };
  });
}

/** How far off the bins are on average. */
export function calibrationErrorOf(bins: readonly ReliabilityBin[]): number {
  return bins.reduce((sum, { foretold, came }) => sum + Math.abs(foretold - came), 0) / bins.length;
}

/** Area under the ROC curve, and average precision; 0.5 and the base rate are chance. */
export function rankingQuality(foretold: readonly number[], truths: ArrayLike<number>) {
  const order = foretold.map((_, index) => index).sort((one, other) => (foretold[other] ?? 0) - (foretold[one] ?? 0));
  let right = 0;
  let pairs = 0;
  let precision = 0;
  order.forEach((index, place) => {
    if (truths[index]) {
      right++;
      precision += right / (place + 1);
    } else pairs += right;
  });
  const wrong = order.length - right;
  return { auc: pairs / Math.max(1, right * wrong), averagePrecision: precision / Math.max(1, right) };
}

/** Cross-validation: every row is foretold by a model that has not seen it; figures are means over the folds. */
export function judgeFolds(rows: readonly (readonly Cell[])[], answers: Uint8Array, folds: number, seed: number) {
  const order = Int32Array.from(answers.keys());
  shuffle(order, seeded(seed));
  let auc = 0;
  let averagePrecision = 0;
  const all: { foretold: number; came: number }[] = [];
  for (let fold = 0; fold < folds; fold++) {
    const learn = order.filter((_, index) => index % folds !== fold);
    const test = order.filter((_, index) => index % folds === fold);
    const learnRows = Array.from(learn, (row) => rows[row] ?? []);
    const model = trainIntention(
      learnRows,
      Uint8Array.from(learn, (row) => answers[row] as number),
      seed + fold,
    );
    const foretold = Array.from(test, (row) => foretell(model, rows[row] ?? []));
    const truths = Array.from(test, (row) => answers[row] as number);
    const quality = rankingQuality(foretold, truths);
    auc += quality.auc / folds;
    averagePrecision += quality.averagePrecision / folds;
    foretold.forEach((chance, index) => {
      all.push({ foretold: chance, came: truths[index] ?? 0 });
    });
  }
  const bins = reliability(
    all.map(({ foretold }) => foretold),
    all.map(({ came }) => came),
  );
  const calibrationError = calibrationErrorOf(bins);
  const four = (value: number) => Number(value.toFixed(4));
  return { auc: four(auc), averagePrecision: four(averagePrecision), calibrationError: four(calibrationError) };
}

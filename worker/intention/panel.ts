/**
 * Perceptrons of one shape asked together: SIMD where the runtime has it, else as perceptron.ts asks them. Of a layer the weights of
 * one input lie side by side, those of all nets' first layers too: an input that says nothing is not even read.
 */
import { simdOr } from "../platform/simd-or.ts";
import { type Panel, type Perceptron, scriptPanel } from "./perceptron.ts";

const PAGE = 65_536;
/** Units that the kernel computes side by side. */
const SIDE = 16;

type Layer = (list: number, told: number, weights: number, biases: number, bytes: number, into: number) => void;

/** Of `panel.wasm`, imported (workerd) or compiled from its bytes (Node), and of nets. */
export const openPanel = simdOr("panel", simdPanel, scriptPanel);

const padded = (units: number) => Math.ceil(units / SIDE) * SIDE;

/** In a memory of its own. */
function simdPanel(module: WebAssembly.Module, nets: readonly Perceptron[]): Panel {
  const { width, first, second } = nets[0] ?? { width: 0, first: 0, second: 0 };
  const [firsts, seconds] = [padded(nets.length * first), padded(second)];
  // The module needs a page of its own. Numbers of four bytes each.
  const secondAt = PAGE + 4 * firsts * (width + 1);
  const ofNet = 4 * seconds * (first + 1);
  const hiddenAt = secondAt + ofNet * nets.length;
  const lastAt = hiddenAt + 4 * firsts;
  const listAt = lastAt + 4 * seconds;
  const listed = 2 * Math.max(width, first);
  const memory = new WebAssembly.Memory({ initial: Math.ceil((listAt + 4 * listed) / PAGE) });
  const { layer } = new WebAssembly.Instance(module, { env: { memory } }).exports as { layer: Layer };
  const floats = (at: number, length: number) => new Float32Array(memory.buffer, at, length);
  const lay = (weights: Float32Array, at: number, inputs: number, units: number, into: Float32Array, from: number) => {
    const stride = into.length / (inputs + 1);
    for (let unit = 0; unit < units; unit++)
      for (let k = 0; k <= inputs; k++)
        into[k * stride + from + unit] = weights[at + unit * (inputs + 1) + k] as number;
  };
  const outs = nets.map(({ weights }, place) => {
    const at = first * (width + 1);
    lay(weights, 0, width, first, floats(PAGE, firsts * (width + 1)), place * first);
    lay(weights, at, first, second, floats(secondAt + place * ofNet, seconds * (first + 1)), 0);
    return weights.subarray(at + second * (first + 1));
  });
  const [row, hidden, last] = [new Float32Array(width), floats(hiddenAt, firsts), floats(lastAt, seconds)];
  const values = floats(listAt, listed);
  const offsets = new Int32Array(memory.buffer, listAt, listed);
  const tell = (inputs: Float32Array, from: number, count: number, stride: number) => {
    let told = 0;
    for (let k = 0; k < count; k++) {
      const value = inputs[from + k] as number;
      if (value === 0) continue;
      values[told] = value;
      offsets[told + 1] = 4 * k * stride;
      told += 2;
    }
    return told / 2;
  };
  const logOdds = (out: Float32Array, place: number) => {
    const [told, at] = [tell(hidden, place * first, first, seconds), secondAt + place * ofNet];
    layer(listAt, told, at, at + 4 * seconds * first, 4 * seconds, lastAt);
    let sum = out[second] as number;
    for (let k = 0; k < second; k++) sum += (out[k] as number) * (last[k] as number);
    return sum;
  };
  return {
    row,
    ask() {
      const told = tell(row, 0, width, firsts);
      layer(listAt, told, PAGE, PAGE + 4 * firsts * width, 4 * firsts, hiddenAt);
      let sum = 0;
      for (let place = 0; place < outs.length; place++) sum += logOdds(outs[place] as Float32Array, place);
      return sum / Math.max(1, outs.length);
    },
  };
}

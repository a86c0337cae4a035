/**
 * Perceptrons of one shape asked together: SIMD where the runtime has it, else as perceptron.ts asks them. Of a layer the weights of
 * one input lie side by side, those of all nets' first layers too: an input that says nothing is not even read.
 */
import { instantiate, layOut } from "../lib/kernel-memory.ts";
import { simdOr } from "../platform/simd-or.ts";
import { type Panel, type Perceptron, scriptPanel } from "./perceptron.ts";

/** Units that the kernel computes side by side. */
const SIDE = 16;

interface PanelExports {
  layer(list: number, told: number, weights: number, biases: number, bytes: number, into: number): void;
}

/** Of `panel.wasm`, imported (workerd) or compiled from its bytes (Node), and of nets. */
export const openPanel = simdOr("panel", simdPanel, scriptPanel);

const padded = (units: number) => Math.ceil(units / SIDE) * SIDE;

/** In a memory of its own. */
function simdPanel(module: WebAssembly.Module, nets: readonly Perceptron[]): Panel {
  const { width, first, second } = nets[0] ?? { width: 0, first: 0, second: 0 };
  const [firsts, seconds] = [padded(nets.length * first), padded(second)];
  const ofNet = 4 * seconds * (first + 1);
  const { at, end, floats, integers } = layOut({
    firsts: 4 * firsts * (width + 1),
    seconds: ofNet * nets.length,
    hidden: 4 * firsts,
    last: 4 * seconds,
    list: 8 * Math.max(width, first),
  });
  const { kernel, buffer } = instantiate<PanelExports>(module, end);
  const lay = (weights: Float32Array, inputs: number, units: number, into: Float32Array, from: number) => {
    const stride = into.length / (inputs + 1);
    for (let unit = 0; unit < units; unit++)
      for (let k = 0; k <= inputs; k++) into[k * stride + from + unit] = weights[unit * (inputs + 1) + k] as number;
  };
  const outs = nets.map(({ weights }, place) => {
    const ofFirst = first * (width + 1);
    lay(weights, width, first, floats(buffer, "firsts"), place * first);
    const own = new Float32Array(buffer, at.seconds + place * ofNet, ofNet / 4);
    lay(weights.subarray(ofFirst), first, second, own, 0);
    return weights.subarray(ofFirst + second * (first + 1));
  });
  const [row, hidden, last] = [new Float32Array(width), floats(buffer, "hidden"), floats(buffer, "last")];
  const [values, offsets] = [floats(buffer, "list"), integers(buffer, "list")];
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
    const [told, weights] = [tell(hidden, place * first, first, seconds), at.seconds + place * ofNet];
    kernel.layer(at.list, told, weights, weights + 4 * seconds * first, 4 * seconds, at.last);
    let sum = out[second] as number;
    for (let k = 0; k < second; k++) sum += (out[k] as number) * (last[k] as number);
    return sum;
  };
  return {
    row,
    ask() {
      const told = tell(row, 0, width, firsts);
      kernel.layer(at.list, told, at.firsts, at.firsts + 4 * firsts * width, 4 * firsts, at.hidden);
      let sum = 0;
      for (let place = 0; place < outs.length; place++) sum += logOdds(outs[place] as Float32Array, place);
      return sum / Math.max(1, outs.length);
    },
  };
}

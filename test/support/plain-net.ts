/** The net once more, as its definition has it: what the kernels compute must be this. */
import { type Net, netWidth } from "../../worker/recommend/engine/net.ts";

/** Scores of `count` candidates, written to `scores`. @param values as many numbers each as the net is wide */
export function applyNet(net: Net, values: Float32Array, count: number, scores: Float32Array): void {
  const { weights, hidden } = net;
  const width = netWidth(net);
  for (let c = 0; c < count; c++) {
    const own = values.subarray(c * width, (c + 1) * width);
    const along = (at: number) => own.reduce((sum, value, k) => sum + value * weights[at + k]!, 0);
    let score = along(0);
    for (let unit = 0; unit < hidden; unit++) {
      const at = width + unit * (width + 2);
      score += Math.max(0, along(at) + weights[at + width]!) * weights[at + width + 1]!;
    }
    scores[c] = score;
  }
}

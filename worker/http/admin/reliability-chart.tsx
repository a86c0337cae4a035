/** Foretold chance against what came true: on the diagonal, "20 %" is one in five. Drawn on the server, a table beside it. */
import type { ReliabilityBin } from "../../intention/training.ts";
import { ChartTable } from "./chart.tsx";
import { formatNumber, formatShare } from "./format.ts";
import type { SiteView } from "./view.ts";

const SIZE = 220;
const PAD = { top: 10, right: 14, bottom: 24, left: 44 };
const TICKS = 4;
/** Ends of the axes: round numbers in four steps. */
const ENDS = [0.04, 0.08, 0.2, 0.4, 0.6, 0.8, 1];

export function ReliabilityChart({ view, label, bins }: { view: SiteView; label: string; bins: ReliabilityBin[] }) {
  const { t, locale } = view;
  const most = Math.max(...bins.flatMap(({ foretold, came }) => [foretold, came]));
  const top = ENDS.find((end) => end >= most) ?? 1;
  const x = (share: number) => PAD.left + (share / top) * (SIZE - PAD.left - PAD.right);
  const y = (share: number) => SIZE - PAD.bottom - (share / top) * (SIZE - PAD.top - PAD.bottom);
  const ticks = Array.from({ length: TICKS + 1 }, (_, index) => (top * index) / TICKS);
  const percent = (share: number) => formatShare(share, 1, locale);
  return (
    <figure class="chart square">
      <svg viewBox={`0 0 ${SIZE} ${SIZE}`} role="img" aria-label={label}>
        {ticks.map((tick) => (
          <g>
            <line class="grid-line" x1={PAD.left} x2={SIZE - PAD.right} y1={y(tick)} y2={y(tick)} />
            <text class="axis" x={PAD.left - 6} y={y(tick) + 2.5} text-anchor="end">
              {percent(tick)}
            </text>
            <text class="axis" x={x(tick)} y={SIZE - 8} text-anchor="middle">
              {percent(tick)}
            </text>
          </g>
        ))}
        <line class="diagonal" x1={x(0)} y1={y(0)} x2={x(top)} y2={y(top)} />
        <path
          class="line"
          d={bins.map(({ foretold, came }, index) => `${index ? "L" : "M"}${x(foretold)},${y(came)}`).join("")}
        />
        {bins.map(({ foretold, came }) => (
          <circle class="dot" cx={x(foretold)} cy={y(came)} r="3">
            <title>{`${percent(foretold)} → ${percent(came)}`}</title>
          </circle>
        ))}
      </svg>
      <ChartTable
        view={view}
        label={label}
        head={[t("models.foretold"), t("models.came"), t("models.visits")]}
        numbers={[0, 1, 2]}
      >
        {bins.map(({ foretold, came, visits }) => (
          <tr>
            <td class="number">{percent(foretold)}</td>
            <td class="number">{percent(came)}</td>
            <td class="number">{formatNumber(visits, locale)}</td>
          </tr>
        ))}
      </ChartTable>
    </figure>
  );
}

/** Charts drawn on the server as SVG: no script, no inline style, a table with the same figures beside each. */
import { area, curveMonotoneX, line } from "d3-shape";
import type { Child } from "hono/jsx";
import { Table } from "./parts.tsx";
import type { SiteView } from "./view.ts";

const WIDTH = 560;
const HEIGHT = 160;
const PAD = { top: 10, right: 14, bottom: 20, left: 44 };
const TICKS = 4;
/** Days named under the chart: one in so many, and fewer on a phone. */
const NAMED_EVERY = 2;
const NAMED_ON_PHONE = 6;

export interface Point {
  name: string;
  /** Undefined: there is none, and the line has a gap. */
  value: number | undefined;
  text: string;
  /** The row of this point in the table. */
  cells: string[];
}

export function LineChart(props: {
  view: SiteView;
  label: string;
  /** Column names of the table. */
  head: string[];
  points: Point[];
  axis: (value: number) => string;
}) {
  const { view, label, head, points, axis } = props;
  const top = niceCeiling(Math.max(1, ...points.map((point) => point.value ?? 0)));
  const step = (WIDTH - PAD.left - PAD.right) / Math.max(1, points.length - 1);
  const x = (_: Point, index: number) => PAD.left + index * step;
  const y = (value: number) => PAD.top + (1 - value / top) * (HEIGHT - PAD.top - PAD.bottom);
  const height = ({ value = 0 }: Point) => y(value);
  const isThere = ({ value }: Point) => value !== undefined;
  const path = line<Point>(x, height).defined(isThere).curve(curveMonotoneX)(points);
  const ground = area<Point>(x, y(0), height).defined(isThere).curve(curveMonotoneX)(points);
  const ticks = Array.from({ length: TICKS + 1 }, (_, index) => (top * index) / TICKS);
  return (
    <figure class="chart">
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={label}>
        {ticks.map((tick) => (
          <g>
            <line class="grid-line" x1={PAD.left} x2={WIDTH - PAD.right} y1={y(tick)} y2={y(tick)} />
            <text class="axis" x={PAD.left - 6} y={y(tick) + 2.5} text-anchor="end">
              {axis(tick)}
            </text>
          </g>
        ))}
        <path class="area" d={ground ?? ""} />
        <path class="line" d={path ?? ""} />
        {points.map((point, index) => (
          <g>
            {point.value !== undefined && <circle class="dot" cx={x(point, index)} cy={y(point.value)} r="2" />}
            <rect class="hit" x={x(point, index) - step / 2} y="0" width={step} height={HEIGHT - PAD.bottom}>
              <title>{`${point.name}: ${point.text}`}</title>
            </rect>
            {(points.length - 1 - index) % NAMED_EVERY === 0 && (
              <text
                class={(points.length - 1 - index) % NAMED_ON_PHONE === 0 ? "axis" : "axis minor"}
                x={x(point, index)}
                y={HEIGHT - 5}
                text-anchor={index === points.length - 1 ? "end" : "middle"}
              >
                {point.name}
              </text>
            )}
          </g>
        ))}
      </svg>
      <ChartTable view={view} label={label} head={[view.t("chart.day"), ...head]} numbers={head.map((_, at) => at + 1)}>
        {points.map((point) => (
          <tr>
            <th scope="row">{point.name}</th>
            {point.cells.map((cell) => (
              <td class="number">{cell}</td>
            ))}
          </tr>
        ))}
      </ChartTable>
    </figure>
  );
}

/** The figures of a chart, for whoever cannot see it or wants them exactly. */
export function ChartTable(props: {
  view: SiteView;
  label: string;
  head: string[];
  numbers: number[];
  children: Child;
}) {
  const { view, children, ...table } = props;
  return (
    <figcaption>
      <details>
        <summary>{view.t("chart.table")}</summary>
        <Table {...table}>{children}</Table>
      </details>
    </figcaption>
  );
}

/** The shape of a row of numbers, beside the number itself. */
export function Sparkline({ values }: { values: (number | undefined)[] }) {
  const [width, height] = [120, 28];
  const top = Math.max(1, ...values.map((value) => value ?? 0));
  const step = width / Math.max(1, values.length - 1);
  const path = line<number | undefined>(
    (_, index) => index * step,
    (value = 0) => 2 + (1 - value / top) * (height - 4),
  )
    .defined((value) => value !== undefined)
    .curve(curveMonotoneX)(values);
  return (
    <svg
      class="spark"
      viewBox={`0 0 ${width} ${height}`}
      preserveAspectRatio="none"
      aria-hidden="true"
      focusable="false"
    >
      <path class="line" d={path ?? ""} />
    </svg>
  );
}

/** The next of 1, 2, 4, 5, 8 × 10ⁿ at or above: four ticks of round numbers. */
export function niceCeiling(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  const step = [1, 2, 4, 5, 8, 10].find((each) => each * power >= value) ?? 10;
  // Four whole ticks under ten things.
  return Math.max(4, step * power);
}

/** A small line chart as SVG, drawn on the server: no script, no inline style, and the same numbers as a table beside it. */
import { area, curveMonotoneX, line } from "d3-shape";

export interface Series {
  name: string;
  values: number[];
}

const WIDTH = 720;
const HEIGHT = 200;
const TOP = 12;
const BOTTOM = 26;

/** `labels` name the points from left to right; the table that says the same is the caller's. At most three series. */
export function LineChart(props: { title: string; labels: string[]; series: Series[]; format(value: number): string }) {
  const { title, labels, series, format } = props;
  const highest = Math.max(1, ...series.flatMap(({ values }) => values));
  const x = (place: number) => (labels.length < 2 ? WIDTH / 2 : (place / (labels.length - 1)) * WIDTH);
  const y = (value: number) => TOP + (1 - value / highest) * (HEIGHT - TOP - BOTTOM);
  const path = line<number>((_, place) => x(place), y).curve(curveMonotoneX);
  const fill = area<number>((_, place) => x(place), HEIGHT - BOTTOM, y).curve(curveMonotoneX);
  const every = Math.ceil(labels.length / 7);
  return (
    <figure class="chart">
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={title} preserveAspectRatio="none">
        {[0, 0.5, 1].map((share) => (
          <line class="chart-grid" x1="0" x2={WIDTH} y1={y(highest * share)} y2={y(highest * share)} />
        ))}
        {series.map(({ values }, place) => (
          <g class={`series-${place + 1}`}>
            {place === 0 && <path class="chart-area" d={fill(values) ?? ""} />}
            <path class="chart-line" d={path(values) ?? ""} />
          </g>
        ))}
      </svg>
      <div class="chart-axis" aria-hidden="true">
        {labels
          .filter((_, place) => place % every === 0)
          .map((label) => (
            <span>{label}</span>
          ))}
      </div>
      <figcaption>
        <span class="chart-top">{format(highest)}</span>
        {series.map(({ name }, place) => (
          <span class={`legend series-${place + 1}`}>{name}</span>
        ))}
      </figcaption>
    </figure>
  );
}

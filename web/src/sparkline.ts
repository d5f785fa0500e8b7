/** A small chart of a monthly series, with the same in words for those who cannot see it. */
import type { Series } from "./api";
import { svg } from "./dom";
import { month, number } from "./format";
import { readSeries } from "./words";

/** px of the drawing; TOP is room for the words over the line. */
const [WIDTH, HEIGHT, PAD, TOP] = [280, 78, 6, 18];

interface Point {
  x: number;
  y: number;
  value: number;
}

/** Runs of months that follow one another: a missing month breaks the line. */
export function runs(values: (number | null)[], top: number): Point[][] {
  const step = (WIDTH - 2 * PAD) / Math.max(1, values.length - 1);
  const out: Point[][] = [[]];
  for (const [i, value] of values.entries()) {
    if (value === null) out.push([]);
    else
      out
        .at(-1)
        ?.push({ x: PAD + i * step, y: HEIGHT - PAD - ((HEIGHT - PAD - TOP) * value) / Math.max(1, top), value });
  }
  return out.filter((run) => run.length > 0);
}

export function sparkline(series: Series): SVGElement {
  const top = Math.max(0, ...series.values.filter((value) => value !== null));
  const parts = runs(series.values, top);
  const last = parts.at(-1)?.at(-1);
  const at = ({ x, y }: Point) => `${x.toFixed(1)},${y.toFixed(1)}`;
  const [from, to] = [series.months[0], series.months.at(-1)];
  return svg(
    "svg",
    { viewBox: `0 0 ${WIDTH} ${HEIGHT + 16}`, class: "app-spark", role: "img", "aria-label": readSeries(series) },
    svg("line", { x1: PAD, x2: WIDTH - PAD, y1: HEIGHT - PAD, y2: HEIGHT - PAD, class: "app-spark__base" }),
    ...parts.map((run) => svg("polyline", { points: run.map(at).join(" "), class: "app-spark__line" })),
    ...parts.flat().map(({ x, y }) => svg("circle", { cx: x, cy: y, r: 2, class: "app-spark__dot" })),
    last ? svg("circle", { cx: last.x, cy: last.y, r: 4, class: "app-spark__last" }) : null,
    svg("text", { x: PAD, y: HEIGHT + 12 }, from ? month(from) : ""),
    svg("text", { x: WIDTH - PAD, y: HEIGHT + 12, "text-anchor": "end" }, to ? month(to) : ""),
    svg("text", { x: PAD, y: 10 }, top > 0 ? `Highest: ${number(top)}` : ""),
  );
}

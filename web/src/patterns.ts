/** Patterns drawn in the page: no picture files, no sprites. The same marks stand in the key as SVG. */
import { svg } from "./dom";

export type Pattern = "hatch" | "dots" | "dashes";

const SIZE: Record<Pattern, number> = { hatch: 8, dots: 8, dashes: 10 };
const INK: Record<Pattern, string> = { hatch: "#0b0c0c", dots: "#b6bdc2", dashes: "#a3abb1" };
const PATHS: Record<Pattern, string> = {
  hatch: "M-2 2 2 -2M0 8 8 0M6 10 10 6",
  dots: "M2 2h.01M6 6h.01",
  dashes: "M1 2.5h4M6 7.5h4",
};
const STROKE: Record<Pattern, number> = { hatch: 1.2, dots: 1.5, dashes: 1 };

/** The pattern as pixels, twice as dense as the screen's, transparent between the marks. */
export function patternImage(pattern: Pattern): ImageData {
  const size = SIZE[pattern];
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = size * 2;
  const pen = canvas.getContext("2d");
  if (pen === null) throw new Error("This browser cannot draw on a canvas.");
  pen.scale(2, 2);
  pen.strokeStyle = INK[pattern];
  pen.lineWidth = STROKE[pattern];
  pen.lineCap = pattern === "dots" ? "round" : "butt";
  pen.stroke(new Path2D(PATHS[pattern]));
  return pen.getImageData(0, 0, canvas.width, canvas.height);
}

/** The pattern over a colour, for the key. */
export function patternSwatch(pattern: Pattern, colour: string): SVGElement {
  const id = `pattern-${pattern}`;
  const size = SIZE[pattern];
  const mark = svg("path", {
    d: PATHS[pattern],
    fill: "none",
    stroke: INK[pattern],
    "stroke-width": STROKE[pattern],
    "stroke-linecap": pattern === "dots" ? "round" : "butt",
  });
  return svg(
    "svg",
    { class: "app-key__swatch", "aria-hidden": "true", style: `background:${colour}` },
    svg("defs", {}, svg("pattern", { id, width: size, height: size, patternUnits: "userSpaceOnUse" }, mark)),
    svg("rect", { width: "100%", height: "100%", fill: `url(#${id})` }),
  );
}

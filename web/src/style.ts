/** The map's style: ground, hexagons by shade, patterns, outlines, names. No glyphs and no sprites: nothing is fetched. Pure. */
import type {
  ExpressionSpecification,
  FilterSpecification,
  LayerSpecification,
  SourceSpecification,
  StyleSpecification,
} from "maplibre-gl";
import type { Shading } from "./palette";

export const INK = "#0b0c0c";
const FONT = ["Arial", "Helvetica", "sans-serif"];
const NOTHING: FilterSpecification = ["==", ["get", "cell"], ""];
const CLASS_INK = "#003078";

/** px. Our zooms count tiles of 256 pixels, as XYZ does; MapLibre's own count 512. So hexagons are as fine as they are meant to be. */
export const TILE_SIZE = 256;
/** MapLibre draws lines and patterns of such a source larger by this; widths and patterns allow for it. */
const SWELL = 512 / TILE_SIZE;
/** Image pixels to a pixel of the screen: drawn twice as dense, and allowing for the growth of patterns between two zooms. */
export const PATTERN_RATIO = 2 * SWELL * Math.SQRT2;

/** Hexagon edges are drawn from here on; further out they would be all one sees. */
const EDGES_FROM = 6;
/** Hatching further out than tiles of zoom 8 is noise. */
const HATCH_FROM = 8 - Math.log2(512 / TILE_SIZE);
/** Further out a letter would not fit its circle. */
const LETTERS_FROM = 8;
/** How strongly a value is drawn that rests on few incidents. */
const FAINT = 0.3;

export const cellIs = (cell: string | null): FilterSpecification =>
  cell === null ? NOTHING : ["==", ["get", "cell"], cell];

export const cellIn = (cells: string[]): FilterSpecification =>
  cells.length === 0 ? NOTHING : ["in", ["get", "cell"], ["literal", cells]];

const status = (...names: string[]): ExpressionSpecification => ["in", ["get", "status"], ["literal", names]];

/** The ground before any layer: sea, study area, districts with names. Data sources start empty. */
export function groundStyle(): StyleSpecification {
  const empty: SourceSpecification = { type: "geojson", data: { type: "FeatureCollection", features: [] } };
  return {
    version: 8,
    sources: {
      outlines: { ...empty, tolerance: 1 },
      names: empty,
      chosen: empty,
      points: empty,
      shapes: empty,
      difference: empty,
    },
    layers: [
      { id: "ground", type: "background", paint: { "background-color": "#e6ecf0" } },
      { id: "land", type: "fill", source: "outlines", paint: { "fill-color": "#ffffff" } },
      { id: "difference", type: "fill", source: "difference", paint: { "fill-outline-color": "#ffffff" } },
      {
        id: "district-casing",
        type: "line",
        source: "outlines",
        layout: { "line-join": "round" },
        paint: { "line-color": "#ffffff", "line-width": 3, "line-opacity": 0.75 },
      },
      {
        id: "district",
        type: "line",
        source: "outlines",
        layout: { "line-join": "round" },
        paint: { "line-color": "#505a5f", "line-width": 1 },
      },
      {
        id: "shape-casing",
        type: "line",
        source: "shapes",
        layout: { "line-join": "round" },
        paint: { "line-color": "#ffffff", "line-width": 5 },
      },
      {
        id: "shape",
        type: "line",
        source: "shapes",
        layout: { "line-join": "round" },
        paint: { "line-color": INK, "line-width": 2.5 },
      },
      {
        id: "area-chosen",
        type: "line",
        source: "outlines",
        filter: ["==", ["get", "code"], ""],
        layout: { "line-join": "round" },
        paint: { "line-color": INK, "line-width": 3 },
      },
      {
        id: "chosen-far",
        type: "circle",
        source: "chosen",
        paint: { "circle-radius": 5, "circle-color": INK, "circle-stroke-color": "#ffffff", "circle-stroke-width": 3 },
      },
      {
        id: "name",
        type: "symbol",
        source: "names",
        layout: {
          "text-field": ["get", "name"],
          "text-font": FONT,
          "text-size": ["interpolate", ["linear"], ["zoom"], 7, 12, 11, 16],
          "text-max-width": 8,
          "text-padding": 1,
          "text-variable-anchor": ["center", "top", "bottom", "left", "right"],
          "text-radial-offset": 0.4,
        },
        paint: { "text-color": INK, "text-halo-color": "rgba(255,255,255,.9)", "text-halo-width": 1.8 },
      },
      {
        id: "point",
        type: "circle",
        source: "points",
        paint: {
          "circle-radius": ["interpolate", ["linear"], ["zoom"], 7, 3, 9, 7, 12, 10],
          "circle-color": INK,
          "circle-stroke-color": "#ffffff",
          "circle-stroke-width": 1.5,
        },
      },
      {
        id: "point-chosen",
        type: "circle",
        source: "points",
        filter: ["==", ["get", "id"], ""],
        paint: {
          "circle-radius": 12,
          "circle-color": "#ffdd00",
          "circle-stroke-color": INK,
          "circle-stroke-width": 3,
        },
      },
      {
        id: "point-letter",
        type: "symbol",
        source: "points",
        minzoom: LETTERS_FROM,
        layout: {
          "text-field": ["get", "letter"],
          "text-font": FONT,
          "text-size": ["interpolate", ["linear"], ["zoom"], 8, 9, 12, 14],
          "text-allow-overlap": true,
          "text-ignore-placement": true,
        },
        paint: { "text-color": "#ffffff" },
      },
    ],
  };
}

/** The colour of each step of a difference. */
export function differenceColour(colours: [string, string][]): ExpressionSpecification {
  return ["match", ["get", "step"], ...colours.flat(), "rgba(0,0,0,0)"] as unknown as ExpressionSpecification;
}

function fillColour({ by, shades, floors }: Shading): ExpressionSpecification | string {
  const clear = "rgba(0,0,0,0)";
  if (by === "class") {
    const pairs = shades.flatMap(({ id, colour }) => [id, colour]);
    return ["match", ["get", "class"], ...pairs, clear] as unknown as ExpressionSpecification;
  }
  const rising = shades.map(({ colour }, i) => ({ colour, floor: floors[i] ?? 0 })).reverse();
  const [lowest, ...steps] = rising;
  const stops = steps.flatMap(({ floor, colour }) => [floor, colour]);
  return ["step", ["get", "value"], lowest?.colour ?? clear, ...stops] as unknown as ExpressionSpecification;
}

function outlineLayer(shading: Shading): LayerSpecification[] {
  if (shading.outlines.length === 0) return [];
  const widths = (share: number) => shading.outlines.flatMap(({ id }) => [id, (share * outlineWidth(id)) / SWELL]);
  const at = (share: number) => ["match", ["get", "class"], ...widths(share), 0];
  const width = ["interpolate", ["linear"], ["zoom"], 7, at(0.4), 11, at(1)] as unknown as ExpressionSpecification;
  const ids = shading.outlines.map(({ id }) => id);
  return [
    {
      id: "cell-class",
      type: "line",
      source: "cells",
      filter: ["in", ["get", "class"], ["literal", ids]],
      layout: { "line-join": "round" },
      paint: { "line-color": CLASS_INK, "line-width": width },
    },
  ];
}

/** px; stronger classes have thicker outlines. */
export function outlineWidth(id: string): number {
  return id.endsWith("99") ? 3 : id.endsWith("95") ? 2 : 1;
}

export const OUTLINE_INK = CLASS_INK;

/** The layers of one thematic layer over the source `cells`, bottom first. `source-layer` is added by the caller. */
export function cellLayers(shading: Shading): LayerSpecification[] {
  const pattern = (id: string, image: string, filter: FilterSpecification): LayerSpecification => ({
    id,
    type: "fill",
    source: "cells",
    filter,
    paint: { "fill-pattern": image },
  });
  const line = (id: string, colour: string, width: number): LayerSpecification => ({
    id,
    type: "line",
    source: "cells",
    filter: NOTHING,
    layout: { "line-join": "round" },
    paint: { "line-color": colour, "line-width": width / SWELL },
  });
  const shaded: FilterSpecification =
    shading.by === "class" ? ["has", "class"] : ["all", ["has", "value"], ["!", status("insufficient")]];
  return [
    {
      id: "cell",
      type: "fill",
      source: "cells",
      paint: { "fill-color": "#ffffff" },
    },
    {
      id: "cell-shade",
      type: "fill",
      source: "cells",
      filter: shaded,
      paint: {
        "fill-color": fillColour(shading),
        "fill-opacity": ["case", ["boolean", ["feature-state", "faint"], false], FAINT, 1],
        "fill-antialias": false,
      },
    },
    pattern("cell-empty", "dots", status("no-support", "no-data", "suppressed", "coarsened")),
    pattern("cell-few", "dashes", status("insufficient")),
    {
      id: "cell-edge",
      type: "line",
      source: "cells",
      filter: shaded,
      minzoom: EDGES_FROM,
      paint: {
        "line-color": "#ffffff",
        "line-width": ["interpolate", ["linear"], ["zoom"], 7, 0.2 / SWELL, 12, 1 / SWELL],
      },
    },
    { ...pattern("cell-weak", "hatch", NOTHING), minzoom: HATCH_FROM },
    ...outlineLayer(shading),
    line("cell-pointed", INK, 2),
    line("cell-chosen-casing", "#ffffff", 7),
    line("cell-chosen", INK, 3),
  ];
}

/** The map: MapLibre over our tiles. Everything that it knows comes from the page; what people do on it goes back as calls. */
import type { FilterSpecification, GeoJSONSource, Map as MapLibre, MapMouseEvent, VectorTileSource } from "maplibre-gl";
import type { Box, TileJson } from "./api";
import { build, tileZoom } from "./canvas";
import { prefersStill } from "./dom";
import { namePoints } from "./outlines";
import type { Shading } from "./palette";
import { patternImage } from "./patterns";
import type { Camera } from "./state";
import { cellIn, cellIs, cellLayers, differenceColour, INK, PATTERN_RATIO, TILE_SIZE } from "./style";

export interface MapEvents {
  /** A hexagon was chosen by pointer, or by Enter on the map's centre. */
  choose(cell: string): void;
  /** A point of the layer's own was chosen. */
  choosePoint(id: string): void;
  /** The pointer is over this hexagon, or over none. */
  point(cell: string | null): void;
  /** The map stands still after a move, made by hand or to show a chosen hexagon. */
  moved(camera: Camera, why: "hand" | "choice"): void;
  /** Tiles are drawn. */
  idle(): void;
  /** Something could not be loaded. */
  failed(): void;
}

export interface MapView {
  show(tiles: TileJson, shading: Shading): void;
  /** Hexagons to hatch, and hexagons to draw faintly. */
  mark(weak: string[], faint: string[]): void;
  clear(): void;
  outline(outlines: GeoJSON.FeatureCollection): void;
  choose(cell: string | null, centre: [number, number] | null): void;
  /** Points of the layer's own, with a letter each; none for a layer without. */
  points(points: GeoJSON.FeatureCollection): void;
  /** Shapes of the layer's own, such as the outlines of clusters; none for a layer without. */
  shapes(shapes: GeoJSON.FeatureCollection): void;
  /** What would change, in the place of the layer's shades, with a colour for each step; null: the layer again. */
  difference(difference: GeoJSON.FeatureCollection | null, colours: [string, string][]): void;
  choosePoint(id: string | null): void;
  chooseArea(code: string | null): void;
  point(cell: string | null): void;
  goTo(centre: [number, number], z: number): void;
  fit(box: Box): void;
  inView(): Set<string> | null;
  /** MapLibre's zoom. */
  zoom(): number;
  /** The zoom of the tiles shown. */
  tileZoom(): number;
  bounds(): Box;
  centre(): [number, number];
  describe(label: string): void;
  picture(): string;
}

/** The hexagon under a point of the screen. */
function cellAt(map: MapLibre, at: [number, number]): string | null {
  if (map.getLayer("cell") === undefined) return null;
  return (map.queryRenderedFeatures(at, { layers: ["cell"] })[0]?.properties.cell as string | undefined) ?? null;
}

/** The layer's own point under a point of the screen. */
function pointAt(map: MapLibre, at: [number, number]): string | null {
  if (map.getLayer("point") === undefined) return null;
  return (map.queryRenderedFeatures(at, { layers: ["point"] })[0]?.properties.id as string | undefined) ?? null;
}

function listen(map: MapLibre, events: MapEvents): void {
  const under = (event: MapMouseEvent) => cellAt(map, [event.point.x, event.point.y]);
  const canvas = map.getCanvas();
  let pointed: string | null = null;
  const point = (cell: string | null): void => {
    if (cell === pointed) return;
    pointed = cell;
    canvas.style.cursor = cell === null ? "" : "pointer";
    events.point(cell);
  };
  const choose = (at: [number, number]): void => {
    const own = pointAt(map, at);
    const cell = own === null ? cellAt(map, at) : null;
    if (own !== null) events.choosePoint(own);
    else if (cell !== null) events.choose(cell);
  };
  map.on("click", (event) => choose([event.point.x, event.point.y]));
  map.on("mousemove", (event) => point(under(event)));
  map.on("mouseout", () => point(null));
  canvas.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    choose([canvas.clientWidth / 2, canvas.clientHeight / 2]);
  });
  map.on("moveend", (event) => {
    const { lng, lat } = map.getCenter();
    const choice = "choice" in event && event.choice === true;
    events.moved({ lng, lat, z: map.getZoom() }, choice ? "choice" : "hand");
  });
  map.on("idle", () => events.idle());
  map.on("error", ({ error }) => {
    console.error(error);
    events.failed();
  });
}

/** MapLibre takes sources and layers only after its style is loaded: earlier calls wait. */
function whenLoaded(map: MapLibre): (run: () => void) => void {
  let loaded = false;
  const waiting: (() => void)[] = [];
  map.on("load", () => {
    loaded = true;
    for (const image of ["hatch", "dots", "dashes"] as const) {
      map.addImage(image, patternImage(image), { pixelRatio: PATTERN_RATIO });
    }
    for (const run of waiting) run();
  });
  return (run) => {
    if (loaded) run();
    else waiting.push(run);
  };
}

function dropCells(map: MapLibre): void {
  for (const { id } of map.getStyle().layers) {
    if (id === "cell" || id.startsWith("cell-")) map.removeLayer(id);
  }
  if (map.getSource("cells") !== undefined) map.removeSource("cells");
}

/** What a difference takes the place of. */
const SHADES = ["cell-shade", "cell-empty", "cell-few", "cell-weak", "cell-class"];

/** Draws the map, or throws where the browser has no WebGL2. */
export function createMap(container: HTMLElement, bounds: Box, camera: Camera | null, events: MapEvents): MapView {
  const map = build(container, bounds, camera);
  const later = whenLoaded(map);
  listen(map, events);
  let sourceLayer = "";
  let differs = false;
  let weak: string[] = [];
  let faint: string[] = [];
  const chosen: { cell: string | null; centre: [number, number] | null } = { cell: null, centre: null };

  const filter = (layer: string, value: FilterSpecification) => {
    if (map.getLayer(layer) !== undefined) map.setFilter(layer, value);
  };
  const drawLayers = (shading: Shading) => {
    for (const layer of cellLayers(shading)) {
      map.addLayer({ ...layer, "source-layer": sourceLayer } as typeof layer, below(layer.id));
    }
    drawShades();
    drawMarks();
  };
  /** Shades lie under the districts' lines, marks over them. */
  const below = (id: string) => (/pointed|chosen/.test(id) ? "chosen-far" : "difference");
  const drawShades = () => {
    for (const id of SHADES.filter((one) => map.getLayer(one) !== undefined)) {
      map.setLayoutProperty(id, "visibility", differs ? "none" : "visible");
    }
  };
  const drawMarks = () => {
    filter("cell-weak", cellIn(weak));
    filter("cell-chosen-casing", cellIs(chosen.cell));
    filter("cell-chosen", cellIs(chosen.cell));
    const features: GeoJSON.Feature[] =
      chosen.centre === null
        ? []
        : [{ type: "Feature", properties: {}, geometry: { type: "Point", coordinates: chosen.centre } }];
    map.getSource<GeoJSONSource>("chosen")?.setData({ type: "FeatureCollection", features });
  };
  const drawFaint = () => {
    if (map.getSource("cells") === undefined) return;
    map.removeFeatureState({ source: "cells", sourceLayer });
    for (const id of faint) map.setFeatureState({ source: "cells", sourceLayer, id }, { faint: true });
  };
  const animate = () => ({ animate: !prefersStill() });

  return {
    show: (tiles, shading) =>
      later(() => {
        dropCells(map);
        sourceLayer = tiles.vector_layers[0]?.id ?? "";
        const { minzoom, maxzoom, bounds: extent, attribution, tiles: urls } = tiles;
        map.addSource("cells", {
          type: "vector",
          tiles: urls,
          minzoom,
          maxzoom,
          bounds: extent,
          attribution,
          promoteId: "cell",
        });
        const source = map.getSource<VectorTileSource>("cells");
        if (source !== undefined) source.tileSize = TILE_SIZE;
        drawLayers(shading);
        drawFaint();
      }),
    mark: (cells, pale) => {
      weak = cells;
      faint = pale;
      later(() => {
        filter("cell-weak", cellIn(weak));
        drawFaint();
      });
    },
    clear: () => later(() => dropCells(map)),
    outline: (outlines) =>
      later(() => {
        map.getSource<GeoJSONSource>("outlines")?.setData(outlines);
        map.getSource<GeoJSONSource>("names")?.setData(namePoints(outlines));
      }),
    choose: (cell, centre) => {
      chosen.cell = cell;
      chosen.centre = centre;
      later(drawMarks);
    },
    points: (points) => later(() => map.getSource<GeoJSONSource>("points")?.setData(points)),
    shapes: (shapes) => later(() => map.getSource<GeoJSONSource>("shapes")?.setData(shapes)),
    difference: (found, colours) =>
      later(() => {
        differs = found !== null;
        map.getSource<GeoJSONSource>("difference")?.setData(found ?? { type: "FeatureCollection", features: [] });
        if (found !== null) map.setPaintProperty("difference", "fill-color", differenceColour(colours));
        drawShades();
      }),
    choosePoint: (id) =>
      later(() => {
        filter("point-chosen", ["==", ["get", "id"], id ?? ""]);
        map.setPaintProperty("point-letter", "text-color", ["case", ["==", ["get", "id"], id ?? ""], INK, "#ffffff"]);
      }),
    chooseArea: (code) => later(() => filter("area-chosen", ["==", ["get", "code"], code ?? ""])),
    point: (cell) => later(() => filter("cell-pointed", cellIs(cell))),
    goTo: (centre, z) => void map.easeTo({ center: centre, zoom: z, ...animate() }, { choice: true }),
    fit: (box) => void map.fitBounds(box, { padding: 24, ...animate() }),
    inView: () => {
      if (map.getLayer("cell") === undefined) return null;
      const features = map.queryRenderedFeatures({ layers: ["cell"] });
      return new Set(features.map(({ properties }) => properties.cell as string));
    },
    zoom: () => map.getZoom(),
    tileZoom: () => tileZoom(map.getZoom()),
    centre: () => map.getCenter().toArray(),
    bounds: () => map.getBounds().toArray().flat() as Box,
    describe: (label) => map.getCanvas().setAttribute("aria-label", label),
    picture: () => {
      map.redraw();
      return map.getCanvas().toDataURL();
    },
  };
}

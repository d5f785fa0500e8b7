/** The view: what the address says, under the names that the API uses. Pure. */
import type { Box, LayerSpec } from "./api";

export interface View {
  layer: string;
  window: string;
  category: string;
  edition: string | null;
  /** `level:code`, as in `lad:E06000009`. */
  area: string | null;
  cell: string | null;
  /** The actions of a question, as JSON: a link asks it again. */
  scenario: string | null;
  lat: number | null;
  lng: number | null;
  z: number | null;
}

/** Where the map stands; `z` is MapLibre's zoom. */
export interface Camera {
  lng: number;
  lat: number;
  z: number;
}

export function cameraOf({ lat, lng, z }: View): Camera | null {
  return lat === null || lng === null || z === null ? null : { lat, lng, z };
}

const CELL = /^8[0-9a-f]{14}$/;
const AREA = /^[^:]+:[^:]+$/;

function matching(text: string | null, pattern: RegExp): string | null {
  return text !== null && pattern.test(text) ? text : null;
}

function within(text: string | null, low: number, high: number): number | null {
  const number = text === null || text.trim() === "" ? Number.NaN : Number(text);
  return number >= low && number <= high ? number : null;
}

function oneOf(text: string | null, allowed: string[], otherwise: string): string {
  return text !== null && allowed.includes(text) ? text : otherwise;
}

/** The view that an address asks for; what it names wrongly is replaced by the layer's default. */
export function readView(search: string, layers: LayerSpec[], firstLayer: string): View {
  const asked = new URLSearchParams(search);
  const spec =
    layers.find((layer) => layer.id === asked.get("layer")) ?? layers.find((layer) => layer.id === firstLayer);
  if (spec === undefined) throw new Error("This snapshot has no layers to show.");
  const [lat, lng, z] = [
    within(asked.get("lat"), -90, 90),
    within(asked.get("lng"), -180, 180),
    within(asked.get("z"), 0, 22),
  ];
  const placed = lat !== null && lng !== null && z !== null;
  return {
    layer: spec.id,
    window: oneOf(asked.get("window"), spec.windows, spec.default.window),
    category: oneOf(asked.get("category"), spec.categories, spec.default.category),
    edition: asked.get("edition"),
    area: matching(asked.get("area"), AREA),
    cell: matching(asked.get("cell"), CELL),
    scenario: asked.get("scenario"),
    lat: placed ? lat : null,
    lng: placed ? lng : null,
    z: placed ? z : null,
  };
}

/** The query that brings the view back, in a fixed order. */
export function writeView(view: View): string {
  const { lat, lng, z } = view;
  const parts: [string, string | null][] = [
    ["layer", view.layer],
    ["window", view.window],
    ["category", view.category],
    ["edition", view.edition],
    ["area", view.area],
    ["cell", view.cell],
    ["scenario", view.scenario],
    ["lat", lat === null ? null : lat.toFixed(4)],
    ["lng", lng === null ? null : lng.toFixed(4)],
    ["z", z === null ? null : z.toFixed(2)],
  ];
  const given = parts.filter((part): part is [string, string] => part[1] !== null);
  return `?${new URLSearchParams(given).toString().replaceAll("%3A", ":")}`;
}

/** The same window and category in another layer, where it has them. A question stays with the map that it was asked of. */
export function inLayer(view: View, spec: LayerSpec): View {
  const category = oneOf(view.category, spec.categories, spec.default.category);
  return { ...view, layer: spec.id, window: oneOf(view.window, spec.windows, spec.default.window), category };
}

/** The resolution of tiles of a zoom: 6 up to zoom 7, 7 up to 9, 8 up to 11, then 9; else the nearest published, the coarser of two. */
export function resolutionForZoom(zoom: number, published: number[]): number {
  const wanted = zoom <= 7 ? 6 : zoom <= 9 ? 7 : zoom <= 11 ? 8 : 9;
  const nearest = [...published].sort((a, b) => Math.abs(a - wanted) - Math.abs(b - wanted) || a - b);
  return nearest[0] ?? wanted;
}

/** px; the server's picture is about as wide as the map. */
const PICTURE_WIDTH = 640;

/** The zoom at which tiles of 256 pixels would show the whole box in a picture. */
export function pictureZoom([west, south, east, north]: Box): number {
  const tall = (north - south) / Math.cos(((south + north) / 2) * (Math.PI / 180));
  return Math.floor(Math.log2((PICTURE_WIDTH * 360) / (256 * Math.max(east - west, tall))));
}

/** The resolution that an H3 index carries: the four bits after its mode, which end in the second character. */
export function resolutionOf(cell: string): number {
  return Number.parseInt(cell.charAt(1), 16);
}

/** MapLibre's canvas with its controls, before anything of ours is on it. */
import { AttributionControl, Map as MapLibre, NavigationControl, ScaleControl, setWorkerUrl } from "maplibre-gl";
import workerUrl from "maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url";
import type { Box } from "./api";
import type { Camera } from "./state";
import { groundStyle, TILE_SIZE } from "./style";

const LOCALE = {
  "NavigationControl.ZoomIn": "Zoom in on map",
  "NavigationControl.ZoomOut": "Zoom out on map",
  "AttributionControl.ToggleAttribution": "Show or hide map credits",
  "Map.Title": "Map",
};

/** Narrower than this, in CSS pixels, a map has no room for its credits. */
const NARROW = 640;
/** Share of the map's height that credits may cover. */
const MUCH = 0.2;

/** The zoom of the tiles at a zoom of MapLibre. */
export function tileZoom(zoom: number): number {
  return Math.floor(zoom + Math.log2(512 / TILE_SIZE));
}

/** Study area and as much again on each side: people do not get lost in the sea, and the whole area fits any shape of map. */
function around([west, south, east, north]: Box): Box {
  const more = Math.max(east - west, north - south);
  return [west - more, Math.max(-85, south - more), east + more, Math.min(85, north + more)];
}

export function build(container: HTMLElement, bounds: Box, camera: Camera | null): MapLibre {
  setWorkerUrl(workerUrl);
  const start = camera ? { center: [camera.lng, camera.lat] as [number, number], zoom: camera.z } : { bounds };
  const map = new MapLibre({
    container,
    ...start,
    style: groundStyle(),
    fitBoundsOptions: { padding: { top: 20, right: 16, bottom: 44, left: 16 } },
    maxBounds: around(bounds),
    minZoom: 5,
    maxZoom: 15,
    dragRotate: false,
    pitchWithRotate: false,
    touchPitch: false,
    rollEnabled: false,
    renderWorldCopies: false,
    attributionControl: false,
    fadeDuration: 0,
    cooperativeGestures: window.matchMedia("(pointer: coarse)").matches, // one finger scrolls the page
    locale: LOCALE,
  });
  map.touchZoomRotate.disableRotation();
  map.keyboard.disableRotation();
  map.addControl(new NavigationControl({ showCompass: false }), "top-right");
  map.addControl(new ScaleControl({ unit: "metric", maxWidth: 64 }), "bottom-left");
  map.addControl(new AttributionControl({ compact: true }), "bottom-right");
  foldCredits(map);
  return map;
}

/** Where credits would cover much of the map, fold them behind their button, as a tap would. */
function foldCredits(map: MapLibre): void {
  const credits = map.getContainer().querySelector("details.maplibregl-ctrl-attrib");
  const fold = () => {
    const { clientWidth, clientHeight } = map.getContainer();
    if (clientWidth >= NARROW && (credits?.clientHeight ?? 0) < clientHeight * MUCH) return;
    credits?.classList.remove("maplibregl-compact-show");
    credits?.removeAttribute("open");
  };
  map.on("idle", fold); // credits come with each layer's tiles
  credits?.addEventListener("click", () => map.off("idle", fold), { once: true });
}

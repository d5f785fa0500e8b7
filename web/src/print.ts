/** On paper a picture of the map stands in its place: the drawing surface would keep the width of the screen. */
import { byId, el } from "./dom";
import type { MapView } from "./map";

export function printMap(map: MapView): void {
  window.addEventListener("beforeprint", () => {
    byId("map").append(el("img", { class: "app-print", src: map.picture(), alt: document.title }));
  });
  window.addEventListener("afterprint", () => document.querySelector(".app-print")?.remove());
}

/** On paper a picture of the map stands in its place, for the drawing surface keeps the width of the screen; and the key is open. */
import { byId, el } from "./dom";
import type { MapView } from "./map";

export function printMap(map: MapView): void {
  const controls = byId<HTMLDetailsElement>("controls");
  let wasOpen = controls.open;
  window.addEventListener("beforeprint", () => {
    wasOpen = controls.open;
    controls.open = true;
    byId("map").append(el("img", { class: "app-print", src: map.picture(), alt: document.title }));
  });
  window.addEventListener("afterprint", () => {
    controls.open = wasOpen;
    document.querySelector(".app-print")?.remove();
  });
}

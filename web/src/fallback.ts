/** Where the browser cannot draw the map, the server's picture of the same view stands in its place. */
import { byId, el } from "./dom";

export interface Fallback {
  show(url: string, title: string): void;
}

export function createFallback(loaded: () => void): Fallback {
  const picture = el("img", { class: "app-picture" });
  const words =
    "This browser cannot draw the interactive map, so this is a picture of the whole area. The same results are in the table below.";
  const note = el("p", { class: "app-picture-note" }, words);
  picture.addEventListener("load", loaded);
  picture.addEventListener("error", loaded);
  const map = byId("map");
  map.classList.add("app-map--picture");
  map.replaceChildren(note, picture);
  return {
    show: (url, title) => {
      picture.alt = `${title}. The same results are in the table after the picture.`;
      picture.src = url;
    },
  };
}

/** A line over the map; null takes it away. */
export function showMapFault(words: string | null): void {
  document.querySelector(".app-map__fault")?.remove();
  if (words !== null) byId("map").append(el("p", { class: "app-map__fault", role: "alert" }, words));
}

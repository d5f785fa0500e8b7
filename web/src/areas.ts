/** Official areas on the map: outlines with names, and the one that was found or linked to. */
import { announceLater } from "./announce";
import { type Api, explain, type Place, type Snapshot } from "./api";
import type { MapView } from "./map";

export async function drawOutlines(api: Api, map: MapView, snapshot: Snapshot): Promise<void> {
  const level = snapshot.area.levels[0]?.id;
  if (level === undefined) return;
  try {
    map.outline(await api.outlines(level, snapshot.edition));
  } catch (fault) {
    announceLater(`The outlines of areas could not be loaded. ${explain(fault)}`);
  }
}

/** `area` is `level:code`; `fit` moves the map to it. */
export async function showArea(
  api: Api,
  map: MapView,
  area: string | null,
  edition: string,
  fit: boolean,
): Promise<void> {
  const [level, code] = area?.split(":") ?? [];
  map.chooseArea(code ?? null);
  if (level === undefined || code === undefined || !fit) return;
  try {
    map.fit((await api.area(level, code, edition)).bbox);
  } catch (fault) {
    announceLater(explain(fault));
  }
}

/** Shows a place that was found; an area of a level becomes the one in the address. */
export function goToPlace(place: Place, map: MapView | null, choose: (area: string) => void): void {
  if (place.level !== null && place.code !== null && place.kind === "area") choose(`${place.level}:${place.code}`);
  else if (place.bbox !== null) map?.fit(place.bbox);
  else map?.goTo(place.centre, 12);
  announceLater(`Map moved to ${place.name}.`);
}

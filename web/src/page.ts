/** The page: one view that flows down to controls, table, map and panel, and back into the address. */
import { drawBanner, drawCaveats } from "./about";
import { announceLater } from "./announce";
import { type Api, type Boot, type CellRow, explain, type LayerSpec, type Period, type Place, type Point } from "./api";
import { drawOutlines, showArea } from "./areas";
import { type Controls, createControls } from "./controls";
import { byId } from "./dom";
import { createFallback, type Fallback, showMapFault } from "./fallback";
import { hexagonSize } from "./format";
import { clearKey, describeHexagons, drawKey } from "./key";
import { createMap, type MapView, tileZoom } from "./map";
import { isFaint, isWeak, type Shading, shadingOf } from "./palette";
import { drawFacts, drawTakeAway } from "./panel";
import { printMap } from "./print";
import { accuracyOf, drawList, drawReading, type MapReading } from "./reading";
import { createReadiness } from "./ready";
import { createSearch } from "./search";
import { Selection } from "./selection";
import { drawService, drawServices, keyOfServices, letterOf } from "./services";
import {
  type Camera,
  cameraOf,
  inLayer,
  pictureZoom,
  readView,
  resolutionForZoom,
  type View,
  writeView,
} from "./state";
import { createTable, type Table } from "./table";
import { mapLabel, type Subject, title, windowLabel } from "./words";

/** A zoom at which the street of a service can be told. */
const POINT_ZOOM = 12;

export class Page {
  private view: View;
  private spec: LayerSpec;
  private resolution: number;
  private rows: CellRow[] = [];
  private shading: Shading;
  private pointed: string | null = null;
  private inView: Set<string> | null = null;
  /** The hexagons in view may have changed since they were last listed. */
  private stale = true;
  private broken = false;
  private loads = new AbortController();
  private points: Point[] = [];
  private pointLoads = new AbortController();
  private readonly done = createReadiness();
  private readonly controls: Controls;
  private readonly table: Table;
  private readonly map: MapView | null;
  private readonly selection: Selection;
  private readonly fallback: Fallback | null;

  constructor(
    private readonly api: Api,
    private readonly boot: Boot,
  ) {
    const { snapshot, layers } = boot;
    this.view = readView(window.location.search, layers, boot.view.layer);
    this.spec = this.specOf(this.view);
    this.resolution = this.spec.default.resolution;
    this.shading = this.shade(null);
    this.controls = createControls(snapshot, layers, (patch) => this.ask(patch));
    this.table = createTable({
      choose: (cell) => this.ask({ cell }),
      point: (cell) => this.map?.point(cell), // only there: a longer sentence would move the row from under the pointer
      href: (cell) => writeView({ ...this.view, cell }),
    });
    createSearch(
      api,
      () => this.view.edition,
      (place) => this.goToPlace(place),
    );
    this.map = this.openMap();
    this.selection = new Selection(api, snapshot, this.map, () => this.ask({ cell: null }));
    this.fallback = this.map === null ? createFallback(() => this.done("map")) : null;
    this.listen();
  }

  start(): void {
    const { snapshot } = this.boot;
    byId("service").textContent = snapshot.partnership.name;
    drawBanner(snapshot);
    drawFacts(snapshot);
    if (this.map !== null) {
      byId("follow-group").hidden = false;
      printMap(this.map);
      void drawOutlines(this.api, this.map, snapshot);
    }
    this.showLayer();
    if (this.view.area !== null) this.showArea(cameraOf(this.view) === null);
    this.showCell(cameraOf(this.view) === null);
  }

  /** A new view: into the address, then onto the page. */
  private ask(patch: Partial<View>): void {
    const asked = { ...this.view, ...patch };
    if (asked.edition !== this.view.edition) {
      window.location.search = writeView(asked); // another edition is another set of layers: the server writes the page anew
      return;
    }
    const next = inLayer(asked, this.specOf(asked));
    history.pushState(null, "", writeView(next));
    this.turnTo(next, true);
  }

  /** `moves`: the map goes to what is newly chosen; going back, it returns to where it was. */
  private turnTo(next: View, moves: boolean): void {
    const old = this.view;
    this.view = next;
    this.spec = this.specOf(next);
    const layer = old.layer !== next.layer || old.window !== next.window || old.category !== next.category;
    if (layer) this.showLayer();
    if (layer || old.cell !== next.cell) this.showCell(moves && old.cell !== next.cell);
    if (old.area !== next.area) this.showArea(moves);
    this.drawTakeAway();
  }

  private specOf(view: View): LayerSpec {
    const spec = this.boot.layers.find(({ id }) => id === view.layer);
    if (spec === undefined) throw new Error(`There is no layer "${view.layer}".`);
    return spec;
  }

  private shade(rows: CellRow[] | null, resolution = this.resolution): Shading {
    return shadingOf(this.spec, rows, { resolution, category: this.view.category, kind: this.windowKind() });
  }

  private windowKind(): Period["kind"] {
    return this.boot.snapshot.windows.find(({ id }) => id === this.view.window)?.kind ?? "year";
  }

  private subject(): Subject {
    const { spec, view } = this;
    return { spec, category: view.category, window: windowLabel(this.boot.snapshot, view.window) };
  }

  private openMap(): MapView | null {
    const container = byId("map");
    container.replaceChildren();
    try {
      return createMap(container, this.boot.snapshot.area.bounds, cameraOf(this.view), {
        choose: (cell) => this.ask({ cell }),
        choosePoint: (id) => this.choosePoint(this.points.find((one) => one.id === id) ?? null),
        point: (cell) => this.point(cell),
        moved: (camera, why) => this.moved(camera, why),
        idle: () => this.idle(),
        failed: () => this.mapFailed("Part of the map could not be loaded."),
      });
    } catch {
      return null; // no WebGL2 here: the server's picture takes the map's place
    }
  }

  private listen(): void {
    window.addEventListener("popstate", () => {
      this.turnTo(readView(window.location.search, this.boot.layers, this.boot.view.layer), false);
      const camera = cameraOf(this.view);
      this.stale = true;
      if (camera !== null) this.map?.goTo([camera.lng, camera.lat], camera.z);
    });
    byId("follow").addEventListener("change", () => {
      this.stale = true;
      this.listView();
    });
  }

  /** Clears what was shown, then table first and map beside it. */
  private showLayer(): void {
    this.resolution = resolutionForZoom(
      this.map?.tileZoom() ?? pictureZoom(this.boot.snapshot.area.bounds),
      this.spec.resolutions,
    );
    const heading = title(this.subject());
    byId("title").textContent = heading;
    document.title = `${heading} – ${this.boot.snapshot.partnership.name}`;
    drawCaveats(this.spec, this.boot.snapshot);
    this.controls.update(this.view);
    this.fallback?.show(this.api.pictureUrl(this.view, this.resolution, null), heading);
    this.map?.describe(mapLabel(heading));
    this.map?.clear();
    void this.showValues();
    void this.showTiles();
    void this.showFeatures();
  }

  /** What the layer has beside its hexagons: services as points, or clusters as outlines. */
  private async showFeatures(): Promise<void> {
    this.map?.shapes({ type: "FeatureCollection", features: [] });
    await (this.spec.kind === "services" ? this.showPoints() : this.showShapes());
  }

  private async showShapes(): Promise<void> {
    this.pointLoads.abort();
    this.pointLoads = new AbortController();
    const { signal } = this.pointLoads;
    this.drawPoints([]);
    if (!this.spec.features) return;
    try {
      const shapes = await this.api.shapes(this.view, this.resolution, signal);
      if (!signal.aborted) this.map?.shapes(shapes);
    } catch (fault) {
      if (!signal.aborted) showMapFault(`The outlines could not be loaded. ${explain(fault)}`);
    }
  }

  /** Points of the layer's own, on the map and in their table. */
  private async showPoints(): Promise<void> {
    this.pointLoads.abort();
    this.pointLoads = new AbortController();
    const { signal } = this.pointLoads;
    this.drawPoints([]);
    if (!this.spec.features) return;
    try {
      const points = await this.api.points(this.view, signal);
      if (!signal.aborted) this.drawPoints(points);
    } catch (fault) {
      if (!signal.aborted) showMapFault(`The services could not be loaded. ${explain(fault)}`);
    }
  }

  private drawPoints(points: Point[]): void {
    this.points = points;
    const features = points.map(({ id, geometry, properties }) => ({
      type: "Feature" as const,
      geometry,
      properties: { id, letter: letterOf(properties.category) },
    }));
    this.map?.points({ type: "FeatureCollection", features });
    this.map?.choosePoint(null);
    drawServices(points, (point) => this.choosePoint(point));
    byId("key-services").replaceChildren(...keyOfServices(points));
  }

  private choosePoint(point: Point | null): void {
    this.map?.choosePoint(point?.id ?? null);
    if (point === null) {
      this.showCell(false);
      return;
    }
    const first = this.spec.caveats[0] ?? "";
    const caveat = this.boot.snapshot.caveats[first]?.short ?? "";
    drawService(point, caveat, () => this.choosePoint(null));
    this.map?.goTo(point.geometry.coordinates, Math.max(this.map.zoom(), POINT_ZOOM));
  }

  private async showTiles(): Promise<void> {
    if (this.map === null) return;
    const asked = this.view;
    byId("map").setAttribute("aria-busy", "true");
    showMapFault(null);
    this.broken = false;
    try {
      const tiles = await this.api.tiles(asked);
      if (asked.layer !== this.view.layer || asked.window !== this.view.window || asked.category !== this.view.category)
        return;
      this.map.show(tiles, this.shade(null));
      this.stale = true;
    } catch (fault) {
      this.mapFailed(`The map could not be loaded. ${explain(fault)}`);
      this.done("map");
    }
  }

  /** What is in view cannot be told from a map with holes: the table shows everything. */
  private mapFailed(words: string): void {
    if (!this.broken) showMapFault(`${words} The table has all results.`);
    this.broken = true;
    this.listRows();
  }

  private async showValues(): Promise<void> {
    this.loads.abort();
    this.loads = new AbortController();
    const { signal } = this.loads;
    this.rows = [];
    clearKey();
    this.table.loading();
    byId("sentence").textContent = "";
    this.drawTakeAway();
    try {
      const rows = await this.api.values(this.view, this.resolution, signal);
      if (!signal.aborted) this.showRows(rows);
    } catch (fault) {
      if (signal.aborted) return;
      this.table.failed(`The results could not be loaded. ${explain(fault)}`);
      this.done("table");
    }
  }

  private showRows(rows: CellRow[]): void {
    this.rows = rows;
    this.shading = this.shade(rows);
    drawKey(rows, this.spec, this.shading);
    byId("key-note").textContent = describeHexagons(rows, hexagonSize(this.resolution));
    const cells = (test: (row: CellRow) => boolean) => rows.filter(test).map(({ cell }) => cell);
    this.map?.mark(
      cells(isWeak),
      cells((row) => isFaint(row, this.spec)),
    );
    this.listRows();
    this.read();
    this.done("table");
  }

  /** The table of what is in view, or of everything where the list is held or there is no map. */
  private listRows(): void {
    const follow = byId<HTMLInputElement>("follow").checked && this.map !== null && !this.broken;
    const { rows } = this;
    if (rows.length === 0) return;
    // while another resolution loads, what is in view belongs to the last one
    const current = this.inView?.size === 0 || rows.some(({ cell }) => this.inView?.has(cell));
    const inView = follow && current ? this.inView : null;
    drawList(this.table, this.reading(), inView);
    this.table.choose(this.view.cell);
  }

  private listView(): void {
    if (!this.stale || this.map === null) return;
    this.inView = this.map.inView();
    this.stale = this.inView === null;
    this.listRows();
  }

  private moved(camera: Camera, why: "hand" | "choice"): void {
    const resolution = resolutionForZoom(tileZoom(camera.z), this.spec.resolutions);
    this.view = { ...this.view, lat: camera.lat, lng: camera.lng, z: camera.z };
    history.replaceState(null, "", writeView(this.view));
    this.stale ||= why === "hand" || resolution !== this.resolution;
    if (resolution === this.resolution) return;
    this.resolution = resolution;
    this.selection.mark(resolution);
    void this.showValues();
    if (this.spec.kind !== "services") void this.showFeatures();
  }

  private idle(): void {
    if (this.map?.inView() === null) return; // the ground stands, the hexagons are still to come
    byId("map").setAttribute("aria-busy", "false");
    this.listView();
    this.done("map");
  }

  private point(cell: string | null): void {
    if (cell === this.pointed) return;
    this.pointed = cell;
    this.map?.point(cell);
    this.read();
  }

  private reading(): MapReading {
    const { rows, shading, resolution } = this;
    return { rows, subject: this.subject(), shading, resolution, windowId: this.view.window };
  }

  private read(): void {
    drawReading(this.reading(), this.pointed, this.view.cell);
    const at = { resolution: this.resolution, category: this.view.category, kind: this.windowKind() };
    byId("accuracy").textContent = accuracyOf(this.spec, at);
  }

  private showCell(goThere: boolean): void {
    const { cell } = this.view;
    this.table.choose(cell);
    this.read();
    const { view: query, resolution } = this;
    const shade = (own: number) => this.shade(null, own);
    void this.selection.show(cell, { query, subject: this.subject(), shade, resolution }, goThere);
  }

  private showArea(fit: boolean): void {
    if (this.map !== null) void showArea(this.api, this.map, this.view.area, this.boot.snapshot.edition, fit);
  }

  private goToPlace(place: Place): void {
    if (place.level !== null && place.code !== null && place.kind === "area") {
      this.ask({ area: `${place.level}:${place.code}` });
    } else if (place.bbox !== null) {
      this.map?.fit(place.bbox);
    } else {
      this.map?.goTo(place.centre, 12);
    }
    announceLater(`Map moved to ${place.name}.`);
  }

  private drawTakeAway(): void {
    drawTakeAway(this.api, this.view, this.resolution, () => announceLater("Link copied."));
  }
}

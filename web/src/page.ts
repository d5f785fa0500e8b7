/** The page: one view that flows down to controls, table, map and panel, and back into the address. */
import { drawBanner, drawCaveats } from "./about";
import { announceLater } from "./announce";
import { type Api, type Boot, type CellRow, explain, type LayerSpec, type Period } from "./api";
import { drawOutlines, goToPlace, showArea } from "./areas";
import { tileZoom } from "./canvas";
import { type Controls, createControls } from "./controls";
import { byId } from "./dom";
import { createFallback, type Fallback } from "./fallback";
import { Features } from "./features";
import { Listing, type Scene } from "./listing";
import { createMap, type MapView } from "./map";
import { type Shading, shadingOf } from "./palette";
import { drawFacts, drawTakeAway } from "./panel";
import { printMap } from "./print";
import { createReadiness } from "./ready";
import { createSearch } from "./search";
import { Selection } from "./selection";
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
import { WhatIf } from "./whatif/panel";
import { mapLabel, type Subject, title, windowLabel } from "./words";

export class Page {
  private view: View;
  private spec: LayerSpec;
  private resolution: number;
  private readonly done = createReadiness();
  private readonly controls: Controls;
  private readonly table: Table;
  private readonly map: MapView | null;
  private readonly listing: Listing;
  private readonly selection: Selection;
  private readonly fallback: Fallback | null;
  private readonly features: Features;
  private readonly whatIf: WhatIf;

  constructor(
    private readonly api: Api,
    private readonly boot: Boot,
  ) {
    const { snapshot, layers } = boot;
    this.view = readView(window.location.search, layers, boot.view.layer);
    this.spec = this.specOf(this.view);
    this.resolution = this.spec.default.resolution;
    this.controls = createControls(snapshot, layers, (patch) => this.ask(patch));
    this.table = createTable({
      choose: (cell) => this.ask({ cell }),
      point: (cell) => this.map?.point(cell), // only there: a longer sentence would move the row from under the pointer
      href: (cell) => writeView({ ...this.view, cell }),
    });
    createSearch(
      api,
      () => this.view.edition,
      (place) => goToPlace(place, this.map, (area) => this.ask({ area })),
    );
    this.map = this.openMap();
    this.listing = new Listing(api, this.map, this.table, () => this.scene(), this.done);
    this.selection = new Selection(api, snapshot, this.map, () => this.ask({ cell: null }));
    this.fallback = this.map === null ? createFallback(() => this.done("map")) : null;
    this.features = new Features(api, snapshot, layers, {
      map: () => this.map,
      spec: () => this.spec,
      query: () => this.view,
      resolution: () => this.resolution,
      closed: () => this.showCell(false),
    });
    this.whatIf = this.askWhatIf();
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
    if (asked.layer !== this.view.layer || asked.category !== this.view.category) asked.scenario = null;
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
    if (!layer && old.scenario !== next.scenario) this.whatIf.show(next.scenario);
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

  private scene(): Scene {
    const { view: query, spec, resolution } = this;
    const shade = (rows: CellRow[] | null) => this.shade(rows);
    return { query, spec, subject: this.subject(), resolution, kind: this.windowKind(), shade };
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
        choosePoint: (id) => this.features.choose(id),
        point: (cell) => this.listing.point(cell),
        moved: (camera, why) => this.moved(camera, why),
        idle: () => this.idle(),
        failed: () => this.listing.mapFailed("Part of the map could not be loaded."),
      });
    } catch {
      return null; // no WebGL2 here: the server's picture takes the map's place
    }
  }

  private listen(): void {
    window.addEventListener("popstate", () => {
      this.turnTo(readView(window.location.search, this.boot.layers, this.boot.view.layer), false);
      const camera = cameraOf(this.view);
      this.listing.changed();
      if (camera !== null) this.map?.goTo([camera.lng, camera.lat], camera.z);
    });
    byId("follow").addEventListener("change", () => {
      this.listing.changed();
      this.listing.follow();
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
    void this.listing.load();
    void this.showTiles();
    void this.features.show();
    this.whatIf.show(this.view.scenario);
    this.drawTakeAway();
  }

  private async showTiles(): Promise<void> {
    if (this.map === null) return;
    const asked = this.view;
    byId("map").setAttribute("aria-busy", "true");
    this.listing.mapLoads();
    try {
      const tiles = await this.api.tiles(asked);
      if (asked.layer !== this.view.layer || asked.window !== this.view.window || asked.category !== this.view.category)
        return;
      this.map.show(tiles, this.shade(null));
      this.listing.changed();
    } catch (fault) {
      this.listing.mapFailed(`The map could not be loaded. ${explain(fault)}`);
      this.done("map");
    }
  }

  private moved(camera: Camera, why: "hand" | "choice"): void {
    const resolution = resolutionForZoom(tileZoom(camera.z), this.spec.resolutions);
    this.view = { ...this.view, lat: camera.lat, lng: camera.lng, z: camera.z };
    history.replaceState(null, "", writeView(this.view));
    if (why === "hand" || resolution !== this.resolution) this.listing.changed();
    if (resolution === this.resolution) return;
    this.resolution = resolution;
    this.selection.mark(resolution);
    void this.listing.load();
    this.drawTakeAway();
    this.features.resize();
  }

  private idle(): void {
    if (this.map?.inView() === null) return; // the ground stands, the hexagons are still to come
    byId("map").setAttribute("aria-busy", "false");
    this.listing.follow();
    this.done("map");
  }

  private showCell(goThere: boolean): void {
    const { cell } = this.view;
    this.table.choose(cell);
    this.listing.read();
    const { view: query, resolution } = this;
    const shade = (own: number) => this.shade(null, own);
    void this.selection.show(cell, { query, subject: this.subject(), shade, resolution }, goThere);
    this.whatIf.turnTo();
  }

  private askWhatIf(): WhatIf {
    const { api, boot } = this;
    return new WhatIf({
      query: () => this.view,
      spec: () => this.spec,
      closures: boot.snapshot.edition !== "open",
      cell: () => this.view.cell,
      selected: () => this.selection.middle,
      centre: () => this.map?.centre() ?? null,
      services: () => this.features.services(),
      url: () => api.scenarioUrl(this.view.edition),
      outlines: (resolution, signal) => api.hexagons(this.view, resolution, signal),
      draw: (difference, colours) => this.map?.difference(difference, colours),
      remember: (scenario) => {
        if (scenario === this.view.scenario) return;
        this.view = { ...this.view, scenario };
        history.pushState(null, "", writeView(this.view));
        this.drawTakeAway();
      },
    });
  }

  private showArea(fit: boolean): void {
    if (this.map !== null) void showArea(this.api, this.map, this.view.area, this.boot.snapshot.edition, fit);
  }

  private drawTakeAway(): void {
    drawTakeAway(this.api, this.view, this.resolution, () => announceLater("Link copied."));
  }
}

/** The rows of the layer on the map: loaded, put into key and table, read out under the map, and told to follow the view. */
import { type Api, type CellRow, explain, type LayerSpec, type Period, type Query } from "./api";
import { byId } from "./dom";
import { showMapFault } from "./fallback";
import { hexagonSize } from "./format";
import { clearKey, describeHexagons, drawKey } from "./key";
import type { MapView } from "./map";
import { isFaint, isWeak, type Shading } from "./palette";
import { accuracyOf, drawList, drawReading } from "./reading";
import type { Table } from "./table";
import type { Subject } from "./words";

/** What is on the page. */
export interface Scene {
  query: Query & { cell: string | null };
  spec: LayerSpec;
  subject: Subject;
  resolution: number;
  kind: Period["kind"];
  /** The shading of rows; of none where they are still to come. */
  shade(rows: CellRow[] | null): Shading;
}

export class Listing {
  private rows: CellRow[] = [];
  private shading: Shading;
  private pointed: string | null = null;
  private inView: Set<string> | null = null;
  /** The hexagons in view may have changed since they were last listed. */
  private stale = true;
  private broken = false;
  private loads = new AbortController();

  constructor(
    private readonly api: Api,
    private readonly map: MapView | null,
    private readonly table: Table,
    private readonly scene: () => Scene,
    private readonly done: (what: "table") => void,
  ) {
    this.shading = scene().shade(null);
  }

  async load(): Promise<void> {
    this.loads.abort();
    this.loads = new AbortController();
    const { signal } = this.loads;
    this.rows = [];
    clearKey();
    this.table.loading();
    byId("sentence").textContent = "";
    const { query, resolution } = this.scene();
    try {
      const rows = await this.api.values(query, resolution, signal);
      if (!signal.aborted) this.show(rows);
    } catch (fault) {
      if (signal.aborted) return;
      this.table.failed(`The results could not be loaded. ${explain(fault)}`);
      this.done("table");
    }
  }

  private show(rows: CellRow[]): void {
    const { spec, resolution, shade } = this.scene();
    this.rows = rows;
    this.shading = shade(rows);
    drawKey(rows, spec, this.shading);
    byId("key-note").textContent = describeHexagons(rows, hexagonSize(resolution), spec);
    const cells = (test: (row: CellRow) => boolean) => rows.filter(test).map(({ cell }) => cell);
    this.map?.mark(
      cells(isWeak),
      cells((row) => isFaint(row, spec)),
    );
    this.list();
    this.read();
    this.done("table");
  }

  /** The table of what is in view, or of everything where the list is held or there is no map. */
  private list(): void {
    const follow = byId<HTMLInputElement>("follow").checked && this.map !== null && !this.broken;
    const { rows } = this;
    if (rows.length === 0) return;
    // while another resolution loads, what is in view belongs to the last one
    const current = this.inView?.size === 0 || rows.some(({ cell }) => this.inView?.has(cell));
    drawList(this.table, this.reading(), follow && current ? this.inView : null);
    this.table.choose(this.scene().query.cell);
  }

  /** The view has changed, or what is drawn in it. */
  changed(): void {
    this.stale = true;
  }

  /** Lists what is in view, where that may have changed. */
  follow(): void {
    if (!this.stale || this.map === null) return;
    this.inView = this.map.inView();
    this.stale = this.inView === null;
    this.list();
  }

  /** What is in view cannot be told from a map with holes: the table shows everything. */
  mapFailed(words: string): void {
    if (!this.broken) showMapFault(`${words} The table has all results.`);
    this.broken = true;
    this.list();
  }

  mapLoads(): void {
    showMapFault(null);
    this.broken = false;
  }

  point(cell: string | null): void {
    if (cell === this.pointed) return;
    this.pointed = cell;
    this.map?.point(cell);
    this.read();
  }

  private reading() {
    const { subject, resolution, query } = this.scene();
    return { rows: this.rows, subject, shading: this.shading, resolution, windowId: query.window };
  }

  read(): void {
    const { spec, query, resolution, kind } = this.scene();
    drawReading(this.reading(), this.pointed, query.cell);
    byId("accuracy").textContent = accuracyOf(spec, { resolution, category: query.category, kind });
  }
}

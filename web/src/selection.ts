/** The selected hexagon: its panel, its mark on the map, and the way there. */
import { announceLater } from "./announce";
import { type Api, explain, type Query, type Snapshot } from "./api";
import type { MapView } from "./map";
import type { Shading } from "./palette";
import { drawCell, drawCellMessage, drawNoCell } from "./panel";
import { resolutionOf } from "./state";
import { placeName, type Subject } from "./words";

/** A zoom at which the map shows the resolution well. */
const ZOOM_OF: Record<number, number> = { 6: 6.5, 7: 8.5, 8: 10.5, 9: 12 };

/** What is on the map when a hexagon is selected. */
export interface Scene {
  query: Query;
  subject: Subject;
  /** The shading of hexagons of a resolution. */
  shade(resolution: number): Shading;
  resolution: number;
}

export class Selection {
  private cell: string | null = null;
  private centre: [number, number] | null = null;
  private reads = new AbortController();

  constructor(
    private readonly api: Api,
    private readonly snapshot: Snapshot,
    private readonly map: MapView | null,
    private readonly close: () => void,
  ) {}

  /** The middle of the selected hexagon, once it has been read. */
  get middle(): [number, number] | null {
    return this.centre;
  }

  /** Reads the hexagon into the panel; `goThere` moves the map to it. */
  async show(cell: string | null, scene: Scene, goThere: boolean): Promise<void> {
    this.reads.abort();
    this.reads = new AbortController();
    const { signal } = this.reads;
    this.cell = cell;
    this.centre = null;
    this.mark(scene.resolution);
    if (cell === null) {
      drawNoCell(scene.subject.spec);
      return;
    }
    try {
      const answer = await this.api.cell(cell, scene.query, signal);
      const shading = scene.shade(answer.resolution);
      drawCell({ answer, subject: scene.subject, shading, snapshot: this.snapshot }, this.close);
      this.centre = answer.centre;
      this.mark(scene.resolution);
      if (goThere) this.goTo(answer.centre, answer.resolution, scene.resolution);
      const name = placeName({ place: answer.name, district: answer.district });
      announceLater(`Selected: ${name}. Details are after the table.`);
    } catch (fault) {
      if (!signal.aborted) drawCellMessage(explain(fault));
    }
  }

  /** An outline where the map draws the hexagon itself, a dot where it draws other sizes. */
  mark(resolution: number): void {
    const drawn = this.cell !== null && resolutionOf(this.cell) === resolution;
    this.map?.choose(this.cell, drawn ? null : this.centre);
  }

  /** Moves only when the hexagon is not well in view already. */
  private goTo(centre: [number, number], own: number, shown: number): void {
    if (this.map === null) return;
    const [west, south, east, north] = this.map.bounds();
    const [dx, dy] = [(east - west) * 0.1, (north - south) * 0.1];
    const [lng, lat] = centre;
    const seen = lng > west + dx && lng < east - dx && lat > south + dy && lat < north - dy;
    if (own === shown && seen) return;
    const zoom = this.map.zoom();
    this.map.goTo(centre, own === shown ? zoom : (ZOOM_OF[own] ?? zoom));
  }
}

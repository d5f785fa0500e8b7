/** What is read off the map in words: the sentence under it with the mark on the scale, and the heading of the table. */
import { announceLater } from "./announce";
import type { CellRow, LayerSpec } from "./api";
import { columnsOf, listed, sorted, usualSort } from "./columns";
import { byId } from "./dom";
import { markScale } from "./key";
import type { Shading } from "./palette";
import type { Table } from "./table";
import { announce, orderOf, readMap, readRow, type Subject } from "./words";

/** One map as it stands: its rows, what they are about, and how they are shaded. */
export interface MapReading {
  rows: CellRow[];
  subject: Subject;
  shading: Shading;
  resolution: number;
  windowId: string;
}

/** The sentence, and the mark on the scale, of the hexagon pointed at, else of the selected one, else of the map. */
export function drawReading(reading: MapReading, pointed: string | null, chosen: string | null): void {
  const { rows, subject, shading, resolution, windowId } = reading;
  const find = (cell: string | null) => rows.find((row) => row.cell === cell) ?? null;
  const [over, kept] = [find(pointed), find(chosen)];
  const row = over ?? kept;
  const whole = () => (rows.length === 0 ? "" : readMap(rows, subject, resolution, windowId));
  byId("sentence").textContent = row !== null ? readRow(row, subject) : whole();
  markScale(shading, over, kept);
}

/** How well such a map foretold the month after it; nothing for a layer that is not judged. */
export function accuracyOf(
  { accuracy }: LayerSpec,
  at: { resolution: number; category: string; kind: string },
): string {
  return accuracy?.by?.[at.resolution]?.[at.category]?.[at.kind]?.sentence ?? "";
}

/** The table of what is in view (null: of everything), with its heading, and one line for screen readers. */
export function drawList(table: Table, reading: MapReading, inView: Set<string> | null): void {
  const { rows, subject, shading, resolution } = reading;
  const where = inView === null ? "in the area" : "in view";
  byId("results-heading").textContent = `Hexagons ${where}, ${orderOf(subject.spec)}`;
  table.show({ rows, spec: subject.spec, shading, resolution, inView });
  const seen = listed(rows).filter(({ cell }) => inView === null || inView.has(cell));
  announceLater(announce(sorted(seen, columnsOf(subject.spec, shading), usualSort(subject.spec)), subject));
}

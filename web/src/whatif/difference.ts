/** The difference of hexagons as the map draws it: which side, and how much. Pure. */
import { whatif } from "virtual:content";
import { number } from "../format";
import { fill } from "../sayings";
import type { Cells, Known } from "./ask";

const { better, worse, step } = whatif.key;

/** One shade of the key. */
export interface Step {
  id: string;
  label: string;
  colour: string;
}

/** The greatest of 1, 2 and 5 times a power of ten that is not above a number. */
export function round(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  return (value >= 5 * power ? 5 : value >= 2 * power ? 2 : 1) * power;
}

/** Bounds between the three steps of either side, the greater first; null where nothing differs by a number. */
export function boundsOf(differences: Known[]): [number, number] | null {
  const largest = Math.max(0, ...differences.map((one) => Math.abs(one ?? 0)));
  return largest === 0 ? null : [round(largest / 2), round(largest / 6)];
}

function side(before: Known, after: Known, places: boolean): "better" | "worse" | null {
  if (before === null && after === null) return null;
  if (before === null) return "better";
  if (after === null) return "worse";
  if (before === after) return null;
  return after > before === places ? "better" : "worse";
}

/** The step of each hexagon, by id; the strongest where a first service comes within reach, or the last one goes. */
export function stepsOf(cells: Cells, places: boolean): Map<string, string> {
  const bounds = boundsOf(cells.difference);
  const found = new Map<string, string>();
  for (const [i, cell] of cells.cell.entries()) {
    const own = side(cells.before[i] ?? null, cells.after[i] ?? null, places);
    const size = cells.difference[i] ?? null;
    const strength = size === null || bounds === null ? 0 : bounds.filter((bound) => Math.abs(size) <= bound).length;
    if (own !== null) found.set(cell, `${own}-${strength}`);
  }
  return found;
}

/** The key: steps that occur, the best first. */
export function keyOf(cells: Cells, places: boolean): (Step & { count: number })[] {
  const steps = [...stepsOf(cells, places).values()];
  const bounds = boundsOf(cells.difference);
  const sides = [
    ["better", better],
    ["worse", worse],
  ] as const;
  return sides
    .flatMap(([name, { label, colours, ends }]) => {
      const first = cells.cell.some((_, i) => (cells[name === "better" ? "before" : "after"][i] ?? null) === null);
      const more = first ? ends : "";
      const all = colours.map((colour, i) => ({ id: `${name}-${i}`, label: told(label, i, bounds, more), colour }));
      return name === "worse" ? all.reverse() : all;
    })
    .map((one) => ({ ...one, count: steps.filter((id) => id === one.id).length }))
    .filter(({ count }) => count > 0);
}

function told(label: string, i: number, bounds: [number, number] | null, ends: string): string {
  if (bounds === null) return `${label}: ${ends}`;
  const [high, low] = bounds.map((bound) => number(bound, bound < 1 ? Math.ceil(-Math.log10(bound)) : 0));
  const over = fill(step.over, { side: label, bound: high ?? "" });
  if (i === 0) return ends === "" ? over : `${over}, or ${ends}`;
  if (i === 1) return fill(step.between, { side: label, from: low ?? "", to: high ?? "" });
  return fill(step.under, { side: label, bound: low ?? "" });
}

/** Outlines of the hexagons that differ, each with its step. */
export function drawn(outlines: GeoJSON.Feature[], cells: Cells, places: boolean): GeoJSON.FeatureCollection {
  const steps = stepsOf(cells, places);
  const features = outlines.flatMap((one): GeoJSON.Feature[] => {
    const step = steps.get(String(one.id));
    return step === undefined ? [] : [{ type: "Feature", geometry: one.geometry, properties: { step } }];
  });
  return { type: "FeatureCollection", features };
}

/** Colours by step, as the map matches them. */
export function colours(): [string, string][] {
  return Object.entries({ better, worse }).flatMap(([name, one]) =>
    one.colours.map((colour, i): [string, string] => [`${name}-${i}`, colour]),
  );
}

/** Which colour a row has, and what each colour means. Feeds map, key and scale alike; class colours come from the manifest. Pure. */
import { layer } from "virtual:content";
import type { CellRow, ClassSpec, LayerSpec } from "./api";
import { number } from "./format";

export interface Shade {
  id: string;
  label: string;
  colour: string;
}

/** Shades, strongest first. `by` tells what picks the shade; with `value`, shade i holds values above `floors[i]`. */
export interface Shading {
  by: "class" | "value";
  shades: Shade[];
  floors: number[];
  /** Classes drawn as outlines over the shades, strongest first. */
  outlines: ClassSpec[];
}

const SEVEN = ["hot-99", "hot-95", "hot-90", "none", "cold-90", "cold-95", "cold-99"];

/** Classes, strongest first, whatever order the manifest has; those without a known order are listed weakest first. */
export function strongestFirst(classes: ClassSpec[]): ClassSpec[] {
  const rank = ({ id }: ClassSpec): number => (SEVEN.includes(id) ? SEVEN.indexOf(id) : -Number(id));
  const known = classes.every((one) => Number.isFinite(rank(one)));
  return known ? [...classes].sort((a, b) => rank(a) - rank(b)) : [...classes].reverse();
}

/** Whether classes are bands of the value, so that the value is what people look for. */
export function isBanded({ kind }: { kind: string }): boolean {
  return layer[kind]?.page.bands !== undefined;
}

/** The words of a band: class k goes up to breaks[k-1], class 0 is zero, the last is open. */
export function bandLabel(id: string, breaks: number[], digits = 0): string {
  const k = Number(id);
  if (digits > 0) {
    const [above, upTo] = [breaks[k - 2], breaks[k - 1]].map((bound) => number(bound, digits));
    return k === 1 ? `up to ${upTo}` : k > breaks.length ? `above ${above}` : `${above} to ${upTo}`;
  }
  if (k === 0) return "0";
  const from = k === 1 ? 1 : (breaks[k - 2] ?? 0) + 1;
  const to = breaks[k - 1];
  if (to === undefined) return `${number(from)} or more`;
  return from >= to ? number(to) : `${number(from)} to ${number(to)}`;
}

/** Decimals of the bounds of bands: those of the value, where it is a real number. */
function digitsOf({ kind, columns }: LayerSpec): number {
  if (layer[kind]?.page.bands !== "real") return 0;
  return Math.max(1, columns.find(({ id }) => id === "value")?.digits ?? 1);
}

function bands(spec: LayerSpec, breaks: number[]): Shade[] {
  return strongestFirst(spec.classes)
    .filter(({ id }) => Number(id) <= breaks.length + 1)
    .map((one) => ({ ...one, label: bandLabel(one.id, breaks, digitsOf(spec)) }));
}

/** Cold classes are left out where none occurs: on real counts few or none can. */
function occurring(classes: ClassSpec[], rows: CellRow[] | null): ClassSpec[] {
  const cold = rows === null || rows.some((row) => row.class?.startsWith("cold-"));
  return classes.filter(({ id }) => cold || !id.startsWith("cold-"));
}

/** The shading of a layer; with rows, of the classes that they have. */
export function shadingOf(
  spec: LayerSpec,
  rows: CellRow[] | null,
  at: { resolution: number; category: string; kind: string },
): Shading {
  const classes = occurring(strongestFirst(spec.classes), rows);
  const ramp = spec.notes.fill;
  if (ramp !== undefined) {
    // the ratio is drawn and classes stand over it as outlines: few cells reach a class on real maps
    const outlines = classes.filter(({ id }) => id !== "none");
    const floors = [Number.NEGATIVE_INFINITY, ...ramp.bounds].reverse();
    return { by: "value", shades: [...ramp.classes].reverse(), floors, outlines };
  }
  const breaks = spec.breaks?.[at.resolution]?.[at.category]?.[at.kind];
  const shades = isBanded(spec) && breaks ? bands(spec, breaks) : classes;
  return { by: "class", shades, floors: [], outlines: [] };
}

/** The shade of a row, or null where the row shows no value. */
export function shadeOf(row: CellRow, { by, shades, floors }: Shading): Shade | null {
  if (by === "class") return shades.find(({ id }) => id === row.class) ?? null;
  const { value, status } = row;
  if (value === null || status === "insufficient") return null;
  return shades[floors.findIndex((floor) => value > floor)] ?? null;
}

/** Would be a hotspot if thousands of hexagons had not been tested at once. */
export function isWeak(row: CellRow): boolean {
  const raw = row.raw_class;
  return row.class === "none" && typeof raw === "string" && raw.startsWith("hot-");
}

/** Rests on so few incidents that its layer wants it drawn faintly. */
export function isFaint(row: CellRow, { notes }: LayerSpec): boolean {
  const least = notes.fill?.faint_below;
  return least !== undefined && row.status === "shown" && typeof row.expected === "number" && row.expected < least;
}

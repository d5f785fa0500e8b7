/** Which columns the table has for a kind of layer, and how rows are ordered. Pure. */
import { column as named } from "virtual:content";
import type { CellRow, LayerSpec } from "./api";
import { chance, likelihood, number, percent } from "./format";
import { isBanded, isFaint, type Shading, strongestFirst } from "./palette";
import { decimalsOf, pageOf } from "./sayings";
import { className, placeName, valueText } from "./words";

export interface TableColumn {
  id: string;
  label: string;
  numeric: boolean;
  text(row: CellRow): string;
  /** What rows are sorted by; null goes last either way. */
  order(row: CellRow): number | string | null;
}

/** Columns that are the chance of something. */
const CHANCES = ["p_exceed", "p_gap"];

function numeric(spec: LayerSpec, id: string): TableColumn {
  const own = spec.columns.find((one) => one.id === id);
  const label = pageOf(spec)?.labels?.[id] ?? own?.label ?? named[id]?.label ?? id;
  const digits = (id === "value" ? undefined : decimalsOf(spec, id)) ?? own?.digits ?? 0;
  const value = (row: CellRow) => (typeof row[id] === "number" ? row[id] : null);
  const text = (row: CellRow): string => {
    if (id === "q" || id === "p") return chance(value(row));
    if (CHANCES.includes(id)) return likelihood(value(row));
    if (id === "value") return valueText(value(row), spec);
    return id.endsWith("share") || own?.unit === "share" ? percent(value(row)) : number(value(row), digits);
  };
  // a value without a band is mostly an average: it is no strongest one
  const order = (row: CellRow) => (id === "value" && isBanded(spec) && row.class === null ? null : value(row));
  return { id, label, numeric: true, text, order };
}

/** What lower and upper are called: what a test would call usual, or where a rate is likely to be. */
export function rangeLabel(spec: LayerSpec): string {
  return pageOf(spec)?.range ?? "Usual range";
}

/** From low to high. */
function usualRange(spec: LayerSpec): TableColumn {
  const digits = decimalsOf(spec, "lower") ?? 1;
  const part = (row: CellRow, id: string) => (typeof row[id] === "number" ? row[id] : null);
  return {
    id: "usual",
    label: rangeLabel(spec),
    numeric: true,
    text: (row) => `${number(part(row, "lower"), digits)} to ${number(part(row, "upper"), digits)}`,
    order: (row) => part(row, "lower"),
  };
}

/** Strength of a class; faint values come after the others of their class, hexagons without a class last. */
function strength(spec: LayerSpec): (row: CellRow) => number | null {
  const ids = strongestFirst(spec.classes).map(({ id }) => id);
  return (row) => {
    if (row.class === null || !ids.includes(row.class)) return null;
    return ids.length - ids.indexOf(row.class) - (isFaint(row, spec) ? 0.5 : 0);
  };
}

export function columnsOf(spec: LayerSpec, shading: Shading): TableColumn[] {
  const place: TableColumn = { id: "place", label: "Place", numeric: false, text: placeName, order: placeName };
  const kind: TableColumn = {
    id: "class",
    label: isBanded(spec) ? "Band" : "Class",
    numeric: false,
    text: (row) => className(row, spec, shading),
    order: strength(spec),
  };
  const own = new Map([place, kind, usualRange(spec)].map((one) => [one.id, one]));
  const ids = pageOf(spec)?.columns ?? ["place", "class", "value"];
  return ids.map((id) => own.get(id) ?? numeric(spec, id));
}

/** Hexagons that have something to say: those without a police map point are counted, not listed. */
export function listed(rows: CellRow[]): CellRow[] {
  return rows.filter((row) => row.status !== "no-support");
}

export interface Sort {
  by: string;
  down: boolean;
}

/** What rows are sorted by at first: what the layer is there to find comes first. */
export function usualSort(spec: LayerSpec): Sort {
  return { by: isBanded(spec) ? "value" : "class", down: pageOf(spec)?.rising !== true };
}

/** Rows in order. Ties, and rows of one class, go by value, by what they rest on, then by cell, so that the order never changes by itself. */
export function sorted(rows: CellRow[], columns: TableColumn[], { by, down }: Sort): CellRow[] {
  const column = columns.find(({ id }) => id === by);
  const compare = (a: number | string | null, b: number | string | null, sign: number): number => {
    if (a === null || b === null) return Number(a === null) - Number(b === null);
    return (typeof a === "string" ? a.localeCompare(String(b)) : a - Number(b)) * sign;
  };
  return [...rows].sort(
    (a, b) =>
      (column ? compare(column.order(a), column.order(b), down ? -1 : 1) : 0) ||
      compare(a.value, b.value, -1) ||
      compare(a.support, b.support, -1) ||
      a.cell.localeCompare(b.cell),
  );
}

/** What the page says: title, sentences, status line. Templates of the content file over published values; nothing is computed. Pure. */
import { category, layer, type More, column as named, notice, special, status } from "virtual:content";
import type { CellRow, LayerSpec, Series, Snapshot } from "./api";
import { chance, likelihood, month, NONE, number, percent, plural } from "./format";
import { isWeak, type Shading, shadeOf } from "./palette";
import { decimalsOf, fill, pageOf, sayings } from "./sayings";

/** Which map: its layer, category and window, in words. */
export interface Subject {
  spec: LayerSpec;
  category: string;
  window: string;
}

/** Decimals of a value in a sentence, unless its layer has its own; a table may give more. */
const VALUE_DIGITS = 1;

/** What a map says whose kind the content file does not know. */
const SUMMARY = "{count} of {total} with a value {is} higher at the 95% level or stronger.";

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Words of a category; a kind of layer may have its own for all of its categories together. */
function wordsOf(slug: string, kind: string): { one: string; many: string } | undefined {
  return (slug === "all" ? layer[kind]?.all : undefined) ?? category[slug];
}

function many(slug: string, kind = ""): string {
  return wordsOf(slug, kind)?.many ?? `recorded incidents (${slug})`;
}

/** What is said after a name or number of what a layer counts: that special points are left out, where they are. */
function awayOf({ parameters }: LayerSpec): string {
  return parameters.special_points === "out" ? ` ${special.away}` : "";
}

/** What a layer counts. */
function manyOf(slug: string, spec: LayerSpec): string {
  const label = spec.notes.labels?.[slug];
  const own =
    label === undefined || wordsOf(slug, spec.kind) ? many(slug, spec.kind) : `records of ${label.toLowerCase()}`;
  return `${own}${awayOf(spec)}`;
}

/** "1 recorded drug offence", "3 recorded drug offences", "No recorded drug offences". */
export function counted(value: number | null, slug: string, kind = ""): string {
  if (value === 0) return `No ${many(slug, kind)}`;
  return `${number(value)} ${value === 1 ? (wordsOf(slug, kind)?.one ?? "recorded incident") : many(slug, kind)}`;
}

/** A window's label as it stands after "in". */
function when(window: string): string {
  return window.startsWith("12 months") ? `the ${window}` : window;
}

export function windowLabel({ windows }: Snapshot, id: string): string {
  return windows.find((one) => one.id === id)?.label ?? id;
}

export function title(subject: Subject): string {
  const { spec, window } = subject;
  const template = sayings(spec)?.heading ?? `${spec.title}: {many}, {window}`;
  const name = manyOf(subject.category, spec);
  return fill(template, { many: name, Many: capital(name), window });
}

/** What the map is, and how it is used, for those who cannot see it. */
export function mapLabel(heading: string): string {
  const keys = "Arrow keys move the map, plus and minus zoom, Enter selects the hexagon in the middle.";
  return `${heading}. The same results are in the table after the map. ${keys}`;
}

/** The name a person would use: a place where the edition has names, else the district. */
export function placeName(row: { place?: string | null; district?: string | null }): string {
  return row.place ?? row.district ?? "Hexagon";
}

export function statusLabel(name: string, spec: LayerSpec): string {
  return pageOf(spec)?.blank?.[name] ?? status[name]?.label ?? name;
}

/** The value of a row as people write it; a share in per cent. */
export function valueText(value: number | null, { unit, columns }: LayerSpec): string {
  if (unit.startsWith("share")) return percent(value);
  return number(value, columns.find(({ id }) => id === "value")?.digits ?? 0);
}

/** A row has its own class unless its status is the thing to say. */
export function className(row: CellRow, spec: LayerSpec, shading: Shading): string {
  if (row.class === null) return statusLabel(row.status, spec);
  const named = shading.by === "value" ? spec.classes.find(({ id }) => id === row.class) : shadeOf(row, shading);
  const label = named?.label ?? row.class;
  return isWeak(row) ? `${label} (weak)` : label;
}

/** What a layer goes on to say of a shown row. */
function also(row: CellRow, { spec, category: slug }: Subject, side: string): string[] {
  const applies = (more: More): boolean => {
    const words = Object.entries(more.is ?? {}).every(([name, word]) => row[name] === word);
    const isKnown = (name: string) => row[name] !== null && row[name] !== undefined;
    const known = (more.known ?? []).every(isKnown) && !(more.unknown ?? []).some(isKnown);
    return words && known && (more.side ?? side) === side && (more.categories ?? [slug]).includes(slug);
  };
  return (sayings(spec)?.also ?? []).filter(applies).map(({ says }) => says);
}

/** What one row says, in plain English. */
export function sentence(row: CellRow, subject: Subject): string {
  const { spec, category: slug, window } = subject;
  const own = sayings(spec);
  const patterns = own?.sentence;
  const base = { ...figuresOf(row, slug, spec), many: manyOf(slug, spec), when: when(window) };
  if (row.status !== "shown" || patterns === undefined)
    return said(own?.status?.[row.status] ?? status[row.status]?.sentence ?? "", base);
  const named = row.class ?? "none";
  const [side, level] = named.split("-");
  const sided = side === "hot" ? "higher" : side === "cold" ? "lower" : "none";
  const plain = row.value === 0 && patterns.zero !== undefined ? "zero" : "shown";
  const key = named !== "none" && named in patterns ? named : patterns.none === undefined ? plain : sided;
  const templates = [patterns[key] ?? "", ...also(row, subject, sided)].join(" ");
  return said(templates, { ...base, level: level ?? "" });
}

/** A template filled in; a row may come without a column. */
function said(template: string, words: Record<string, string>): string {
  return fill(template, words).replace(/\{\w+\}/g, NONE);
}

/** Every column as people write it: text as it is; a number itself, `…_of` as so many of the category, `…_percent` as a share, `…_likely` as a chance. */
function figuresOf(row: CellRow, slug: string, spec: LayerSpec): Record<string, string> {
  const out: Record<string, string> = {};
  for (const [name, value] of Object.entries(row)) {
    if (typeof value === "string") {
      out[name] = value;
      continue;
    }
    const usual = name === "value" ? VALUE_DIGITS : (named[name]?.digits ?? 0);
    out[name] = number(value, decimalsOf(spec, name) ?? usual);
    out[`${name}_of`] = `${counted(value, slug, spec.kind)}${awayOf(spec)}`;
    out[`${name}_percent`] = percent(value);
    out[`${name}_likely`] = likelihood(value);
  }
  return out;
}

/** The sentence under the map, for one hexagon. */
export function readRow(row: CellRow, subject: Subject): string {
  return `${placeName(row)}: ${sentence(row, subject)}`;
}

/** Rows with one of the classes that the layer's kind counts: of a test, those at the 95% level or stronger. */
function telling(rows: CellRow[], spec: LayerSpec): number {
  const classes = pageOf(spec)?.counted ?? ["hot-99", "hot-95"];
  return rows.filter((row) => row.class !== null && classes.includes(row.class)).length;
}

/** What the kind says of so many hexagons. */
function summary({ spec, category: slug }: Subject, count: number, total: string): string {
  const words = { count: number(count), total, many: manyOf(slug, spec), is: count === 1 ? "is" : "are" };
  return fill(pageOf(spec)?.summary ?? SUMMARY, words);
}

/** How many of the map's hotspots are hot for everything else too, where the layer tells. */
function overlap({ spec, category: slug }: Subject, resolution: number, windowId: string): string {
  const found = spec.notes.overlap?.[slug]?.[resolution]?.[windowId];
  if (found === undefined || found.hot === 0) return "";
  const words = { also_hot: number(found.also_hot), hot: number(found.hot), many: manyOf(slug, spec) };
  return ` ${fill(notice.overlap ?? "", words)}`;
}

/** Whether the map as a whole has a pattern, where the layer asks that first. */
function gate({ spec, category: slug }: Subject, resolution: number, windowId: string): string {
  const found = spec.notes.gate?.[slug]?.[resolution]?.[windowId];
  if (found === undefined || found.i === null) return "";
  const template = notice[found.passed ? "gate-passed" : "gate-closed"] ?? "";
  return ` ${fill(template, { i: number(found.i, 2), p: chance(found.p) })}`;
}

/** How many hexagons are hidden so that nobody can be identified, where some are. */
function hidden(rows: CellRow[]): string {
  const count = rows.filter(({ status: own }) => own === "coarsened" || own === "suppressed").length;
  return count === 0
    ? ""
    : ` ${fill(notice.hidden ?? "", { count: plural(count, "hexagon"), is: count === 1 ? "is" : "are" })}`;
}

/** The sentence under the map while no hexagon is pointed at. */
export function readMap(rows: CellRow[], subject: Subject, resolution: number, windowId: string): string {
  const valued = rows.filter((row) => row.value !== null);
  const count = telling(rows, subject.spec);
  const classes = pageOf(subject.spec)?.counted ?? [];
  const signed = classes.some((id) => id.startsWith("hot-"));
  if (signed && count === 0 && !valued.some((row) => row.class !== null && row.class !== "none"))
    return notice.empty ?? "";
  const said = summary(subject, count, plural(valued.length, "hexagon"));
  return said + hidden(rows) + overlap(subject, resolution, windowId) + gate(subject, resolution, windowId);
}

/** One line for screen readers about what is in view. `rows` in the order of the table. */
export function announce(rows: CellRow[], subject: Subject): string {
  const shown = rows.filter((row) => row.value !== null && row.status === "shown");
  const [first] = shown;
  if (first === undefined) return "No hexagons with a value in view.";
  const total = `${plural(shown.length, "hexagon")} in view`;
  return `${summary(subject, telling(shown, subject.spec), total)} ${capital(orderOf(subject.spec).replace(/ first$/, ""))}: ${placeName(first)}.`;
}

/** What comes first in the table, in words. */
export function orderOf(spec: LayerSpec): string {
  return pageOf(spec)?.order ?? "strongest first";
}

/** A monthly series in words: what the small chart shows. */
export function readSeries({ months, values }: Series): string {
  const known = months.flatMap((id, i) => {
    const value = values[i];
    return value === null || value === undefined ? [] : [{ id, value }];
  });
  const [first, last] = [known[0], known.at(-1)];
  if (first === undefined || last === undefined) return "No month has a figure.";
  const top = known.reduce((best, one) => (one.value > best.value ? one : best));
  const missing = months.filter((_, i) => values[i] === null);
  const gap = missing.length === 0 ? "" : ` ${fill(notice.missing ?? "", { months: missing.map(month).join(", ") })}`;
  if (top.value === 0) return `None in any month from ${month(first.id)} to ${month(last.id)}.${gap}`;
  const ends = `${number(first.value)} in ${month(first.id)}, ${number(last.value)} in ${month(last.id)}.`;
  return `${ends} Most in ${month(top.id)}: ${number(top.value)}.${gap}`;
}

export function readSpecial(share: number | null, slug: string): string | null {
  if (share === null || share === 0) return null;
  return `${percent(share)} of the ${many(slug)} here are at a police station, court, hospital, supermarket or other special map point.`;
}

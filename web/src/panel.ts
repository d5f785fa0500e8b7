/** The panel on the right: everything about one hexagon, what can be taken away, and how fresh it is. */
import { column as named } from "virtual:content";
import type { Api, CellAnswer, CellRow, LayerSpec, Query, Snapshot } from "./api";
import { rangeLabel } from "./columns";
import { byId, el } from "./dom";
import { chance, day, hexagonSize, likelihood, month, monthRuns, number, percent } from "./format";
import { hours } from "./hours";
import { isBanded, type Shading, shadeOf } from "./palette";
import { decimalsOf, fill, journeys, pageOf } from "./sayings";
import { sparkline } from "./sparkline";
import { className, placeName, readSeries, readSpecial, type Subject, sentence, valueText } from "./words";

type Fact = [string, string | Node];

function list(facts: Fact[]): HTMLElement {
  return el(
    "dl",
    { class: "app-facts app-facts--lines" },
    ...facts.map(([name, value]) => el("div", {}, el("dt", {}, name), el("dd", {}, value))),
  );
}

function heading(text: string, id: string | null = null): HTMLElement {
  return el("h2", { class: "govuk-heading-s", id, tabindex: id === null ? null : -1 }, text);
}

function chip(row: CellRow, spec: LayerSpec, shading: Shading): HTMLElement {
  const colour = shadeOf(row, shading)?.colour;
  const mark =
    colour === undefined
      ? null
      : el("span", { class: "app-chip", style: `background:${colour}`, "aria-hidden": "true" });
  return el("span", {}, mark, className(row, spec, shading));
}

/** A number as its column wants it: shares as percentages. */
function figure(row: CellRow, spec: LayerSpec, id: string): string {
  const column = spec.columns.find((one) => one.id === id);
  const value = typeof row[id] === "number" ? row[id] : null;
  return column?.unit === "share" ? percent(value) : number(value, decimalsOf(spec, id) ?? column?.digits ?? 0);
}

/** What a rate is made of. */
function divided(row: CellRow, spec: LayerSpec): Fact[] {
  const known = spec.columns.filter(({ id }) => ["raw", "denominator", "p_exceed"].includes(id) && row[id] !== null);
  const chanceOf = (id: string) => likelihood(typeof row[id] === "number" ? row[id] : null);
  return known.map(({ id, label }) => [label, id === "p_exceed" ? chanceOf(id) : figure(row, spec, id)]);
}

const BESIDE = [
  ["activity", "Stops and searches before, and after"],
  ["harm", "Records of harm before, and after"],
] as const;

/** What the police did, and what harm was seen, where the row has both numbers. */
function beside(of: (id: string) => number | null): Fact[] {
  return BESIDE.flatMap(([id, name]) => {
    const [before, after] = [of(`${id}_before`), of(`${id}_after`)];
    return before === null || after === null ? [] : [[name, `${number(before)}, and ${number(after)}`] as Fact];
  });
}

/** Lines that the content file has for the kind. What is not known is said where that matters, and else has no line. */
function own(row: CellRow, spec: LayerSpec): Fact[] {
  const lines = (pageOf(spec)?.facts ?? []).flatMap(({ of, label, says, none }): Fact[] => {
    const value = row[of];
    if (typeof value !== "number") return none === undefined ? [] : [[label, none]];
    return [[label, fill(says, { figure: figure(row, spec, of), likely: likelihood(value) })]];
  });
  return lines.length === 0 ? [] : [...lines, ...journeysOf(spec)];
}

function journeysOf(spec: LayerSpec): Fact[] {
  const said = journeys(spec).replace(/^Journeys |\.$/g, "");
  return said === "" ? [] : [["Journeys", said]];
}

/** Value, range and counts, by what the row has. */
function facts(row: CellRow, spec: LayerSpec, shading: Shading): Fact[] {
  const of = (id: string) => (typeof row[id] === "number" ? row[id] : null);
  const out: Fact[] = [[isBanded(spec) ? "Band" : "Class", chip(row, spec, shading)]];
  if (row.value === null) return [...out, ...own(row, spec)];
  out.push([spec.value_label, valueText(row.value, spec)]);
  const digits = decimalsOf(spec, "lower") ?? 2;
  const [lower, upper, expected] = [of("lower"), of("upper"), of("expected")];
  if (lower !== null && upper !== null)
    out.push([rangeLabel(spec), `${number(lower, digits)} to ${number(upper, digits)}`]);
  if (of("before") !== null) out.push(["Before, and after", `${number(of("before"))}, and ${number(of("after"))}`]);
  out.push(...beside(of));
  if (of("count") !== null) out.push(["Incidents in this hexagon", number(of("count"))]);
  if (expected !== null) {
    out.push(["With those around it", number(row.support)]);
    out.push([spec.kind === "excess" ? "Expected there" : "Average there", number(expected, 1)]);
  }
  out.push(...divided(row, spec), ...own(row, spec));
  if (of("q") !== null) out.push(["q (allowing for all hexagons)", chance(of("q"))]);
  if (of("stability") !== null) out.push(["Higher at other sizes of hexagon and ring", percent(of("stability"))]);
  return out;
}

export interface Shown {
  answer: CellAnswer;
  subject: Subject;
  shading: Shading;
  snapshot: Snapshot;
}

/** Other layers at the same place, a sentence each. */
function others({ answer, subject: { spec } }: Shown): Node[] {
  const rest = answer.layers.filter(({ layer }) => layer !== spec.id);
  if (rest.length === 0) return [];
  const lines = rest.map(({ title, sentence }) => el("li", {}, el("strong", {}, title), el("br"), sentence));
  return [
    el("h3", { class: "app-subhead" }, "In the other layers"),
    el("ul", { class: "govuk-list app-small" }, ...lines),
  ];
}

/** Why a layer has this value here, where it says. */
function why({ explanation }: CellRow): Node[] {
  if (typeof explanation !== "string" || explanation === "") return [];
  return [
    el("h3", { class: "app-subhead" }, named.explanation?.label ?? ""),
    el("p", { class: "app-small" }, explanation),
  ];
}

/** Months of what is recorded; people and services are not, so a line of noughts under them would be untrue. */
function history({ answer, snapshot, subject: { spec } }: Shown): Node[] {
  const { series } = answer;
  if (series === null || series.months.length === 0 || pageOf(spec)?.asks !== undefined) return [];
  const category = snapshot.categories.find(({ id }) => id === series.category)?.label ?? series.category;
  return [
    el("h3", { class: "app-subhead" }, `${category} by month`),
    sparkline(series),
    el("p", { class: "app-small" }, readSeries(series)),
  ];
}

export function drawCell(shown: Shown, close: () => void): void {
  const { answer, subject, shading } = shown;
  const here = answer.layers.find(({ layer }) => layer === subject.spec.id);
  const said = here === undefined ? "" : sentence(here.row, subject);
  const special = readSpecial(answer.special_share, subject.category);
  const name = placeName({ place: answer.name, district: answer.district });
  const district = answer.district !== null && answer.district !== name ? `${answer.district}. ` : "";
  const clear = el("button", { type: "button", class: "app-link" }, "Clear selection");
  clear.addEventListener("click", close);
  byId("panel").replaceChildren(
    heading(name, "panel-heading"),
    el(
      "p",
      { class: "app-small" },
      `${district}Hexagon `,
      el("span", { class: "app-id" }, answer.cell),
      `, ${hexagonSize(answer.resolution)}. `,
      clear,
    ),
    ...(here === undefined
      ? []
      : [list(facts(here.row, subject.spec, shading)), el("p", { class: "app-small" }, said), ...why(here.row)]),
    ...(special === null ? [] : [el("p", { class: "app-small app-note" }, special)]),
    ...history(shown),
    ...hours(answer.profile, subject.category, said),
    ...others(shown),
  );
}

export function drawNoCell(spec: LayerSpec): void {
  byId("panel").replaceChildren(
    heading("Selected hexagon", "panel-heading"),
    el("p", { class: "app-small" }, "Choose a hexagon on the map or in the table to read it here."),
    el("h3", { class: "app-subhead" }, "The question this map answers"),
    el("p", { class: "app-small" }, spec.question),
  );
}

export function drawCellMessage(message: string): void {
  byId("panel").replaceChildren(heading("Selected hexagon", "panel-heading"), el("p", { class: "app-small" }, message));
}

/** Links to the same view as data. */
export function drawTakeAway(api: Api, query: Query, resolution: number, copied: () => void): void {
  const name = `${query.layer}-${query.window.replace(":", "-")}-${query.category}-res${resolution}`;
  const link = (text: string, href: string, file: string) =>
    el("li", {}, el("a", { class: "govuk-link", href, download: file }, text));
  const share = el("a", { class: "govuk-link", href: window.location.href }, "Copy link to this view");
  share.addEventListener("click", (event) => {
    if (navigator.clipboard === undefined) return; // then the link itself can be copied
    event.preventDefault();
    void navigator.clipboard.writeText(window.location.href).then(copied);
  });
  byId("take").replaceChildren(
    link("Table (CSV)", api.csvUrl(query, resolution), `${name}.csv`),
    link("Map data (GeoJSON)", api.geojsonUrl(query, resolution), `${name}.geojson`),
    link("Picture (SVG)", api.pictureUrl(query, resolution, null), `${name}.svg`),
    el("li", {}, share),
  );
}

export function drawFacts({ data_through, created, sources, version, snapshot, period }: Snapshot): void {
  const missing = monthRuns(period.missing)
    .map(([from, to]) => (from === to ? month(from) : `${month(from)} to ${month(to)}`))
    .join(", ");
  const rows: Fact[] = [
    ...(data_through === null ? [] : [["Data to", month(data_through)] as Fact]),
    ...(missing === "" ? [] : [["Missing", missing] as Fact]),
    ["Loaded", day(created)],
    ["Source", [...new Set(sources.map(({ title, licence }) => `${title} (${licence})`))].join("; ")],
    ["Version", `${version}, snapshot ${snapshot}`],
  ];
  byId("facts").replaceChildren(...rows.map(([name, value]) => el("div", {}, el("dt", {}, name), el("dd", {}, value))));
}

/** Corridors as a table that the keyboard reaches: the lines themselves are on the map. */
import { corridors as words } from "virtual:content";
import { byId, el } from "./dom";
import { NONE, number, percent } from "./format";
import { fill } from "./sayings";

/** What a corridor says of itself; counts of tests or of severe collisions stand where they have a meaning. */
export interface Corridor {
  rank: number;
  road: string | null;
  km: number;
  events: number;
  tests: number | null;
  severe: number | null;
  expected: number;
  ratio: number;
  lower: number;
  upper: number;
  windows: string | null;
  held_out: number | null;
}

type Cell = (one: Corridor) => string;

const whenOf: Cell = ({ windows, held_out }) =>
  windows === null ? NONE : fill(words.held, { windows, share: percent(held_out) });

function columns(positives: boolean, timed: boolean): [string, Cell][] {
  const counted: [string, Cell][] = positives
    ? [
        [
          words.positives,
          ({ events, tests }) => fill(words.of_tests, { events: number(events), tests: number(tests ?? 0) }),
        ],
      ]
    : [
        [words.events, ({ events }) => number(events)],
        [words.severe, ({ severe }) => number(severe ?? 0)],
      ];
  return [
    [words.km, ({ km }) => number(km, 1)],
    ...counted,
    [words.expected, ({ expected }) => number(expected, 1)],
    [
      words.ratio,
      ({ ratio, lower, upper }) =>
        fill(words.range, { ratio: number(ratio, 1), lower: number(lower, 1), upper: number(upper, 1) }),
    ],
    ...(timed ? [[words.when, whenOf] as [string, Cell]] : []),
  ];
}

/** Heading and rows of the table as people read them, the most above what is usual first. */
export function tableOf(found: Corridor[]): { head: string[]; rows: string[][] } {
  const shown = columns(
    found.some(({ tests }) => tests !== null),
    found.some(({ windows }) => windows !== null),
  );
  return {
    head: [words.road, ...shown.map(([label]) => label)],
    rows: [...found]
      .sort((a, b) => a.rank - b.rank)
      .map((one) => [`${one.rank}. ${one.road ?? words.unnamed}`, ...shown.map(([, says]) => says(one))]),
  };
}

/** The table under that of hexagons; hidden for a layer of another kind, and says so where a map has no corridor. */
export function drawCorridors(shapes: GeoJSON.FeatureCollection | null): void {
  byId("corridors").hidden = shapes === null;
  const { head, rows } = tableOf((shapes?.features ?? []).map(({ properties }) => properties as Corridor));
  if (rows.length === 0) {
    byId("corridors-list").replaceChildren(el("p", { class: "app-small" }, words.none));
    return;
  }
  const columnHead = (label: string) => el("th", { scope: "col", class: "govuk-table__header" }, label);
  const row = ([road, ...cells]: string[]) =>
    el(
      "tr",
      { class: "govuk-table__row" },
      el("th", { scope: "row", class: "govuk-table__header" }, road ?? ""),
      ...cells.map((text) => el("td", { class: "govuk-table__cell" }, text)),
    );
  const table = el(
    "table",
    { class: "govuk-table app-table" },
    el("thead", { class: "govuk-table__head" }, el("tr", { class: "govuk-table__row" }, ...head.map(columnHead))),
    el("tbody", { class: "govuk-table__body" }, ...rows.map(row)),
  );
  const scroll = { class: "app-scroll", tabindex: 0, role: "region", "aria-label": words.scrolls };
  byId("corridors-list").replaceChildren(el("p", { class: "app-small" }, words.lead), el("div", scroll, table));
}

/** Services as points: letters on the map, a table that the keyboard reaches, and one in the panel. */
import { category as words } from "virtual:content";
import { announceLater } from "./announce";
import type { Point, PointProperties } from "./api";
import { byId, el } from "./dom";
import { plural } from "./format";

/** The letter that stands for a kind of service on the map: shape and letter tell, not colour. */
const LETTERS: Record<string, string> = {
  "alcohol-treatment": "A",
  "community-health": "C",
  "drug-treatment": "D",
  "education-session": "E",
  "gp-practice": "G",
  hospital: "H",
  "mutual-aid": "M",
  naloxone: "X",
  "needle-exchange": "N",
  "other-service": "O",
  pharmacy: "P",
  "pharmacy-head-office": "F",
  school: "S",
  "urgent-care": "U",
  "youth-service": "Y",
};
const DAYS: Record<string, string> = {
  mo: "Monday",
  tu: "Tuesday",
  we: "Wednesday",
  th: "Thursday",
  fr: "Friday",
  sa: "Saturday",
  su: "Sunday",
};
/** Rows drawn at first; the rest on request. */
const FIRST = 50;

export function letterOf(category: string): string {
  return LETTERS[category] ?? "S";
}

/** "mo 09:00-17:00; tu closed" in words, a day to a line. */
export function readHours(hours: string | null): string[] {
  return (hours ?? "").split("; ").flatMap((part) => {
    const [day, times] = [part.slice(0, 2), part.slice(3)];
    return times === "" ? [] : [`${DAYS[day] ?? day} ${times.replaceAll(",", ", ").replaceAll("-", " to ")}`];
  });
}

function ages({ min_age, max_age }: PointProperties): string | null {
  if (min_age !== null && max_age !== null) return `${min_age} to ${max_age}`;
  if (min_age !== null) return `${min_age} and over`;
  return max_age === null ? null : `up to ${max_age}`;
}

const yesNo = (value: boolean | null): string | null => (value === null ? null : value ? "Yes" : "No");

/** What the list says of a service; what it does not say is left out. */
function facts(one: PointProperties): [string, string | HTMLElement][] {
  const hours = readHours(one.hours);
  const open = hours.length === 0 ? "Not in the list" : el("span", {}, ...hours.flatMap((day) => [day, el("br")]));
  const all: [string, string | HTMLElement | null][] = [
    ["Kind", one.category_label],
    ["Address", [one.address, one.postcode].filter((text) => text !== null).join(", ") || null],
    ["Opening hours", open],
    ["Helps with", one.substances?.join(", ") ?? null],
    ["Ages", ages(one)],
    ["Needle and syringe programme", one.nsp_level === null ? null : `Level ${one.nsp_level}`],
    ["Supervised consumption", yesNo(one.supervised)],
    ["Naloxone", yesNo(one.naloxone)],
    ["For residents of", one.eligible_areas?.join(", ") ?? null],
    ["List of", one.as_of ?? "no date given"],
  ];
  return all.flatMap(([name, value]) => (value === null ? [] : [[name, value]]));
}

export function drawService({ properties }: Point, caveat: string, close: () => void): void {
  const clear = el("button", { type: "button", class: "app-link" }, "Clear selection");
  clear.addEventListener("click", close);
  byId("panel").replaceChildren(
    el("h2", { class: "govuk-heading-s", id: "panel-heading", tabindex: -1 }, properties.name),
    el(
      "dl",
      { class: "app-facts app-facts--lines" },
      ...facts(properties).map(([name, value]) => el("div", {}, el("dt", {}, name), el("dd", {}, value))),
    ),
    el("p", { class: "app-small app-note" }, caveat),
    el("p", { class: "app-small" }, clear),
  );
  announceLater(`Selected: ${properties.name}. Details are after the tables.`);
}

function row(point: Point, choose: (point: Point) => void): HTMLElement {
  const { id, properties } = point;
  const button = el("button", { type: "button", class: "app-link" }, properties.name);
  button.addEventListener("click", () => choose(point));
  const letter = el("span", { class: "app-letter", "aria-hidden": "true" }, letterOf(properties.category));
  return el(
    "tr",
    { class: "govuk-table__row", "data-service": id },
    el("th", { scope: "row", class: "govuk-table__header" }, button),
    el("td", { class: "govuk-table__cell" }, letter, properties.category_label),
    el("td", { class: "govuk-table__cell" }, properties.postcode ?? ""),
    el("td", { class: "govuk-table__cell" }, properties.as_of ?? "no date"),
  );
}

/** The table of services under that of hexagons; empty and hidden for a layer without any. */
export function drawServices(points: Point[], choose: (point: Point) => void): void {
  const section = byId("services");
  section.hidden = points.length === 0;
  const rows = [...points].sort((a, b) => a.properties.name.localeCompare(b.properties.name));
  const head = ["Service", "Kind", "Postcode", "List of"].map((label) =>
    el("th", { scope: "col", class: "govuk-table__header" }, label),
  );
  const body = el("tbody", { class: "govuk-table__body" }, ...rows.slice(0, FIRST).map((one) => row(one, choose)));
  const table = el(
    "table",
    { class: "govuk-table app-table" },
    el(
      "caption",
      { class: "govuk-table__caption app-table__caption" },
      el("span", {}, `${plural(points.length, "service")}, by name. Letters are those on the map.`),
    ),
    el("thead", { class: "govuk-table__head" }, el("tr", { class: "govuk-table__row" }, ...head)),
    body,
  );
  const scroll = { class: "app-scroll", tabindex: 0, role: "region", "aria-label": "Services, scrolls sideways" };
  byId("services-list").replaceChildren(el("div", scroll, table));
  if (rows.length <= FIRST) return;
  const more = el("button", { type: "button", class: "app-page" }, `Show all ${rows.length} services`);
  more.addEventListener("click", () => {
    body.append(...rows.slice(FIRST).map((one) => row(one, choose)));
    more.remove();
    body.querySelectorAll<HTMLElement>("button")[FIRST]?.focus();
  });
  byId("services-list").append(more);
}

/** The letters in the key, of the kinds that are there. */
export function keyOfServices(points: Point[]): HTMLElement[] {
  const kinds = [...new Set(points.map(({ properties }) => properties.category))].sort();
  return kinds.map((kind) =>
    el(
      "li",
      { class: "app-key__service" },
      el("span", { class: "app-letter", "aria-hidden": "true" }, letterOf(kind)),
      el("span", { class: "app-key__label" }, words[kind]?.label ?? kind),
    ),
  );
}

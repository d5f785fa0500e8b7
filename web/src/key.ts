/** The key beside the map, and the scale under it that follows the hexagon pointed at or selected. */
import type { CellRow, LayerSpec } from "./api";
import { byId, el, svg } from "./dom";
import { number, plural } from "./format";
import { isFaint, isWeak, type Shading, shadeOf } from "./palette";
import { patternSwatch } from "./patterns";
import { journeys, pageOf } from "./sayings";
import { OUTLINE_INK, outlineWidth } from "./style";
import { statusLabel } from "./words";

interface Entry {
  swatch: Element;
  label: string;
  count: number | null;
}

function plain(colour: string): Element {
  return el("span", { class: "app-key__swatch", style: `background:${colour}`, "aria-hidden": "true" });
}

/** Strongest and weakest shade as they look when drawn faintly. */
function faded({ shades }: Shading): Element {
  const [from, to] = [shades[0]?.colour ?? "#fff", shades.at(-1)?.colour ?? "#fff"];
  const pale = (colour: string) => `color-mix(in srgb, ${colour} 30%, #fff)`;
  return plain(`linear-gradient(90deg, ${pale(from)} 50%, ${pale(to)} 50%)`);
}

function outlined(id: string): Element {
  const [inset, width] = [3, outlineWidth(id)];
  const box = { x: inset, y: inset, width: 28 - 2 * inset, height: 20 - 2 * inset };
  const rect = svg("rect", { ...box, fill: "none", stroke: OUTLINE_INK, "stroke-width": width });
  return svg("svg", { class: "app-key__swatch", viewBox: "0 0 28 20", "aria-hidden": "true" }, rect);
}

/** Rows of the key that stand for something other than a shade; each only when it occurs. */
function extras(rows: CellRow[], spec: LayerSpec, shading: Shading): Entry[] {
  const count = (test: (row: CellRow) => boolean) => rows.filter(test).length;
  const having = (...statuses: string[]) => count(({ status }) => statuses.includes(status));
  const all: Entry[] = [
    ...shading.outlines.map(({ id, label }) => ({
      swatch: outlined(id),
      label,
      count: count((row) => row.class === id),
    })),
    {
      swatch: patternSwatch("hatch", "#f3f2f1"),
      label: "Weak: only if we had not allowed for testing so many",
      count: count(isWeak),
    },
    {
      swatch: faded(shading),
      label: `Faint: fewer than ${number(spec.notes.fill?.faint_below ?? 0)} expected`,
      count: count((row) => isFaint(row, spec)),
    },
    {
      swatch: patternSwatch("dashes", "#fff"),
      label: statusLabel("insufficient", spec),
      count: having("insufficient"),
    },
    {
      swatch: patternSwatch("dots", "#fff"),
      label: pageOf(spec)?.blank?.["no-support"] ?? "No map point here",
      count: having("no-support"),
    },
    {
      swatch: patternSwatch("dots", "#fff"),
      label: pageOf(spec)?.blank?.["no-data"] ?? statusLabel("no-data", spec),
      count: having("no-data"),
    },
    ...(["coarsened", "suppressed"] as const).map((status) => ({
      swatch: patternSwatch("dots", "#fff"),
      label: statusLabel(status, spec),
      count: having(status),
    })),
  ];
  return all.filter((entry) => entry.count !== 0);
}

/** Rows of the whole area at the map's resolution; the numbers say how many hexagons have each class. */
export function drawKey(rows: CellRow[], spec: LayerSpec, shading: Shading): void {
  const shades = shading.shades.map(({ id, label, colour }) => ({
    swatch: plain(colour),
    label,
    count: rows.filter((row) => shadeOf(row, shading)?.id === id).length,
  }));
  const entry = ({ swatch, label, count }: Entry) =>
    el(
      "li",
      {},
      swatch,
      el("span", { class: "app-key__label" }, label),
      count === null
        ? null
        : el(
            "span",
            { class: "app-key__count" },
            number(count),
            el("span", { class: "govuk-visually-hidden" }, " hexagons"),
          ),
    );
  byId("key").replaceChildren(...[...shades, ...extras(rows, spec, shading)].map(entry));
  drawScale(spec, shading);
}

export function clearKey(): void {
  byId("key").replaceChildren();
  byId("scale").replaceChildren();
}

/** A bar of the shades, weakest left. Decorative: the sentence beside it says the same. */
function drawScale(spec: LayerSpec, shading: Shading): void {
  const parts = [...shading.shades].reverse();
  const segment = ({ id, colour }: { id: string; colour: string }) =>
    el("span", { class: "app-scale__part", "data-shade": id, style: `background:${colour}` });
  const ends = pageOf(spec)?.ends ?? ["lower", "higher"];
  byId("scale").replaceChildren(
    el("div", { class: "app-scale__bar" }, ...parts.map(segment)),
    el("div", { class: "app-scale__ends" }, el("span", {}, ends[0] ?? ""), el("span", {}, ends[1] ?? "")),
  );
}

/** Marks the shade of the hexagon pointed at (filled) and of the selected one (hollow). */
export function markScale(shading: Shading, pointed: CellRow | null, chosen: CellRow | null): void {
  const idOf = (row: CellRow | null) => (row === null ? null : (shadeOf(row, shading)?.id ?? null));
  const [over, kept] = [idOf(pointed), idOf(chosen)];
  for (const part of document.querySelectorAll<HTMLElement>(".app-scale__part")) {
    part.classList.toggle("app-scale__part--pointed", part.dataset.shade === over);
    part.classList.toggle("app-scale__part--chosen", part.dataset.shade === kept);
  }
}

export function describeHexagons(rows: CellRow[], size: string, spec: LayerSpec): string {
  const said = `${plural(rows.length, "hexagon")} in the area, each ${size}. Numbers count hexagons. Closer in, hexagons are smaller.`;
  return [said, journeys(spec)].join(" ").trim();
}

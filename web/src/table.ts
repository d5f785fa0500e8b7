/** The table: the same hexagons as on the map, 25 to a page, sortable, linked with the map both ways. */
import type { CellRow, LayerSpec } from "./api";
import { columnsOf, listed, type Sort, sorted, type TableColumn, usualSort } from "./columns";
import { byId, el } from "./dom";
import { hexagonSize, number, plural } from "./format";
import { type Shading, shadeOf } from "./palette";
import { pageOf } from "./sayings";
import { orderOf } from "./words";

const PAGE = 25;

export interface TableEvents {
  choose(cell: string): void;
  point(cell: string | null): void;
  /** The address of the view with this hexagon selected. */
  href(cell: string): string;
}

/** What the table shows: rows of the whole area, and which of them are in the map's view (null: all). */
export interface TableData {
  rows: CellRow[];
  spec: LayerSpec;
  shading: Shading;
  resolution: number;
  inView: Set<string> | null;
}

export interface Table {
  show(data: TableData): void;
  loading(): void;
  failed(message: string): void;
  choose(cell: string | null): void;
}

function caption(
  { rows, spec, resolution, inView }: TableData,
  shown: CellRow[],
  sort: Sort,
  columns: TableColumn[],
): string {
  const column = columns.find(({ id }) => id === sort.by);
  const usual = usualSort(spec);
  const first =
    usual.by === sort.by && usual.down === sort.down ? orderOf(spec) : `by ${column?.label.toLowerCase() ?? ""}`;
  const unsupported = rows.filter(
    (row) => row.status === "no-support" && (inView === null || inView.has(row.cell)),
  ).length;
  const lack = pageOf(spec)?.blank?.unlisted ?? "have no police map point";
  const left = unsupported === 0 ? "" : ` ${number(unsupported)} more ${lack} and are not listed.`;
  const where = inView === null ? "" : " in view";
  return `${plural(shown.length, "hexagon")}${where}, ${first}. Each is ${hexagonSize(resolution)}.${left}`;
}

export function createTable(events: TableEvents): Table {
  const root = byId("results");
  let data: TableData | null = null;
  let sort: Sort = { by: "class", down: true };
  let page = 0;
  let chosen: string | null = null;
  let layer = "";

  const sortBy = (id: string): void => {
    sort = { by: id, down: sort.by === id ? !sort.down : id !== "place" };
    page = 0;
    draw();
    root.querySelector<HTMLElement>(`[data-sort="${id}"]`)?.focus();
  };

  const headCell = ({ id, label, numeric }: TableColumn): HTMLElement => {
    const state = sort.by === id ? (sort.down ? "descending" : "ascending") : "none";
    const button = el("button", { type: "button", class: "app-sort", "data-sort": id }, label);
    button.addEventListener("click", () => sortBy(id));
    const kind = numeric ? " govuk-table__header--numeric" : "";
    return el("th", { scope: "col", class: `govuk-table__header${kind}`, "aria-sort": state }, button);
  };

  const placeCell = (row: CellRow, text: string): HTMLElement => {
    const district = row.district !== null && row.district !== text ? `, ${row.district}` : "";
    const id = el("span", { class: "app-id" }, row.cell);
    const link = el("a", { class: "govuk-link", href: events.href(row.cell) }, text + district, " ", id);
    return el("th", { scope: "row", class: "govuk-table__header" }, link);
  };

  const bodyRow = (row: CellRow, columns: TableColumn[], shading: Shading): HTMLElement => {
    const cells = columns.map((column) => {
      const text = column.text(row);
      if (column.id === "place") return placeCell(row, text);
      const colour = column.id === "class" ? shadeOf(row, shading)?.colour : undefined;
      const chip =
        colour === undefined
          ? null
          : el("span", { class: "app-chip", style: `background:${colour}`, "aria-hidden": "true" });
      return el("td", { class: `govuk-table__cell${column.numeric ? " govuk-table__cell--numeric" : ""}` }, chip, text);
    });
    const current = row.cell === chosen;
    return el("tr", { class: "govuk-table__row", "data-cell": row.cell, "aria-current": current && "true" }, ...cells);
  };

  const step = (label: string, to: number, pages: number): HTMLElement => {
    const button = el("button", { type: "button", class: "app-page", disabled: to < 0 || to >= pages }, label);
    button.addEventListener("click", () => {
      page = to;
      draw();
      byId("results-heading").focus();
    });
    return button;
  };

  const draw = (): void => {
    if (data === null) return;
    const { spec, shading, inView } = data;
    const columns = columnsOf(spec, shading);
    const shown = listed(data.rows).filter((row) => inView === null || inView.has(row.cell));
    const pages = Math.max(1, Math.ceil(shown.length / PAGE));
    page = Math.min(page, pages - 1);
    const rows = sorted(shown, columns, sort).slice(page * PAGE, (page + 1) * PAGE);
    const table = el(
      "table",
      { class: "govuk-table app-table" },
      el(
        "caption",
        { class: "govuk-table__caption app-table__caption" },
        el("span", {}, caption(data, shown, sort, columns)),
      ),
      el("thead", { class: "govuk-table__head" }, el("tr", { class: "govuk-table__row" }, ...columns.map(headCell))),
      el("tbody", { class: "govuk-table__body" }, ...rows.map((row) => bodyRow(row, columns, shading))),
    );
    const where = el("span", {}, `Page ${page + 1} of ${pages}`);
    const nav = el("nav", { class: "app-pages", "aria-label": "Pages of the table" });
    nav.append(step("Previous", page - 1, pages), where, step("Next", page + 1, pages));
    root.replaceChildren(
      el("div", { class: "app-scroll", tabindex: 0, role: "region", "aria-label": "Results, scrolls sideways" }, table),
    );
    if (pages > 1) root.append(nav);
  };

  const cellOf = (event: Event) =>
    (event.target as Element).closest<HTMLElement>("tr[data-cell]")?.dataset.cell ?? null;
  root.addEventListener("click", (event) => {
    const cell = cellOf(event);
    const modified = event.ctrlKey || event.metaKey || event.shiftKey;
    if (cell === null || modified) return;
    event.preventDefault();
    events.choose(cell);
  });
  root.addEventListener("pointerover", (event) => events.point(cellOf(event)));
  root.addEventListener("pointerleave", () => events.point(null));
  root.addEventListener("focusin", (event) => events.point(cellOf(event)));
  root.addEventListener("focusout", () => events.point(null));

  return {
    show: (next) => {
      if (next.spec.id !== layer) {
        sort = usualSort(next.spec);
        page = 0;
        layer = next.spec.id;
      }
      data = next;
      draw();
    },
    loading: () => {
      data = null;
      root.replaceChildren(el("p", { class: "app-small" }, "Loading…"));
    },
    failed: (message) => {
      data = null;
      root.replaceChildren(el("p", { class: "govuk-error-message" }, message));
    },
    choose: (cell) => {
      chosen = cell;
      for (const row of root.querySelectorAll("tr[data-cell]")) {
        if ((row as HTMLElement).dataset.cell === cell) row.setAttribute("aria-current", "true");
        else row.removeAttribute("aria-current");
      }
    },
  };
}

/** The controls on the left: layer, category, window, edition. They show the view and ask for another. */
import type { LayerSpec, Period, Snapshot } from "./api";
import { byId, el } from "./dom";
import { pageOf } from "./sayings";
import type { View } from "./state";

const KINDS: Record<Period["kind"], string> = { year: "12 months to", quarter: "Quarter", month: "Month" };

interface Option {
  id: string;
  label: string;
}

function fill(id: string, options: Option[], chosen: string): void {
  const select = byId<HTMLSelectElement>(id);
  select.replaceChildren(...options.map((one) => el("option", { value: one.id }, one.label)));
  select.value = chosen;
}

function drawLayers(layers: LayerSpec[], chosen: string): void {
  const radio = (spec: LayerSpec) =>
    el(
      "div",
      { class: "govuk-radios__item" },
      el("input", {
        class: "govuk-radios__input",
        id: `layer-${spec.id}`,
        name: "layer",
        type: "radio",
        value: spec.id,
        checked: spec.id === chosen,
      }),
      el("label", { class: "govuk-label govuk-radios__label", for: `layer-${spec.id}` }, spec.title),
    );
  byId("layers").replaceChildren(...layers.map(radio));
}

/** After "12 months to", "12 months to December 2025" is "December 2025". */
function short({ kind, label }: Period): string {
  return kind === "year" ? label.replace(/^12 months to /, "") : label;
}

/** Windows of the layer, newest first. */
function windowsOf(spec: LayerSpec, snapshot: Snapshot): Period[] {
  return snapshot.windows.filter(({ id }) => spec.windows.includes(id)).reverse();
}

export interface Controls {
  update(view: View): void;
}

export function createControls(snapshot: Snapshot, layers: LayerSpec[], ask: (patch: Partial<View>) => void): Controls {
  const specOf = (view: View) => layers.find(({ id }) => id === view.layer) ?? layers[0];
  let current: LayerSpec | undefined;

  drawLayers(layers, "");
  byId("edition-group").hidden = snapshot.editions.length < 2;
  fill(
    "edition",
    snapshot.editions.map((id) => ({ id, label: id.charAt(0).toUpperCase() + id.slice(1) })),
    snapshot.edition,
  );

  byId("layers").addEventListener("change", (event) => ask({ layer: (event.target as HTMLInputElement).value }));
  for (const name of ["category", "window", "edition"] as const) {
    byId(name).addEventListener("change", (event) => ask({ [name]: (event.target as HTMLSelectElement).value }));
  }
  byId("kind").addEventListener("change", (event) => {
    const kind = (event.target as HTMLSelectElement).value;
    const newest = current && windowsOf(current, snapshot).find((one) => one.kind === kind);
    if (newest) ask({ window: newest.id });
  });
  byId("choose").addEventListener("submit", (event) => event.preventDefault());

  const narrow = window.matchMedia("screen and (max-width: 900px)");
  const fold = () => byId<HTMLDetailsElement>("controls").toggleAttribute("open", !narrow.matches);
  narrow.addEventListener("change", fold);
  fold();

  return {
    update: (view) => {
      const spec = specOf(view);
      if (spec === undefined) return;
      current = spec;
      const radio = document.getElementById(`layer-${spec.id}`) as HTMLInputElement | null;
      if (radio) radio.checked = true;
      byId("category-group").hidden = spec.categories.length < 2;
      byId("category-label").textContent = pageOf(spec)?.asks ?? "Offence type";
      fill(
        "category",
        snapshot.categories
          .filter(({ id }) => spec.categories.includes(id))
          .map(({ id, label }) => ({ id, label: spec.notes.labels?.[id] ?? label })),
        view.category,
      );
      const windows = windowsOf(spec, snapshot);
      const kind = windows.find(({ id }) => id === view.window)?.kind ?? "year";
      const kinds = (Object.keys(KINDS) as Period["kind"][]).filter((one) => windows.some((w) => w.kind === one));
      fill(
        "kind",
        kinds.map((id) => ({ id, label: KINDS[id] })),
        kind,
      );
      const periods = windows.filter((one) => one.kind === kind);
      fill(
        "window",
        periods.map((one) => ({ id: one.id, label: short(one) })),
        view.window,
      );
    },
  };
}

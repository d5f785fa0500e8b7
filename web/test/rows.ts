import type { CellRow, ClassSpec, LayerSpec } from "../src/api";

const SEVEN = ["cold-99", "cold-95", "cold-90", "none", "hot-90", "hot-95", "hot-99"];

export const SIGNED: ClassSpec[] = SEVEN.map((id, i) => ({ id, label: `class ${id}`, colour: `#00000${i}` }));
export const BANDS: ClassSpec[] = ["0", "1", "2", "3", "4", "5"].map((id) => ({
  id,
  label: id,
  colour: `#1111${id}1`,
}));
export const STEPS: ClassSpec[] = ["0", "1", "2"].map((id) => ({ id, label: `step ${id}`, colour: `#2222${id}2` }));

export function layer(kind: string, more: Partial<LayerSpec> = {}): LayerSpec {
  return {
    id: `drug-${kind}`,
    kind,
    title: "Title",
    question: "Where?",
    unit: "",
    value_label: "Value",
    method: "",
    parameters: {},
    tests: "",
    resolutions: [6, 7, 8],
    windows: ["2025-12", "12m:2025-12"],
    categories: ["drugs", "all"],
    default: { window: "12m:2025-12", category: "drugs", resolution: 8 },
    classes: kind === "count" ? BANDS : SIGNED,
    columns: [{ id: "value", label: "Value", unit: "", digits: 1 }],
    notes: kind === "excess" ? { fill: { bounds: [0.8, 1.25], classes: STEPS } } : {},
    features: false,
    caveats: [],
    ...more,
  };
}

export function row(more: Partial<CellRow> = {}): CellRow {
  return {
    cell: "881951d497fffff",
    value: 3,
    class: "hot-99",
    support: 12,
    status: "shown",
    place: null,
    district: "Blackpool",
    ...more,
  };
}

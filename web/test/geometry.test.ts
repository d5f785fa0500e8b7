import { describe, expect, it } from "vitest";
import { toRows } from "../src/api";
import { namePoints } from "../src/outlines";
import { runs } from "../src/sparkline";

function square(x: number, y: number, size: number): GeoJSON.Position[] {
  return [
    [x, y],
    [x + size, y],
    [x + size, y + size],
    [x, y + size],
    [x, y],
  ];
}

describe("names of areas", () => {
  it("stand in the middle of the largest part", () => {
    const geometry: GeoJSON.MultiPolygon = {
      type: "MultiPolygon",
      coordinates: [[square(0, 0, 1)], [square(10, 20, 4)]],
    };
    const points = namePoints({
      type: "FeatureCollection",
      features: [{ type: "Feature", properties: { name: "Wyre" }, geometry }],
    });
    expect(points.features).toHaveLength(1);
    const [point] = points.features;
    expect(point?.properties).toEqual({ name: "Wyre" });
    const at = ((point?.geometry ?? { coordinates: [] }) as GeoJSON.Point).coordinates;
    expect(at[0]).toBeCloseTo(12);
    expect(at[1]).toBeCloseTo(22);
  });
});

describe("sparkline", () => {
  it("breaks at a missing month and puts the highest on top", () => {
    const parts = runs([0, 4, null, 2], 4);
    expect(parts.map((part) => part.length)).toEqual([2, 1]);
    const [low, high] = parts[0] ?? [];
    expect(high?.y).toBeLessThan(low?.y ?? 0);
  });

  it("has no parts without figures", () => {
    expect(runs([null, null], 0)).toEqual([]);
  });
});

describe("rows of an answer", () => {
  it("take their names from the columns; what is missing is null, never zero", () => {
    expect(
      toRows(
        ["cell", "value", "status"],
        [
          ["8819", null, "no-data"],
          ["8818", 0],
        ],
      ),
    ).toEqual([
      { cell: "8819", value: null, status: "no-data" },
      { cell: "8818", value: 0, status: null },
    ]);
  });
});

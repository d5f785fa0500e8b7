import { describe, expect, it } from "vitest";
import { bandLabel, isFaint, isWeak, shadeOf, shadingOf, strongestFirst } from "../src/palette";
import { BANDS, layer, row, SIGNED } from "./rows";

const AT = { resolution: 8, category: "drugs", kind: "year" };

describe("classes", () => {
  it("go from the strongest down, whatever order the manifest has", () => {
    expect(strongestFirst(SIGNED).map(({ id }) => id)).toEqual([...SIGNED].reverse().map(({ id }) => id));
    expect(strongestFirst(BANDS).map(({ id }) => id)).toEqual(["5", "4", "3", "2", "1", "0"]);
  });

  it("that have no order of their own are listed weakest first", () => {
    const own = ["none", "low-low", "high-low"].map((id) => ({ id, label: id, colour: "#000000" }));
    expect(strongestFirst(own).map(({ id }) => id)).toEqual(["high-low", "low-low", "none"]);
  });

  it("have no cold half unless a cold class occurs", () => {
    const ids = (rows: Parameters<typeof shadingOf>[1]) =>
      shadingOf(layer("hotspot"), rows, AT).shades.map(({ id }) => id);
    expect(ids([row()])).toEqual(["hot-99", "hot-95", "hot-90", "none"]);
    expect(ids([row({ class: "cold-95" })])).toHaveLength(7);
    expect(ids(null)).toHaveLength(7);
  });

  it("of a count are named by the breaks", () => {
    const spec = layer("count", { breaks: { 8: { drugs: { year: [1, 3, 9] } } } });
    const labels = shadingOf(spec, [], AT).shades.map(({ label }) => label);
    expect(labels).toEqual(["10 or more", "4 to 9", "2 to 3", "1", "0"]);
    expect(bandLabel("2", [1, 2, 3])).toBe("2");
  });
});

describe("shade of a row", () => {
  it("is its class", () => {
    const shading = shadingOf(layer("hotspot"), null, AT);
    expect(shadeOf(row({ class: "hot-95" }), shading)?.id).toBe("hot-95");
    expect(shadeOf(row({ class: null, status: "no-support" }), shading)).toBeNull();
  });

  it("is the step of its value where the value is drawn, bounds included above", () => {
    const shading = shadingOf(layer("excess"), [row()], AT);
    const step = (value: number | null, status = "shown") => shadeOf(row({ value, status }), shading)?.id ?? null;
    expect([step(0), step(0.8), step(0.81), step(1.25), step(7)]).toEqual(["0", "0", "1", "1", "2"]);
    expect([step(null), step(2, "insufficient")]).toEqual([null, null]);
    expect(shading.outlines.map(({ id }) => id)).toEqual(["hot-99", "hot-95", "hot-90"]);
  });
});

describe("hatching", () => {
  it("marks what only the uncorrected test would colour", () => {
    expect(isWeak(row({ class: "none", raw_class: "hot-95" }))).toBe(true);
    expect(isWeak(row({ class: "none", raw_class: "none" }))).toBe(false);
    expect(isWeak(row({ class: "hot-95", raw_class: "hot-99" }))).toBe(false);
    expect(isWeak(row({ class: "none", raw_class: "cold-90" }))).toBe(false);
    expect(isWeak(row({ class: "none" }))).toBe(false);
  });
});

describe("faint drawing", () => {
  it("is for values with fewer expected than the layer says", () => {
    const spec = layer("excess", { notes: { fill: { bounds: [1], classes: BANDS, faint_below: 5 } } });
    expect(isFaint(row({ expected: 4.9 }), spec)).toBe(true);
    expect(isFaint(row({ expected: 5 }), spec)).toBe(false);
    expect(isFaint(row({ expected: 1 }), layer("excess"))).toBe(false);
  });
});

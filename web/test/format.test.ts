import { describe, expect, it } from "vitest";
import { chance, day, hexagonSize, likelihood, month, monthRuns, number, percent, plural } from "../src/format";

describe("numbers", () => {
  it.each([
    [12345, 0, "12,345"],
    [7.66, 1, "7.7"],
    [-2.5, 1, "−2.5"],
    [-0.01, 1, "0.0"],
    [null, 0, "–"],
    [Number.NaN, 0, "–"],
  ])("%s with %i digits is %s", (value, digits, text) => {
    expect(number(value, digits)).toBe(text);
  });

  it("never write a small chance as zero", () => {
    expect([chance(0.0004), chance(0.0123), chance(null)]).toEqual(["under 0.001", "0.012", "–"]);
  });

  it("never write a likely thing as certain", () => {
    expect([0.9996, 0.5, 0.004, null].map(likelihood)).toEqual(["over 99%", "50%", "under 1%", "–"]);
  });

  it("count and share", () => {
    expect([plural(1, "hexagon"), plural(1200, "hexagon"), percent(0.356)]).toEqual([
      "1 hexagon",
      "1,200 hexagons",
      "36%",
    ]);
  });
});

describe("dates and sizes", () => {
  it("are written as people write them", () => {
    expect(month("2025-12")).toBe("December 2025");
    expect(day("2026-11-21T23:15:00Z")).toBe("21 November 2026");
    expect(day("2026-06-30T23:30:00Z")).toBe("1 July 2026"); // London, not Greenwich
    expect(hexagonSize(8)).toBe("about 0.66 km²");
  });
});

describe("runs of months", () => {
  it("joins months that follow one another, over the turn of a year too", () => {
    expect(monthRuns(["2021-11", "2021-12", "2022-01", "2022-05"])).toEqual([
      ["2021-11", "2022-01"],
      ["2022-05", "2022-05"],
    ]);
    expect(monthRuns([])).toEqual([]);
  });
});

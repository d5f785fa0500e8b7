import { describe, expect, it } from "vitest";
import { bandsOf, cellsOf, profilesOf } from "../src/hours";

const week = (): (number | null)[][] => Array.from({ length: 7 }, () => Array.from({ length: 24 }, () => 0));
const profile = (source: string, category: string) => ({
  ...{ source, category, window: "12m:2025-12", counts: week(), timed: 0, untimed: 0, caveat: null },
  ...{ measure: "incidents", positives: null, sentence: "" },
});

describe("hours of a week", () => {
  it("are summed six by six, and a null is never a zero", () => {
    const counts = week();
    for (const [day, hour, value] of [
      [4, 0, 1],
      [4, 5, 2],
      [4, 6, 4],
      [6, 23, 8],
    ] as const)
      (counts[day] ?? [])[hour] = value;
    (counts[0] ?? [])[13] = null;
    const bands = bandsOf(counts);
    expect(bands.map((band) => band[4])).toEqual([3, 4, 0, 0]);
    expect(bands.map((band) => band[6])).toEqual([0, 0, 0, 8]);
    expect(bands.map((band) => band[0])).toEqual([0, 0, null, 0]);
  });

  it("of tests have the positive ones beside their tests, never alone", () => {
    const [counts, positives] = [week(), week()];
    (counts[4] ?? [])[22] = 60;
    (positives[4] ?? [])[22] = 24;
    (positives[0] ?? [])[22] = null;
    expect(cellsOf({ counts, positives })[3]?.[4]).toBe("24 of 60");
    expect(cellsOf({ counts, positives })[3]?.[0]).toBe("– of 0");
    expect(cellsOf({ counts, positives: null })[3]?.[4]).toBe("60");
  });

  it("are those of the category on the map, else of everything", () => {
    const profiles = [profile("a", "all"), profile("a", "stop-search-drugs"), profile("b", "all")];
    expect(profilesOf(profiles, "stop-search-drugs")).toEqual([profiles[1]]);
    expect(profilesOf(profiles, "drugs")).toEqual([profiles[0], profiles[2]]);
    expect(profilesOf([], "drugs")).toEqual([]);
  });
});

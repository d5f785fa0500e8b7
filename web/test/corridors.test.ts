import { describe, expect, it } from "vitest";
import { type Corridor, tableOf } from "../src/corridors";

const one: Corridor = {
  ...{ rank: 2, road: "A58", km: 1.215, events: 13, tests: null, severe: 2 },
  ...{ expected: 3.32, ratio: 2.36, lower: 1.37, upper: 3.62, windows: null, held_out: null },
};

describe("the list of corridors", () => {
  it("has collisions with those who were hurt, in the order of rank", () => {
    const { head, rows } = tableOf([one, { ...one, rank: 1, road: null }]);
    expect(head).toHaveLength(6);
    expect(rows[0]?.[0]).toMatch(/^1\. Road without/);
    expect(rows[1]).toEqual(["2. A58", "1.2", "13", "2", "3.3", "2.4 (1.4 to 3.6)"]);
  });

  it("never has positive tests without the number of tests", () => {
    const { head, rows } = tableOf([{ ...one, tests: 1_087, severe: null, events: 63 }]);
    expect(head).toHaveLength(5);
    expect(rows[0]?.[2]).toBe("63 of 1,087");
  });

  it("says when only where that can be said", () => {
    const { head, rows } = tableOf([one, { ...one, rank: 3, windows: "Friday 22:00 to 02:00", held_out: 0.312 }]);
    expect(head).toHaveLength(7);
    expect(rows.map((row) => row[6])).toEqual(["–", expect.stringContaining("31%")]);
  });

  it("is empty where nothing stands out", () => {
    expect(tableOf([]).rows).toEqual([]);
  });
});

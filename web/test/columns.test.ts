import { describe, expect, it } from "vitest";
import { columnsOf, listed, sorted, usualSort } from "../src/columns";
import { shadingOf } from "../src/palette";
import { BANDS, layer, row, STEPS } from "./rows";

const spec = layer("hotspot");
const columns = columnsOf(spec, shadingOf(spec, null, { resolution: 8, category: "drugs", kind: "year" }));
const rows = [
  row({ cell: "a", value: 1.5, class: "none", district: "Wyre" }),
  row({ cell: "b", value: 4, class: "hot-99", district: "Fylde" }),
  row({ cell: "c", value: null, class: null, district: "Burnley" }),
  row({ cell: "d", value: 9, class: "hot-95", district: "Preston" }),
];
const order = (by: string, down: boolean) =>
  sorted(rows, columns, { by, down })
    .map(({ cell }) => cell)
    .join("");

describe("order of rows", () => {
  it("is by class, then value; rows without one come last either way", () => {
    expect(order("class", true)).toBe("bdac");
    expect(order("class", false)).toBe("adbc");
    expect(order("value", true)).toBe("dbac");
    expect(order("value", false)).toBe("abdc");
  });

  it("is by the alphabet for names, and does not change the rows given", () => {
    expect(order("place", false)).toBe("cbda");
    expect(rows.map(({ cell }) => cell).join("")).toBe("abcd");
  });

  it("puts values that rest on little after the others of their class", () => {
    const faintly = layer("excess", { notes: { fill: { bounds: [0.8, 1.25], classes: STEPS, faint_below: 5 } } });
    const shading = shadingOf(faintly, null, { resolution: 8, category: "drugs", kind: "year" });
    const some = [
      row({ cell: "a", value: 14, class: "none", expected: 0.1 }),
      row({ cell: "b", value: 2, class: "none", expected: 9 }),
      row({ cell: "c", value: 1.5, class: "hot-90", expected: 2 }),
    ];
    const found = sorted(some, columnsOf(faintly, shading), { by: "class", down: true });
    expect(found.map(({ cell }) => cell).join("")).toBe("cba");
  });

  it("puts a rate without a band last: it is mostly the average", () => {
    const rate = layer("rate", { classes: BANDS });
    const shading = shadingOf(rate, null, { resolution: 8, category: "drugs", kind: "year" });
    const some = [
      row({ cell: "a", value: 22, class: null, status: "insufficient" }),
      row({ cell: "b", value: 2, class: "4" }),
      row({ cell: "c", value: 9, class: "5" }),
    ];
    const found = sorted(some, columnsOf(rate, shading), { by: "value", down: true });
    expect(found.map(({ cell }) => cell).join("")).toBe("cba");
  });

  it("is stable for equals: by cell", () => {
    const same = ["z", "y", "x"].map((cell) => row({ cell }));
    expect(sorted(same, columns, { by: "value", down: true }).map(({ cell }) => cell)).toEqual(["x", "y", "z"]);
  });
});

describe("rows and columns", () => {
  it("leave out what has no map point", () => {
    expect(listed([row(), row({ status: "no-support" }), row({ status: "suppressed" })])).toHaveLength(2);
  });

  it("start with the place, by kind", () => {
    const ids = (kind: string) => {
      const one = layer(kind);
      return columnsOf(one, shadingOf(one, null, { resolution: 8, category: "drugs", kind: "year" })).map(
        ({ id }) => id,
      );
    };
    expect(ids("hotspot")).toEqual(["place", "class", "value", "count", "special_share"]);
    expect(ids("excess")).toEqual(["place", "class", "value", "usual", "count"]);
    expect(ids("count")).toEqual(["place", "value", "class", "special_share"]);
  });
});

describe("a value that is a share", () => {
  it("is shown in per cent", () => {
    const at = { resolution: 8, category: "drugs", kind: "year" };
    const text = (unit: string) => {
      const spec = layer("emerging", { unit });
      const value = columnsOf(spec, shadingOf(spec, null, at)).find(({ id }) => id === "value");
      return value?.text(row({ value: 11 / 12 }));
    };
    expect(text("share of months")).toBe("92%");
    expect(text("z score")).toBe("0.9");
  });
});

describe("usual order", () => {
  it("has what the layer is there to find first", () => {
    const minutes = layer("access", { notes: { variant: "minutes" } });
    expect([layer("hotspot"), layer("count"), layer("access"), minutes].map(usualSort)).toEqual([
      { by: "class", down: true },
      { by: "value", down: true },
      { by: "value", down: false },
      { by: "value", down: true },
    ]);
  });

  it("has chances and labels in the words of the layer", () => {
    const own = layer("gap", { notes: { variant: "residents" } });
    const found = columnsOf(own, shadingOf(own, null, { resolution: 8, category: "all", kind: "month" }));
    expect(found.find(({ id }) => id === "p_gap")?.text(row({ p_gap: 1 }))).toBe("over 99%");
    expect(found.map(({ label }) => label).join()).not.toMatch(/need|people/i);
  });
});

import { describe, expect, it } from "vitest";
import { shadingOf } from "../src/palette";
import { accuracyOf } from "../src/reading";
import {
  announce,
  className,
  counted,
  readMap,
  readRow,
  readSeries,
  readSpecial,
  type Subject,
  sentence,
  title,
} from "../src/words";
import { layer, row } from "./rows";

const WINDOW = "12 months to December 2025";
const subject = (kind: string, more = {}): Subject => ({ spec: layer(kind, more), category: "drugs", window: WINDOW });

describe("roadside tests", () => {
  const asked = { ...subject("drug-driving"), category: "drug-driving-rsf" };
  const few = row({ status: "insufficient", class: null, value: 47.5, support: 2, positives: 2, raw: 100 });

  it("are counted beside every rate, and where there is none", () => {
    expect(sentence(few, asked)).toBe(
      "Too few tests for a reliable rate. Here in the 12 months to December 2025: 2 roadside drug tests (road safety factors), 2 of them positive (preliminary).",
    );
    const rate = { ...few, status: "shown", class: "5", support: 24, positives: 17, value: 59.24, raw: 70.83 };
    expect(sentence({ ...rate, lower: 43.41, upper: 74.06 }, asked)).toMatch(
      /^24 roadside drug tests .* 17 of them positive \(preliminary\)\. .* 59\.2% \(likely range 43\.4% to 74\.1%\); before smoothing it is 70\.8%\./,
    );
  });

  it("are not made up where a row comes without them", () => {
    const bare = row({ status: "no-data", class: null, value: null });
    expect(sentence(bare, asked)).toContain("the way of recording changed");
    expect(sentence(bare, asked)).toContain("– of them positive");
  });
});

describe("title", () => {
  it("names what is counted, and when", () => {
    expect(title(subject("hotspot"))).toBe(`Hotspots of recorded drug offences, ${WINDOW}`);
    expect(title(subject("count"))).toBe(`Recorded drug offences, ${WINDOW}`);
    const without = subject("hotspot", { parameters: { special_points: "out" } });
    expect(title(without)).toBe(`Hotspots of recorded drug offences away from special map points, ${WINDOW}`);
    expect(sentence(row(), without)).toMatch(/^12 recorded drug offences away from special map points in this/);
    expect(title(subject("unheard-of"))).toBe(`Title: recorded drug offences, ${WINDOW}`);
  });
});

describe("sentence of a hexagon", () => {
  it("names the busiest windows, with the share of records that did not choose them, or says that none stands out", () => {
    const found = { windows: "Friday 22:00 to 02:00", held_out: 30.6, out_lower: 26.7, out_upper: 35.8, p_flat: 0.001 };
    const night = row({ class: "4", ...found, judged_by: "halves" });
    expect(sentence(night, subject("profile"))).toContain(
      "hold about 31% of recorded drug offences (27% to 36%, judged on records that were not used to choose them): Friday 22:00 to 02:00.",
    );
    expect(sentence({ ...night, judged_by: "year-before" }, subject("profile"))).toContain(
      "on the 12 months before held",
    );
    const even = sentence({ ...night, windows: null, p_flat: 0.31 }, subject("profile"));
    expect(even).toContain("No window of the week stands out");
    expect(even).toContain("(p = 0.31)");
    expect(even).not.toContain("Friday");
  });

  it("says what was recorded, against what, and how sure", () => {
    const text = readRow(row({ expected: 4.25 }), subject("hotspot"));
    expect(text).toMatch(
      /^Blackpool: 12 recorded drug offences in this hexagon and the ones around it in the 12 months to December 2025/,
    );
    expect(text).toContain("(4.3)");
    expect(text).toContain("99% level");
  });

  it("tells zero, one and many apart", () => {
    expect([counted(0, "drugs"), counted(1, "drugs"), counted(2345, "drugs")]).toEqual([
      "No recorded drug offences",
      "1 recorded drug offence",
      "2,345 recorded drug offences",
    ]);
    expect(sentence(row({ value: 0 }), subject("count"))).toMatch(/^No recorded drug offences here/);
  });

  it("says why there is no value, and that it is not a zero", () => {
    const none = row({ value: null, class: null, status: "no-support" });
    expect(sentence(none, subject("hotspot"))).toContain("not a zero");
    expect(sentence(row({ status: "no-data" }), subject("count"))).toContain(`for the ${WINDOW}`);
  });

  it("says it in the words of the layer, where it has its own", () => {
    const alone = row({ value: null, class: null, status: "insufficient" });
    expect(sentence(alone, subject("moran"))).toContain("no hexagons around this one");
    expect(sentence(alone, subject("hotspot"))).toContain("higher or lower");
  });

  it("says of a gap how sure, of minutes whole ones, and of a layer what its option makes of it", () => {
    const residents = subject("gap", { notes: { variant: "residents" } });
    const gap = row({
      value: 71.23,
      class: "5",
      p_gap: 1,
      rank_lower: 1,
      rank_upper: 4,
      people: 6286.7,
      people_lower: 5,
      people_upper: 9,
    });
    expect(sentence(gap, residents)).toContain("one of the highest fifth is over 99%");
    expect(sentence(gap, residents)).toContain(
      "About 6,287 residents, weighted by deprivation, are beyond the standard (range 5 to 9).",
    );
    const walk = {
      spec: layer("access", { notes: { variant: "minutes" } }),
      category: "needle-exchange",
      window: "July 2025",
    };
    const near = row({ value: 12.3, class: "2", minutes_2: 15.6 });
    expect(sentence(near, walk)).toBe(
      "The nearest of the needle exchanges takes 12 minutes from here, as listed in July 2025. The second nearest takes 16. Check with the service that it is open.",
    );
    expect(sentence({ ...near, minutes_2: null }, walk)).not.toContain("second");
    const need = row({ value: 73.48, class: "5", lower: 60.96, upper: 84.92, support: 16163 });
    expect(sentence(need, { ...subject("need"), category: "all" })).toContain("(likely range 61.0 to 84.9)");
    expect(sentence(need, { ...subject("need", { notes: { variant: "residents" } }), category: "all" })).toBe(
      "16,163 residents, 73 when weighted by deprivation (range of the weightings 61 to 85).",
    );
  });

  it("names what is not there in the words of the layer", () => {
    const spec = layer("access", { notes: { variant: "minutes" } });
    const shading = shadingOf(spec, null, { resolution: 8, category: "drugs", kind: "month" });
    const alone = row({ value: null, class: null, status: "insufficient" });
    expect(className(alone, spec, shading)).toBe("No service within the longest journey looked for");
  });

  it("writes any column as people do", () => {
    const found = sentence(row({ before: 4, after: 12, class: "hot-95" }), subject("change"));
    expect(found).toMatch(/^12 recorded drug offences in this hexagon .*, and 4 in the period/);
  });

  it("goes on to say that searches rose too, and stands harm beside it", () => {
    const rise = { before: 4, after: 12, class: "hot-95", activity_before: 20, activity_after: 61, activity: "rose" };
    const more = "Stops and searches rose here too (20 to 61): this may be more policing, not more drugs.";
    expect(sentence(row(rise), subject("change")).endsWith(more)).toBe(true);
    expect(sentence(row({ ...rise, class: "none" }), subject("change"))).not.toContain("policing");
    expect(sentence(row({ ...rise, activity: "steady" }), subject("change"))).not.toContain("policing");
    expect(sentence(row(rise), { ...subject("change"), category: "burglary" })).not.toContain("policing");
    const harm = sentence(row({ ...rise, harm_before: 0, harm_after: 3 }), subject("change"));
    expect(harm).toMatch(/more drugs\. Harm recorded here in the same two periods: 0 before, 3 after\.$/);
  });

  it("leaves no template open", () => {
    const kinds = ["count", "hotspot", "excess"];
    const states = ["shown", "no-support", "no-data", "insufficient", "suppressed", "coarsened"];
    const classes = ["hot-99", "none", "cold-90", null];
    for (const kind of kinds)
      for (const status of states)
        for (const name of classes)
          expect(sentence(row({ status, class: name }), subject(kind))).not.toMatch(/[{}]|undefined/);
  });
});

describe("class in the table", () => {
  const spec = layer("hotspot");
  const shading = shadingOf(spec, null, { resolution: 8, category: "drugs", kind: "year" });

  it("is the class, marked where it is weak", () => {
    expect(className(row(), spec, shading)).toBe("class hot-99");
    expect(className(row({ class: "none", raw_class: "hot-90" }), spec, shading)).toBe("class none (weak)");
  });

  it("is the reason where there is no class", () => {
    expect(className(row({ class: null, status: "suppressed" }), spec, shading)).toBe("Hidden");
  });
});

describe("the map as a whole", () => {
  const rows = [row(), row({ class: "none" }), row({ class: null, value: null, status: "no-support" })];

  it("counts what is higher, among hexagons with a value", () => {
    expect(readMap(rows, subject("hotspot"), 8, "12m:2025-12")).toBe(
      "1 of 2 hexagons with a value is higher at the 95% level or stronger.",
    );
  });

  it("says how many hexagons are not shown, and that they may hold some", () => {
    const gone = ["coarsened", "coarsened", "suppressed"].map((status) => row({ class: null, value: null, status }));
    const said = readMap([...rows, ...gone], subject("hotspot"), 8, "12m:2025-12");
    expect(said).toMatch(/^1 of 2 hexagons .* 3 hexagons are not shown at this size/);
    expect(readMap(rows, subject("hotspot"), 8, "12m:2025-12")).not.toContain("not shown");
  });

  it("names a category of a partner's own as its label does", () => {
    const own = { ...subject("count", { notes: { labels: { calls: "Ambulance call-outs" } } }), category: "calls" };
    expect(title(own)).toContain("ecords of ambulance call-outs");
  });

  it("states the overlap with all other crime", () => {
    const notes = { overlap: { drugs: { "8": { "12m:2025-12": { hot: 76, also_hot: 69 } } } } };
    expect(readMap(rows, subject("hotspot", { notes }), 8, "12m:2025-12")).toContain("69 of 76 hexagons");
    expect(readMap(rows, subject("hotspot", { notes }), 7, "12m:2025-12")).not.toContain("76");
  });

  it("says whether there is any pattern, where that is asked first", () => {
    const gate = {
      drugs: {
        "8": { "2025-12": { i: 0.449, p: 0.002, passed: true } },
        "6": { "2025-12": { i: 0.05, p: 0.25, passed: false } },
      },
    };
    const moran = subject("moran", { notes: { gate } });
    const alone = [row({ class: "high-low" }), row({ class: "none" })];
    expect(readMap(alone, moran, 8, "2025-12")).toBe(
      "1 of 2 hexagons with a value is clearly like or unlike the ones around. " +
        "The map as a whole has a pattern (Moran's I 0.45, p 0.002).",
    );
    expect(readMap([row({ class: "none" })], moran, 6, "2025-12")).toMatch(
      /^0 of 1 hexagon .* no clear pattern \(Moran's I 0.05, p 0.250\), so no hexagon is classed\.$/,
    );
    const gone = { drugs: { "8": { "2025-12": { i: null, p: null, passed: false } } } };
    expect(readMap(alone, subject("moran", { notes: { gate: gone } }), 8, "2025-12")).not.toContain("Moran");
  });

  it("says so when nothing stands out", () => {
    expect(readMap([row({ class: "none" })], subject("excess"), 8, "2025-12")).toContain("No hexagon");
  });

  it("is announced in one line", () => {
    expect(announce(rows, subject("hotspot"))).toBe(
      "1 of 2 hexagons in view with a value is higher at the 95% level or stronger. Strongest: Blackpool.",
    );
    expect(announce([], subject("hotspot"))).toBe("No hexagons with a value in view.");
  });
});

describe("series and special points", () => {
  const series = (values: (number | null)[]) => ({
    category: "drugs",
    measure: "incidents",
    months: ["2025-01", "2025-02", "2025-03"],
    values,
  });

  it("says the ends, the peak and what is missing", () => {
    expect(readSeries(series([2, null, 5]))).toBe(
      "2 in January 2025, 5 in March 2025. Most in March 2025: 5. No data for February 2025. The figures leave it out.",
    );
    expect(readSeries(series([0, 0, 0]))).toBe("None in any month from January 2025 to March 2025.");
    expect(readSeries(series([null, null, null]))).toBe("No month has a figure.");
  });

  it("says nothing about a share of nothing", () => {
    expect(readSpecial(null, "drugs")).toBeNull();
    expect(readSpecial(0, "drugs")).toBeNull();
    expect(readSpecial(0.62, "drugs")).toMatch(/^62% of the recorded drug offences/);
  });
});

describe("accuracy", () => {
  const at = { resolution: 8, category: "drugs", kind: "year" };
  const by = { 8: { drugs: { year: { steps: 6, sentence: "Held 23%." } } } };
  it("is that of this resolution, category and kind of window", () => {
    const spec = layer("hotspot", { accuracy: { by } });
    expect(accuracyOf(spec, at)).toBe("Held 23%.");
    expect(accuracyOf(spec, { ...at, kind: "month" })).toBe("");
    expect(accuracyOf(layer("count"), at)).toBe("");
  });
});

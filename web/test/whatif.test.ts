import { describe, expect, it } from "vitest";
import {
  type Action,
  decode,
  encode,
  fieldsOf,
  describe as inWords,
  placeIn,
  readAction,
  valuesOf,
  verbsOf,
  withTime,
} from "../src/whatif/actions";
import { type Answer, type Compared, type Count, faultOf } from "../src/whatif/ask";
import { boundsOf, drawn, keyOf, round, stepsOf } from "../src/whatif/difference";
import { areas, closures, gainsAndLosses, headlines, ofCell, openThen, summary, voiceOf } from "../src/whatif/effects";

const PLACES = { places: true, closures: true };
const DISTANCE = { places: false, closures: false };

describe("what can be asked", () => {
  it("depends on edition and layer", () => {
    expect(verbsOf(PLACES)).toContain("close");
    expect(verbsOf(DISTANCE)).not.toContain("close");
    expect(verbsOf(DISTANCE)).not.toContain("resize");
    const capacity = (scope: typeof PLACES) =>
      fieldsOf("open", scope).find(({ field }) => field === "capacity")?.needed;
    expect([capacity(PLACES), capacity(DISTANCE)]).toEqual([true, undefined]);
  });

  it("is read from the form as the server takes it", () => {
    const values = { place: "53.82, -3.05", name: " Clinic ", capacity: "1,200", hours: "", cost: "£45,000" };
    expect(readAction("open", values, PLACES)).toEqual({
      action: { do: "open", lat: 53.82, lng: -3.05, name: "Clinic", capacity: 1200, cost: 45000 },
    });
  });

  it("says what is missing, field by field", () => {
    const found = readAction("open", { place: "here", capacity: "0" }, PLACES);
    expect("faults" in found && Object.keys(found.faults).sort()).toEqual(["capacity", "name", "place"]);
  });

  it("knows a place from anything else", () => {
    expect(placeIn("53.8,-3")).toEqual({ lat: 53.8, lng: -3 });
    for (const text of ["", "53.8", "53.8,", "91, 0", "1, 2, 3", "a, b"]) expect(placeIn(text)).toBeNull();
  });

  it("goes back into the form as it was", () => {
    const action: Action = { do: "outreach", service: "a:1", lat: 53.82, lng: -3.05, days: 2 };
    expect(readAction("outreach", valuesOf(action), PLACES)).toEqual({ action });
  });

  it("is said in words", () => {
    const action: Action = { do: "outreach", service: "a:1", lat: 53.82, lng: -3.05, days: 1, cost: 900 };
    expect(inWords(action, () => "Mill Lane")).toBe(
      "Hold 1 day a week of Mill Lane at 53.82000, -3.05000 (£900 a year)",
    );
  });
});

describe("hours", () => {
  it("take an evening on a day that has hours, is closed, or is not named", () => {
    const week = "mo 09:00-17:00; tu closed; fr 09:00-17:00";
    expect(withTime(week, "mo", "18:00-20:00")).toBe("mo 09:00-17:00,18:00-20:00; tu closed; fr 09:00-17:00");
    expect(withTime(week, "tu", "18:00-20:00")).toBe("mo 09:00-17:00; tu 18:00-20:00; fr 09:00-17:00");
    expect(withTime(week, "we", "18:00-20:00")).toBe("mo 09:00-17:00; tu closed; we 18:00-20:00; fr 09:00-17:00");
    expect(withTime("", "sa", "10:00-13:00")).toBe("sa 10:00-13:00");
  });
});

describe("a question in the address", () => {
  it("comes back as it was", () => {
    const actions: Action[] = [{ do: "close", service: "list:a" }];
    expect(decode(encode(actions))).toEqual(actions);
  });

  it("is left out where it is long, and is nothing where it cannot be read", () => {
    expect(encode([])).toBeNull();
    expect(
      encode(Array.from({ length: 50 }, () => ({ do: "close" as const, service: "list:a-long-name" }))),
    ).toBeNull();
    const wrong = [
      null,
      "",
      "{}",
      "[]",
      "[1]",
      '[{"do":"burn"}]',
      '[{"do":"open","lat":[1]}]',
      '[{"do":"open","x":1}]',
    ];
    for (const text of wrong) expect(decode(text)).toBeNull();
  });
});

describe("a problem of the server", () => {
  it("is of an action and its field", () => {
    const found = faultOf({ detail: "No such service.", remedy: "Did you mean b?", field: "actions.2.service" });
    expect([found.action, found.field, found.message]).toEqual([2, "service", "No such service. Did you mean b?"]);
    expect(faultOf({ detail: "Outside.", field: "actions.0.lat" }).field).toBe("place");
    expect(faultOf({ detail: "No closures here.", field: "actions" }).action).toBeNull();
  });

  it("of a body that cannot be read is said in our words", () => {
    const found = faultOf({ detail: "body.actions.1.open.hours: String should match pattern '^(mo|tu'; body: more" });
    expect([found.action, found.field]).toEqual([1, "hours"]);
    expect(found.message).toMatch(/^Enter the hours/);
  });
});

const count = (residents: number, value?: number, lower = value, upper = value): Count =>
  value === undefined ? { residents } : { residents, in_need: { value, lower: lower ?? value, upper: upper ?? value } };
const same = (one: Count): Compared => ({ before: one, after: one, change: count(0, one.in_need ? 0 : undefined) });

function answer(more: Partial<Answer> = {}): Answer {
  const none = count(0, 0);
  return {
    measure: "places",
    actions: [],
    cost: null,
    gaining: count(1000, 40, 30, 50),
    losing: none,
    within_standard: { ...same(count(500, 20)), change: count(80, 3.5, 2, 5), minutes: 30 },
    gap: { ...same(count(100, 4)), closed: { value: 0.134, lower: 0.12, upper: 0.15 } },
    open: { evening: same(none), saturday: same(none), sunday: same(none) },
    journeys: { before: 8.1, after: 7.4 },
    crowding: null,
    equity: null,
    areas: [],
    closures: [],
    cells: { cell: [], before: [], after: [], difference: [] },
    words: { what: "A model." },
    caveats: {},
    not_supplied: [],
    ...more,
  };
}

/** The same answer of a layer without an estimate: its draws are of residents weighted by deprivation. */
function renamed(found: Answer): Answer {
  return JSON.parse(JSON.stringify(found).replaceAll("in_need", "weighted_residents"));
}

describe("the two things said first", () => {
  const said = (found: Answer) => headlines(found, voiceOf(found));

  it("are people within the standard and the share of the gap, with ranges", () => {
    expect(said(answer())).toEqual([
      "3.5 more people in need within 30 minutes (2.0 to 5.0)",
      "13% of the gap closed (12% to 15%)",
    ]);
  });

  it("turn the sign of a fall, ends and all", () => {
    const fewer = { ...same(count(500, 20)), change: count(-80, -35, -50, -20), minutes: 30 };
    expect(said(answer({ within_standard: fewer }))[0]).toBe("35 fewer people in need within 30 minutes (20 to 50)");
    const gap = { ...same(count(100, 4)), closed: { value: -0.2, lower: -0.3, upper: -0.1 } };
    expect(said(answer({ gap }))[1]).toBe("The gap grows by 20% (10% to 30%)");
  });

  it("do not say that the gap closes or grows where the range holds both", () => {
    const gap = { ...same(count(100, 4)), closed: { value: -0.033, lower: -0.15, upper: 0.061 } };
    expect(said(answer({ gap }))[1]).toBe(
      "It is not clear whether the gap would close or grow (−15% to 6.1% of it closed)",
    );
    expect(said(answer({ gap: { ...gap, closed: null } }))[1]).toContain("no gap to close");
  });

  it("never call weighted residents in need", () => {
    const found = renamed(answer());
    const voice = voiceOf(found);
    const all = [...headlines(found, voice), ...gainsAndLosses(found, voice), ...summary(found, voice)]
      .flat()
      .join(" ");
    expect(all).not.toMatch(/in need/i);
    expect(all).toContain("residents weighted by deprivation");
    expect(voice.unit).not.toContain("need");
  });

  it("speak of residents alone where nothing else is known", () => {
    const plain = answer({
      measure: "minutes",
      gaining: count(10),
      within_standard: { ...same(count(500)), change: count(6077), minutes: 20 },
      gap: { ...same(count(100)), closed: { value: 0.021 } },
    });
    expect(headlines(plain, voiceOf(plain))).toEqual([
      "6,077 more residents within 20 minutes",
      "2.1% of the gap closed",
    ]);
  });
});

describe("the rest of an answer", () => {
  it("has no table of evenings where no service is known to be open", () => {
    expect(openThen(answer(), voiceOf(answer()))).toEqual([]);
    expect(openThen(answer({ open: null }), voiceOf(answer()))).toEqual([]);
  });

  it("lists areas that change, the most people first, and counts the others", () => {
    const area = (name: string, gaining: number) => ({
      code: name,
      name,
      before: 1,
      after: 2,
      gaining: count(gaining, gaining),
      losing: count(0, 0),
    });
    const found = areas(answer({ areas: [area("a", 5), area("b", 0), area("c", 9)] }));
    expect([found.lines.map(([name]) => name), found.rest]).toEqual([["c", "a"], 1]);
  });

  it("says what a closure leaves behind", () => {
    const closed = { service: "s", nearest_for: count(9, 12), left_beyond_standard: count(5, 11) };
    const others = [
      { service: "t", name: "Other", minutes: 12.4, spare_places: -3 },
      { service: "u", name: "Third", minutes: 20, spare_places: null },
    ];
    const found = answer({ closures: [{ ...closed, alternatives: others }] });
    const [said] = closures(found, voiceOf(found), () => "Mill Lane");
    expect(said?.nearest).toContain("12 people in need");
    expect(said?.others).toEqual([
      "Other: 12 minutes. No places to spare.",
      "Third: 20 minutes. Whether it has places to spare is not known.",
    ]);
    const alone = answer({ closures: [{ ...closed, alternatives: [] }] });
    expect(closures(alone, voiceOf(alone), () => "")[0]?.others).toEqual([
      "No other service is in reach of any of them.",
    ]);
  });
});

describe("the difference on the map", () => {
  const cells = {
    cell: ["a", "b", "c", "d", "e"],
    before: [10, 30, null, 20, 4],
    after: [4, 29, 12, null, 4],
    difference: [-6, -1, null, null, 0],
  };

  it("has better below for minutes and above for places", () => {
    expect(stepsOf(cells, false)).toEqual(
      new Map([
        ["a", "better-0"],
        ["b", "better-2"],
        ["c", "better-0"],
        ["d", "worse-0"],
      ]),
    );
    const places = { cell: ["a"], before: [1], after: [3], difference: [2] };
    expect([...stepsOf(places, true).values(), ...stepsOf(places, false).values()]).toEqual(["better-0", "worse-0"]);
  });

  it("has round bounds", () => {
    expect([7, 26.75, 0.4, 1000, 5, 2].map(round)).toEqual([5, 20, 0.2, 1000, 5, 2]);
    expect(boundsOf([26.75, -3])).toEqual([10, 2]);
    expect(boundsOf([null, 0])).toBeNull();
  });

  it("has a key of what occurs", () => {
    const key = keyOf(cells, false).map(({ label, count: number }) => [label, number]);
    expect(key[0]).toEqual(["Better by more than 2, or a first one in reach", 2]);
    expect(key.at(-1)).toEqual(["Worse by more than 2, or none left in reach", 1]);
    expect(key.reduce((sum, [, number]) => sum + Number(number), 0)).toBe(4);
  });

  it("is drawn where it is not nothing", () => {
    const outline = (id: string): GeoJSON.Feature => ({
      type: "Feature",
      id,
      properties: {},
      geometry: { type: "Point", coordinates: [0, 0] },
    });
    const found = drawn(["a", "e", "z"].map(outline), cells, false);
    expect(found.features.map(({ properties }) => properties?.step)).toEqual(["better-0"]);
    const voice = voiceOf(answer({ measure: "minutes" }));
    expect(ofCell(answer({ cells }), "c", voice)).toBe(
      "In the selected hexagon: none in reach before, 12.0 after (minutes).",
    );
    expect(ofCell(answer({ cells }), "z", voice)).toContain("nothing would change");
  });
});

import { describe, expect, it } from "vitest";
import { inLayer, pictureZoom, readView, resolutionForZoom, resolutionOf, writeView } from "../src/state";
import { layer } from "./rows";

const LAYERS = [
  layer("hotspot"),
  layer("count", {
    windows: ["2025-12"],
    categories: ["all"],
    default: { window: "2025-12", category: "all", resolution: 7 },
  }),
];
const read = (search: string) => readView(search, LAYERS, "drug-hotspot");

describe("the view in the address", () => {
  it("comes back as it was written", () => {
    const asked =
      "?layer=drug-hotspot&window=2025-12&category=all&edition=open&area=lad:E06000009&cell=881951d497fffff&lat=53.8000&lng=-2.9000&z=9.60";
    expect(writeView(read(asked))).toBe(asked);
  });

  it("carries a question", () => {
    const scenario = '[{"do":"close","service":"list:a"}]';
    const view = { ...read(""), scenario };
    expect(read(writeView(view)).scenario).toBe(scenario);
  });

  it("leaves out what is not chosen", () => {
    expect(writeView(read(""))).toBe("?layer=drug-hotspot&window=12m:2025-12&category=drugs");
  });

  it("replaces what is named wrongly by the default", () => {
    const view = read("?layer=drug-count&window=1999-01&category=%3Cscript%3E&cell=xyz&area=nowhere");
    expect(view).toMatchObject({ layer: "drug-count", window: "2025-12", category: "all", cell: null, area: null });
    expect(read("?layer=unknown").layer).toBe("drug-hotspot");
  });

  it.each(["?lat=95&lng=0&z=8", "?lat=53&lng=&z=8", "?lat=53&lng=-2", "?lat=a&lng=b&z=c"])(
    "has no camera for %s",
    (search) => {
      expect(read(search)).toMatchObject({ lat: null, lng: null, z: null });
    },
  );

  it("keeps window and category in another layer where it has them", () => {
    const [, count] = LAYERS;
    if (count === undefined) throw new Error("no layer");
    const view = read("?window=2025-12&category=drugs");
    expect(inLayer(view, count)).toMatchObject({ layer: "drug-count", window: "2025-12", category: "all" });
  });

  it("refuses a snapshot without layers", () => {
    expect(() => readView("", [], "drug-hotspot")).toThrow("no layers");
  });
});

describe("resolution", () => {
  it.each([
    [5, 6],
    [7, 6],
    [8, 7],
    [9, 7],
    [10, 8],
    [13, 8],
  ])("at zoom %i is %i where 6, 7 and 8 are published", (zoom, resolution) => {
    expect(resolutionForZoom(zoom, [6, 7, 8])).toBe(resolution);
  });

  it("is 9 from zoom 12 where published, and else the nearest, the coarser of two", () => {
    expect(resolutionForZoom(12, [7, 8, 9])).toBe(9);
    expect(resolutionForZoom(5, [7, 8])).toBe(7);
    expect(resolutionForZoom(8, [6, 8])).toBe(6);
  });

  it("of a picture is the one that the map would have", () => {
    expect(pictureZoom([-3.2, 53.45, -2.0, 54.25])).toBe(9); // a county
    expect(pictureZoom([-3.1, 53.75, -2.95, 53.9])).toBe(11); // a town
  });

  it("stands in the index of a cell", () => {
    expect(resolutionOf("881951d497fffff")).toBe(8);
    expect(resolutionOf("8a1951d4970ffff")).toBe(10);
  });
});

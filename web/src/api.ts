/** What the page asks the server for. Types follow the HTTP contract; addresses are relative to the page's root. */

export type Value = string | number | null;

export interface Period {
  id: string;
  kind: "month" | "quarter" | "year";
  label: string;
}

export interface Category {
  id: string;
  label: string;
}

export interface ClassSpec {
  id: string;
  label: string;
  colour: string;
}

export interface Column {
  id: string;
  label: string;
  unit: string;
  digits: number;
}

export interface LayerSpec {
  id: string;
  kind: string;
  title: string;
  question: string;
  unit: string;
  value_label: string;
  method: string;
  /** What the layer was computed with; those of its kind. */
  parameters: { special_points?: "in" | "out"; measure?: "places" | "minutes"; standard?: number; help?: string };
  resolutions: number[];
  windows: string[];
  categories: string[];
  default: { window: string; category: string; resolution: number };
  classes: ClassSpec[];
  columns: Column[];
  breaks?: Record<string, Record<string, Record<string, number[]>>>;
  notes: {
    /**
     * Bounds between the steps of a value that is drawn itself, upper-inclusive, and the steps, lowest first;
     * values with fewer expected incidents than `faint_below` are drawn faintly.
     */
    fill?: { bounds: number[]; classes: ClassSpec[]; faint_below?: number };
    /** By category, resolution and window: how many hot cells are hot for everything else too. */
    overlap?: Record<string, Record<string, Record<string, { hot: number; also_hot: number }>>>;
    /** How people travel, and how times were found, in a layer of journeys. */
    travel?: { mode: string; how: string };
    /** Which words of its kind the layer has, where an option changes them. */
    variant?: string;
    /** By category, resolution and window: whether the map as a whole has a pattern; without one, no hexagon is classed. */
    gate?: Record<string, Record<string, Record<string, { i: number | null; p: number | null; passed: boolean }>>>;
    /** Labels of categories that mean something else in this layer. */
    labels?: Record<string, string>;
  };
  tests: string;
  /** By resolution, category and kind of window: how much of the next month the hottest cells held. */
  accuracy?: { by?: Record<string, Record<string, Record<string, { steps: number; sentence: string }>>> };
  /** Whether the layer has points of its own beside its hexagons. */
  features: boolean;
  caveats: string[];
}

/** What a list says of one service; null where it says nothing. */
export interface PointProperties {
  name: string;
  category: string;
  category_label: string;
  address: string | null;
  postcode: string | null;
  hours: string | null;
  as_of: string | null;
  substances: string[] | null;
  min_age: number | null;
  max_age: number | null;
  nsp_level: number | null;
  capacity?: number | null;
  supervised: boolean | null;
  naloxone: boolean | null;
  eligible_areas: string[] | null;
}

/** A feature of a layer's own. */
export interface Point {
  type: "Feature";
  id: string;
  geometry: { type: "Point"; coordinates: [number, number] };
  properties: PointProperties;
}

export interface Source {
  id: string;
  title: string;
  licence: string;
  attribution: string;
}

export interface Snapshot {
  snapshot: string;
  created: string;
  version: string;
  synthetic: boolean;
  partnership: { id: string; name: string };
  edition: string;
  editions: string[];
  data_through: string | null;
  period: { months: string[]; missing: string[] };
  windows: Period[];
  categories: Category[];
  area: { bounds: [number, number, number, number]; levels: { id: string }[] };
  sources: Source[];
  caveats: Record<string, { short: string; long: string }>;
  names: "district" | "msoa";
}

/** One row of a layer: the contract's columns, then the kind's own. */
export interface CellRow {
  cell: string;
  value: number | null;
  class: string | null;
  support: number | null;
  status: string;
  place: string | null;
  district: string | null;
  [column: string]: Value;
}

export interface Series {
  category: string;
  measure: string;
  months: string[];
  values: (number | null)[];
}

/** Counts of incidents, or of tests with the positive ones beside them, by weekday, Monday first, and hour. */
export interface Profile {
  source: string;
  category: string;
  measure: string;
  window: string;
  counts: (number | null)[][];
  positives: (number | null)[][] | null;
  /** The busiest windows in words, or that none stands out; blank where there is nothing to say. */
  sentence: string;
  timed: number | null;
  untimed: number | null;
  caveat: string | null;
}

export interface CellAnswer {
  cell: string;
  resolution: number;
  name: string | null;
  district: string | null;
  layers: { layer: string; title: string; unit: string; row: CellRow; sentence: string }[];
  series: Series | null;
  profile: Profile[];
  special_share: number | null;
  centre: [number, number];
}

export interface Place {
  name: string;
  kind: string;
  level: string | null;
  code: string | null;
  bbox: [number, number, number, number] | null;
  centre: [number, number];
}

export interface TileJson {
  tiles: string[];
  minzoom: number;
  maxzoom: number;
  bounds: [number, number, number, number];
  attribution: string;
  vector_layers: { id: string }[];
}

export interface Boot {
  snapshot: Snapshot;
  layers: LayerSpec[];
  view: { edition: string; layer: string; window: string; category: string; resolution: number };
}

/** What is asked: which layer, of which window, category and edition. */
export interface Query {
  layer: string;
  window: string;
  category: string;
  edition: string | null;
}

export type Box = [number, number, number, number];

/** An answer of the server that is not the thing asked for (RFC 9457). */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
    this.name = "ApiError";
  }
}

/** What went wrong, for people. */
export function explain(fault: unknown): string {
  return fault instanceof ApiError ? fault.message : "The server could not be reached. Try again.";
}

async function fetchJson<T>(url: string, signal?: AbortSignal): Promise<T> {
  const response = await fetch(url, signal ? { signal } : {});
  if (response.ok) return (await response.json()) as T;
  const body: { title?: string; detail?: string } = await response.json().catch(() => ({}));
  throw new ApiError(response.status, body.detail ?? body.title ?? `The server answered ${response.status}.`);
}

/** Features of every page of a collection. */
async function everyItem<T>(first: string, signal: AbortSignal): Promise<T[]> {
  const found: T[] = [];
  let url: string | undefined = first;
  while (url !== undefined) {
    const page: { features: T[]; links: { rel: string; href: string }[] } = await fetchJson(url, signal);
    found.push(...page.features);
    url = page.links.find(({ rel }) => rel === "next")?.href;
  }
  return found;
}

/** Arrays with named columns to rows with names. */
export function toRows(columns: string[], rows: Value[][]): CellRow[] {
  return rows.map((row) => Object.fromEntries(columns.map((name, i) => [name, row[i] ?? null])) as CellRow);
}

export function connect(root: string) {
  const address = (path: string, parameters: Record<string, string | number | null> = {}): string => {
    const given = Object.entries(parameters).filter(([, value]) => value !== null && value !== "");
    const query = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
    return root + path + (query === "" ? "" : `?${query.replaceAll("%3A", ":").replaceAll("%2C", ",")}`);
  };
  const of = ({ window, category, edition }: Query) => ({ window, category, edition });
  const id = encodeURIComponent;

  return {
    snapshot: (edition: string | null) => fetchJson<Snapshot>(address("v1/snapshot", { edition })),
    layers: async (edition: string | null) =>
      (await fetchJson<{ layers: LayerSpec[] }>(address("v1/layers", { edition }))).layers,
    values: async (query: Query, resolution: number, signal: AbortSignal) => {
      const url = address(`v1/layers/${id(query.layer)}/values`, { ...of(query), resolution });
      const body = await fetchJson<{ columns: string[]; rows: Value[][] }>(url, signal);
      return toRows(body.columns, body.rows);
    },
    cell: (cell: string, query: Query, signal: AbortSignal) =>
      fetchJson<CellAnswer>(address(`v1/cells/${id(cell)}`, of(query)), signal),
    points: (query: Query, signal: AbortSignal) =>
      everyItem<Point>(address(`collections/${id(query.layer)}/items`, { ...of(query), limit: 10_000 }), signal),
    shapes: (query: Query, resolution: number, signal: AbortSignal) =>
      fetchJson<GeoJSON.FeatureCollection>(
        address(`collections/${id(query.layer)}/items`, { ...of(query), resolution, limit: 10_000 }),
        signal,
      ),
    /** Hexagons of a layer with their outlines, of one resolution. */
    hexagons: (query: Query, resolution: number, signal: AbortSignal) =>
      everyItem<GeoJSON.Feature>(
        address(`collections/${id(query.layer)}/items`, { ...of(query), resolution, limit: 10_000 }),
        signal,
      ),
    scenarioUrl: (edition: string | null) => address("v1/scenarios", { edition }),
    outlines: (level: string, edition: string | null) =>
      fetchJson<GeoJSON.FeatureCollection>(address("v1/areas", { level, f: "geojson", edition })),
    area: (level: string, code: string, edition: string | null) =>
      fetchJson<{ name: string; bbox: Box }>(address(`v1/areas/${id(level)}/${id(code)}`, { edition })),
    places: async (text: string, edition: string | null) =>
      (await fetchJson<{ places: Place[] }>(address("v1/places", { q: text, edition }))).places,
    tiles: async (query: Query): Promise<TileJson> => {
      const url = address(`tiles/${id(query.layer)}.json`, of(query));
      const body = await fetchJson<TileJson>(url);
      const absolute = (tile: string) => new URL(tile, url).href.replaceAll("%7B", "{").replaceAll("%7D", "}");
      return { ...body, tiles: body.tiles.map(absolute) };
    },
    pictureUrl: (query: Query, resolution: number, box: Box | null) =>
      address(`v1/layers/${id(query.layer)}/map.svg`, {
        ...of(query),
        resolution,
        bbox: box?.map((degrees) => degrees.toFixed(4)).join(",") ?? null,
      }),
    csvUrl: (query: Query, resolution: number) =>
      address(`v1/layers/${id(query.layer)}/values`, { ...of(query), resolution, f: "csv" }),
    geojsonUrl: (query: Query, resolution: number) =>
      address(`collections/${id(query.layer)}/items`, { ...of(query), resolution, limit: 10_000, f: "json" }),
  };
}

export type Api = ReturnType<typeof connect>;

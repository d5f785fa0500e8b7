/** What a layer has beside its hexagons: services as points, or clusters as outlines. */
import { type Api, explain, type LayerSpec, type Point, type Query, type Snapshot } from "./api";
import { drawCorridors } from "./corridors";
import { byId } from "./dom";
import { showMapFault } from "./fallback";
import type { MapView } from "./map";
import { drawService, drawServices, keyOfServices, letterOf } from "./services";

/** A zoom at which the street of a service can be told. */
const POINT_ZOOM = 12;
/** A layer of journeys has the services that they lead to on it. */
const OF_JOURNEYS = ["access", "gap"];

export interface FeaturesHost {
  map(): MapView | null;
  spec(): LayerSpec;
  query(): Query;
  resolution(): number;
  /** No service is selected any more: the panel shows the hexagon again. */
  closed(): void;
}

export class Features {
  private shown: Point[] = [];
  private loads = new AbortController();
  private everywhere: Promise<Point[]> | null = null;

  constructor(
    private readonly api: Api,
    private readonly snapshot: Snapshot,
    private readonly layers: LayerSpec[],
    private readonly host: FeaturesHost,
  ) {}

  /** Clears what was there, and loads what the layer has. */
  async show(): Promise<void> {
    this.loads.abort();
    this.loads = new AbortController();
    const { signal } = this.loads;
    this.draw([]);
    drawCorridors(null);
    this.host.map()?.shapes({ type: "FeatureCollection", features: [] });
    const services = this.servicesQuery();
    try {
      if (services !== null) await this.showPoints(services, signal);
      else if (this.host.spec().features) await this.showShapes(signal);
    } catch (fault) {
      const what = services === null ? "outlines" : "services";
      if (!signal.aborted) showMapFault(`The ${what} could not be loaded. ${explain(fault)}`);
    }
  }

  /** Another size of hexagon: outlines follow it, services stand where they are. */
  resize(): void {
    if (this.servicesQuery() === null) void this.show();
  }

  /** Every service of the lists; none where the edition has no layer of them. */
  services(): Promise<Point[]> {
    const own = this.layers.find(({ kind, features }) => kind === "services" && features);
    if (own === undefined) return Promise.resolve([]);
    const { edition } = this.host.query();
    const category = own.categories.includes("all") ? "all" : own.default.category;
    const query = { layer: own.id, window: own.default.window, category, edition };
    this.everywhere ??= this.api.points(query, new AbortController().signal).catch((fault: unknown) => {
      this.everywhere = null; // asked again the next time
      throw fault;
    });
    return this.everywhere;
  }

  choose(id: string | null): void {
    const point = this.shown.find((one) => one.id === id) ?? null;
    const map = this.host.map();
    map?.choosePoint(point?.id ?? null);
    if (point === null) {
      this.host.closed();
      return;
    }
    const caveat = this.snapshot.caveats["services-listed"]?.short ?? "";
    drawService(point, caveat, () => this.choose(null));
    map?.goTo(point.geometry.coordinates, Math.max(map.zoom(), POINT_ZOOM));
  }

  /** Which services stand on the map: those of the layer itself, or those that its journeys lead to. */
  private servicesQuery(): Query | null {
    const [spec, query] = [this.host.spec(), this.host.query()];
    if (spec.kind === "services") return spec.features ? query : null;
    const own = this.layers.find(({ kind, features }) => kind === "services" && features);
    if (own === undefined || !OF_JOURNEYS.includes(spec.kind)) return null;
    const help = spec.parameters.help ?? query.category;
    const category = own.categories.includes(help) ? help : own.default.category;
    return {
      ...query,
      layer: own.id,
      category,
      window: own.windows.includes(query.window) ? query.window : own.default.window,
    };
  }

  private async showPoints(query: Query, signal: AbortSignal): Promise<void> {
    const points = await this.api.points(query, signal);
    if (!signal.aborted) this.draw(points);
  }

  private async showShapes(signal: AbortSignal): Promise<void> {
    const shapes = await this.api.shapes(this.host.query(), this.host.resolution(), signal);
    if (signal.aborted) return;
    this.host.map()?.shapes(shapes);
    if (this.host.spec().kind === "corridor") drawCorridors(shapes);
  }

  private draw(points: Point[]): void {
    this.shown = points;
    const features = points.map(({ id, geometry, properties }) => ({
      type: "Feature" as const,
      geometry,
      properties: { id, letter: letterOf(properties.category) },
    }));
    const map = this.host.map();
    map?.points({ type: "FeatureCollection", features });
    map?.choosePoint(null);
    drawServices(points, (point) => this.choose(point.id));
    byId("key-services").replaceChildren(...keyOfServices(points));
  }
}

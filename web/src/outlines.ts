/** Where a name stands on its area. Pure. */

type Ring = GeoJSON.Position[];

/** Twice the signed area of a ring, and its centroid. */
function centroid(ring: Ring): { area: number; at: [number, number] } {
  let [area, x, y] = [0, 0, 0];
  for (const [i, from] of ring.entries()) {
    const to = ring[(i + 1) % ring.length] ?? from;
    const [x0, y0, x1, y1] = [from[0] ?? 0, from[1] ?? 0, to[0] ?? 0, to[1] ?? 0];
    const cross = x0 * y1 - x1 * y0;
    area += cross;
    x += (x0 + x1) * cross;
    y += (y0 + y1) * cross;
  }
  return { area: Math.abs(area), at: area === 0 ? [0, 0] : [x / (3 * area), y / (3 * area)] };
}

function outerRings(geometry: GeoJSON.Geometry): Ring[] {
  if (geometry.type === "Polygon") return geometry.coordinates.slice(0, 1);
  if (geometry.type === "MultiPolygon") return geometry.coordinates.flatMap((polygon) => polygon.slice(0, 1));
  return [];
}

/** One point for each outline, at the centre of its largest part: a label on the polygon itself would repeat in every tile. */
export function namePoints(outlines: GeoJSON.FeatureCollection): GeoJSON.FeatureCollection {
  const features = outlines.features.flatMap((feature): GeoJSON.Feature[] => {
    const parts = outerRings(feature.geometry).map(centroid);
    const largest = parts.sort((a, b) => b.area - a.area)[0];
    if (largest === undefined) return [];
    const geometry: GeoJSON.Point = { type: "Point", coordinates: largest.at };
    return [{ type: "Feature", properties: feature.properties, geometry }];
  });
  return { type: "FeatureCollection", features };
}

/** Numbers and dates as people write them. Pure. */

export const NONE = "–";

export function number(value: number | null | undefined, digits = 0): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return NONE;
  const text = value.toLocaleString("en-GB", { minimumFractionDigits: digits, maximumFractionDigits: digits });
  return /^-[0.]+$/.test(text) ? text.slice(1) : text.replace("-", "−");
}

export function percent(share: number | null | undefined): string {
  return share === null || share === undefined ? NONE : `${number(share * 100)}%`;
}

/** A probability: small ones are not written as zero. */
export function chance(p: number | null | undefined): string {
  if (p === null || p === undefined) return NONE;
  return p < 0.001 ? "under 0.001" : number(p, 3);
}

/** A chance as a percentage: what is nearly sure, or nearly never, is not written as certain. */
export function likelihood(p: number | null | undefined): string {
  if (p === null || p === undefined) return NONE;
  if (p > 0.99) return "over 99%";
  return p < 0.01 ? "under 1%" : percent(p);
}

/** `2025-12` to December 2025. */
export function month(id: string): string {
  const date = new Date(`${id}-01T00:00:00Z`);
  return date.toLocaleDateString("en-GB", { month: "long", year: "numeric", timeZone: "UTC" });
}

/** An ISO time to 21 November 2026. */
export function day(iso: string): string {
  const options = { day: "numeric", month: "long", year: "numeric", timeZone: "Europe/London" } as const;
  return new Date(iso).toLocaleDateString("en-GB", options);
}

export function plural(count: number, one: string, many = `${one}s`): string {
  return `${number(count)} ${count === 1 ? one : many}`;
}

/** Area of an H3 hexagon in the middle of England, km² (it varies by 3 % across the country). */
const AREA_KM2: Record<number, string> = { 5: "226", 6: "32", 7: "4.6", 8: "0.66", 9: "0.09", 10: "0.013" };

export function hexagonSize(resolution: number): string {
  return `about ${AREA_KM2[resolution] ?? "?"} km²`;
}

/** Runs of months (YYYY-MM, ascending) that follow one another, each as its first and its last. */
export function monthRuns(months: string[]): [string, string][] {
  const number = (text: string) => Number(text.slice(0, 4)) * 12 + Number(text.slice(5, 7));
  const runs: [string, string][] = [];
  for (const text of months) {
    const last = runs.at(-1);
    if (last !== undefined && number(text) === number(last[1]) + 1) last[1] = text;
    else runs.push([text, text]);
  }
  return runs;
}

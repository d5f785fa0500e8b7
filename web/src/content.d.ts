/** The content file (`src/geointel/content/words.toml`), read when the page is built. */
declare module "virtual:content" {
  export const status: Record<string, { label: string; sentence: string }>;
  export const layer: Record<
    string,
    {
      heading: string;
      sentence: Record<string, string>;
      /** What a row without a value says, by status, where the layer has its own words. */
      status?: Record<string, string>;
      page: {
        columns: string[];
        /** Classes are bands of the value: of whole numbers, or of real ones. */
        bands?: "whole" | "real";
        /** What the map says of the hexagons that have one of the classes `counted`. */
        summary: string;
        counted: string[];
        ends: string[];
      };
      all?: { label: string; one: string; many: string };
    }
  >;
  export const category: Record<string, { label: string; one: string; many: string }>;
  export const column: Record<string, { label: string; digits?: number }>;
  export const notice: Record<string, string>;
}

/** The address of the licences of what is shipped in the page. */
declare module "virtual:notices" {
  const url: string;
  export default url;
}

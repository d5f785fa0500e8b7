/** The content file (`src/geointel/content/words.toml`), read when the page is built. */
declare module "virtual:content" {
  /** What a sentence goes on to say of rows with all of `known`, these words, on this side of a test, of these categories. */
  export interface More {
    side?: string;
    categories?: string[];
    is?: Record<string, string>;
    known?: string[];
    says: string;
  }
  export const status: Record<string, { label: string; sentence: string }>;
  export const layer: Record<
    string,
    {
      title: string;
      heading: string;
      sentence: Record<string, string>;
      also?: More[];
      page: {
        columns: string[];
        /** Classes are bands of the value: of whole numbers, or of real ones. */
        bands?: "whole" | "real";
        /** What the map says of the hexagons that have one of the classes `counted`. */
        summary: string;
        counted: string[];
        ends: string[];
        /** What the columns lower and upper are, where they are not the usual range. */
        range?: string;
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

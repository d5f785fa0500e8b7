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
      /** What a row without a value says, by status, where the layer has its own words. */
      status?: Record<string, string>;
      /** Decimals of a value in a sentence. */
      digits?: number;
      /** Words that an option of the layer changes. */
      variant?: Record<
        string,
        { heading?: string; sentence?: Record<string, string>; status?: Record<string, string> }
      >;
      also?: More[];
      page: {
        columns: string[];
        /** Classes are bands of the value: of whole numbers, or of real ones. */
        bands?: "whole" | "real";
        /** What lower and upper are called. */
        range?: string;
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
  /** What a layer that leaves out special map points calls what it counts: "away from …". */
  export const special: { away: string };
}

/** The address of the licences of what is shipped in the page. */
declare module "virtual:notices" {
  const url: string;
  export default url;
}

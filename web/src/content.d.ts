/** The content file (`src/geointel/content/words.toml`), read when the page is built. */
declare module "virtual:content" {
  export const status: Record<string, { label: string; sentence: string }>;
  export const layer: Record<
    string,
    { heading: string; sentence: Record<string, string>; all?: { label: string; one: string; many: string } }
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

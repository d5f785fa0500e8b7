/** What the content file says of a layer's kind, in the variant that the layer has. Pure. */
import { layer, type Page, type Sayings, travel } from "virtual:content";
import type { LayerSpec } from "./api";

export function sayings({ kind, notes }: Pick<LayerSpec, "kind" | "notes">): Sayings | undefined {
  const words = layer[kind];
  return words === undefined ? undefined : { ...words, ...words.variant?.[notes.variant ?? ""] };
}

/** What the page's table, key and panel have of a layer. */
export function pageOf(spec: Pick<LayerSpec, "kind" | "notes">): Page | undefined {
  return sayings(spec)?.page;
}

/** Columns that have the decimals of their layer, where it says how many. */
const RANGED = ["value", "lower", "upper"];

/** How many decimals a layer's column has, where its words say. */
export function decimalsOf(spec: Pick<LayerSpec, "kind" | "notes">, name: string): number | undefined {
  const own = sayings(spec);
  return own?.decimals?.[name] ?? (RANGED.includes(name) ? own?.digits : undefined);
}

/** A template with its words filled in; a name without one stays as it is. */
export function fill(template: string, words: Record<string, string>): string {
  return template.replace(/\{(\w+)\}/g, (whole, name: string) => words[name] ?? whole);
}

/** How people travel in a layer of journeys; blank for any other. */
export function journeys({ notes }: Pick<LayerSpec, "notes">): string {
  const { mode = "", how = "" } = notes.travel ?? {};
  const words = { mode: travel.mode[mode] ?? "", how: travel.how[how] ?? "" };
  return words.mode === "" || words.how === "" ? "" : fill(travel.says, words);
}

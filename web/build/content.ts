/** Gives the page the words that CSV, exports and API take: one content file for all of them. */
import { readFileSync } from "node:fs";
import { parse } from "smol-toml";
import type { Plugin } from "vite";

const NAME = "virtual:content";
const TABLES = ["status", "layer", "category", "column", "notice", "special", "travel", "whatif", "corridors"];

export function content(file: string): Plugin {
  return {
    name: "content",
    resolveId: (id) => (id === NAME ? `\0${NAME}` : null),
    load(id) {
      if (id !== `\0${NAME}`) return null;
      this.addWatchFile(file);
      const words = parse(readFileSync(file, "utf8"));
      const missing = TABLES.filter((table) => !(table in words));
      if (missing.length > 0) this.error(`${file} has no table ${missing.join(", ")}.`);
      return TABLES.map((table) => `export const ${table} = ${JSON.stringify(words[table])};`).join("\n");
    },
  };
}

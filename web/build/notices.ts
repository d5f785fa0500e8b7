/** Writes the licences of everything that is shipped inside the page. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Plugin } from "vite";

interface Locked {
  version?: string;
  license?: string;
  dev?: boolean;
}

/** Packages of the lock that are not only for development: MapLibre's build carries its own dependencies inside. */
function shipped(folder: string): [string, Locked][] {
  const lock = JSON.parse(readFileSync(join(folder, "package-lock.json"), "utf8")) as {
    packages: Record<string, Locked>;
  };
  return Object.entries(lock.packages).filter(([path, entry]) => path !== "" && entry.dev !== true);
}

function licenceText(folder: string): string {
  const files = readdirSync(folder).filter((name) => /^(licen[cs]e|copying|notice)/i.test(name));
  return files.map((name) => readFileSync(join(folder, name), "utf8").trim()).join("\n\n");
}

const NAME = "virtual:notices";

/** `virtual:notices` is the address of the file; its name carries a hash, as those of all assets do. */
export function notices(folder: string): Plugin {
  return {
    name: "notices",
    resolveId: (id) => (id === NAME ? `\0${NAME}` : null),
    load(id) {
      if (id !== `\0${NAME}`) return null;
      if (this.environment.mode !== "build") return 'export default "";';
      const parts = shipped(folder).map(([path, entry]) => {
        const title = `${path.replace(/^.*node_modules\//, "")} ${entry.version ?? ""} (${entry.license ?? "see text"})`;
        return `${title}\n${"-".repeat(title.length)}\n${licenceText(join(folder, path))}`;
      });
      const head = "The map page contains these packages, each under its own licence.";
      const source = `${[head, ...parts].join("\n\n\n")}\n`;
      const file = this.emitFile({ type: "asset", name: "notices.txt", source });
      return `export default import.meta.ROLLUP_FILE_URL_${file};`;
    },
  };
}

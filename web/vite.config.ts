import { resolve } from "node:path";
import { defineConfig } from "vitest/config";
import { content } from "./build/content.ts";
import { notices } from "./build/notices.ts";

const here = import.meta.dirname;

export default defineConfig({
  base: "./", // the page works under any prefix
  publicDir: false,
  plugins: [content(resolve(here, "../src/geointel/content/words.toml")), notices(here)],
  build: {
    outDir: "../src/geointel/viewer/assets",
    emptyOutDir: true,
    assetsDir: "map-assets",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    cssMinify: false, // the bundled minifier cannot read MapLibre's and GOV.UK Frontend's style sheets; Sass compresses
    chunkSizeWarningLimit: 1500,
    target: "es2022",
  },
  css: { preprocessorOptions: { scss: { style: "compressed" } } },
  worker: { format: "es" },
  test: { include: ["test/**/*.test.ts"] },
});

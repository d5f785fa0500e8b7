/** Says when the page stands: `data-ready` on the root element, for tests and for whoever embeds it. */

export type Part = "map" | "table";

export function createReadiness(): (part: Part) => void {
  const waiting = new Set<Part>(["map", "table"]);
  return (part) => {
    waiting.delete(part);
    if (waiting.size === 0) document.documentElement.dataset.ready = "true";
  };
}

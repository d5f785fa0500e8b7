/** Starts the page: from what the server wrote into it, or else from what the server answers. */
import "maplibre-gl/dist/maplibre-gl.css";
import { type Api, type Boot, connect } from "./api";
import { byId, el } from "./dom";
import { Page } from "./page";
import { comeBackHere } from "./person";

function written(): Boot | null {
  const block = document.getElementById("geointel-boot")?.textContent;
  return block ? (JSON.parse(block) as Boot) : null;
}

async function asked(api: Api): Promise<Boot> {
  const edition = new URLSearchParams(window.location.search).get("edition");
  const [snapshot, layers] = await Promise.all([api.snapshot(edition), api.layers(edition)]);
  const [first] = layers;
  if (first === undefined) throw new Error("This snapshot has no layers to show.");
  return { snapshot, layers, view: { edition: snapshot.edition, layer: first.id, ...first.default } };
}

async function start(): Promise<void> {
  comeBackHere();
  const root = new URL(document.documentElement.dataset.root ?? "./", document.baseURI).href;
  const api = connect(root);
  new Page(api, written() ?? (await asked(api))).start();
}

start().catch((fault: unknown) => {
  const words = fault instanceof Error ? fault.message : String(fault);
  byId("map").replaceChildren(
    el("p", { class: "govuk-error-message app-picture-note" }, `The map could not start. ${words}`),
  );
  document.documentElement.dataset.ready = "true";
});

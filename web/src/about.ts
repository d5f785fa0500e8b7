/** What stands with every view: banner, caveats, how the layer is made, licences. */
import { notice } from "virtual:content";
import noticesUrl from "virtual:notices";
import type { LayerSpec, Snapshot } from "./api";
import { byId, el } from "./dom";

/** The caveats that matter here, beside the map; the rest are under "About this map". */
const BESIDE_MAP = 2;

export function drawCaveats(spec: LayerSpec, { caveats, sources }: Snapshot): void {
  const texts = spec.caveats.flatMap((id) => (caveats[id] === undefined ? [] : [caveats[id]]));
  byId("caveat").replaceChildren(...texts.slice(0, BESIDE_MAP).map(({ short }) => el("p", {}, short)));
  const notices = el("a", { class: "govuk-link", href: noticesUrl }, "Licences of the software in this page");
  const method = [spec.method, spec.tests].filter((text) => text !== "");
  byId("about-text").replaceChildren(
    ...texts.map(({ long }) => el("p", {}, long)),
    ...method.map((text) => el("p", {}, text)),
    ...[...new Set(sources.map(({ title, attribution }) => `${title}. ${attribution}`))].map((text) =>
      el("p", { class: "app-small" }, text),
    ),
    el("p", { class: "app-small" }, notices),
  );
}

export function drawBanner({ synthetic }: Snapshot): void {
  const words = notice.synthetic ?? "";
  byId("banner").replaceChildren(...(synthetic ? [el("p", { class: "app-banner", id: "synthetic" }, words)] : []));
}

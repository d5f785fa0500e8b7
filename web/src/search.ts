/** Find a place: a plain form, with its results as buttons below. */
import { type Api, explain, type Place } from "./api";
import { byId, el } from "./dom";
import { plural } from "./format";

export function createSearch(api: Api, edition: () => string | null, choose: (place: Place) => void): void {
  const found = byId("found");
  const text = byId<HTMLInputElement>("find-text");

  const show = (places: Place[], asked: string): void => {
    const item = (place: Place) => {
      const button = el("button", { type: "button", class: "app-link" }, place.name);
      button.addEventListener("click", () => choose(place));
      return el("li", {}, button);
    };
    const words = places.length === 0 ? `No place found for “${asked}”.` : `${plural(places.length, "place")} found.`;
    found.replaceChildren(
      el("p", { class: "app-small" }, words),
      el("ul", { class: "govuk-list app-found" }, ...places.map(item)),
    );
    const [only] = places;
    if (places.length === 1 && only) choose(only);
  };

  byId("find").addEventListener("submit", (event) => {
    event.preventDefault();
    const asked = text.value.trim();
    if (asked === "") {
      found.replaceChildren(el("p", { class: "govuk-error-message" }, "Enter the name of a place"));
      return;
    }
    api.places(asked, edition()).then(
      (places) => show(places.slice(0, 8), asked),
      (fault: unknown) => found.replaceChildren(el("p", { class: "govuk-error-message" }, explain(fault))),
    );
  });
}

/** The summary of errors above the form, in the markup of the GOV.UK Design System. */
import { whatif } from "virtual:content";
import { byId, el } from "../dom";
import type { Field } from "./actions";
import { idOf } from "./form";

function line([field, text]: [Field | null, string]): HTMLElement {
  if (field === null) return el("li", {}, text);
  const to = el("a", { href: `#${idOf(field)}` }, text);
  to.addEventListener("click", (event) => {
    event.preventDefault(); // the address is the view
    byId(idOf(field)).focus();
  });
  return el("li", {}, to);
}

/** What is at fault, with a link to each field; the focus goes there. Nothing at fault: the summary goes. */
export function drawErrors(root: HTMLElement, faults: [Field | null, string][]): void {
  root.replaceChildren();
  if (faults.length === 0) return;
  const list = el("ul", { class: "govuk-list govuk-error-summary__list" }, ...faults.map(line));
  const alert = el(
    "div",
    { role: "alert" },
    el("h3", { class: "govuk-error-summary__title" }, whatif.problem),
    el("div", { class: "govuk-error-summary__body" }, list),
  );
  const summary = el("div", { class: "govuk-error-summary", tabindex: -1 }, alert);
  root.replaceChildren(summary);
  summary.focus();
}

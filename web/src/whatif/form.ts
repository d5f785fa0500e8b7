/** The form that asks for one action at a time, in the markup of the GOV.UK Design System. */
import { whatif } from "virtual:content";
import type { Point } from "../api";
import { byId, el } from "../dom";
import {
  type Action,
  type Faults,
  type Field,
  fieldsOf,
  placeText,
  readAction,
  type Scope,
  type Values,
  type Verb,
  valuesOf,
  verbsOf,
  withTime,
} from "./actions";

export interface FormHost {
  scope(): Scope;
  /** Services that the layer counts, or for a contract those that it does not. */
  services(verb: Verb): Point[];
  /** The middle of the selected hexagon. */
  selected(): [number, number] | null;
  /** The middle of the map; null where there is no map. */
  centre(): [number, number] | null;
}

export interface Form {
  /** Draws it anew: another layer has other verbs and services. */
  draw(): void;
  /** The action that it describes; null where something is missing, which is then said at the field. */
  read(): Action | null;
  /** Whether anything was filled in. */
  isEmpty(): boolean;
  clear(): void;
  /** An action back in the form, with what is at fault with it. */
  edit(action: Action, faults: Faults): void;
  /** What is at fault, by field. */
  show(faults: Faults): void;
}

export const idOf = (field: Field): string => `whatif-${field}`;

const DAYS: [string, string][] = [
  ["mo", "Monday"],
  ["tu", "Tuesday"],
  ["we", "Wednesday"],
  ["th", "Thursday"],
  ["fr", "Friday"],
  ["sa", "Saturday"],
  ["su", "Sunday"],
];

function options(pairs: [string, string][], blank: string | null): HTMLOptionElement[] {
  const all: [string, string][] = blank === null ? pairs : [["", blank], ...pairs];
  return all.map(([value, label]) => el("option", { value }, label));
}

function button(text: string, run: () => void, quiet = "app-link"): HTMLButtonElement {
  const node = el("button", { type: "button", class: quiet }, text);
  node.addEventListener("click", run);
  return node;
}

export function createForm(root: HTMLElement, host: FormHost): Form {
  let verb: Verb = "open";
  let values: Values = {};
  let faults: Faults = {};

  const remember = (field: Field, text: string): void => {
    values = { ...values, [field]: text };
  };

  const serviceSelect = (): HTMLSelectElement => {
    const named = host.services(verb).map((one): [string, string] => [one.id, one.properties.name]);
    const select = el("select", { class: "govuk-select", id: idOf("service") }, ...options(named, whatif.choose));
    select.addEventListener("change", () => {
      const chosen = host.services(verb).find(({ id }) => id === select.value);
      remember("service", select.value);
      if (verb !== "hours") return;
      remember("hours", chosen?.properties.hours ?? ""); // the whole week is asked for, so it starts from what there is
      draw();
      byId(idOf("service")).focus();
    });
    return select;
  };

  const control = (field: Field): HTMLInputElement | HTMLSelectElement => {
    if (field === "service") return serviceSelect();
    const days = options(
      [1, 2, 3, 4].map((one) => [String(one), String(one)]),
      null,
    );
    const node =
      field === "days"
        ? el("select", { class: "govuk-select", id: idOf(field) }, ...days)
        : el("input", {
            class: `govuk-input${["capacity", "cost"].includes(field) ? " govuk-input--width-5" : ""}`,
            id: idOf(field),
            type: "text",
            inputmode: ["capacity", "cost"].includes(field) ? "numeric" : null,
            autocomplete: "off",
            spellcheck: "false",
          });
    if (field === "days") remember("days", values.days ?? "1");
    node.addEventListener("input", () => remember(field, node.value));
    return node;
  };

  const put = (field: Field, text: string): void => {
    remember(field, text);
    byId<HTMLInputElement>(idOf(field)).value = text;
  };

  const placeButtons = (): HTMLElement => {
    const from = (at: [number, number] | null) => {
      if (at === null) show({ place: whatif["no-cell"] });
      else put("place", placeText(at));
    };
    const middle = host.centre() === null ? [] : [button(whatif.centre, () => from(host.centre()))];
    return el(
      "p",
      { class: "app-choices" },
      button(whatif.selected, () => from(host.selected())),
      ...middle,
    );
  };

  const times = (): HTMLElement => {
    const { evening } = whatif;
    const day = el("select", { class: "govuk-select", id: "whatif-day" }, ...options(DAYS, null));
    const [from, to] = ["18:00", "20:00"].map((value, i) =>
      el("input", { class: "govuk-input", type: "time", id: `whatif-time-${i}`, value }),
    );
    const add = button(
      evening.add,
      () => put("hours", withTime(values.hours ?? "", day.value, `${from?.value}-${to?.value}`)),
      "app-page",
    );
    const part = (text: string, node: HTMLElement | undefined) =>
      el("div", {}, el("label", { class: "govuk-label", for: node?.id }, text), node ?? null);
    return el(
      "fieldset",
      { class: "govuk-fieldset" },
      el("legend", { class: "govuk-fieldset__legend" }, evening.title),
      el("div", { class: "app-times" }, part(evening.day, day), part(evening.from, from), part(evening.to, to), add),
    );
  };

  const group = ({ field, needed }: { field: Field; needed: boolean }): HTMLElement => {
    const { label = "", hint = "" } = whatif.field[field] ?? {};
    const node = control(field);
    node.value = values[field] ?? node.value;
    const text = needed ? label : whatif.optional.replace("{label}", label);
    const about = [
      hint === "" ? null : el("div", { class: "govuk-hint", id: `${idOf(field)}-hint` }, hint),
      faultNode(field, node),
    ].filter((one) => one !== null);
    if (about.length > 0) node.setAttribute("aria-describedby", about.map(({ id }) => id).join(" "));
    return el(
      "div",
      { class: `govuk-form-group${field in faults ? " govuk-form-group--error" : ""}` },
      el("label", { class: "govuk-label", for: idOf(field) }, text),
      ...about,
      node,
      field === "place" ? placeButtons() : null,
      field === "hours" ? times() : null,
    );
  };

  /** The message of a field at fault, and its red border. */
  const faultNode = (field: Field, node: HTMLElement): HTMLElement | null => {
    const fault = faults[field];
    if (fault === undefined) return null;
    node.classList.add(field === "service" || field === "days" ? "govuk-select--error" : "govuk-input--error");
    return errorMessage(`${idOf(field)}-error`, fault);
  };

  const verbGroup = (): HTMLElement => {
    const named = verbsOf(host.scope()).map((one): [string, string] => [one, whatif.do[one]?.label ?? one]);
    const select = el("select", { class: "govuk-select", id: "whatif-verb" }, ...options(named, null));
    select.value = verb;
    select.addEventListener("change", () => {
      verb = select.value as Verb;
      const { place } = values;
      values = place === undefined ? {} : { place };
      faults = {};
      draw();
      byId("whatif-verb").focus();
    });
    const label = el("label", { class: "govuk-label", for: "whatif-verb" }, whatif.verb);
    return el("div", { class: "govuk-form-group" }, label, select);
  };

  const draw = (): void => {
    const scope = host.scope();
    if (!verbsOf(scope).includes(verb)) verb = "open";
    root.replaceChildren(verbGroup(), ...fieldsOf(verb, scope).map(group));
  };

  const show = (found: Faults): void => {
    faults = found;
    draw();
  };

  return {
    draw,
    show,
    isEmpty: () => Object.entries(values).every(([field, text]) => field === "days" || text.trim() === ""),
    read: () => {
      const found = readAction(verb, values, host.scope());
      show("faults" in found ? found.faults : {});
      return "faults" in found ? null : found.action;
    },
    clear: () => {
      values = {};
      show({});
    },
    edit: (action, found) => {
      verb = action.do;
      values = valuesOf(action);
      show(found);
    },
  };
}

export function errorMessage(id: string, text: string): HTMLElement {
  const hidden = el("span", { class: "govuk-visually-hidden" }, "Error: ");
  return el("p", { class: "govuk-error-message", id }, hidden, text);
}

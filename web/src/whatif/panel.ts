/** "What if": a list of actions, the question to the server, its answer on the page and on the map. */
import { whatif } from "virtual:content";
import { announceLater } from "../announce";
import { explain, type LayerSpec, type Point, type Query } from "../api";
import { byId, el } from "../dom";
import { number } from "../format";
import { fill } from "../sayings";
import { resolutionOf } from "../state";
import { type Action, decode, describe, encode, type Field, MOST, type Scope, type Verb } from "./actions";
import { answerNodes } from "./answer";
import { type Answer, askScenario, QuestionFault } from "./ask";
import { colours, drawn, keyOf } from "./difference";
import { voiceOf } from "./effects";
import { drawErrors } from "./errors";
import { createForm, type Form } from "./form";

/** The page, as far as the panel needs it. */
export interface WhatIfHost {
  query(): Query;
  spec(): LayerSpec;
  /** Whether the edition may be asked about closures. */
  closures: boolean;
  cell(): string | null;
  selected(): [number, number] | null;
  centre(): [number, number] | null;
  /** Every service of the layer's lists. */
  services(): Promise<Point[]>;
  url(): string;
  /** Outlines of the layer's hexagons of a resolution. */
  outlines(resolution: number, signal: AbortSignal): Promise<GeoJSON.Feature[]>;
  /** Draws the difference in the place of the layer; null: the layer again. */
  draw(difference: GeoJSON.FeatureCollection | null, colours: [string, string][]): void;
  /** The question into the address. */
  remember(scenario: string | null): void;
}

/** Kinds of layers over which scenarios are asked. */
export function canBeAsked({ kind }: LayerSpec): boolean {
  return kind === "access" || kind === "gap";
}

export class WhatIf {
  private actions: Action[] = [];
  private services: Point[] = [];
  private answer: Answer | null = null;
  private asks = new AbortController();
  private readonly form: Form;

  constructor(private readonly host: WhatIfHost) {
    byId("whatif-title").textContent = whatif.title;
    byId("whatif-lead").textContent = whatif.lead;
    this.form = createForm(byId("whatif-form"), {
      scope: () => this.scope(),
      services: (verb) => this.offered(verb),
      selected: () => host.selected(),
      centre: () => host.centre(),
    });
    byId("whatif-add").textContent = whatif.add;
    byId("whatif-show").textContent = whatif.show;
    byId("whatif-add").addEventListener("click", () => this.add());
    byId("whatif-question").addEventListener("submit", (event) => {
      event.preventDefault();
      void this.ask();
    });
  }

  /** Another layer or category, or another question in the address: what was answered no longer stands. */
  show(scenario: string | null): void {
    const section = byId<HTMLDetailsElement>("whatif");
    section.hidden = !canBeAsked(this.host.spec());
    this.back();
    this.actions = decode(scenario) ?? [];
    this.tell([]);
    this.form.clear();
    this.drawList();
    if (section.hidden) return;
    section.open ||= this.actions.length > 0;
    void this.load(this.asks.signal);
  }

  /** Services by name, and the answer to a question that the address asks. */
  private async load(signal: AbortSignal): Promise<void> {
    try {
      this.services = await this.host.services();
    } catch (fault) {
      this.failed(fault);
    }
    if (signal.aborted) return;
    this.form.draw();
    this.drawList();
    if (this.actions.length > 0) await this.ask();
  }

  /** Another hexagon is selected: the answer speaks of that one. */
  turnTo(): void {
    if (this.answer !== null) this.drawAnswer(this.answer);
  }

  private scope(): Scope {
    return { places: this.host.spec().parameters.measure === "places", closures: this.host.closures };
  }

  /** Services of the kind that the layer is about; for a contract, all others. */
  private offered(verb: Verb): Point[] {
    const help = this.host.spec().parameters.help ?? this.host.query().category;
    const counts = ({ properties }: Point) => help === "all" || properties.category === help;
    const found = this.services.filter((one) => counts(one) !== (verb === "contract"));
    return found.sort((a, b) => a.properties.name.localeCompare(b.properties.name));
  }

  private readonly nameOf = (id: string): string => this.services.find((one) => one.id === id)?.properties.name ?? id;

  private add(): boolean {
    if (this.actions.length >= MOST) {
      this.tell([[null, fill(whatif["too-many"], { most: String(MOST) })]]);
      return false;
    }
    const action = this.form.read();
    if (action === null) {
      this.tellFields();
      return false;
    }
    this.actions = [...this.actions, action];
    this.form.clear();
    this.tell([]);
    this.drawList();
    announceLater(`${describe(action, this.nameOf)}.`);
    return true;
  }

  private remove(at: number): void {
    this.actions = this.actions.filter((_, i) => i !== at);
    this.drawList();
    byId("whatif-verb").focus();
  }

  private drawList(): void {
    const items = this.actions.map((action, at) => {
      const text = describe(action, this.nameOf);
      const button = el("button", { type: "button", class: "app-link", "aria-label": `${whatif.remove}: ${text}` });
      button.textContent = whatif.remove;
      button.addEventListener("click", () => this.remove(at));
      return el("li", {}, `${text}. `, button);
    });
    byId("whatif-list").replaceChildren(
      el("h3", { class: "app-subhead" }, whatif.list),
      items.length === 0
        ? el("p", { class: "app-small" }, whatif.nothing)
        : el("ol", { class: "govuk-list govuk-list--number" }, ...items),
    );
  }

  /** Asks about the list; what stands in the form is put on it first. */
  private async ask(): Promise<void> {
    if ((this.actions.length === 0 || !this.form.isEmpty()) && !this.add()) return;
    this.asks.abort();
    this.asks = new AbortController();
    const { signal } = this.asks;
    const { layer, category } = this.host.query();
    this.tell([]);
    this.busy(true);
    try {
      const answer = await askScenario(this.host.url(), { layer, category, actions: this.actions }, signal);
      if (signal.aborted) return;
      this.host.remember(encode(this.actions));
      this.answer = answer;
      this.drawAnswer(answer);
      byId("whatif-answer-heading").focus();
      await this.drawMap(answer, signal);
    } catch (fault) {
      if (!signal.aborted) this.failed(fault);
    } finally {
      if (!signal.aborted) this.busy(false);
    }
  }

  private busy(is: boolean): void {
    byId("whatif").setAttribute("aria-busy", String(is));
    byId("whatif-show").textContent = is ? whatif.working : whatif.show;
  }

  /** What the server finds at fault goes back into the form, to its field. */
  private readonly failed = (fault: unknown): void => {
    if (!(fault instanceof QuestionFault)) {
      this.tell([[null, explain(fault)]]);
      return;
    }
    const action = fault.action === null ? undefined : this.actions[fault.action];
    if (action === undefined) {
      this.tell([[null, fault.message]]);
      return;
    }
    this.actions = this.actions.filter((one) => one !== action);
    this.drawList();
    this.form.edit(action, fault.field === null ? {} : { [fault.field]: fault.message });
    this.tell([[fault.field, fault.message]]);
  };

  /** What is at fault in the form, from its own messages. */
  private tellFields(): void {
    const found = [...byId("whatif-form").querySelectorAll<HTMLElement>(".govuk-error-message")];
    this.tell(
      found.map((node) => [
        node.id.replace(/^whatif-|-error$/g, "") as Field,
        node.textContent?.replace(/^Error: /, "") ?? "",
      ]),
    );
  }

  private tell(faults: [Field | null, string][]): void {
    drawErrors(byId("whatif-errors"), faults);
  }

  private drawAnswer(answer: Answer): void {
    const told = { answer, spec: this.host.spec(), cell: this.host.cell(), nameOf: this.nameOf };
    byId("whatif-answer").replaceChildren(...answerNodes(told));
  }

  private async drawMap(answer: Answer, signal: AbortSignal): Promise<void> {
    const { cells, measure } = answer;
    const places = measure === "places";
    const [first] = cells.cell;
    const outlines = first === undefined ? [] : await this.host.outlines(resolutionOf(first), signal);
    if (signal.aborted) return;
    this.host.draw(drawn(outlines, cells, places), colours());
    this.drawKey(answer);
  }

  private drawKey(answer: Answer): void {
    const { cells, measure } = answer;
    const entries = keyOf(cells, measure === "places").map(({ label, colour, count }) =>
      el(
        "li",
        {},
        el("span", { class: "app-key__swatch", style: `background:${colour}`, "aria-hidden": "true" }),
        el("span", { class: "app-key__label" }, label),
        el(
          "span",
          { class: "app-key__count" },
          number(count),
          el("span", { class: "govuk-visually-hidden" }, " hexagons"),
        ),
      ),
    );
    const count = entries.length === 0 ? "No hexagon" : `${number(cells.cell.length)} hexagons`;
    const back = el("button", { type: "button", class: "app-page" }, whatif.back);
    back.addEventListener("click", () => {
      this.back();
      this.host.remember(null);
      byId("whatif-show").focus();
    });
    const { unit } = voiceOf(answer);
    byId("whatif-key").replaceChildren(
      el("p", { class: "app-difference" }, fill(whatif.differs, { count }), " ", back),
      el("ul", { class: "app-key app-key--across" }, ...entries),
      el("p", { class: "app-small" }, fill(whatif.key.unit, { unit })),
    );
    byId("whatif-key").hidden = false;
    for (const id of ["reading", "key", "key-note"]) byId(id).hidden = true;
  }

  /** The map as it is, without an answer. The list stays. */
  private back(): void {
    this.asks.abort();
    this.asks = new AbortController();
    this.answer = null;
    this.busy(false);
    byId("whatif-answer").replaceChildren();
    byId("whatif-key").hidden = true;
    byId("whatif-key").replaceChildren();
    for (const id of ["reading", "key", "key-note"]) byId(id).hidden = false;
    this.host.draw(null, []);
  }
}

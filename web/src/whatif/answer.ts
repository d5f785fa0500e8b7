/** The answer as a part of the page: two things first, then tables, then what it cannot say. */
import { whatif } from "virtual:content";
import { el } from "../dom";
import { day, number } from "../format";
import { fill } from "../sayings";
import type { Answer } from "./ask";
import {
  areas,
  closures,
  deciles,
  gainsAndLosses,
  headlines,
  type Line,
  ofCell,
  openThen,
  summary,
  type Voice,
  voiceOf,
} from "./effects";

const words = whatif.answer;

function small(text: string): HTMLElement {
  return el("p", { class: "app-small" }, text);
}

function subhead(text: string): HTMLElement {
  return el("h4", { class: "app-subhead" }, text);
}

/** A table whose first column names its rows, and whose caption is also its heading. */
function table(caption: string, head: string[], lines: string[][]): HTMLElement {
  const kind = (i: number) => (i === 0 ? "" : " govuk-table__header--numeric");
  const heads = head.map((text, i) => el("th", { scope: "col", class: `govuk-table__header${kind(i)}` }, text));
  const rows = lines.map(([name = "", ...rest]) =>
    el(
      "tr",
      { class: "govuk-table__row" },
      el("th", { scope: "row", class: "govuk-table__header" }, name),
      ...rest.map((text) => el("td", { class: "govuk-table__cell govuk-table__cell--numeric" }, text)),
    ),
  );
  const body = el(
    "table",
    { class: "govuk-table app-table app-table--wrap" },
    el("caption", { class: "govuk-table__caption app-table__caption" }, el("strong", {}, caption)),
    el("thead", { class: "govuk-table__head" }, el("tr", { class: "govuk-table__row" }, ...heads)),
    el("tbody", { class: "govuk-table__body" }, ...rows),
  );
  return el("div", { class: "app-scroll", tabindex: 0, role: "region", "aria-label": caption }, body);
}

const beforeAndAfter = [words.before, words.after];

function people(answer: Answer, voice: Voice): Node[] {
  const cost: Line[] = answer.cost === null ? [] : [[words.cost, "", "", number(answer.cost)]];
  const lines = [...summary(answer, voice), ...cost];
  const slots = openThen(answer, voice);
  const open = fill(words.open.title, { minutes: voice.minutes });
  return [
    table(words.gains, [words.measure, words.count], gainsAndLosses(answer, voice)),
    table(words.people, [words.measure, ...beforeAndAfter, words.change], lines),
    ...(slots.length === 0
      ? [small(words.open.none)]
      : [table(open, [words.measure, ...beforeAndAfter, words.change], slots)]),
  ];
}

function crowded({ crowding }: Answer): Node[] {
  if (crowding === null) return [];
  const { title, lead, none } = words.crowding;
  if (crowding.length === 0) return [subhead(title), small(none)];
  const text = (value: number | null) => number(value, 2);
  const lines = crowding.map(({ name, before, after }) => [name, text(before), text(after)]);
  return [table(title, [words.service, ...beforeAndAfter], lines), small(lead)];
}

function forWhom(answer: Answer, { unit }: Voice): Node[] {
  const lines = deciles(answer);
  if (lines.length === 0) return [];
  const { title, lead, decile } = words.equity;
  return [table(title, [decile, ...beforeAndAfter], lines), small(fill(lead, { unit }))];
}

function where(answer: Answer, { unit, who }: Voice): Node[] {
  const { title, lead, area, gaining, losing, none, rest } = words.areas;
  const found = areas(answer);
  if (found.lines.length === 0) return [subhead(title), small(none)];
  const more = found.rest === 0 ? "" : ` ${fill(rest, { count: number(found.rest) })}`;
  return [
    table(title, [area, ...beforeAndAfter, gaining, losing], found.lines),
    small(fill(lead, { unit, who }) + more),
  ];
}

function left(answer: Answer, voice: Voice, nameOf: (id: string) => string): Node[] {
  return closures(answer, voice, nameOf).flatMap(({ title, nearest, others }) => [
    subhead(title),
    small(nearest),
    el("ul", { class: "govuk-list govuk-list--bullet app-small" }, ...others.map((text) => el("li", {}, text))),
  ]);
}

/** That a closure is no decision, and until when the answer may be used: first of all, and in heavy type. */
function decision({ words: said }: Answer): Node[] {
  if (said.decision === undefined) return [];
  const until = said.expires === undefined ? "" : ` ${fill(words.expires, { day: day(said.expires) })}`;
  return [el("p", { class: "govuk-inset-text app-caveat app-decision" }, el("strong", {}, said.decision + until))];
}

function caveats(answer: Answer): Node[] {
  const missing = answer.not_supplied.map((name) => words.missing[name] ?? name).join(", ");
  const all = Object.values(answer.caveats);
  if (missing !== "") all.push(fill(words.not_supplied, { what: missing }));
  return [
    subhead(words.caveats),
    el("ul", { class: "govuk-list govuk-list--bullet app-small" }, ...all.map((text) => el("li", {}, text))),
  ];
}

export interface Told {
  answer: Answer;
  cell: string | null;
  nameOf(service: string): string;
}

/** Everything that an answer says. */
export function answerNodes({ answer, cell, nameOf }: Told): Node[] {
  const voice = voiceOf(answer);
  const lines = headlines(answer, voice).map((text) => el("p", { class: "app-headline" }, text));
  return [
    el("h3", { class: "govuk-heading-s", id: "whatif-answer-heading", tabindex: -1 }, words.title),
    ...decision(answer),
    ...lines,
    ...(answer.words.nothing === undefined ? [] : [small(answer.words.nothing)]),
    small(answer.words.what + (voice.need === null ? "" : words.likely)),
    ...(cell === null ? [] : [small(ofCell(answer, cell, voice))]),
    ...people(answer, voice),
    ...crowded(answer),
    ...forWhom(answer, voice),
    ...where(answer, voice),
    ...left(answer, voice, nameOf),
    ...caveats(answer),
  ];
}

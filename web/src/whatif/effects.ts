/** What an answer says: its lines and tables in words. Nothing is computed; numbers are those of the answer. Pure. */
import { whatif } from "virtual:content";
import { number } from "../format";
import { fill } from "../sayings";
import type { Answer, Closure, Compared, Count, Known, Ranged } from "./ask";

const words = whatif.answer;

/** Who is counted, and in what the layer is measured. Residents weighted by deprivation are never called in need. */
export interface Voice {
  who: string;
  /** Whom beside residents; null where the layer knows residents alone. */
  need: string | null;
  unit: string;
  minutes: string;
  places: boolean;
  shortOfPlaces: boolean;
}

export function voiceOf(answer: Answer): Voice {
  const { gaining } = answer;
  const own = gaining.in_need ? "need" : gaining.weighted_residents ? "weighted" : "residents";
  const places = answer.measure === "places";
  return {
    who: words.who[own],
    need: own === "residents" ? null : words.who[own],
    unit: places ? words.unit[own] : words.unit.minutes,
    minutes: number(answer.within_standard.minutes),
    places,
    shortOfPlaces: places && own !== "residents",
  };
}

/** People: whole ones, but a few are not rounded to none. */
export function people(value: number): string {
  return number(value, Math.abs(value) < 10 && value !== 0 ? 1 : 0);
}

function percentage(share: number): string {
  return `${number(share * 100, Math.abs(share) < 0.1 && share !== 0 ? 1 : 0)}%`;
}

function isRanged(found: { value: number } | Ranged): found is Ranged {
  return "lower" in found;
}

function range(found: { value: number } | Ranged, text: (value: number) => string): string {
  return isRanged(found) && found.lower !== found.upper
    ? fill(words.range, { lower: text(found.lower), upper: text(found.upper) })
    : "";
}

export function ranged(found: { value: number } | Ranged): string {
  return people(found.value) + range(found, people);
}

/** Those beside residents whom a count has: in need, or residents weighted by deprivation. */
function drawn({ in_need, weighted_residents }: Count): Ranged | undefined {
  return in_need ?? weighted_residents;
}

/** Those of whom the answer speaks first: people in need where they are known, else residents. */
export function first(count: Count): { value: number } | Ranged {
  return drawn(count) ?? { value: count.residents };
}

/** The other sign of a fall, so that it reads as so many fewer. */
function turned(found: { value: number } | Ranged): { value: number } | Ranged {
  const { value } = found;
  return isRanged(found) ? { value: -value, lower: -found.upper, upper: -found.lower } : { value: -value };
}

/** The two things that are said first: how many more are within the standard, and how much of the gap closes. */
export function headlines({ within_standard, gap }: Answer, { who, minutes }: Voice): string[] {
  const change = first(within_standard.change);
  const size = change.value < 0 ? turned(change) : change;
  const template = change.value === 0 ? words.same : change.value < 0 ? words.fewer : words.more;
  const within = fill(template, { count: people(size.value), who, minutes, range: range(size, people) });
  return [within, closing(gap.closed)];
}

/** How much of the gap closes. Where its range holds both less and more than nothing, no number stands for it. */
function closing(closed: Answer["gap"]["closed"]): string {
  if (closed === null) return words.unknown;
  if (isRanged(closed) && closed.lower < 0 && closed.upper > 0)
    return fill(words.unsure, { lower: percentage(closed.lower), upper: percentage(closed.upper) });
  const part = closed.value < 0 ? turned(closed) : closed;
  const closes = { share: percentage(part.value), range: range(part, percentage) };
  return fill(closed.value < 0 ? words.wider : words.part, closes);
}

/** One line of a table: what, before, after, change. */
export type Line = [string, string, string, string];

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Residents, and those in need below them, before and after. */
export function compared(template: string, { before, after, change }: Compared, voice: Voice): Line[] {
  const name = (who: string) => fill(template, { Who: capital(who), minutes: voice.minutes });
  const residents: Line = [
    name(words.who.residents),
    people(before.residents),
    people(after.residents),
    people(change.residents),
  ];
  if (voice.need === null) return [residents];
  const own = (count: Count) => {
    const found = drawn(count);
    return found === undefined ? "" : ranged(found);
  };
  return [residents, [name(voice.need), own(before), own(after), own(change)]];
}

/** Lines without a before and after. */
export function gainsAndLosses({ gaining, losing, measure }: Answer, voice: Voice): [string, string][] {
  const lines = (template: string, count: Count): [string, string][] => {
    const found = drawn(count);
    const name = (who: string) => fill(template, { Who: capital(who) });
    const own: [string, string][] =
      voice.need === null || found === undefined ? [] : [[name(voice.need), ranged(found)]];
    return [[name(words.who.residents), people(count.residents)], ...own];
  };
  return [...lines(words.better, gaining), ...lines(words.worse[measure], losing)];
}

/** How long, how many within the standard, and how many are short. */
export function summary(answer: Answer, voice: Voice): Line[] {
  const { before, after } = answer.journeys;
  const minutes = (value: Known) => number(value, 1);
  return [
    ...compared(words.within, answer.within_standard, voice),
    ...compared(words.short[voice.shortOfPlaces ? "places" : "minutes"], answer.gap, voice),
    [words.journeys, minutes(before), minutes(after), ""],
  ];
}

/** Within the standard of a service that is known to be open then; nothing where none is, before or after. */
export function openThen({ open }: Answer, voice: Voice): Line[] {
  if (open === null) return [];
  const all = Object.values(open);
  if (all.every(({ before, after }) => before.residents === 0 && after.residents === 0)) return [];
  return (["evening", "saturday", "sunday"] as const).flatMap((slot) => compared(words.open[slot], open[slot], voice));
}

/** A mean of the layer: decimals where it is small. */
export function mean(value: Known): string {
  return number(value, value !== null && Math.abs(value) < 100 ? 1 : 0);
}

/** Means by decile of deprivation. */
export function deciles({ equity }: Answer): [string, string, string][] {
  if (equity === null) return [];
  const name = (i: number) => (i === 0 ? words.equity.first : i === 9 ? words.equity.last : String(i + 1));
  const after = equity.after.value.mean_by_decile;
  return equity.before.value.mean_by_decile.map((value, i) => [name(i), mean(value), mean(after[i] ?? null)]);
}

/** Areas where anybody gains or loses, those with most people first, and how many are left out. */
export function areas({ areas: all }: Answer): { lines: [string, string, string, string, string][]; rest: number } {
  const size = (count: Count) => Math.abs(first(count).value);
  const moved = all.filter(({ gaining, losing }) => gaining.residents > 0 || losing.residents > 0);
  const lines = [...moved]
    .sort((a, b) => size(b.gaining) + size(b.losing) - size(a.gaining) - size(a.losing))
    .map(({ name, before, after, gaining, losing }): [string, string, string, string, string] => [
      name,
      mean(before),
      mean(after),
      ranged(first(gaining)),
      ranged(first(losing)),
    ]);
  return { lines, rest: all.length - moved.length };
}

/** What a closure leaves behind, and where people could go. */
export function closures({ closures: all }: Answer, { minutes, who }: Voice, nameOf: (id: string) => string) {
  return all.map(({ service, nearest_for, left_beyond_standard, alternatives }) => ({
    title: fill(words.closure.title, { service: nameOf(service) }),
    nearest: fill(words.closure.nearest, {
      people: `${ranged(first(nearest_for))} ${who}`,
      left: ranged(first(left_beyond_standard)),
      minutes,
    }),
    others: alternatives.length === 0 ? [words.closure.none] : alternatives.map(other),
  }));
}

function other({ name, minutes, spare_places }: Closure["alternatives"][number]): string {
  return fill(words.closure.other, { service: name, minutes: number(minutes), spare: spare(spare_places) });
}

function spare(places: Known): string {
  if (places === null) return words.closure.unknown;
  return places > 0 ? fill(words.closure.spare, { places: number(places) }) : words.closure.full;
}

/** What the answer says of one hexagon. */
export function ofCell({ cells }: Answer, cell: string, { unit }: Voice): string {
  const at = cells.cell.indexOf(cell);
  if (at < 0) return words["cell-same"];
  const text = (value: Known | undefined) => (value === null || value === undefined ? words.none : mean(value));
  return fill(words.cell, { before: text(cells.before[at]), after: text(cells.after[at]), unit });
}

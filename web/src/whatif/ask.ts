/** The question to `POST /v1/scenarios`, its answer, and what the server finds at fault. */
import { whatif } from "virtual:content";
import { type Action, FIELDS, type Field } from "./actions";

export interface Ranged {
  value: number;
  lower: number;
  upper: number;
}

/**
 * People: residents, and where the layer has draws, those in need or, without an estimate, residents weighted by deprivation; with the
 * ends between which 95 % of the draws lie.
 */
export interface Count {
  residents: number;
  in_need?: Ranged;
  weighted_residents?: Ranged;
}

export interface Compared {
  before: Count;
  after: Count;
  change: Count;
}

export type Known = number | null;

export interface Crowded {
  service: string;
  name: string;
  before: Known;
  after: Known;
}

export interface AreaChange {
  code: string;
  name: string;
  before: Known;
  after: Known;
  gaining: Count;
  losing: Count;
}

export interface Closure {
  service: string;
  nearest_for: Count;
  left_beyond_standard: Count;
  alternatives: { service: string; name: string; minutes: number; spare_places: Known }[];
}

/** Values of hexagons; null is not known, or none in reach. */
export interface Cells {
  cell: string[];
  before: Known[];
  after: Known[];
  difference: Known[];
}

export interface Answer {
  measure: "places" | "minutes";
  actions: Action[];
  cost: Known;
  gaining: Count;
  losing: Count;
  within_standard: Compared & { minutes: number };
  gap: Compared & { closed: Ranged | { value: number } | null };
  open: Record<"evening" | "saturday" | "sunday", Compared> | null;
  journeys: { before: Known; after: Known };
  crowding: Crowded[] | null;
  equity: Record<"before" | "after", { value: { mean_by_decile: Known[] } }> | null;
  areas: AreaChange[];
  closures: Closure[];
  cells: Cells;
  words: { what: string; nothing?: string; decision?: string; expires?: string };
  caveats: Record<string, string>;
  not_supplied: string[];
}

/** Something is at fault with the question: one of its actions, and where it is told, which field of the form. */
export class QuestionFault extends Error {
  constructor(
    message: string,
    readonly action: number | null,
    readonly field: Field | null,
  ) {
    super(message);
    this.name = "QuestionFault";
  }
}

const FORM_FIELD: Record<string, Field> = { lat: "place", lng: "place" };
/** Where a body that cannot be read is at fault: `body.actions.0.open.hours: …`. */
const UNREADABLE = /^body\.actions\.(\d+)\.\w+\.(\w+): ([^;]+)/;

/** A problem of the server (RFC 9457) as a fault of the form. */
export function faultOf(problem: { detail?: string; remedy?: string; title?: string; field?: string }): QuestionFault {
  const { detail = problem.title ?? "", remedy, field = "" } = problem;
  const unread = UNREADABLE.exec(detail);
  const [, number, name] = unread ?? /^actions\.(\d+)\.(\w+)$/.exec(field) ?? [];
  const own = FORM_FIELD[name ?? ""] ?? FIELDS.find((one) => one === name) ?? null;
  const message = [detail, remedy].filter((text) => text !== undefined && text !== "").join(" ");
  if (unread !== null && own !== null)
    return new QuestionFault(whatif.field[own]?.missing ?? detail, Number(number), own);
  return new QuestionFault(message, number === undefined ? null : Number(number), own);
}

/** Asks what would change. Throws `QuestionFault`, or what `fetch` throws. */
export async function askScenario(
  url: string,
  question: { layer: string; category: string; actions: Action[] },
  signal: AbortSignal,
): Promise<Answer> {
  const headers = { "content-type": "application/json" };
  const response = await fetch(url, { method: "POST", headers, body: JSON.stringify(question), signal });
  if (response.ok) return (await response.json()) as Answer;
  throw faultOf(await response.json().catch(() => ({ title: `The server answered ${response.status}.` })));
}

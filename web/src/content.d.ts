/** The content file (`src/geointel/content/words.toml`), read when the page is built. */
declare module "virtual:content" {
  /** What a sentence goes on to say of rows with all of `known` and none of `unknown`, these words, on this side of a test, of these categories. */
  export interface More {
    side?: string;
    categories?: string[];
    is?: Record<string, string>;
    known?: string[];
    unknown?: string[];
    says: string;
  }
  export const status: Record<string, { label: string; sentence: string }>;
  /** What the page's table, key and panel have of a layer. */
  export interface Page {
    columns: string[];
    /** Labels of columns that mean something else here. */
    labels?: Record<string, string>;
    /** Classes are bands of the value: of whole numbers, or of real ones. */
    bands?: "whole" | "real";
    /** What categories are called; kinds of offences if not said. */
    asks?: string;
    /** What comes first in the table, in words; the strongest if not said. */
    order?: string;
    /** Low values come first. */
    rising?: boolean;
    /** What the map says of the hexagons that have one of the classes `counted`. */
    summary: string;
    counted: string[];
    ends: string[];
    /** What the columns lower and upper are, where they are not the usual range. */
    range?: string;
    /** Labels of rows without a value, by status, where the usual ones do not fit. */
    blank?: Record<string, string>;
    /** Lines of the panel: a column, what it is called and how it is said; `none` is said of a null, which else has no line. */
    facts?: { of: string; label: string; says: string; none?: string }[];
  }
  export interface Sayings {
    title: string;
    heading: string;
    sentence: Record<string, string>;
    /** What a row without a value says, by status, where the layer has its own words. */
    status?: Record<string, string>;
    /** Decimals of a value and its range in a sentence. */
    digits?: number;
    /** Decimals of other columns. */
    decimals?: Record<string, number>;
    also?: More[];
    page: Page;
    all?: { label: string; one: string; many: string };
  }
  /** By kind; an option of a layer may change some words. */
  export const layer: Record<string, Sayings & { variant?: Record<string, Partial<Sayings>> }>;
  /** Hours of the week: under the table of a place, and over one of tests. */
  export const week: Record<"timed" | "timed-tests" | "positives", string>;
  export const travel: { says: string; mode: Record<string, string>; how: Record<string, string> };
  export const corridors: Record<
    | "lead"
    | "none"
    | "road"
    | "unnamed"
    | "km"
    | "events"
    | "severe"
    | "positives"
    | "of_tests"
    | "expected"
    | "ratio"
    | "range"
    | "when"
    | "held"
    | "scrolls",
    string
  >;
  interface Side {
    label: string;
    colours: string[];
    ends: string;
  }
  /** What the page says of an answer. */
  export type Words = Record<
    | "title"
    | "more"
    | "fewer"
    | "same"
    | "part"
    | "wider"
    | "unsure"
    | "unknown"
    | "range"
    | "likely"
    | "before"
    | "after"
    | "change"
    | "measure"
    | "within"
    | "better"
    | "journeys"
    | "cost"
    | "service"
    | "expires"
    | "caveats"
    | "gains"
    | "people"
    | "count"
    | "not_supplied"
    | "cell"
    | "cell-same"
    | "none",
    string
  > &
    Record<"short" | "worse", Record<"places" | "minutes", string>> & {
      who: Record<"residents" | "need" | "weighted", string>;
      unit: Record<"residents" | "need" | "weighted" | "minutes", string>;
      open: Record<"title" | "none" | "evening" | "saturday" | "sunday", string>;
      crowding: Record<"title" | "lead" | "none", string>;
      equity: Record<"title" | "lead" | "decile" | "first" | "last", string>;
      areas: Record<"title" | "lead" | "area" | "gaining" | "losing" | "none" | "rest", string>;
      closure: Record<"title" | "nearest" | "other" | "spare" | "full" | "unknown" | "none", string>;
      missing: Record<string, string>;
    };
  /** The form over scenarios, and what it says of the answer. */
  export const whatif: {
    title: string;
    lead: string;
    verb: string;
    choose: string;
    selected: string;
    centre: string;
    add: string;
    optional: string;
    show: string;
    working: string;
    list: string;
    nothing: string;
    remove: string;
    problem: string;
    "no-cell": string;
    "too-many": string;
    back: string;
    differs: string;
    evening: Record<"title" | "day" | "from" | "to" | "add", string>;
    do: Record<string, { label: string; says: string }>;
    field: Record<string, { label: string; hint: string; missing: string }>;
    answer: Words;
    key: {
      better: Side;
      worse: Side;
      step: Record<"over" | "between" | "under", string>;
      unit: string;
    };
  };
  export const category: Record<string, { label: string; one: string; many: string }>;
  export const column: Record<string, { label: string; digits?: number }>;
  export const notice: Record<string, string>;
  /** What a layer that leaves out special map points calls what it counts: "away from …". */
  export const special: { away: string };
}

/** The address of the licences of what is shipped in the page. */
declare module "virtual:notices" {
  const url: string;
  export default url;
}

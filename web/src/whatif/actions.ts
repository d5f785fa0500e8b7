/** What somebody proposes, as the form asks for it and the server takes it. Pure. */
import { whatif } from "virtual:content";
import { number } from "../format";
import { fill } from "../sayings";

export const VERBS = ["open", "move", "close", "resize", "hours", "outreach", "contract"] as const;
export type Verb = (typeof VERBS)[number];
export const FIELDS = ["service", "place", "name", "capacity", "hours", "days", "cost"] as const;
export type Field = (typeof FIELDS)[number];
export type Values = Partial<Record<Field, string>>;
export type Faults = Partial<Record<Field, string>>;

/** One of the actions of `POST /v1/scenarios`. */
export interface Action {
  do: Verb;
  service?: string;
  lat?: number;
  lng?: number;
  name?: string;
  capacity?: number;
  hours?: string;
  days?: number;
  cost?: number;
}

/** What a layer can be asked. */
export interface Scope {
  /** Places are shared, so a service without any cannot be. */
  places: boolean;
  /** What a closure would do is for partner editions. */
  closures: boolean;
}

/** Most actions in one question. */
export const MOST = 50;
/** An address longer than this is not sure to be kept whole by whatever passes it on. */
const LONGEST = 1500;

const NEEDS: Record<Verb, Field[]> = {
  open: ["place", "name"],
  move: ["service", "place"],
  close: ["service"],
  resize: ["service", "capacity"],
  hours: ["service", "hours"],
  outreach: ["service", "place", "days"],
  contract: ["service"],
};
const MAY: Record<Verb, Field[]> = {
  open: ["hours", "cost"],
  move: ["cost"],
  close: ["cost"],
  resize: ["cost"],
  hours: ["cost"],
  outreach: ["name", "hours", "cost"],
  contract: ["hours", "cost"],
};

/** Verbs that the layer can be asked. */
export function verbsOf({ places, closures }: Scope): Verb[] {
  return VERBS.filter((verb) => (verb !== "close" || closures) && (verb !== "resize" || places));
}

/** Fields of a verb, and whether each must be filled in. */
export function fieldsOf(verb: Verb, { places }: Scope): { field: Field; needed: boolean }[] {
  const takes = places && (verb === "open" || verb === "contract");
  const needed: Field[] = takes ? [...NEEDS[verb], "capacity"] : NEEDS[verb];
  return FIELDS.filter((field) => [...needed, ...MAY[verb]].includes(field)).map((field) => ({
    field,
    needed: needed.includes(field),
  }));
}

/** "53.8175, -3.0357" as latitude and longitude; null for anything else. */
export function placeIn(text: string): { lat: number; lng: number } | null {
  const parts = text.split(",").map((part) => (part.trim() === "" ? Number.NaN : Number(part)));
  const [lat, lng] = parts;
  if (parts.length !== 2 || lat === undefined || lng === undefined) return null;
  return Math.abs(lat) <= 90 && Math.abs(lng) <= 180 ? { lat, lng } : null;
}

export function placeText([lng, lat]: [number, number]): string {
  return `${lat.toFixed(5)}, ${lng.toFixed(5)}`;
}

function readNumber(text: string, least: number): number | null {
  const value = Number(text.replaceAll(",", "").replace(/^£/, ""));
  return text !== "" && Number.isFinite(value) && value >= least ? value : null;
}

/** What a field says as parts of an action; null where it says nothing that can be read. */
function partOf(field: Field, text: string): Partial<Action> | null {
  if (field === "place") return placeIn(text);
  if (field === "service" || field === "name" || field === "hours") return { [field]: text };
  const value = readNumber(text, field === "cost" ? 0 : Number.MIN_VALUE);
  return value === null ? null : { [field]: value };
}

/** The action that a form describes, or what is missing from it, by field. */
export function readAction(verb: Verb, values: Values, scope: Scope): { action: Action } | { faults: Faults } {
  const action: Action = { do: verb };
  const faults: Faults = {};
  for (const { field, needed } of fieldsOf(verb, scope)) {
    const text = (values[field] ?? "").trim();
    if (text === "" && !needed) continue;
    const part = text === "" ? null : partOf(field, text);
    if (part === null) faults[field] = whatif.field[field]?.missing ?? "";
    else Object.assign(action, part);
  }
  return Object.keys(faults).length > 0 ? { faults } : { action };
}

/** An action as the form shows it. */
export function valuesOf(action: Action): Values {
  const { lat, lng } = action;
  const place = lat === undefined || lng === undefined ? {} : { place: placeText([lng, lat]) };
  const told = FIELDS.flatMap((field) => (field in action ? [[field, String(action[field as keyof Action])]] : []));
  return { ...Object.fromEntries(told), ...place };
}

/** What an action does, in words. */
export function describe(action: Action, nameOf: (service: string) => string): string {
  const { lat, lng, capacity, hours, days, cost } = action;
  const more = [
    action.do !== "resize" && capacity !== undefined ? `${number(capacity)} places` : null,
    action.do !== "hours" && hours !== undefined ? hours : null,
    cost !== undefined ? `£${number(cost)} a year` : null,
  ].filter((text) => text !== null);
  return fill(whatif.do[action.do]?.says ?? action.do, {
    name: action.name ?? "",
    service: action.service === undefined ? "" : nameOf(action.service),
    place: lat === undefined || lng === undefined ? "" : placeText([lng, lat]),
    capacity: number(capacity),
    hours: hours ?? "",
    days: days === 1 ? "1 day a week" : `${number(days)} days a week`,
    more: more.length === 0 ? "" : ` (${more.join(", ")})`,
  });
}

/** Opening hours with one more time on a day: an evening, or a Saturday. */
export function withTime(hours: string, day: string, time: string): string {
  const parts = hours.split(";").map((part) => part.trim());
  const kept = parts.filter((part) => part !== "" && !part.startsWith(`${day} `));
  const own = parts.find((part) => part.startsWith(`${day} `))?.slice(3) ?? "";
  const times = [...new Set([...own.split(",").filter((one) => one !== "" && one !== "closed"), time])].sort();
  const week = ["mo", "tu", "we", "th", "fr", "sa", "su"];
  const at = (part: string) => week.indexOf(part.slice(0, 2));
  return [...kept, `${day} ${times.join(",")}`].sort((a, b) => at(a) - at(b)).join("; ");
}

/** Actions for the address; null where there are none, or too many to be kept whole. */
export function encode(actions: Action[]): string | null {
  const text = JSON.stringify(actions);
  return actions.length === 0 || text.length > LONGEST ? null : text;
}

const KEYS = ["do", "service", "lat", "lng", "name", "capacity", "hours", "days", "cost"];

function isAction(found: unknown): found is Action {
  if (typeof found !== "object" || found === null) return false;
  const parts = Object.entries(found);
  const plain = parts.every(([key, value]) => KEYS.includes(key) && ["string", "number"].includes(typeof value));
  return plain && "do" in found && VERBS.includes(found.do as Verb);
}

/** The actions of an address; null where they cannot be read. Whether they can be done is for the server to say. */
export function decode(text: string | null): Action[] | null {
  if (text === null) return null;
  try {
    const found: unknown = JSON.parse(text);
    return Array.isArray(found) && found.length > 0 && found.length <= MOST && found.every(isAction) ? found : null;
  } catch {
    return null;
  }
}

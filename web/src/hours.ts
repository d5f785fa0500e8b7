/** When it happens: six hours by weekday of one hexagon, as a small table. */
import { category, layer, week } from "virtual:content";
import type { Profile } from "./api";
import { el } from "./dom";
import { number } from "./format";
import { fill } from "./sayings";

const DAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const BANDS = ["00 to 06", "06 to 12", "12 to 18", "18 to 24"];
const SIX = 6;

/** Sums of six hours, a row for each part of the day and a column for each weekday; null where an hour is not shown. */
export function bandsOf(counts: (number | null)[][]): (number | null)[][] {
  return BANDS.map((_, band) =>
    counts.map((day) =>
      day
        .slice(band * SIX, (band + 1) * SIX)
        .reduce<number | null>((sum, one) => (sum === null || one === null ? null : sum + one), 0),
    ),
  );
}

/** Profiles of the category on the map, else of everything in each source. */
export function profilesOf(profiles: Profile[], slug: string): Profile[] {
  const own = profiles.filter((one) => one.category === slug);
  return own.length > 0 ? own : profiles.filter((one) => one.category === "all");
}

/** What the table says of each part of the day and weekday: a number, or how many of the tests were positive. */
export function cellsOf({ counts, positives }: Pick<Profile, "counts" | "positives">): string[][] {
  const found = positives === null ? null : bandsOf(positives);
  return bandsOf(counts).map((band, row) =>
    band.map((sum, day) => (found === null ? number(sum) : `${number(found[row]?.[day] ?? null)} of ${number(sum)}`)),
  );
}

function grid(profile: Profile): HTMLElement {
  const { source, category: slug } = profile;
  const head = ["Hours", ...DAYS].map((text) => el("th", { scope: "col" }, text));
  const rows = cellsOf(profile).map((band, place) =>
    el("tr", {}, el("th", { scope: "row" }, BANDS[place] ?? ""), ...band.map((text) => el("td", {}, text))),
  );
  const named = slug === "all" ? source : (category[slug]?.label ?? slug);
  const what = profile.positives === null ? named : fill(week.positives, { what: named });
  return el(
    "table",
    { class: "app-hours app-small" },
    el("caption", {}, what),
    el("thead", {}, el("tr", {}, ...head)),
    el("tbody", {}, ...rows),
  );
}

/** Heading, a table and the busiest windows for each source that has times here; nothing where none has, and nothing twice that is `said` above. */
export function hours(profiles: Profile[], slug: string, said: string): Node[] {
  const shown = profilesOf(profiles, slug);
  if (shown.length === 0) return [];
  return [
    el("h3", { class: "app-subhead" }, layer.profile?.title ?? ""),
    ...shown.flatMap((one) => described(one, said)),
  ];
}

function described(profile: Profile, said: string): Node[] {
  const when = profile.window.replace("12m:", "12 months to ");
  const pattern = profile.positives === null ? week.timed : week["timed-tests"];
  const about = `${fill(pattern, { timed: number(profile.timed), when })} ${profile.caveat ?? ""}`;
  const windows = said.includes(profile.sentence) ? [] : [el("p", { class: "app-small" }, profile.sentence)];
  return [grid(profile), ...windows, el("p", { class: "app-small" }, about)];
}

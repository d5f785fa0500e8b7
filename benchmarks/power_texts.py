"""Texts of the power study, as Markdown."""

INTRODUCTION = """# Power: which planted hotspots are found

A test that makes few false hotspots can also miss true ones. Here we plant hotspots of known strength and count how
many the published classes find. *Found* means: classed hot at 95 % or stronger (q ≤ .05). A *place* is a cell and
the cells around it.

Run it again with:

```
geointel demo {demo} --scale {scale} --seed {seed} --no-serve
{command}
```

It takes about five minutes. Without `--data` only the demonstration's map is used. `--seeds` says how many places
are simulated, `--first-seed` which.
"""

MEANING = """## What it means

- **A hotspot must be busy, not only busier.** The class compares a place with the whole map, town centres
  included. A quiet place with eight times its usual records is still quiet beside them, and gets no class. To see it,
  look at the counts and at `excess`.
- **A cell without a class is not proof that nothing is there.** It is a place whose records, few or many, also turn up
  when the map's own counts are dealt out at random.
- **Look at twelve months first.** Quarters find nearly as much and find it sooner; a single month shows the strongest
  places only, and not in every month.
- **Use resolution 8 for a place of a few streets.** A resolution 7 cell and its ring are seven times as large, and what
  happens in a part of them is lost among the rest.
- **`excess` needs a large factor.** Over twelve months it finds about half of the places with eight to twelve times the usual
  drug offences, few of those with three, and none for being a town centre. Look at the ratio as well as the class.
- **`excess` can miss a very strong place.** It takes the ordinary variation between cells from the same map, and a place that
  holds a large part of all drug offences makes much variation look ordinary. So the share found falls again at the end of
  the busiest rows below, where a planted place can hold up to half of the map's offences. `hotspot` finds those.
- **The normal tail finds more because it asks for less.** It asks for about a third to a half of the records, and shows
  hotspots on nearly every map without a pattern.
"""

PLACES = """## The demonstration's planted places

`geointel demo` writes made-up records with places where more is recorded than usual, and says in `truth.json` and
`truth.csv` where they are. *Factor* is how many times the usual records the middle cell has when the place is full;
four fifths of the growth reach the six cells around it. *Records a month* are what all seven expect, without planting
and when the place is full.

An entry is the number of windows in which the middle cell or one around it is classed, out of the windows that lie
wholly in the full time. Where no twelve months lie wholly in it, the twelve months with the most full ones are judged, and
the number of full ones is given. Places of category `all` are busy with everything: `excess` should not find them.
"""

ELSEWHERE = """## Hot cells elsewhere

Windows that do not overlap, all together. *Planted*: there is a planted cell in the cell and its ring, at a time when more
is recorded there. *Elsewhere*: all others. The demonstration has town centres, and `hotspot` is meant to find them; so
the *true level* is given, from what the generator expects. For `hotspot` it is what the cell and its ring expect over the
mean of as many cells (their concentration); for `excess`, their share of drug offences over the area's. A class at a true
level of 1 or less is false.
"""

SIMULATION = """## Planted on whole maps

The map keeps its counts, except in one cell drawn at random and its ring. There, drug offences are drawn anew around the
factor times the usual number, which is that of 2025, scaled to the window: negative binomial, with variance
mean + mean² / {spread:.0f} for the place as a whole, about as real places vary from month to month. Its other records stay.

Rows are by usual recorded drug offences a year in cell and ring, and beside it their mean in the window. An entry is the
percentage of {places} places whose middle cell is found; the error of sampling is up to {margin:.0f} points either way.
×1 is the place as it usually is: what is found there is hot without planting.

### The smallest factor found in at least {found:.0f} % of places

"–": not even ×{most}. "already": found at ×1.
"""

AS_THEY_ARE = """### The maps as they are

*Least* are the fewest recorded drug offences of a hot cell and its ring, where all seven are supported.
"""

COST = """## What the normal tail costs

{noise} maps without a pattern for each line, with the mean and the variance of the real one and negative binomial counts;
for `excess`, the real records with beta-binomial shares that vary as much as the real ones. More kinds of noise stand in
`noise.md`.
"""

BESIDE = """## Hotspot: the randomisation tail, and the normal tail beside it

The left half is what the `hotspot` layer does. The right half is what most software would do; read it together with its
false hotspots in the table above. Percentages of places found.
"""

EXCESS = """## Excess

`excess` asks whether drug offences are a larger share of all records than in the area. A place with many other records
hides more drug offences. Percentages of places found.
"""

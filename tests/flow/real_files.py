"""Every file of the real data: which kind reads it, in whose partnership, and how many rows it has.

Data only: ``scripts/source_table.py`` reads it into ``docs/validation/sources.md``, ``test_every_file.py`` checks it.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Line:
    """One line of the table: files that one source reads, and the rows that they have.

    ``files`` is a pattern under the data folder; ``options`` are the source's own keys, as TOML.
    """

    files: str
    kind: str
    read: int
    options: str = ""


@dataclass(frozen=True)
class Place:
    """A partnership that can read files: its area and its lines.

    ``area`` is TOML; ``box`` (west, south, east, north) is its outline where no file has one: it is written to
    ``{folder}/box.geojson``. ``directory`` says that postcodes come from the ONS Postcode Directory alone.
    """

    title: str
    area: str
    lines: tuple[Line, ...]
    box: tuple[float, float, float, float] | None = None
    directory: bool = False


LANCASHIRE = """
[[area.level]]
id = "lad"
file = "boundaries/lancashire-lad22-ons.geojson"
code = "objectid"
name = "district"
lookup = [
    { file = "lookups/lsoa11-lsoa21-lad22.csv", from = "lsoa11_code", to = "ltla22_code" },
    { file = "lookups/lsoa11-lsoa21-lad22.csv", from = "lsoa21_code", to = "ltla22_code" },
    { file = "lookups/lad24-csp24-pfa24-england-wales.csv", from = "ltla24_code", to = "ltla24_code" },
]

[[area.level]]
id = "pfa"
members_of = "lad"
lookup = [{ file = "lookups/lad24-csp24-pfa24-england-wales.csv", from = "pfa24_name", to = "pfa24_name" }]

[area.level.members]
Lancashire = [
    "E06000008", "E06000009", "E07000117", "E07000118", "E07000119", "E07000120", "E07000121",
    "E07000122", "E07000123", "E07000124", "E07000125", "E07000126", "E07000127", "E07000128",
]
"""
WEST_MERCIA = """
[[area.level]]
id = "lad"
file = "boundaries/west-mercia-lad24.geojson"
code = "ltla24_code"
name = "ltla24_name"
"""
FORCES = """
[[area.level]]
id = "force"
file = "boundaries/england-wales-pfa20.geojson"
code = "pfa20_code"
name = "pfa20_name"

[grid]
leaf = 8
"""
GREATER_MANCHESTER = FORCES.replace("\n\n[grid]", '\nonly = ["E23000005"]\n\n[grid]')
NORTHERN_IRELAND = """
[[area.level]]
id = "box"
file = "{folder}/box.geojson"
code = "code"
name = "code"

[grid]
leaf = 8
"""
OUTLINES21 = 'outlines = { file = "boundaries/lancashire-lsoa21.geojson.gz", code = "LSOA21CD" }'
OUTLINES11 = 'outlines = { file = "boundaries/lancashire-lsoa11.geojson.gz", code = "LSOA11CD" }'
SEARCHES = "police-stop-and-search"
STREET, OUTCOMES, SEARCH = "police-uk-street", "police-uk-outcomes", "police-uk-stop-search"

PLACES = (
    Place(
        "Lancashire",
        LANCASHIRE,
        (
            Line("police-street/202[12]-*/*-lancashire-street.csv.gz", STREET, 232_233),
            Line("police-street/2025-*/*-lancashire-street.csv.gz", STREET, 183_300),
            Line("police-outcomes/*/*-lancashire-outcomes.csv.gz", OUTCOMES, 142_250),
            Line(f"{SEARCHES}/lancashire-excerpts/2019-06-*.csv", SEARCH, 13),
            Line(f"{SEARCHES}/lancashire-excerpts/2024-01-*.csv", SEARCH, 20),
            Line("postcodes/codepointopen-bb.csv.gz", "postcodes", 13_532),
            Line("postcodes/codepointopen-fy.csv.gz", "postcodes", 7_394),
            Line("postcodes/codepointopen-hr.csv.gz", "postcodes", 6_512),
            Line("postcodes/codepointopen-la.csv.gz", "postcodes", 11_936),
            Line("postcodes/codepointopen-pr.csv.gz", "postcodes", 13_557),
            Line("postcodes/codepointopen-sy.csv.gz", "postcodes", 14_605),
            Line("postcodes/codepointopen-tf.csv.gz", "postcodes", 7_169),
            Line("postcodes/codepointopen-wr.csv.gz", "postcodes", 8_951),
            Line("services/epraccur-2019.csv", "nhs-ods", 745, 'as_of = "2019-12"'),
            Line("services/epraccur-2023.csv", "nhs-ods", 822, 'as_of = "2024-01"'),
            Line("services/epraccur-2023-substance-misuse-settings-england.csv", "nhs-ods", 316, 'as_of = "2024-01"'),
            Line("services/epharmacyhq-2019-04.csv", "nhs-ods", 279),
            Line("services/nhs-choices-Pharmacy-2019-04.csv", "nhs-choices", 595),
            Line("services/nhs-choices-Hospital.csv", "nhs-choices", 60, 'as_of = "2018-01"'),
            Line("population/census2021-lsoa21-residents-households.csv", "population", 1_749, OUTLINES21),
            Line(
                "population/mid2020-lsoa11-single-year-of-age.csv",
                "population",
                1_722,
                f'reference = "2020-06"\n{OUTLINES11}',
            ),
            Line(
                "population/SAPE20DT1-mid2017-lsoa11.csv", "population", 1_745, f'reference = "2017-06"\n{OUTLINES11}'
            ),
            Line("raster/derived-census2021-lsoa-1km-lancashire.tif", "population-raster", 85 * 68),
            Line("deprivation/imd2019_england_lsoa11.csv", "area-index", 1_722),
            Line("deprivation/imd2019_england_lsoa11_subdomains.csv", "area-index", 1_722),
            Line("deprivation/imd2025_england_lsoa21.csv", "area-index", 1_749),
            Line("deprivation/UK_IMD_E-2019-lsoa11.csv", "area-index", 1_722),
            Line("health-outcomes/fingertips-lancashire-local-authorities.csv", "area-indicator", 168),
            Line("health-outcomes/ons-health-index-drug-alcohol-misuse-ltla21.csv", "area-indicator", 4_298),
            Line(
                "police-force-level/stop-and-search-by-ethnicity-pfa-2006-2018.csv.gz",
                "area-indicator",
                13_104,
                'level = "pfa"\ngroup = ["Ethnicity_type", "Ethnicity"]',
            ),
            Line(
                "police-force-level/prc-pfa-2017-18.csv.gz", "area-indicator", 23_068, 'level = "pfa"\nrepeats = "add"'
            ),
        ),
    ),
    Place(
        "West Mercia",
        WEST_MERCIA,
        (
            Line("police-street/202[12]-*/*-west-mercia-street.csv.gz", STREET, 137_047),
            Line("police-street/2025-*/*-west-mercia-street.csv.gz", STREET, 102_105),
            Line("police-outcomes/*/*-west-mercia-outcomes.csv.gz", OUTCOMES, 89_169),
            Line("raster/derived-census2021-lsoa-1km-west-mercia.tif", "population-raster", 131 * 101),
        ),
    ),
    Place(
        "England and Wales, by police force",
        FORCES,
        (
            Line("police-street-odd/2025-01-btp-street.csv.gz", STREET, 3_304),
            Line("police-street-odd/2025-06-city-of-london-street.csv.gz", STREET, 701),
            Line(f"{SEARCHES}/20*/*-city-of-london-stop-and-search.csv", SEARCH, 879),
            Line(f"{SEARCHES}/20*/*-derbyshire-stop-and-search.csv", SEARCH, 506),
            Line(f"{SEARCHES}/20*/*-durham-stop-and-search.csv", SEARCH, 441),
            Line(f"{SEARCHES}/20*/*-leicestershire-stop-and-search.csv", SEARCH, 701),
            Line(f"{SEARCHES}/20*/*-merseyside-stop-and-search.csv", SEARCH, 9_631),
            Line("stats19/2022-london-first-1049-rows-collision.csv", "stats19", 1_049),
            Line("stats19/2024-west-yorkshire-*.csv", "stats19", 4_060 + 7_355 + 5_240),
            Line("services/cqc-api-hospital-locations.csv", "cqc", 173, 'as_of = "2021-04"'),
            Line("raster/openpopgrid-2011-300m-nz.tif", "population-raster", 334 * 331, 'reference = "2011-03"'),
            Line(
                "raster/openpopgrid-2011-300m-nz-no-crs.tif",
                "population-raster",
                334 * 331,
                'reference = "2011-03"\ncrs = "EPSG:27700"',
            ),
            Line(
                "raster/gpw-v4-rev11-2020-density-15min-gb.tif",
                "population-raster",
                46 * 46,
                'reference = "2020-07"\nunit = "per-km2"',
            ),
            Line("osm/leeds-its-example.osm.pbf", "roads", 184),
            Line("osm/rutland-2018-02.osm.pbf", "roads", 4_461),
        ),
    ),
    Place(
        "Northern Ireland, a box",
        NORTHERN_IRELAND,
        (Line("police-street-odd/2025-06-northern-ireland-street.csv.gz", STREET, 11_536),),
        box=(-8.3, 53.9, -5.3, 55.5),
    ),
    Place(
        "Greater Manchester, with the postcode directory",
        GREATER_MANCHESTER,
        (Line("services/greater-manchester-pharmacies-nhsbsa.csv", "pharmacies", 631, 'as_of = "2025-06"'),),
        directory=True,
    ),
)

BOUNDARIES = {
    "blackpool-lsoa11-topo.json": 94,
    "blackpool-oa11-topo.json": 512,
    "england-wales-pfa20.geojson": 43,
    "lancashire-lad22-ons.geojson": 14,
    "lancashire-lad24.geojson": 14,
    "lancashire-lsoa11.geojson.gz": 941,
    "lancashire-lsoa21.geojson.gz": 945,
    "lancashire-msoa21.geojson.gz": 190,
    "lancashire-ward25.geojson.gz": 253,
    "lancashire-wards.gpkg": 271,
    "lancashire-west-mercia-csp24-derived.geojson": 19,
    "telford-lsoa11-topo.json": 108,
    "telford-oa11-topo.json": 529,
    "uk-police-forces-simplified.json": 43,
    "west-mercia-lad24.geojson": 9,
    "west-mercia-lsoa11.geojson.gz": 781,
    "west-mercia-lsoa21.geojson.gz": 804,
    "west-mercia-msoa21.geojson.gz": 171,
    "west-mercia-ward25.geojson.gz": 269,
    "west-yorkshire-lsoa21.geojson.gz": 1_404,
}
"""Files under ``boundaries/``, which area levels and ``outlines`` name, and their areas."""

LOOKUPS = {
    "lad23-utla23.csv": 23,
    "lad24-csp24-pfa24-england-wales.csv": 332,
    "lsoa-latlong.csv": 1_791,
    "lsoa11-lsoa21-lad22.csv": 1_756,
    "lsoa21-ward24-lad24.csv": 1_749,
    "msoa11-msoa21-lad22.csv": 361,
    "rural-urban-2021-lsoa21.csv": 1_749,
}
"""Files under ``lookups/``, which ``lookup`` and ``vintages`` of the area can name, and their rows."""

WITHOUT_A_KIND = {
    "README.md": "says where the files come from",
    "police-force-level/CrimeCatMappings.csv": "132 offence codes and their police.uk category: a table of words, no records",
    "population/lancashire-ward-population-2020.xlsx": "Excel; the kind `population` reads it when its sheet is saved as CSV",
    "stats19/dft-road-safety-open-dataset-data-guide-2024.xlsx": "lists of codes; the kind `stats19` has those that it needs",
}
"""Files that no source reads, and why."""

"""The layers of a demonstration, as the partnership file has them."""

from __future__ import annotations

LAYERS = """
# Without [[layer]] the first three, a count of each other source and the services would be built.

[[layer]]
id = "incident-count"
kind = "count"

[[layer]]
id = "hotspot"
kind = "hotspot"
categories = ["drugs", "all"]

[[layer]]
id = "hotspot-without-special-points"
kind = "hotspot"
categories = ["drugs"]
windows = ["year"]
special_points = "out"

[[layer]]
id = "excess"
kind = "excess"
categories = ["drugs"]

[[layer]]
id = "change"
kind = "change"
categories = ["drugs", "all"]
windows = ["quarter"]
activity = ["searches"]
harm = ["naloxone", "needles"]

[[layer]]
id = "emerging"
kind = "emerging"
categories = ["drugs", "all"]
windows = ["year"]

[[layer]]
id = "cluster"
kind = "cluster"
categories = ["drugs"]
windows = ["year"]
latest = 2

[[layer]]
id = "moran"
kind = "moran"
categories = ["drugs"]
windows = ["year"]

[[layer]]
id = "rate"
kind = "rate"
categories = ["drugs"]
windows = ["year"]
residents = "residents"

[[layer]]
id = "density"
kind = "density"
categories = ["drugs"]
windows = ["year"]

[[layer]]
id = "searches-count"
kind = "count"
source = "searches"
title = "Police stop and search (searches for drugs by legislation or object)"

[[layer]]
id = "naloxone-count"
kind = "count"
source = "naloxone"
title = "Ambulance call-outs with naloxone"

[[layer]]
id = "needles-count"
kind = "count"
source = "needles"
title = "Needle litter"

[[layer]]
id = "collisions-count"
kind = "count"
source = "collisions"
title = "Road collisions with injuries (STATS19)"

[[layer]]
id = "collisions-when"
kind = "profile"
source = "collisions"
categories = ["all"]
title = "When collisions happen"

[[layer]]
id = "collision-corridors"
kind = "corridor"
source = "collisions"
categories = ["all"]
windows = ["year"]
title = "Corridors of collisions"
roads = "roads"

[[layer]]
id = "positive-corridors"
kind = "corridor"
source = "drug-driving"
categories = ["drug-driving", "drug-driving-rsf"]
windows = ["year"]
title = "Corridors of positive tests"
measure = "positives"
roads = "roads"

[[layer]]
id = "collisions"
kind = "collisions"
source = "collisions"
roads = "roads"
windows = ["year"]
default_resolution = 7

[[layer]]
id = "collisions-by-traffic"
kind = "collisions"
source = "collisions"
traffic = "traffic"
windows = ["year"]
default_resolution = 7

[[layer]]
id = "drug-driving"
kind = "drug-driving"
source = "drug-driving"
windows = ["quarter", "year"]
default_resolution = 7

[[layer]]
id = "services"
kind = "services"

[[layer]]
id = "need"
kind = "need"
residents = "residents"
deprivation = "deprivation"
estimate = "treatment"
indicator = "people_who_use"
method = "linked treatment and mortality (from 2018/19)"
substances = ["opiate-and-crack"]
treated = "treatment"
treated_indicator = "in_treatment"
treated_groups = { opiate-and-crack = "opiate" }

[[layer]]
id = "residents-and-deprivation"
kind = "need"
residents = "residents"
deprivation = "deprivation"

[[layer]]
id = "treatment-access"
kind = "access"
source = "services"
categories = ["drug-treatment"]
title = "Treatment places in reach, for adults"
measure = "places"
age = 30
residents = "residents"
deprivation = "deprivation"
roads = "roads"

[[layer]]
id = "needle-exchange-access"
kind = "access"
source = "services"
categories = ["needle-exchange"]
title = "Walking to a needle exchange"
mode = "walk"
standard = 20
residents = "residents"
deprivation = "deprivation"

[[layer]]
id = "treatment-access-by-bus"
kind = "access"
source = "services"
categories = ["drug-treatment"]
title = "Minutes by bus to drug treatment"
mode = "public-transport"
matrix = "by-bus"
residents = "residents"
deprivation = "deprivation"

[[layer]]
id = "young-people-access"
kind = "access"
source = "services"
categories = ["drug-treatment"]
title = "Minutes to help for young people"
age = 16
mode = "cycle"
residents = "residents"
ages = ["age-0-17"]
deprivation = "deprivation"
roads = "roads"

[[layer]]
id = "gap"
kind = "gap"
source = "services"
help = "drug-treatment"
measure = "places"
age = 30
residents = "residents"
deprivation = "deprivation"
roads = "roads"
estimate = "treatment"
indicator = "people_who_use"
method = "linked treatment and mortality (from 2018/19)"
substances = ["opiate-and-crack"]
treated = "treatment"
treated_indicator = "in_treatment"
treated_groups = { opiate-and-crack = "opiate" }
"""
"""One layer of each kind, which need the sources of ``source_tables`` and twelve months."""

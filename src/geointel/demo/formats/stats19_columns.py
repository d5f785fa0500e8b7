"""Columns of the STATS19 tables as published from 2024 on, and what stands where nothing is drawn.

-1 is missing. Lists of codes are in the Department for Transport's data guide.
"""

from __future__ import annotations

COLLISION = (
    "collision_index", "collision_year", "collision_ref_no", "location_easting_osgr", "location_northing_osgr",
    "longitude", "latitude", "police_force", "collision_severity", "number_of_vehicles", "number_of_casualties",
    "date", "day_of_week", "time", "local_authority_district", "local_authority_ons_district",
    "local_authority_highway", "local_authority_highway_current", "first_road_class", "first_road_number",
    "road_type", "speed_limit", "junction_detail_historic", "junction_detail", "junction_control",
    "second_road_class", "second_road_number", "pedestrian_crossing_human_control_historic",
    "pedestrian_crossing_physical_facilities_historic", "pedestrian_crossing", "light_conditions",
    "weather_conditions", "road_surface_conditions", "special_conditions_at_site",
    "carriageway_hazards_historic", "carriageway_hazards", "urban_or_rural_area",
    "did_police_officer_attend_scene_of_accident", "trunk_road_flag", "lsoa_of_accident_location",
    "enhanced_severity_collision", "collision_injury_based", "collision_adjusted_severity_serious",
    "collision_adjusted_severity_slight",
)  # fmt: skip
COLLISION_DEFAULTS = {
    "local_authority_district": -1, "junction_detail_historic": -1, "junction_detail": 0, "junction_control":
    -1, "second_road_class": -1, "second_road_number": -1, "pedestrian_crossing_human_control_historic": -1,
    "pedestrian_crossing_physical_facilities_historic": -1, "pedestrian_crossing": 0,
    "special_conditions_at_site": -1, "carriageway_hazards_historic": -1, "carriageway_hazards": 0,
    "did_police_officer_attend_scene_of_accident": 1, "trunk_road_flag": 2, "collision_injury_based": 1,
}  # fmt: skip
VEHICLE = (
    "collision_index", "collision_year", "collision_ref_no", "vehicle_reference", "vehicle_type",
    "towing_and_articulation", "vehicle_manoeuvre_historic", "vehicle_manoeuvre", "vehicle_direction_from",
    "vehicle_direction_to", "vehicle_location_restricted_lane_historic", "vehicle_location_restricted_lane",
    "junction_location", "skidding_and_overturning", "hit_object_in_carriageway", "vehicle_leaving_carriageway",
    "hit_object_off_carriageway", "first_point_of_impact", "vehicle_left_hand_drive",
    "journey_purpose_of_driver_historic", "journey_purpose_of_driver", "sex_of_driver", "age_of_driver",
    "age_band_of_driver", "engine_capacity_cc", "propulsion_code", "age_of_vehicle", "generic_make_model",
    "driver_imd_decile", "lsoa_of_driver", "escooter_flag", "driver_distance_banding",
)  # fmt: skip
VEHICLE_DEFAULTS = {
    "towing_and_articulation": 0, "vehicle_manoeuvre_historic": -1, "vehicle_manoeuvre": 19,
    "vehicle_direction_from": 1, "vehicle_direction_to": 5, "vehicle_location_restricted_lane_historic": -1,
    "vehicle_location_restricted_lane": 0, "junction_location": 0, "skidding_and_overturning": 0,
    "hit_object_in_carriageway": 0, "vehicle_leaving_carriageway": 0, "hit_object_off_carriageway": 0,
    "vehicle_left_hand_drive": 1, "journey_purpose_of_driver_historic": -1, "journey_purpose_of_driver": 6,
    "engine_capacity_cc": -1, "propulsion_code": -1, "age_of_vehicle": -1, "driver_imd_decile": -1,
    "lsoa_of_driver": -1, "escooter_flag": 0, "driver_distance_banding": -1,
}  # fmt: skip
CASUALTY = (
    "collision_index", "collision_year", "collision_ref_no", "vehicle_reference", "casualty_reference",
    "casualty_class", "sex_of_casualty", "age_of_casualty", "age_band_of_casualty", "casualty_severity",
    "pedestrian_location", "pedestrian_movement", "car_passenger", "bus_or_coach_passenger",
    "pedestrian_road_maintenance_worker", "casualty_type", "casualty_imd_decile", "lsoa_of_casualty",
    "enhanced_casualty_severity", "casualty_injury_based", "casualty_adjusted_severity_serious",
    "casualty_adjusted_severity_slight", "casualty_distance_banding",
)  # fmt: skip
CASUALTY_DEFAULTS = {
    "bus_or_coach_passenger": 0, "pedestrian_road_maintenance_worker": 0, "casualty_imd_decile": -1,
    "lsoa_of_casualty": -1, "casualty_injury_based": 1, "casualty_distance_banding": -1,
}  # fmt: skip

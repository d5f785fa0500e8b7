SELECT
  "t5"."level",
  "t5"."code",
  "t5"."month",
  "t5"."category",
  SUM("t5"."weight") AS "incidents",
  SUM("t5"."weight") FILTER(WHERE
    "t5"."special") AS "incidents-special-points",
  SUM("t5"."tests") AS "tests"
FROM (
  SELECT
    "t4"."month",
    "t4"."category",
    "t4"."cell",
    "t4"."special",
    "t4"."area_code",
    "t4"."area_name",
    "t4"."reason",
    "t4"."weight",
    "t4"."tests",
    "t4"."weekday",
    "t4"."hour",
    "t2"."level",
    "t2"."code"
  FROM (
    SELECT
      *
    FROM "weighed" AS "t0"
    WHERE
      "t0"."reason" IS NULL AND "t0"."cell" IS NULL
  ) AS "t4"
  INNER JOIN "areas" AS "t2"
    ON "t4"."area_code" = "t2"."area_code"
) AS "t5"
GROUP BY
  1,
  2,
  3,
  4

SELECT
  "t1"."cell",
  "t1"."month",
  "t1"."category",
  SUM("t1"."weight") AS "incidents",
  SUM("t1"."weight") FILTER(WHERE
    "t1"."special") AS "incidents-special-points",
  SUM("t1"."tests") AS "tests"
FROM (
  SELECT
    *
  FROM "weighed" AS "t0"
  WHERE
    "t0"."reason" IS NULL AND "t0"."cell" IS NOT NULL
) AS "t1"
GROUP BY
  1,
  2,
  3

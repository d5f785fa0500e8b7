SELECT
  "t1"."cell",
  "t1"."month",
  "t1"."category",
  "t1"."weekday",
  "t1"."hour",
  SUM("t1"."tests") AS "tests"
FROM (
  SELECT
    *
  FROM "weighed" AS "t0"
  WHERE
    "t0"."reason" IS NULL AND "t0"."cell" IS NOT NULL AND "t0"."weekday" IS NOT NULL
) AS "t1"
GROUP BY
  1,
  2,
  3,
  4,
  5

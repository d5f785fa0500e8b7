SELECT
  "t1"."cell",
  "t1"."month",
  "t1"."category",
  COUNT(*) AS "incidents",
  COUNT(*) FILTER(WHERE
    "t1"."special") AS "incidents-special-points"
FROM (
  SELECT
    *
  FROM "rows" AS "t0"
  WHERE
    "t0"."reason" IS NULL AND "t0"."cell" IS NOT NULL
) AS "t1"
GROUP BY
  1,
  2,
  3

SELECT
  "t0"."reason",
  COUNT(*) AS "n"
FROM "rows" AS "t0"
GROUP BY
  1

SELECT DISTINCT
  "t0"."cell"
FROM "rows" AS "t0"
WHERE
  "t0"."reason" = 'outside-area' AND "t0"."cell" IS NOT NULL

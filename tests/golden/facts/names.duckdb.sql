WITH "t2" AS (
  SELECT
    "t1"."cell",
    "t1"."name",
    COUNT(*) AS "n"
  FROM (
    SELECT
      "t0"."cell",
      REGEXP_REPLACE("t0"."area_name", '[A-Z]$', '', 'g') AS "name"
    FROM "rows" AS "t0"
    WHERE
      "t0"."reason" IS NULL AND "t0"."area_name" IS NOT NULL
  ) AS "t1"
  GROUP BY
    1,
    2
)
SELECT
  *
FROM (
  SELECT
    "t8"."cell",
    "t8"."name",
    6 AS "resolution"
  FROM (
    SELECT
      "t6"."cell",
      "t6"."name",
      "t6"."n",
      ROW_NUMBER() OVER (
        PARTITION BY "t6"."cell"
        ORDER BY "t6"."n" DESC, "t6"."name" ASC
        ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
      ) - 1 AS "rank"
    FROM (
      SELECT
        "t4"."cell",
        "t4"."name",
        SUM("t4"."n") AS "n"
      FROM (
        SELECT
          (
            "t3"."cell" & -67553994410557441
          ) | 27021597764222976 | 134217727 AS "cell",
          "t3"."name",
          "t3"."n"
        FROM "t2" AS "t3"
      ) AS "t4"
      GROUP BY
        1,
        2
    ) AS "t6"
  ) AS "t8"
  WHERE
    "t8"."rank" = 0
) AS "t10"
UNION ALL
SELECT
  *
FROM (
  SELECT
    "t9"."cell",
    "t9"."name",
    8 AS "resolution"
  FROM (
    SELECT
      "t7"."cell",
      "t7"."name",
      "t7"."n",
      ROW_NUMBER() OVER (
        PARTITION BY "t7"."cell"
        ORDER BY "t7"."n" DESC, "t7"."name" ASC
        ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
      ) - 1 AS "rank"
    FROM (
      SELECT
        "t5"."cell",
        "t5"."name",
        SUM("t5"."n") AS "n"
      FROM (
        SELECT
          (
            "t3"."cell" & -67553994410557441
          ) | 36028797018963968 | 2097151 AS "cell",
          "t3"."name",
          "t3"."n"
        FROM "t2" AS "t3"
      ) AS "t5"
      GROUP BY
        1,
        2
    ) AS "t7"
  ) AS "t9"
  WHERE
    "t9"."rank" = 0
) AS "t11"

WITH "t4" AS (
  SELECT
    "t3"."cell",
    "t3"."weekday",
    "t3"."hour",
    "t3"."month",
    "t3"."category",
    SUM("t3"."incidents") AS "incidents"
  FROM (
    SELECT
      (
        "t1"."cell" & -67553994410557441
      ) | 27021597764222976 | 134217727 AS "cell",
      "t1"."month",
      "t1"."category",
      "t1"."incidents",
      "t1"."weekday",
      "t1"."hour"
    FROM "moments" AS "t1"
  ) AS "t3"
  GROUP BY
    1,
    2,
    3,
    4,
    5
)
SELECT
  "t11"."cell",
  "t11"."weekday",
  "t11"."hour",
  "t11"."window",
  "t11"."category",
  'incidents' AS "measure",
  CAST("t11"."incidents" AS DOUBLE) AS "value"
FROM (
  SELECT
    "t10"."cell",
    "t10"."weekday",
    "t10"."hour",
    "t10"."window",
    "t10"."category",
    SUM("t10"."incidents") AS "incidents"
  FROM (
    SELECT
      "t9"."cell",
      "t9"."weekday",
      "t9"."hour",
      "t9"."month",
      "t9"."category",
      "t9"."incidents",
      "t2"."window"
    FROM (
      SELECT
        *
      FROM "t4" AS "t5"
      UNION ALL
      SELECT
        *
      FROM (
        SELECT
          "t6"."cell",
          "t6"."weekday",
          "t6"."hour",
          "t6"."month",
          'all' AS "category",
          "t6"."incidents"
        FROM (
          SELECT
            "t5"."cell",
            "t5"."weekday",
            "t5"."hour",
            "t5"."month",
            SUM("t5"."incidents") AS "incidents"
          FROM "t4" AS "t5"
          GROUP BY
            1,
            2,
            3,
            4
        ) AS "t6"
      ) AS "t7"
    ) AS "t9"
    INNER JOIN "windows" AS "t2"
      ON "t9"."month" = "t2"."month"
  ) AS "t10"
  GROUP BY
    1,
    2,
    3,
    4,
    5
) AS "t11"
WHERE
  "t11"."incidents" > 0

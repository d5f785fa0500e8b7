WITH "t5" AS (
  SELECT
    "t3"."cell",
    "t3"."month",
    "t3"."category",
    SUM("t3"."incidents") AS "incidents",
    SUM("t3"."incidents-special-points") AS "incidents-special-points"
  FROM (
    SELECT
      (
        "t1"."cell" & -67553994410557441
      ) | 27021597764222976 | 134217727 AS "cell",
      "t1"."month",
      "t1"."category",
      "t1"."incidents",
      "t1"."incidents-special-points"
    FROM "leaves" AS "t1"
  ) AS "t3"
  GROUP BY
    1,
    2,
    3
), "t6" AS (
  SELECT
    "t4"."cell",
    "t4"."month",
    "t4"."category",
    SUM("t4"."incidents") AS "incidents",
    SUM("t4"."incidents-special-points") AS "incidents-special-points"
  FROM (
    SELECT
      (
        "t1"."cell" & -67553994410557441
      ) | 36028797018963968 | 2097151 AS "cell",
      "t1"."month",
      "t1"."category",
      "t1"."incidents",
      "t1"."incidents-special-points"
    FROM "leaves" AS "t1"
  ) AS "t4"
  GROUP BY
    1,
    2,
    3
), "t23" AS (
  SELECT
    *
  FROM (
    SELECT
      "t19"."cell",
      "t19"."window",
      "t19"."category",
      "t19"."incidents",
      "t19"."incidents-special-points",
      6 AS "resolution"
    FROM (
      SELECT
        "t17"."cell",
        "t17"."window",
        "t17"."category",
        SUM("t17"."incidents") AS "incidents",
        SUM("t17"."incidents-special-points") AS "incidents-special-points"
      FROM (
        SELECT
          "t15"."cell",
          "t15"."month",
          "t15"."category",
          "t15"."incidents",
          "t15"."incidents-special-points",
          "t2"."window"
        FROM (
          SELECT
            *
          FROM "t5" AS "t7"
          UNION ALL
          SELECT
            *
          FROM (
            SELECT
              "t9"."cell",
              "t9"."month",
              'all' AS "category",
              "t9"."incidents",
              "t9"."incidents-special-points"
            FROM (
              SELECT
                "t7"."cell",
                "t7"."month",
                SUM("t7"."incidents") AS "incidents",
                SUM("t7"."incidents-special-points") AS "incidents-special-points"
              FROM "t5" AS "t7"
              GROUP BY
                1,
                2
            ) AS "t9"
          ) AS "t11"
        ) AS "t15"
        INNER JOIN "windows" AS "t2"
          ON "t15"."month" = "t2"."month"
      ) AS "t17"
      GROUP BY
        1,
        2,
        3
    ) AS "t19"
  ) AS "t21"
  UNION ALL
  SELECT
    *
  FROM (
    SELECT
      "t20"."cell",
      "t20"."window",
      "t20"."category",
      "t20"."incidents",
      "t20"."incidents-special-points",
      8 AS "resolution"
    FROM (
      SELECT
        "t18"."cell",
        "t18"."window",
        "t18"."category",
        SUM("t18"."incidents") AS "incidents",
        SUM("t18"."incidents-special-points") AS "incidents-special-points"
      FROM (
        SELECT
          "t16"."cell",
          "t16"."month",
          "t16"."category",
          "t16"."incidents",
          "t16"."incidents-special-points",
          "t2"."window"
        FROM (
          SELECT
            *
          FROM "t6" AS "t8"
          UNION ALL
          SELECT
            *
          FROM (
            SELECT
              "t10"."cell",
              "t10"."month",
              'all' AS "category",
              "t10"."incidents",
              "t10"."incidents-special-points"
            FROM (
              SELECT
                "t8"."cell",
                "t8"."month",
                SUM("t8"."incidents") AS "incidents",
                SUM("t8"."incidents-special-points") AS "incidents-special-points"
              FROM "t6" AS "t8"
              GROUP BY
                1,
                2
            ) AS "t10"
          ) AS "t12"
        ) AS "t16"
        INNER JOIN "windows" AS "t2"
          ON "t16"."month" = "t2"."month"
      ) AS "t18"
      GROUP BY
        1,
        2,
        3
    ) AS "t20"
  ) AS "t22"
)
SELECT
  "t27"."resolution",
  "t27"."cell",
  "t27"."window",
  "t27"."category",
  "t27"."measure",
  CAST("t27"."value" AS DOUBLE) AS "value"
FROM (
  SELECT
    *
  FROM (
    SELECT
      "t24"."resolution",
      "t24"."cell",
      "t24"."window",
      "t24"."category",
      'incidents' AS "measure",
      "t24"."incidents" AS "value"
    FROM "t23" AS "t24"
  ) AS "t25"
  UNION ALL
  SELECT
    *
  FROM (
    SELECT
      "t24"."resolution",
      "t24"."cell",
      "t24"."window",
      "t24"."category",
      'incidents-special-points' AS "measure",
      "t24"."incidents-special-points" AS "value"
    FROM "t23" AS "t24"
  ) AS "t26"
) AS "t27"
WHERE
  "t27"."value" > 0

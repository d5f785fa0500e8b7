WITH "t11" AS (
  SELECT
    "t10"."level",
    "t10"."code",
    "t10"."month",
    "t10"."category",
    SUM("t10"."incidents") AS "incidents",
    SUM("t10"."incidents-special-points") AS "incidents-special-points"
  FROM (
    SELECT
      *
    FROM (
      SELECT
        "t8"."level",
        "t8"."code",
        "t8"."month",
        "t8"."category",
        "t8"."incidents",
        "t8"."incidents-special-points"
      FROM (
        SELECT
          "t7".*
          EXCLUDE ("cell")
        FROM (
          SELECT
            "t5"."cell",
            "t5"."month",
            "t5"."category",
            "t5"."incidents",
            "t5"."incidents-special-points",
            "t6"."level",
            "t6"."code"
          FROM "leaves" AS "t5"
          INNER JOIN "membership" AS "t6"
            ON "t5"."cell" = "t6"."cell"
        ) AS "t7"
      ) AS "t8"
    ) AS "t9"
    UNION ALL
    SELECT
      *
    FROM "coded" AS "t1"
  ) AS "t10"
  GROUP BY
    1,
    2,
    3,
    4
), "t18" AS (
  SELECT
    "t17"."level",
    "t17"."code",
    "t17"."window",
    "t17"."category",
    SUM("t17"."incidents") AS "incidents",
    SUM("t17"."incidents-special-points") AS "incidents-special-points"
  FROM (
    SELECT
      "t16"."level",
      "t16"."code",
      "t16"."month",
      "t16"."category",
      "t16"."incidents",
      "t16"."incidents-special-points",
      "t4"."window"
    FROM (
      SELECT
        *
      FROM "t11" AS "t12"
      UNION ALL
      SELECT
        *
      FROM (
        SELECT
          "t13"."level",
          "t13"."code",
          "t13"."month",
          'all' AS "category",
          "t13"."incidents",
          "t13"."incidents-special-points"
        FROM (
          SELECT
            "t12"."level",
            "t12"."code",
            "t12"."month",
            SUM("t12"."incidents") AS "incidents",
            SUM("t12"."incidents-special-points") AS "incidents-special-points"
          FROM "t11" AS "t12"
          GROUP BY
            1,
            2,
            3
        ) AS "t13"
      ) AS "t14"
    ) AS "t16"
    INNER JOIN "windows" AS "t4"
      ON "t16"."month" = "t4"."month"
  ) AS "t17"
  GROUP BY
    1,
    2,
    3,
    4
)
SELECT
  "t22"."level",
  "t22"."code",
  "t22"."window",
  "t22"."category",
  "t22"."measure",
  CAST("t22"."value" AS DOUBLE) AS "value"
FROM (
  SELECT
    *
  FROM (
    SELECT
      "t19"."level",
      "t19"."code",
      "t19"."window",
      "t19"."category",
      'incidents' AS "measure",
      "t19"."incidents" AS "value"
    FROM "t18" AS "t19"
  ) AS "t20"
  UNION ALL
  SELECT
    *
  FROM (
    SELECT
      "t19"."level",
      "t19"."code",
      "t19"."window",
      "t19"."category",
      'incidents-special-points' AS "measure",
      "t19"."incidents-special-points" AS "value"
    FROM "t18" AS "t19"
  ) AS "t21"
) AS "t22"
WHERE
  "t22"."value" > 0

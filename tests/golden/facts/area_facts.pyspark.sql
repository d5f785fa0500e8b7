WITH `t7` AS (
  SELECT
    `t6`.`level`,
    `t6`.`code`,
    `t6`.`month`,
    `t6`.`category`,
    SUM(`t6`.`incidents`) AS `incidents`,
    SUM(`t6`.`special`) AS `special`
  FROM (
    SELECT
      `t4`.`cell`,
      `t4`.`month`,
      `t4`.`category`,
      `t4`.`incidents`,
      `t4`.`special`,
      `t5`.`level`,
      `t5`.`code`
    FROM `leaves` AS `t4`
    INNER JOIN `membership` AS `t5`
      ON `t4`.`cell` = `t5`.`cell`
  ) AS `t6`
  GROUP BY
    1,
    2,
    3,
    4
), `t14` AS (
  SELECT
    `t13`.`level`,
    `t13`.`code`,
    `t13`.`window`,
    `t13`.`category`,
    SUM(`t13`.`incidents`) AS `incidents`,
    SUM(`t13`.`special`) AS `special`
  FROM (
    SELECT
      `t12`.`level`,
      `t12`.`code`,
      `t12`.`month`,
      `t12`.`category`,
      `t12`.`incidents`,
      `t12`.`special`,
      `t3`.`window`
    FROM (
      SELECT
        *
      FROM `t7` AS `t8`
      UNION ALL
      SELECT
        *
      FROM (
        SELECT
          `t9`.`level`,
          `t9`.`code`,
          `t9`.`month`,
          'all' AS `category`,
          `t9`.`incidents`,
          `t9`.`special`
        FROM (
          SELECT
            `t8`.`level`,
            `t8`.`code`,
            `t8`.`month`,
            SUM(`t8`.`incidents`) AS `incidents`,
            SUM(`t8`.`special`) AS `special`
          FROM `t7` AS `t8`
          GROUP BY
            1,
            2,
            3
        ) AS `t9`
      ) AS `t10`
    ) AS `t12`
    INNER JOIN `windows` AS `t3`
      ON `t12`.`month` = `t3`.`month`
  ) AS `t13`
  GROUP BY
    1,
    2,
    3,
    4
)
SELECT
  `t18`.`level`,
  `t18`.`code`,
  `t18`.`window`,
  `t18`.`category`,
  `t18`.`measure`,
  CAST(`t18`.`value` AS DOUBLE) AS `value`
FROM (
  SELECT
    *
  FROM (
    SELECT
      `t15`.`level`,
      `t15`.`code`,
      `t15`.`window`,
      `t15`.`category`,
      'incidents' AS `measure`,
      `t15`.`incidents` AS `value`
    FROM `t14` AS `t15`
  ) AS `t16`
  UNION ALL
  SELECT
    *
  FROM (
    SELECT
      `t15`.`level`,
      `t15`.`code`,
      `t15`.`window`,
      `t15`.`category`,
      'incidents-special-points' AS `measure`,
      `t15`.`special` AS `value`
    FROM `t14` AS `t15`
  ) AS `t17`
) AS `t18`
WHERE
  `t18`.`value` > 0

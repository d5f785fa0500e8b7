WITH `t8` AS (
  SELECT
    `t7`.`level`,
    `t7`.`code`,
    `t7`.`month`,
    `t7`.`category`,
    SUM(`t7`.`incidents`) AS `incidents`,
    SUM(`t7`.`incidents-special-points`) AS `incidents-special-points`
  FROM (
    SELECT
      `t6`.`month`,
      `t6`.`category`,
      `t6`.`incidents`,
      `t6`.`incidents-special-points`,
      `t6`.`level`,
      `t6`.`code`
    FROM (
      SELECT
        `t4`.`cell`,
        `t4`.`month`,
        `t4`.`category`,
        `t4`.`incidents`,
        `t4`.`incidents-special-points`,
        `t5`.`level`,
        `t5`.`code`
      FROM `leaves` AS `t4`
      INNER JOIN `membership` AS `t5`
        ON `t4`.`cell` = `t5`.`cell`
    ) AS `t6`
  ) AS `t7`
  GROUP BY
    1,
    2,
    3,
    4
), `t15` AS (
  SELECT
    `t14`.`level`,
    `t14`.`code`,
    `t14`.`window`,
    `t14`.`category`,
    SUM(`t14`.`incidents`) AS `incidents`,
    SUM(`t14`.`incidents-special-points`) AS `incidents-special-points`
  FROM (
    SELECT
      `t13`.`level`,
      `t13`.`code`,
      `t13`.`month`,
      `t13`.`category`,
      `t13`.`incidents`,
      `t13`.`incidents-special-points`,
      `t3`.`window`
    FROM (
      SELECT
        *
      FROM `t8` AS `t9`
      UNION ALL
      SELECT
        *
      FROM (
        SELECT
          `t10`.`level`,
          `t10`.`code`,
          `t10`.`month`,
          'all' AS `category`,
          `t10`.`incidents`,
          `t10`.`incidents-special-points`
        FROM (
          SELECT
            `t9`.`level`,
            `t9`.`code`,
            `t9`.`month`,
            SUM(`t9`.`incidents`) AS `incidents`,
            SUM(`t9`.`incidents-special-points`) AS `incidents-special-points`
          FROM `t8` AS `t9`
          GROUP BY
            1,
            2,
            3
        ) AS `t10`
      ) AS `t11`
    ) AS `t13`
    INNER JOIN `windows` AS `t3`
      ON `t13`.`month` = `t3`.`month`
  ) AS `t14`
  GROUP BY
    1,
    2,
    3,
    4
)
SELECT
  `t19`.`level`,
  `t19`.`code`,
  `t19`.`window`,
  `t19`.`category`,
  `t19`.`measure`,
  CAST(`t19`.`value` AS DOUBLE) AS `value`
FROM (
  SELECT
    *
  FROM (
    SELECT
      `t16`.`level`,
      `t16`.`code`,
      `t16`.`window`,
      `t16`.`category`,
      'incidents' AS `measure`,
      `t16`.`incidents` AS `value`
    FROM `t15` AS `t16`
  ) AS `t17`
  UNION ALL
  SELECT
    *
  FROM (
    SELECT
      `t16`.`level`,
      `t16`.`code`,
      `t16`.`window`,
      `t16`.`category`,
      'incidents-special-points' AS `measure`,
      `t16`.`incidents-special-points` AS `value`
    FROM `t15` AS `t16`
  ) AS `t18`
) AS `t19`
WHERE
  `t19`.`value` > 0

WITH `t8` AS (
  SELECT
    `t7`.`level`,
    `t7`.`code`,
    `t7`.`weekday`,
    `t7`.`hour`,
    `t7`.`month`,
    `t7`.`category`,
    SUM(`t7`.`incidents`) AS `incidents`
  FROM (
    SELECT
      `t6`.`month`,
      `t6`.`category`,
      `t6`.`incidents`,
      `t6`.`weekday`,
      `t6`.`hour`,
      `t6`.`level`,
      `t6`.`code`
    FROM (
      SELECT
        `t4`.`cell`,
        `t4`.`month`,
        `t4`.`category`,
        `t4`.`incidents`,
        `t4`.`weekday`,
        `t4`.`hour`,
        `t5`.`level`,
        `t5`.`code`
      FROM `moments` AS `t4`
      INNER JOIN `membership` AS `t5`
        ON `t4`.`cell` = `t5`.`cell`
    ) AS `t6`
  ) AS `t7`
  GROUP BY
    1,
    2,
    3,
    4,
    5,
    6
)
SELECT
  `t15`.`level`,
  `t15`.`code`,
  `t15`.`weekday`,
  `t15`.`hour`,
  `t15`.`window`,
  `t15`.`category`,
  'incidents' AS `measure`,
  CAST(`t15`.`incidents` AS DOUBLE) AS `value`
FROM (
  SELECT
    `t14`.`level`,
    `t14`.`code`,
    `t14`.`weekday`,
    `t14`.`hour`,
    `t14`.`window`,
    `t14`.`category`,
    SUM(`t14`.`incidents`) AS `incidents`
  FROM (
    SELECT
      `t13`.`level`,
      `t13`.`code`,
      `t13`.`weekday`,
      `t13`.`hour`,
      `t13`.`month`,
      `t13`.`category`,
      `t13`.`incidents`,
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
          `t10`.`weekday`,
          `t10`.`hour`,
          `t10`.`month`,
          'all' AS `category`,
          `t10`.`incidents`
        FROM (
          SELECT
            `t9`.`level`,
            `t9`.`code`,
            `t9`.`weekday`,
            `t9`.`hour`,
            `t9`.`month`,
            SUM(`t9`.`incidents`) AS `incidents`
          FROM `t8` AS `t9`
          GROUP BY
            1,
            2,
            3,
            4,
            5
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
    4,
    5,
    6
) AS `t15`
WHERE
  `t15`.`incidents` > 0

WITH `t4` AS (
  SELECT
    `t3`.`month`,
    `t3`.`category`,
    `t3`.`reason`,
    COUNT(*) AS `value`
  FROM (
    SELECT
      *
    FROM `rows` AS `t1`
    WHERE
      `t1`.`reason` IS NOT NULL
      AND `t1`.`month` IS NOT NULL
      AND `t1`.`category` IS NOT NULL
  ) AS `t3`
  GROUP BY
    1,
    2,
    3
)
SELECT
  `t9`.`window`,
  `t9`.`category`,
  `t9`.`reason`,
  CAST(SUM(`t9`.`value`) AS DOUBLE) AS `value`
FROM (
  SELECT
    `t8`.`month`,
    `t8`.`category`,
    `t8`.`reason`,
    `t8`.`value`,
    `t2`.`window`
  FROM (
    SELECT
      *
    FROM `t4` AS `t5`
    UNION ALL
    SELECT
      *
    FROM (
      SELECT
        `t5`.`month`,
        'all' AS `category`,
        `t5`.`reason`,
        `t5`.`value`
      FROM `t4` AS `t5`
    ) AS `t6`
  ) AS `t8`
  INNER JOIN `windows` AS `t2`
    ON `t8`.`month` = `t2`.`month`
) AS `t9`
GROUP BY
  1,
  2,
  3

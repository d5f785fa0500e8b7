SELECT
  `t6`.`cell`,
  `t6`.`month`,
  `t6`.`category`,
  COUNT(*) AS `incidents`,
  SUM(CAST(`t6`.`special` AS BIGINT)) AS `incidents-special-points`
FROM (
  SELECT
    *
  FROM (
    SELECT
      `t4`.`month`,
      `t4`.`category`,
      `t4`.`cell`,
      `t4`.`special`,
      `t4`.`area_code`,
      `t4`.`area_name`,
      `t4`.`reason`
    FROM (
      SELECT
        *
      FROM `rows` AS `t0`
      WHERE
        `t0`.`reason` = 'outside-area'
    ) AS `t4`
    LEFT SEMI JOIN `cells` AS `t2`
      ON `t4`.`cell` = `t2`.`cell`
  ) AS `t5`
  WHERE
    `t5`.`cell` IS NOT NULL
) AS `t6`
GROUP BY
  1,
  2,
  3

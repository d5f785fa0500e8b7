SELECT
  *
FROM (
  SELECT
    `t10`.`level`,
    `t10`.`category`,
    `t10`.`code` AS `by_cell`,
    `t10`.`own_code` AS `by_code`,
    SUM(`t10`.`n`) AS `n`
  FROM (
    SELECT
      `t6`.`level`,
      `t4`.`code`,
      `t3`.`own_code`,
      `t9`.`category`,
      `t9`.`n`
    FROM (
      SELECT
        `t7`.`cell`,
        `t7`.`area_code`,
        `t7`.`category`,
        COUNT(*) AS `n`
      FROM (
        SELECT
          *
        FROM `rows` AS `t2`
        WHERE
          (
            `t2`.`reason` IS NULL
          ) OR (
            `t2`.`reason` = 'outside-area'
          )
      ) AS `t7`
      GROUP BY
        1,
        2,
        3
    ) AS `t9`
    CROSS JOIN (
      SELECT DISTINCT
        `t0`.`level`
      FROM `own` AS `t0`
    ) AS `t6`
    LEFT OUTER JOIN `own` AS `t3`
      ON `t6`.`level` = `t3`.`level` AND `t9`.`area_code` = `t3`.`area_code`
    LEFT OUTER JOIN `membership` AS `t4`
      ON `t6`.`level` = `t4`.`level` AND `t9`.`cell` = `t4`.`cell`
  ) AS `t10`
  GROUP BY
    1,
    2,
    3,
    4
) AS `t11`
WHERE
  (
    `t11`.`by_cell` IS NOT NULL
  ) OR (
    `t11`.`by_code` IS NOT NULL
  )

SELECT
  *
FROM (
  SELECT
    `t14`.`level`,
    `t14`.`category`,
    `t14`.`code` AS `by_cell`,
    `t14`.`own_code` AS `by_code`,
    SUM(`t14`.`n`) AS `n`
  FROM (
    SELECT
      `t13`.`cell`,
      `t13`.`area_code`,
      `t13`.`category`,
      `t13`.`n`,
      `t13`.`level`,
      `t13`.`own_code`,
      `t13`.`code`
    FROM (
      SELECT
        `t12`.`cell`,
        `t12`.`area_code`,
        `t12`.`category`,
        `t12`.`n`,
        `t12`.`level`,
        `t12`.`own_code`,
        `t3`.`cell` AS `cell_right`,
        `t3`.`level` AS `level_right`,
        `t3`.`code`
      FROM (
        SELECT
          `t10`.`cell`,
          `t10`.`area_code`,
          `t10`.`category`,
          `t10`.`n`,
          `t10`.`level`,
          `t10`.`own_code`
        FROM (
          SELECT
            `t9`.`cell`,
            `t9`.`area_code`,
            `t9`.`category`,
            `t9`.`n`,
            `t6`.`level`,
            `t4`.`level` AS `level_right`,
            `t4`.`area_code` AS `area_code_right`,
            `t4`.`own_code`
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
              `t1`.`level`
            FROM `own` AS `t1`
          ) AS `t6`
          LEFT OUTER JOIN `own` AS `t4`
            ON `t6`.`level` = `t4`.`level` AND `t9`.`area_code` = `t4`.`area_code`
        ) AS `t10`
      ) AS `t12`
      LEFT OUTER JOIN `membership` AS `t3`
        ON `t12`.`level` = `t3`.`level` AND `t12`.`cell` = `t3`.`cell`
    ) AS `t13`
  ) AS `t14`
  GROUP BY
    1,
    2,
    3,
    4
) AS `t15`
WHERE
  (
    `t15`.`by_cell` IS NOT NULL
  ) OR (
    `t15`.`by_code` IS NOT NULL
  )

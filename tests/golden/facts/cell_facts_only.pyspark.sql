WITH `t11` AS (
  SELECT
    `t9`.`cell`,
    `t9`.`month`,
    `t9`.`category`,
    SUM(`t9`.`incidents`) AS `incidents`,
    SUM(`t9`.`incidents-special-points`) AS `incidents-special-points`
  FROM (
    SELECT
      `t7`.`cell`,
      `t7`.`month`,
      `t7`.`category`,
      `t7`.`incidents`,
      `t7`.`incidents-special-points`
    FROM (
      SELECT
        (
          `t1`.`cell` & -67553994410557441
        ) | 27021597764222976 | 134217727 AS `cell`,
        `t1`.`month`,
        `t1`.`category`,
        `t1`.`incidents`,
        `t1`.`incidents-special-points`
      FROM `leaves` AS `t1`
    ) AS `t7`
    LEFT SEMI JOIN `cells` AS `t4`
      ON `t7`.`cell` = `t4`.`cell`
  ) AS `t9`
  GROUP BY
    1,
    2,
    3
), `t12` AS (
  SELECT
    `t10`.`cell`,
    `t10`.`month`,
    `t10`.`category`,
    SUM(`t10`.`incidents`) AS `incidents`,
    SUM(`t10`.`incidents-special-points`) AS `incidents-special-points`
  FROM (
    SELECT
      `t8`.`cell`,
      `t8`.`month`,
      `t8`.`category`,
      `t8`.`incidents`,
      `t8`.`incidents-special-points`
    FROM (
      SELECT
        (
          `t1`.`cell` & -67553994410557441
        ) | 36028797018963968 | 2097151 AS `cell`,
        `t1`.`month`,
        `t1`.`category`,
        `t1`.`incidents`,
        `t1`.`incidents-special-points`
      FROM `leaves` AS `t1`
    ) AS `t8`
    LEFT SEMI JOIN `cells` AS `t4`
      ON `t8`.`cell` = `t4`.`cell`
  ) AS `t10`
  GROUP BY
    1,
    2,
    3
), `t29` AS (
  SELECT
    *
  FROM (
    SELECT
      `t25`.`cell`,
      `t25`.`window`,
      `t25`.`category`,
      `t25`.`incidents`,
      `t25`.`incidents-special-points`,
      6 AS `resolution`
    FROM (
      SELECT
        `t23`.`cell`,
        `t23`.`window`,
        `t23`.`category`,
        SUM(`t23`.`incidents`) AS `incidents`,
        SUM(`t23`.`incidents-special-points`) AS `incidents-special-points`
      FROM (
        SELECT
          `t21`.`cell`,
          `t21`.`month`,
          `t21`.`category`,
          `t21`.`incidents`,
          `t21`.`incidents-special-points`,
          `t3`.`window`
        FROM (
          SELECT
            *
          FROM `t11` AS `t13`
          UNION ALL
          SELECT
            *
          FROM (
            SELECT
              `t15`.`cell`,
              `t15`.`month`,
              'all' AS `category`,
              `t15`.`incidents`,
              `t15`.`incidents-special-points`
            FROM (
              SELECT
                `t13`.`cell`,
                `t13`.`month`,
                SUM(`t13`.`incidents`) AS `incidents`,
                SUM(`t13`.`incidents-special-points`) AS `incidents-special-points`
              FROM `t11` AS `t13`
              GROUP BY
                1,
                2
            ) AS `t15`
          ) AS `t17`
        ) AS `t21`
        INNER JOIN `windows` AS `t3`
          ON `t21`.`month` = `t3`.`month`
      ) AS `t23`
      GROUP BY
        1,
        2,
        3
    ) AS `t25`
  ) AS `t27`
  UNION ALL
  SELECT
    *
  FROM (
    SELECT
      `t26`.`cell`,
      `t26`.`window`,
      `t26`.`category`,
      `t26`.`incidents`,
      `t26`.`incidents-special-points`,
      8 AS `resolution`
    FROM (
      SELECT
        `t24`.`cell`,
        `t24`.`window`,
        `t24`.`category`,
        SUM(`t24`.`incidents`) AS `incidents`,
        SUM(`t24`.`incidents-special-points`) AS `incidents-special-points`
      FROM (
        SELECT
          `t22`.`cell`,
          `t22`.`month`,
          `t22`.`category`,
          `t22`.`incidents`,
          `t22`.`incidents-special-points`,
          `t3`.`window`
        FROM (
          SELECT
            *
          FROM `t12` AS `t14`
          UNION ALL
          SELECT
            *
          FROM (
            SELECT
              `t16`.`cell`,
              `t16`.`month`,
              'all' AS `category`,
              `t16`.`incidents`,
              `t16`.`incidents-special-points`
            FROM (
              SELECT
                `t14`.`cell`,
                `t14`.`month`,
                SUM(`t14`.`incidents`) AS `incidents`,
                SUM(`t14`.`incidents-special-points`) AS `incidents-special-points`
              FROM `t12` AS `t14`
              GROUP BY
                1,
                2
            ) AS `t16`
          ) AS `t18`
        ) AS `t22`
        INNER JOIN `windows` AS `t3`
          ON `t22`.`month` = `t3`.`month`
      ) AS `t24`
      GROUP BY
        1,
        2,
        3
    ) AS `t26`
  ) AS `t28`
)
SELECT
  `t33`.`resolution`,
  `t33`.`cell`,
  `t33`.`window`,
  `t33`.`category`,
  `t33`.`measure`,
  CAST(`t33`.`value` AS DOUBLE) AS `value`
FROM (
  SELECT
    *
  FROM (
    SELECT
      `t30`.`resolution`,
      `t30`.`cell`,
      `t30`.`window`,
      `t30`.`category`,
      'incidents' AS `measure`,
      `t30`.`incidents` AS `value`
    FROM `t29` AS `t30`
  ) AS `t31`
  UNION ALL
  SELECT
    *
  FROM (
    SELECT
      `t30`.`resolution`,
      `t30`.`cell`,
      `t30`.`window`,
      `t30`.`category`,
      'incidents-special-points' AS `measure`,
      `t30`.`incidents-special-points` AS `value`
    FROM `t29` AS `t30`
  ) AS `t32`
) AS `t33`
WHERE
  `t33`.`value` > 0

WITH `t1` AS (
  SELECT DISTINCT
    `t0`.`cell`
  FROM `rows` AS `t0`
  WHERE
    `t0`.`cell` IS NOT NULL
)
SELECT
  *
FROM (
  SELECT DISTINCT
    6 AS `resolution`,
    (
      `t2`.`cell` & -67553994410557441
    ) | 27021597764222976 | 134217727 AS `cell`
  FROM `t1` AS `t2`
) AS `t3`
UNION ALL
SELECT
  *
FROM (
  SELECT DISTINCT
    8 AS `resolution`,
    (
      `t2`.`cell` & -67553994410557441
    ) | 36028797018963968 | 2097151 AS `cell`
  FROM `t1` AS `t2`
) AS `t4`

-- missed need
SELECT
  QUANTILE_CONT((
    d.dialled_at - d.missed_at
  ) // 1000, 0.5) FILTER(WHERE
    (
      d.joined AND NOT d.dialled_at IS NULL
    )
    AND NOT (
      (
        d.dialled_at - d.missed_at
      ) // 1000
    ) IS NULL) AS m0,
  COUNT(*) FILTER(WHERE
    (
      d.joined AND NOT d.dialled_at IS NULL
    )
    AND NOT (
      (
        d.dialled_at - d.missed_at
      ) // 1000
    ) IS NULL) AS m1,
  COUNT(*) FILTER(WHERE
    (
      d.joined AND NOT d.dialled_at IS NULL
    )
    AND (
      (
        d.dialled_at - d.missed_at
      ) // 1000
    ) IS NULL) AS m2
FROM returns AS d
INNER JOIN calls AS c
  ON c.call_id = d.first_missed
WHERE
  TRUE;

-- missed need
SELECT
  COUNT(*) FILTER(WHERE
    (
      d.joined
      AND NOT (
        d.state = 'returned' AND NOT COALESCE(d.dialled_at < d.settled_at, FALSE)
      )
    )
    AND (
      d.dialled_back > 0
    )) AS m0,
  COUNT(*) FILTER(WHERE
    (
      d.joined
      AND NOT (
        d.state = 'returned' AND NOT COALESCE(d.dialled_at < d.settled_at, FALSE)
      )
    )
    AND NOT (
      d.dialled_back > 0
    ) IS NULL) AS m1,
  COUNT(*) FILTER(WHERE
    (
      d.joined
      AND NOT (
        d.state = 'returned' AND NOT COALESCE(d.dialled_at < d.settled_at, FALSE)
      )
    ) IS NULL
    OR (
      (
        d.joined
        AND NOT (
          d.state = 'returned' AND NOT COALESCE(d.dialled_at < d.settled_at, FALSE)
        )
      )
      AND (
        d.dialled_back > 0
      ) IS NULL
    )) AS m2
FROM returns AS d
INNER JOIN calls AS c
  ON c.call_id = d.first_missed
WHERE
  TRUE;

-- missed need
SELECT
  COUNT(*) FILTER(WHERE
    d.joined
    AND NOT COALESCE(
      (
        d.state = 'returned' AND NOT COALESCE(d.dialled_at < d.settled_at, FALSE)
      )
      AND d.settled_business_ms <= 7200000,
      FALSE
    )
    AND COALESCE(d.dialled_business_ms <= 7200000, FALSE)) AS m0,
  COUNT(*) FILTER(WHERE
    d.joined
    AND NOT COALESCE(
      (
        d.state = 'returned' AND NOT COALESCE(d.dialled_at < d.settled_at, FALSE)
      )
      AND d.settled_business_ms <= 7200000,
      FALSE
    )
    AND (
      COALESCE(d.dialled_business_ms <= 7200000, FALSE)
      OR d.business_left_ms >= 7200000
    )) AS m1,
  COUNT(*) FILTER(WHERE
    d.joined
    AND NOT COALESCE(
      (
        d.state = 'returned' AND NOT COALESCE(d.dialled_at < d.settled_at, FALSE)
      )
      AND d.settled_business_ms <= 7200000,
      FALSE
    )
    AND NOT COALESCE(
      (
        COALESCE(d.dialled_business_ms <= 7200000, FALSE)
        OR d.business_left_ms >= 7200000
      ),
      FALSE
    )) AS m2
FROM returns AS d
INNER JOIN calls AS c
  ON c.call_id = d.first_missed
WHERE
  TRUE;

-- call
SELECT
  COUNT(*) FILTER(WHERE
    (
      c.outcome <> 'pending' AND NOT n.call_id IS NULL
    )
    AND (
      COALESCE(n.previous_at >= c.arrived_at - 86400000000, FALSE)
      AND NOT n.previous_answered
    )) AS m0,
  COUNT(*) FILTER(WHERE
    (
      c.outcome <> 'pending' AND NOT n.call_id IS NULL
    )
    AND NOT (
      COALESCE(n.previous_at >= c.arrived_at - 86400000000, FALSE)
      AND NOT n.previous_answered
    ) IS NULL) AS m1,
  COUNT(*) FILTER(WHERE
    (
      c.outcome <> 'pending' AND NOT n.call_id IS NULL
    ) IS NULL
    OR (
      (
        c.outcome <> 'pending' AND NOT n.call_id IS NULL
      )
      AND (
        COALESCE(n.previous_at >= c.arrived_at - 86400000000, FALSE)
        AND NOT n.previous_answered
      ) IS NULL
    )) AS m2
FROM calls AS c
LEFT JOIN neighbours AS n
  ON n.call_id = c.call_id
WHERE
  c.direction = 'inbound';

-- call
SELECT
  COUNT(*) FILTER(WHERE
    c.outcome <> 'pending'
    AND NOT n.call_id IS NULL
    AND c.answered
    AND c.arrived_at + 604800000000 <= 4611686018427387904
    AND COALESCE(n.next_at > c.arrived_at + 604800000000, TRUE)) AS m0,
  COUNT(*) FILTER(WHERE
    c.outcome <> 'pending'
    AND NOT n.call_id IS NULL
    AND c.answered
    AND c.arrived_at + 604800000000 <= 4611686018427387904) AS m1,
  COUNT(*) FILTER(WHERE
    c.outcome <> 'pending'
    AND NOT n.call_id IS NULL
    AND c.answered
    AND NOT (
      c.arrived_at + 604800000000 <= 4611686018427387904
    )) AS m2
FROM calls AS c
LEFT JOIN neighbours AS n
  ON n.call_id = c.call_id
WHERE
  c.direction = 'inbound';

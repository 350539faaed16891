-- call
SELECT
  COUNT(*) FILTER(WHERE
    c.outcome <> 'pending' AND c.answered AND NOT y.rating IS NULL) AS m0,
  CASE
    WHEN COUNT(y.rating) > 0
    THEN COUNT(*) FILTER(WHERE
      c.outcome <> 'pending' AND c.answered)
  END AS m1,
  0 AS m2
FROM calls AS c
LEFT JOIN ratings AS y
  ON y.call_id = c.call_id
WHERE
  c.direction = 'inbound';

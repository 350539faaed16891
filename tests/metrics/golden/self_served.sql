-- call
SELECT
  COUNT(*) FILTER(WHERE
    c.outcome IN ('self_served')) AS m0,
  COUNT(*) FILTER(WHERE
    c.outcome IN ('self_served')) AS m1,
  0 AS m2
FROM calls AS c
WHERE
  c.direction = 'inbound';

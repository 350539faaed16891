-- call
SELECT
  COUNT(*) FILTER(WHERE
    c.outcome = 'failed_before_ring') AS m0,
  COUNT(*) FILTER(WHERE
    c.outcome = 'failed_before_ring') AS m1,
  0 AS m2
FROM calls AS c
WHERE
  c.direction = 'inbound';

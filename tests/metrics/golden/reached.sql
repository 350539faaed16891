-- call we made
SELECT
  COUNT(*) FILTER(WHERE
    c.outcome = 'reached') AS m0,
  COUNT(*) FILTER(WHERE
    c.outcome = 'reached') AS m1,
  0 AS m2
FROM calls AS c
WHERE
  c.direction IN ('outbound', 'callback');

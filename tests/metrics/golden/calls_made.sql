-- call we made
SELECT
  COUNT(*) FILTER(WHERE
    TRUE) AS m0,
  COUNT(*) FILTER(WHERE
    TRUE) AS m1,
  0 AS m2
FROM calls AS c
WHERE
  c.direction IN ('outbound', 'callback');

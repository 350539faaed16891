-- call
SELECT
  SUM(y.rating) FILTER(WHERE
    (
      NOT y.rating IS NULL
    ) AND NOT (
      y.rating
    ) IS NULL) AS m0,
  COUNT(*) FILTER(WHERE
    (
      NOT y.rating IS NULL
    ) AND NOT (
      y.rating
    ) IS NULL) AS m1,
  COUNT(*) FILTER(WHERE
    (
      NOT y.rating IS NULL
    ) AND (
      y.rating
    ) IS NULL) AS m2
FROM calls AS c
LEFT JOIN ratings AS y
  ON y.call_id = c.call_id
WHERE
  c.direction = 'inbound';

-- call
SELECT
  COUNT(*) FILTER(WHERE
    (
      NOT y.rating IS NULL
    ) AND (
      y.rating >= 4
    )) AS m0,
  COUNT(*) FILTER(WHERE
    (
      NOT y.rating IS NULL
    ) AND NOT (
      y.rating >= 4
    ) IS NULL) AS m1,
  COUNT(*) FILTER(WHERE
    (
      NOT y.rating IS NULL
    ) IS NULL
    OR (
      (
        NOT y.rating IS NULL
      ) AND (
        y.rating >= 4
      ) IS NULL
    )) AS m2
FROM calls AS c
LEFT JOIN ratings AS y
  ON y.call_id = c.call_id
WHERE
  c.direction = 'inbound';

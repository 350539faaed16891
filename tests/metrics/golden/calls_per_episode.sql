-- episode
SELECT
  SUM(e.inbound_calls) FILTER(WHERE
    (
      TRUE
    ) AND NOT (
      e.inbound_calls
    ) IS NULL) AS m0,
  COUNT(*) FILTER(WHERE
    (
      TRUE
    ) AND NOT (
      e.inbound_calls
    ) IS NULL) AS m1,
  COUNT(*) FILTER(WHERE
    (
      TRUE
    ) AND (
      e.inbound_calls
    ) IS NULL) AS m2
FROM episodes AS e
INNER JOIN calls AS c
  ON c.call_id = e.episode
WHERE
  TRUE;

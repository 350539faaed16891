-- episode
SELECT
  COUNT(*) FILTER(WHERE
    TRUE) AS m0,
  COUNT(*) FILTER(WHERE
    TRUE) AS m1,
  0 AS m2
FROM episodes AS e
INNER JOIN calls AS c
  ON c.call_id = e.episode
WHERE
  TRUE;

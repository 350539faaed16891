-- missed need
SELECT
  COUNT(*) FILTER(WHERE
    TRUE) AS m0,
  COUNT(*) FILTER(WHERE
    TRUE) AS m1,
  0 AS m2
FROM returns AS d
INNER JOIN calls AS c
  ON c.call_id = d.first_missed
WHERE
  TRUE;

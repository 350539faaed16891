-- line
SELECT
  MAX(l.peak) AS m0,
  COUNT(*) AS m1,
  0 AS m2
FROM line_use AS l
WHERE
  l.together;

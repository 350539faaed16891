-- visit
SELECT
  COUNT(*) FILTER(WHERE
    (
      TRUE
    ) AND (
      v.result = 'closing'
    )) AS m0,
  COUNT(*) FILTER(WHERE
    (
      TRUE
    ) AND NOT (
      v.result = 'closing'
    ) IS NULL) AS m1,
  COUNT(*) FILTER(WHERE
    (
      TRUE
    ) IS NULL
    OR (
      (
        TRUE
      ) AND (
        v.result = 'closing'
      ) IS NULL
    )) AS m2
FROM stays AS v
INNER JOIN calls AS c
  ON c.call_id = v.call_id
WHERE
  c.direction IN ('inbound', 'internal');

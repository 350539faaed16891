-- missed need
SELECT
  COUNT(*) FILTER(WHERE
    (
      d.joined
    ) AND (
      d.rang_again
    )) AS m0,
  COUNT(*) FILTER(WHERE
    (
      d.joined
    ) AND NOT (
      d.rang_again
    ) IS NULL) AS m1,
  COUNT(*) FILTER(WHERE
    (
      d.joined
    ) IS NULL
    OR (
      (
        d.joined
      ) AND (
        d.rang_again
      ) IS NULL
    )) AS m2
FROM returns AS d
INNER JOIN calls AS c
  ON c.call_id = d.first_missed
WHERE
  TRUE;

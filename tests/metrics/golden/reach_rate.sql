-- call we made
SELECT
  COUNT(*) FILTER(WHERE
    (
      c.outcome <> 'pending'
    ) AND (
      c.outcome = 'reached'
    )) AS m0,
  COUNT(*) FILTER(WHERE
    (
      c.outcome <> 'pending'
    ) AND NOT (
      c.outcome = 'reached'
    ) IS NULL) AS m1,
  COUNT(*) FILTER(WHERE
    (
      c.outcome <> 'pending'
    ) IS NULL
    OR (
      (
        c.outcome <> 'pending'
      ) AND (
        c.outcome = 'reached'
      ) IS NULL
    )) AS m2
FROM calls AS c
WHERE
  c.direction IN ('outbound', 'callback');
